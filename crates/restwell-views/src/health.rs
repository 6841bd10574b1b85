//! Whether the service is alive, and whether it is ready for requests.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use restwell_core::{Error, Result};
use restwell_db::Context;
use restwell_permissions::allow_any;
use serde_json::json;

use crate::{Reply, Router, View};

/// `health/live/`, which answers as long as the process runs, and `health/ready/`, which answers
/// 503 while the database is away. Neither looks at credentials, at
/// the query or at the host that a request names, or counts requests.
pub fn health_routes() -> Router {
    let live = View::new("health-live", allow_any())
        .get(live)
        .lenient()
        .without_authentication()
        .without_throttling()
        .for_any_host();
    let ready = View::new("health-ready", allow_any())
        .get(ready)
        .lenient()
        .without_authentication()
        .without_throttling()
        .for_any_host();
    Router::new()
        .view("health/live", live)
        .view("health/ready", ready)
}

/// How long a connection may be awaited: who asks wants to know of the present moment.
const PATIENCE: Duration = Duration::from_secs(1);

fn live(_: &mut Context) -> Result<Reply> {
    Ok(Reply::json(&json!({"alive": true})).message("Alive"))
}

fn ready(cx: &mut Context) -> Result<Reply> {
    cx.connect_within(PATIENCE)?;
    let probe = cx.connection()?.batch_execute("SELECT 1");
    probe.map_err(|error| Error::unavailable().with_source(error))?;
    Ok(Reply::json(&json!({"ready": true, "checks": {"database": "ok"}})).message("Ready"))
}
