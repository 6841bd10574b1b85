use std::net::SocketAddr;
use std::time::Duration;

use actix_web::{App, HttpServer};
use restwell::prelude::*;

use super::{Outcome, seed, tell};
use crate::settings::Environment;
use crate::users::User;
use crate::{Settings, app};

/// How many posts the demo has.
const DEMO_POSTS: usize = 40;

/// Brings the database up to date and serves until a signal.
pub(super) fn run(settings: &Settings) -> Outcome {
    let pool = app::pool(settings)?;
    let mut cx = Context::detached(pool.clone());
    app::migrate(&mut cx)?;
    // The passwords of the demo are public: it is for this machine alone.
    let is_private =
        settings.environment == Environment::Development && settings.host.is_loopback();
    if is_private && !User::objects().exists(&mut cx)? {
        seed::fill(&mut cx, DEMO_POSTS, &indicatif::ProgressBar::hidden())?;
        tell("The database was empty; it has a small demo now. Log in with one of:");
        for role in seed::DEMO_USERS {
            tell(&format!("  {role:8} password: {}", seed::DEMO_PASSWORD));
        }
    }
    drop(cx);
    listen(settings, &app::api(settings, pool)?)
}

fn listen(settings: &Settings, api: &restwell::Api) -> Outcome {
    let address = SocketAddr::new(settings.host, settings.port);
    let api = api.clone();
    let server = HttpServer::new(move || App::new().configure(|config| api.configure(config)))
        .keep_alive(Duration::from_secs(5))
        .client_request_timeout(Duration::from_secs(30))
        .shutdown_timeout(30)
        .bind(address)?;
    for address in server.addrs() {
        tell(&format!("Listening on http://{address}"));
        tracing::info!(
            service = settings.service_name,
            version = settings.service_version,
            %address,
            "listening"
        );
    }
    actix_web::rt::System::new().block_on(server.run())?;
    Ok(())
}
