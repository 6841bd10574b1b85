//! Throttles, over HTTP and on their stores.

mod app;
mod http;
mod memory;
mod outage;
mod processes;
mod proxy;
mod redis;
mod server;
