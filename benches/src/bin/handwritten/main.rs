//! The posts of the blog, written by hand with actix-web and Diesel on PostgreSQL: what restwell
//! is measured against.
//!
//! It answers `GET` and `POST /api/v1/posts/`, `POST /api/v1/posts/bulk/` and
//! `GET /api/v1/posts/{id}/` byte for byte as `examples/blog` does, with the same statements and
//! checks.

mod answer;
mod app;
mod audit;
mod auth;
mod failure;
mod posts;
mod schema;
mod time;

use std::error::Error;
use std::io::Write;

use actix_web::{App, HttpServer, web};
// Links libpq.
use pq_sys as _;

use crate::app::Shared;

/// As many bytes as the blog takes.
const LONGEST_BODY: usize = 2_621_440;

fn main() -> Result<(), Box<dyn Error>> {
    let shared = web::Data::new(Shared::from_environment()?);
    let port: u16 = app::variable("PORT")?.parse()?;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(LONGEST_BODY))
            .configure(posts::configure)
            .default_service(web::to(answer::unknown_route))
    })
    .bind(("127.0.0.1", port))?;
    writeln!(std::io::stdout(), "Listening on http://127.0.0.1:{port}")?;
    actix_web::rt::System::new().block_on(server.run())?;
    Ok(())
}
