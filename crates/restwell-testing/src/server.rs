use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use restwell_views::Api;

use crate::Client;

const WORKERS: usize = 2;

/// Serves an application on a real port of this machine, and stops with the value.
#[derive(Debug)]
pub struct TestServer {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl TestServer {
    /// Serves `api` on a free port, with two workers.
    ///
    /// # Panics
    /// When the machine has no port to give.
    pub fn start(api: &Api) -> Self {
        let (sender, receiver) = sync_channel(1);
        let api = api.clone();
        let thread = thread::spawn(move || serve(&api, &sender));
        let (address, handle) = receiver.recv().expect("a server that starts");
        Self {
            address,
            handle,
            thread: Some(thread),
        }
    }

    /// Where the server is, such as `http://127.0.0.1:40001`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client without credentials, with connections of its own.
    pub fn client(&self) -> Client {
        Client::new(&self.url())
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // The command is sent by the call; the future would only wait for its end.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(api: &Api, started: &SyncSender<(SocketAddr, ServerHandle)>) {
    let api = api.clone();
    rt::System::new().block_on(async {
        let server = HttpServer::new(move || App::new().configure(|config| api.configure(config)))
            .workers(WORKERS)
            .disable_signals()
            .bind((Ipv4Addr::LOCALHOST, 0))
            .expect("a free port");
        let address = server.addrs()[0];
        let server = server.run();
        started
            .send((address, server.handle()))
            .expect("the test waits for it");
        server.await.expect("a server that runs");
    });
}
