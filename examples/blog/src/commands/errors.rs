use super::{Outcome, tell};
use crate::{Settings, app};

/// Lists every code.
pub(super) fn run(settings: &Settings) -> Outcome {
    let api = app::declared(settings)?;
    for error in api.error_codes() {
        tell(&format!(
            "{}  {:26} {:34} {}",
            error.status, error.code, error.declared_by, error.message
        ));
    }
    Ok(())
}
