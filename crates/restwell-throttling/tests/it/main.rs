//! Throttles, over HTTP and on their stores.

mod app;
mod attempts;
mod http;
mod memory;
mod outage;
mod processes;
mod proxy;
mod redis;
mod server;
#[cfg(feature = "redis-tls")]
mod tls;
