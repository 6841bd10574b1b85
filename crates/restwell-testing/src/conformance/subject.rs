use restwell_core::{Method, Request};
use restwell_db::Context;
use restwell_views::Declaration;
use serde_json::Value;

use crate::{Client, TestResponse};

/// A principal, before the server and before the rules.
pub(super) struct Subject<'a> {
    pub(super) name: &'a str,
    client: &'a Client,
}

impl<'a> Subject<'a> {
    pub(super) fn new(name: &'a str, client: &'a Client) -> Self {
        Self { name, client }
    }

    /// A context in which rules and scopes of a route are asked about the principal; `None` when
    /// the route refuses the credentials.
    ///
    /// # Panics
    /// When it cannot be told.
    pub(super) fn context(&self, declaration: &Declaration<'_>) -> Option<Context> {
        let mut request = Request::new(declaration.method, "");
        for (name, value) in self.client.headers() {
            request.headers.add(name, value);
        }
        match declaration.context(request) {
            Ok(cx) => Some(cx),
            Err(error) if error.status() == 401 => None,
            Err(error) => panic!("{} cannot be authenticated: {error}", self.name),
        }
    }

    pub(super) fn send(&self, method: Method, path: &str, body: &Value) -> TestResponse {
        if method.is_safe() {
            self.client.send(method.as_str(), path, None)
        } else {
            self.client.send_json(method.as_str(), path, body)
        }
    }
}
