//! The library as a server, and what clients hear of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::http::header::HeaderMap;
use actix_web::test::{self, TestRequest};
use actix_web::{App, HttpServer, body, rt};
use diesel::connection::SimpleConnection;
use restwell_core::ManualClock;
use restwell_db::{Context, Pool, PoolOptions};
use restwell_views::{Api, ApiBuilder, Router};
use serde_json::Value;
use tempfile::TempDir;

use crate::library::{TABLES, Tokens, router};

/// The library, with its rows in a new SQLite file.
pub(crate) struct Site {
    pub(crate) api: Api,
    pub(crate) pool: Pool,
    _folder: TempDir,
}

/// What a client hears.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with(|api| api.routes(router()))
    }

    /// These routes alone.
    pub(crate) fn of(router: Router) -> Self {
        Self::with(|api| api.routes(router))
    }

    /// A library that `change` makes another.
    pub(crate) fn with(change: impl FnOnce(ApiBuilder) -> ApiBuilder) -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let url = format!("sqlite://{}", folder.path().join("library.db").display());
        // One connection: whoever asked for a second one would wait for ever.
        let pool = PoolOptions::default()
            .size(1)
            .open(url.parse().expect("a database URL"))
            .expect("a database file");
        Context::detached(pool.clone())
            .connection()
            .expect("a connection")
            .batch_execute(TABLES)
            .expect("tables");
        let clock = ManualClock::at("2026-01-15T10:30:00.123456Z".parse().expect("a time"));
        let builder = Api::builder(pool.clone())
            .clock(Arc::new(clock))
            .allowed_hosts("library, .example, localhost".parse().expect("hosts"))
            .authenticator(Tokens)
            .state(pool.clone());
        let api = change(builder).build().expect("an API that can start");
        Self {
            api,
            pool,
            _folder: folder,
        }
    }

    /// Serves it on a port, by one worker with one thread for what blocks.
    pub(crate) fn serve(&self) -> (SocketAddr, ServerHandle) {
        let api = self.api.clone();
        let server = HttpServer::new(move || App::new().configure(|config| api.configure(config)))
            .workers(1)
            .worker_max_blocking_threads(1)
            .bind((Ipv4Addr::LOCALHOST, 0))
            .expect("a port");
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        rt::spawn(server);
        (address, handle)
    }

    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        let app = App::new().configure(|config| self.api.configure(config));
        let service = test::init_service(app).await;
        let response = test::call_service(&service, request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = body::to_bytes(response.into_body()).await;
        Answer {
            status,
            headers,
            body: body.expect("a body").to_vec(),
        }
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.send(TestRequest::get().uri(uri)).await
    }

    /// Sends JSON as `ann`.
    pub(crate) async fn post(&self, uri: &str, body: Value) -> Answer {
        self.send(as_ann(TestRequest::post().uri(uri)).set_json(body))
            .await
    }

    /// Sends JSON as `ann`.
    pub(crate) async fn put(&self, uri: &str, body: Value) -> Answer {
        self.send(as_ann(TestRequest::put().uri(uri)).set_json(body))
            .await
    }

    /// Sends JSON as `ann`.
    pub(crate) async fn patch(&self, uri: &str, body: Value) -> Answer {
        self.send(as_ann(TestRequest::patch().uri(uri)).set_json(body))
            .await
    }

    /// Sends `DELETE` as staff.
    pub(crate) async fn delete(&self, uri: &str) -> Answer {
        let request = TestRequest::delete().uri(uri);
        self.send(request.insert_header(("authorization", "Token root")))
            .await
    }

    /// How many books there are, hidden ones included.
    pub(crate) fn books(&self) -> i64 {
        use restwell_db::Model as _;
        let mut cx = Context::detached(self.pool.clone());
        let books = crate::library::Book::objects();
        books.count(&mut cx).expect("a count")
    }
}

pub(crate) fn as_ann(request: TestRequest) -> TestRequest {
    request.insert_header(("authorization", "Token ann"))
}

impl Answer {
    /// The body as JSON, after a look at the status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{body}");
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {body}"))
    }

    /// The data in the envelope of a success.
    #[track_caller]
    pub(crate) fn data(&self, status: u16) -> Value {
        let mut body = self.expect(status);
        assert_eq!(body["success"], true, "{body}");
        body["data"].take()
    }

    /// The code in the envelope of a failure.
    #[track_caller]
    pub(crate) fn code(&self, status: u16) -> String {
        let body = self.expect(status);
        assert_eq!(body["success"], false, "{body}");
        body["code"].as_str().expect("a code").to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
    /// What the entity tag says of the row itself: its key and version.
    #[track_caller]
    pub(crate) fn state(&self) -> &str {
        let tag = self.header("etag").expect("a tag");
        tag.rsplit_once('-').expect("a digest").0
    }
}
