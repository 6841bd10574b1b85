//! A Redis server that a test stops and starts.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) struct RedisServer {
    port: u16,
    options: Vec<String>,
    child: Option<Child>,
}

impl RedisServer {
    pub(crate) fn start() -> Self {
        Self::start_at(|port| vec!["--port".to_owned(), port.to_string()])
    }

    fn start_at(options: impl FnOnce(u16) -> Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let mut server = Self {
            port,
            options: options(port),
            child: None,
        };
        server.start_again();
        server
    }

    /// A server that speaks TLS alone, with a certificate for `localhost`.
    #[cfg(feature = "redis-tls")]
    pub(crate) fn start_with_tls() -> Self {
        Self::start_at(|port| {
            let key = |name| format!("{}/tests/keys/{name}", env!("CARGO_MANIFEST_DIR"));
            let mut options = vec!["--port".to_owned(), "0".to_owned()];
            for (name, value) in [
                ("--tls-port", port.to_string()),
                ("--tls-cert-file", key("server.pem")),
                ("--tls-key-file", key("server.key")),
                ("--tls-ca-cert-file", key("ca.pem")),
                ("--tls-auth-clients", "no".to_owned()),
            ] {
                options.extend([name.to_owned(), value]);
            }
            options
        })
    }

    #[cfg(feature = "redis-tls")]
    pub(crate) fn tls_url(&self) -> String {
        format!("rediss://localhost:{}/", self.port)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub(crate) fn start_again(&mut self) {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(&self.options)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server, which must be installed");
        self.child = Some(child);
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < deadline, "redis-server does not listen");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}
