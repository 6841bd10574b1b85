//! The application that proves restwell end to end: posts, tags, categories, comments and users,
//! on SQLite and PostgreSQL.
//!
//! A feature is one module: its model, its serializers, its viewset. What they share is in
//! [`bases`]; [`app`] puts them together, and [`events`] says who is told of what happens.

pub mod activity;
pub mod app;
pub mod bases;
pub mod categories;
pub mod commands;
pub mod comments;
pub mod events;
pub mod posts;
#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    reason = "the file is the diesel CLI's"
)]
mod schema;
pub mod settings;
pub mod tags;
pub mod users;

pub use settings::Settings;
