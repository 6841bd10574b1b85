use restwell::{Context, auth, idempotency};

use super::{Outcome, tell};
use crate::{Settings, app};

/// Deletes what has expired.
pub(super) fn run(settings: &Settings) -> Outcome {
    let mut cx = Context::detached(app::pool(settings)?);
    let keys = idempotency::delete_expired(&mut cx)?;
    let logins = auth::delete_expired_logins(&mut cx)?;
    tell(&format!(
        "Deleted {keys} kept answers and {logins} logins that have expired."
    ));
    Ok(())
}
