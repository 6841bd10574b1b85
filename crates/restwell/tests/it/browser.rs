//! A browser, as far as cookies go.

use std::cell::RefCell;
use std::collections::BTreeMap;

use restwell_testing::{Client, TestResponse};
use serde_json::{Value, json};

use crate::application::{Application, PASSWORD};

pub(crate) const SESSION: &str = "__Host-sessionid";
pub(crate) const CSRF: &str = "__Host-csrftoken";
pub(crate) const PATH: &str = "/auth/session/";

/// A browser that shows a page of the application: it keeps cookies, says where the page is from,
/// and sends the CSRF token back.
pub(crate) struct Browser {
    client: Client,
    pub(crate) cookies: RefCell<BTreeMap<String, String>>,
    pub(crate) origin: String,
}

impl Browser {
    pub(crate) fn new(app: &Application) -> Self {
        Self {
            client: app.client(),
            cookies: RefCell::default(),
            origin: app.url().replace("http://", "https://"),
        }
    }

    /// A browser in which this user is logged in.
    pub(crate) fn logged_in(app: &Application, username: &str) -> Self {
        let browser = Self::new(app);
        browser.get(PATH).expect(200);
        browser.log_in(username, PASSWORD).expect(204);
        browser
    }

    pub(crate) fn log_in(&self, username: &str, password: &str) -> TestResponse {
        self.post(PATH, &json!({"username": username, "password": password}))
    }

    pub(crate) fn cookie(&self, name: &str) -> String {
        self.cookies.borrow().get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.borrow_mut();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// What goes along with every request: the cookies.
    pub(crate) fn plain(&self) -> Client {
        let pairs: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        match pairs.is_empty() {
            true => self.client.clone(),
            false => self.client.header("cookie", &pairs.join("; ")),
        }
    }

    /// What a script of the application adds.
    pub(crate) fn script(&self) -> Client {
        let client = self.plain().header("origin", &self.origin);
        client.header("x-csrftoken", &self.cookie(CSRF))
    }

    pub(crate) fn get(&self, path: &str) -> TestResponse {
        self.keep(self.plain().get(path))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> TestResponse {
        self.keep(self.script().post(path, body))
    }

    pub(crate) fn delete(&self, path: &str) -> TestResponse {
        self.keep(self.script().delete(path))
    }

    /// The user who is logged in, if the session is still good.
    pub(crate) fn user(&self) -> Option<Value> {
        let answer = self.plain().get("/auth/me/");
        (answer.status == 200).then(|| answer.data()["username"].take())
    }

    fn keep(&self, answer: TestResponse) -> TestResponse {
        for (_, cookie) in answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
        {
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            match attributes.contains("Max-Age=0;") {
                true => drop(self.cookies.borrow_mut().remove(name)),
                false => self.set_cookie(name, value),
            }
        }
        answer
    }
}
