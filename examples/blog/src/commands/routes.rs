use restwell::RouteInfo;

use super::{Outcome, tell};
use crate::{Settings, app};

/// Lists every route.
pub(super) fn run(settings: &Settings) -> Outcome {
    let api = app::declared(settings)?;
    let routes = api.routes();
    let widest = |column: fn(&RouteInfo) -> &str| {
        let lengths = routes.iter().map(|route| column(route).chars().count());
        lengths.max().unwrap_or_default()
    };
    let (paths, rules) = (widest(|route| &route.path), widest(|route| &route.rule));
    for route in &routes {
        let line = format!(
            "{:7} {:paths$}  {:16} {:rules$}  {}",
            route.method.as_str(),
            route.path,
            route.action,
            route.rule,
            route.throttle
        );
        tell(line.trim_end());
    }
    Ok(())
}
