//! The tools that tests are made of, tested on a small application.

mod app;
mod client;
mod database;
mod promises;
