//! A Redis behind TLS.

use std::env;
use std::process::Command;

use restwell_throttling::{RedisStore, Store, Window};

use crate::server::RedisServer;

const URL: &str = "RESTWELL_TEST_TLS_URL";

/// What another process runs: the certificates that it trusts are in its environment.
#[test]
fn counts_when_told_to() {
    let Ok(url) = env::var(URL) else {
        return;
    };
    let store = RedisStore::new(&url).expect("a store");
    let window = Window::new("key", 1, std::time::Duration::from_secs(60));
    let verdict = store.charge(&[window], chrono::Utc::now());
    assert!(verdict.expect("a Redis that answers").admitted);
}

#[test]
fn a_redis_behind_tls_counts_if_its_certificate_is_trusted() {
    let server = RedisServer::start_with_tls();
    let counts = |trusted: &str| {
        Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "tls::counts_when_told_to"])
            .env(URL, server.tls_url())
            .env(
                "SSL_CERT_FILE",
                format!("{}/tests/keys/{trusted}", env!("CARGO_MANIFEST_DIR")),
            )
            .output()
            .expect("another process")
            .status
            .success()
    };
    assert!(counts("ca.pem"));
    assert!(!counts("none.pem"));
}
