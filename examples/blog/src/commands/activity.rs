use restwell::Context;

use super::{Outcome, tell};
use crate::{Settings, activity, app};

/// Shows how much was written.
pub(super) fn run(settings: &Settings, lines: i64) -> Outcome {
    let mut cx = Context::detached(app::pool(settings)?);
    for (day, event, count) in activity::latest(&mut cx, lines)? {
        tell(&format!("{day}  {count:6}  {event}"));
    }
    Ok(())
}
