use super::{Outcome, tell};
use crate::{Settings, app};

/// Lists every route.
pub(super) fn run(settings: &Settings) -> Outcome {
    let api = app::api(settings, app::pool(settings)?)?;
    let routes = api.routes();
    let width = routes
        .iter()
        .map(|route| route.path.len())
        .max()
        .unwrap_or_default();
    for route in routes {
        let line = format!(
            "{:7} {:width$}  {:16} {}",
            route.method.as_str(),
            route.path,
            route.action,
            route.rule
        );
        tell(line.trim_end());
    }
    Ok(())
}
