//! What applications of restwell are tested with, and restwell itself.
//!
//! A promise is tested where it is made: over HTTP, on a real SQLite and a real PostgreSQL. A
//! [`TestDatabase`] is a database of its own for one test, a [`TestServer`] runs the application
//! on a real port, and a [`Client`] has the verbs of DRF's `APIClient`.
//!
//! ```no_run
//! use restwell_testing::{TestServer, on_both_databases};
//! # mod blog {
//! #     pub fn migrate(_: &mut restwell_db::Context) {}
//! #     pub fn api(pool: restwell_db::Pool) -> restwell_views::Api {
//! #         restwell_views::Api::builder(pool).build().expect("an api")
//! #     }
//! # }
//! on_both_databases! {
//!     fn a_post_without_a_title_is_refused(db) {
//!         blog::migrate(&mut db.context());
//!         let server = TestServer::start(&blog::api(db.pool()));
//!         let author = server.client().bearer("the token of an author");
//!         let refused = author.post("/api/v1/posts/", &serde_json::json!({})).expect(400);
//!         assert_eq!(refused.errors()["title"][0], "This field is required.");
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! * [`on_both_databases!`] makes of each function one test on each database.
//! * [`assert_enveloped`] checks the standard envelope; [`Client::always`] checks every answer.
//! * [`assert_query_budget`] and [`assert_page_budget`] keep the number of statements constant.
//! * [`Conformance`] asks every route as everybody, and holds the answers against the rules.
//! * [`race`] does one thing at the same moment in many threads.
//! * [`clock_at`] makes a clock that stands still, for
//!   [`ApiBuilder::clock`](restwell_views::ApiBuilder::clock).

mod budget;
mod client;
mod clock;
mod conformance;
mod database;
mod enveloped;
mod macros;
mod race;
mod raw;
mod response;
mod server;

pub use budget::{assert_page_budget, assert_query_budget};
pub use client::Client;
pub use clock::clock_at;
pub use conformance::{Conformance, Finding, Report};
pub use database::TestDatabase;
pub use enveloped::assert_enveloped;
pub use race::race;
pub use response::TestResponse;
pub use restwell_core::ManualClock;
pub use server::TestServer;
