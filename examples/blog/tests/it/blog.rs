//! The blog, started for one test, with a user for each role.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use blog::comments::Comment;
use blog::posts::{Post, PostError, Status};
use blog::users::{User, UserError, roles};
use blog::{Settings, app, events, users};
use chrono::{DateTime, Utc};
use restwell::audit::AuditEntry;
use restwell::auth::{Auth, PasswordResetMail, TokenPair};
use restwell::permissions::{Rbac, rbac};
use restwell::prelude::*;
use restwell::{Api, ApiBuilder, ErrorCodes, Method, Request, Signer, State};
use restwell_testing::{
    Client, ManualClock, TestDatabase, TestResponse, TestServer, assert_enveloped, clock_at,
};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const POSTS: &str = "/api/v1/posts/";
pub(crate) const PASSWORD: &str = "correct-horse-battery";

/// The users: their names and roles.
const USERS: [(&str, &[&str]); 6] = [
    ("reader", &[roles::READER]),
    ("author", &[roles::AUTHOR]),
    ("second", &[roles::AUTHOR]),
    ("editor", &[roles::EDITOR]),
    ("admin", &[roles::ADMIN]),
    ("super", &[]),
];

/// Hashing is slow on purpose; once is enough for all tests.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let hasher = restwell::auth::PasswordHasher::default();
    hasher.hash(PASSWORD).expect("a hash")
});

/// The blog at work.
pub(crate) struct Blog {
    server: TestServer,
    auth: Auth<User>,
    tokens: Mutex<HashMap<String, String>>,
    pub(crate) api: Api,
    pub(crate) db: TestDatabase,
    pub(crate) clock: Arc<ManualClock>,
}

/// No test is throttled by accident.
const UNTHROTTLED: [(&str, &str); 3] = [
    ("THROTTLE_ANON", "off"),
    ("THROTTLE_USER", "off"),
    ("THROTTLE_LOGIN", "off"),
];

/// The blog with its users, and without any post. Its clock stands still, and no rate is on.
pub(crate) fn started(db: TestDatabase) -> Blog {
    started_with(db, &[])
}

/// The same with other settings, such as rates.
pub(crate) fn started_with(db: TestDatabase, others: &[(&str, &str)]) -> Blog {
    started_as(db, others, |api| api)
}

/// The same as another application, which `change` makes of it.
pub(crate) fn started_as(
    db: TestDatabase,
    others: &[(&str, &str)],
    change: impl FnOnce(ApiBuilder) -> ApiBuilder,
) -> Blog {
    let db = db.listening(events::events());
    let clock = clock_at("2026-01-15T10:30:00.123456Z");
    let mut cx = db.context_at(clock.clone());
    app::migrate(&mut cx).expect("migrations that run");
    for (name, roles) in USERS {
        let changes = Changes::new()
            .with(User::F.username, name)
            .with(User::F.email, format!("{name}@example.com"))
            .with(User::F.password, HASH.as_str())
            .with(User::F.is_superuser, name == "super")
            .with(User::F.date_joined, cx.now());
        let user = User::objects().create(&mut cx, changes).expect("a user");
        rbac::set_roles(&mut cx, &user.id.into(), roles).expect("roles that are there");
    }
    drop(cx);
    let settings = settings(others);
    let builder = app::builder(&settings, db.pool())
        .expect("settings that are complete")
        .clock(clock.clone())
        .count_statements();
    let api = change(builder)
        .build()
        .expect("routes without contradictions");
    Blog {
        server: TestServer::start(&api),
        auth: users::auth(&settings, &Rbac::new()).expect("a key that is long enough"),
        tokens: Mutex::default(),
        api,
        db,
        clock,
    }
}

fn settings(others: &[(&str, &str)]) -> Settings {
    let keys = [
        ("SECRET_KEY", "the key of the tests, which is long enough"),
        ("ALLOWED_HOSTS", "blog.example, localhost, 127.0.0.1"),
        ("JWT_SECRET", "another key of the tests, which is long too"),
    ];
    let pairs = keys.iter().chain(&UNTHROTTLED).chain(others);
    let source = restwell::settings::Settings::from_pairs(pairs.copied());
    Settings::read(source).expect("settings that are complete")
}

/// That `errors` lists this code.
fn assert_listed(code: &str) {
    let mut codes = ErrorCodes::standard();
    codes.add::<PostError>().expect("codes of its own");
    codes.add::<UserError>().expect("codes of its own");
    let is_listed = codes.iter().any(|listed| listed.code == code);
    assert!(is_listed, "`errors` does not list {code}");
}

impl Blog {
    /// Nobody. Every answer is checked: it has the envelope, a code that is listed if it refuses, and
    /// is never the server's fault.
    pub(crate) fn anonymous(&self) -> Client {
        self.server.client().always(|response| {
            assert!(response.status < 500, "the server failed: {response:?}");
            if !response.request.contains("/health/") {
                assert_enveloped(response);
            }
            if response.status >= 400 && !response.body.is_empty() {
                assert_listed(&response.code());
            }
        })
    }

    /// Nobody, to whom the server may say that it is busy.
    pub(crate) fn unchecked(&self) -> Client {
        self.server.client()
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> String {
        self.server.url().replace("http://", "")
    }

    /// The user with this name, logged in.
    pub(crate) fn user(&self, name: &str) -> Client {
        self.anonymous().bearer(&self.token(name))
    }

    /// An access token of the user with this name.
    pub(crate) fn token(&self, name: &str) -> String {
        let mut tokens = self.tokens.lock().expect("no test has failed here");
        let token = tokens
            .entry(name.to_owned())
            .or_insert_with(|| self.log_in(name).access.as_str().to_owned());
        token.clone()
    }

    /// The refresh token of a new login of the user with this name.
    pub(crate) fn refresh_token(&self, name: &str) -> String {
        self.log_in(name).refresh.as_str().to_owned()
    }

    fn log_in(&self, name: &str) -> TokenPair {
        let mut cx = self.db.context_at(self.clock.clone());
        let users = User::objects().filter(User::F.username.eq(name));
        let user = users.first(&mut cx).expect("a query").expect("a user");
        self.auth.issue(&mut cx, &user).expect("tokens")
    }

    /// The mail with which the user with this name gets a new password.
    pub(crate) fn reset_mail(&self, name: &str) -> PasswordResetMail {
        let mut state = State::new();
        state.insert(Signer::new(&settings(&[]).secret_key).expect("a key that is long enough"));
        let request = Request::new(Method::Post, "/");
        let (pool, clock) = (self.db.pool(), self.clock.clone());
        let mut cx = Context::new(pool, clock, Arc::new(state), request);
        let mail = self
            .auth
            .password_reset_mail(&mut cx, &format!("{name}@example.com"));
        mail.expect("a query").expect("a user")
    }

    pub(crate) fn reader(&self) -> Client {
        self.user("reader")
    }

    pub(crate) fn author(&self) -> Client {
        self.user("author")
    }

    pub(crate) fn editor(&self) -> Client {
        self.user("editor")
    }

    pub(crate) fn admin(&self) -> Client {
        self.user("admin")
    }

    /// The key of the user with this name.
    pub(crate) fn key_of(&self, name: &str) -> Uuid {
        let users = User::objects().filter(User::F.username.eq(name));
        let keys = users.values(User::F.id, &mut self.db.context());
        keys.expect("a query")[0]
    }

    /// Writes a post behind the back of the API, and returns its path.
    pub(crate) fn add(&self, sample: Sample<'_>) -> String {
        let author = self.key_of(sample.author);
        let moment = |text: &str| -> DateTime<Utc> { text.parse().expect("a time") };
        let created_at = moment(sample.created_at);
        let changes = Changes::new()
            .with(Post::F.title, sample.title)
            .with(Post::F.slug, format!("slug-{}", Uuid::new_v4().simple()))
            .with(Post::F.body, sample.body)
            .with(Post::F.status, sample.status)
            .with(Post::F.views, sample.views)
            .with(Post::F.author_id, author)
            .with(Post::F.category_id, sample.category)
            .with(Post::F.published_at, sample.published_at.map(moment))
            .with(Post::F.created_at, created_at)
            .with(Post::F.updated_at, created_at);
        let mut cx = self.db.context();
        let post = Post::objects().create(&mut cx, changes).expect("a post");
        let links: Vec<(Uuid, i64)> = sample.tags.iter().map(|tag| (post.id, *tag)).collect();
        Post::relation_tags()
            .link_many(&mut cx, &links)
            .expect("tags that are there");
        path_of(&post.id.to_string())
    }

    /// Writes a comment below the post with the key `post`, and returns its key.
    pub(crate) fn comment(&self, author: &str, post: &str) -> String {
        let post: Uuid = post.parse().expect("the key of a post");
        let changes = Changes::new()
            .with(Comment::F.post_id, post)
            .with(Comment::F.author_id, self.key_of(author))
            .with(Comment::F.body, "Well said.");
        let comment = Comment::objects().create(&mut self.db.context(), changes);
        comment.expect("a comment").id.to_string()
    }

    /// The key of the entry that was written when the tag with this key was made.
    pub(crate) fn entry_of(&self, tag: i64) -> i64 {
        let entries = AuditEntry::objects()
            .filter(AuditEntry::F.entity.eq("tags") & AuditEntry::F.entity_id.eq(tag.to_string()));
        let keys = entries.values(AuditEntry::F.id, &mut self.db.context());
        keys.expect("a query")[0]
    }

    /// Writes published posts with these titles, the first being the oldest.
    pub(crate) fn add_published(&self, titles: &[&str]) -> Vec<String> {
        let paths = titles.iter().enumerate().map(|(minute, title)| {
            let at = format!("2026-01-01T00:{minute:02}:00Z");
            self.add(Sample {
                title,
                created_at: &at,
                ..Sample::default()
            })
        });
        paths.collect()
    }

    /// A draft of the author, made over the API.
    pub(crate) fn draft(&self, title: &str) -> Value {
        let body = json!({"title": title, "body": "Some text."});
        self.author().post(POSTS, &body).expect(201).data()
    }

    /// Makes a category, and returns its key.
    pub(crate) fn category(&self, name: &str) -> i64 {
        self.made("/api/v1/categories/", name)
    }

    /// Makes a tag, and returns its key.
    pub(crate) fn tag(&self, name: &str) -> i64 {
        self.made("/api/v1/tags/", name)
    }

    /// Makes an API token of the user with this name, and returns its key.
    pub(crate) fn api_token(&self, owner: &str) -> String {
        let body = json!({"name": "a program"});
        let made = self.user(owner).post("/api/v1/auth/tokens/", &body);
        let id = &made.expect(201).data()["id"];
        id.as_str().expect("a key").to_owned()
    }

    fn made(&self, path: &str, name: &str) -> i64 {
        let made = self.editor().post(path, &json!({"name": name})).expect(201);
        made.data()["id"].as_i64().expect("a key")
    }
}

/// A post as a test wants it.
pub(crate) struct Sample<'a> {
    pub(crate) title: &'a str,
    pub(crate) body: &'a str,
    pub(crate) status: Status,
    pub(crate) views: i32,
    pub(crate) author: &'a str,
    pub(crate) category: Option<i64>,
    pub(crate) tags: &'a [i64],
    pub(crate) created_at: &'a str,
    pub(crate) published_at: Option<&'a str>,
}

impl Default for Sample<'_> {
    fn default() -> Self {
        Self {
            title: "A post",
            body: "Some text.",
            status: Status::Published,
            views: 0,
            author: "author",
            category: None,
            tags: &[],
            created_at: "2026-01-01T00:00:00Z",
            published_at: Some("2026-01-02T00:00:00Z"),
        }
    }
}

/// The path of a post.
pub(crate) fn path_of(id: &str) -> String {
    format!("{POSTS}{id}/")
}

/// The path of a post that the API showed.
pub(crate) fn path_to(post: &Value) -> String {
    path_of(post["id"].as_str().expect("a key"))
}

/// The titles on a page.
pub(crate) fn titles(page: &TestResponse) -> Vec<String> {
    let title = |row: &Value| row["title"].as_str().expect("a title").to_owned();
    page.results().iter().map(title).collect()
}

/// The names of the members of an object, sorted.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let members = value.as_object().expect("an object");
    let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// The path and query of an absolute link.
pub(crate) fn local(link: &Value) -> String {
    let link = link.as_str().expect("a link");
    let rest = link.strip_prefix("http://").expect("an absolute link");
    rest[rest.find('/').expect("a path")..].to_owned()
}
