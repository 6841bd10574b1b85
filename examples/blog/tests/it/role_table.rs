//! The whole table of roles: every route, role and kind of row, as the contract has it.

use blog::posts::Status;
use chrono::Utc;
use restwell::Method;
use restwell_testing::{Client, on_both_databases};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blog::{Blog, PASSWORD, POSTS, Sample, started};

const ROLES: [&str; 5] = ["anonymous", "reader", "author", "editor", "admin"];

/// The tables of which no row may differ after a refusal.
const TABLES: [&str; 11] = [
    "posts",
    "post_tags",
    "comments",
    "tags",
    "categories",
    "users",
    "user_roles",
    "api_tokens",
    "refresh_families",
    "sessions",
    "audit_log",
];

/// Method, path and row, and the status that each of [`ROLES`] gets. `own` rows are those of who
/// asks; nobody has any.
const TABLE: &str = "
    GET     /                            -                  200 200 200 200 200
    GET     /posts/                      -                  200 200 200 200 200
    POST    /posts/                      -                  401 403 201 201 201
    POST    /posts/bulk/                 -                  401 403 403 201 201
    PUT     /posts/bulk/                 published          401 403 403 200 200
    PUT     /posts/bulk/                 draft              401 403 403 200 200
    PUT     /posts/bulk/                 own-draft          -   403 403 200 200
    PUT     /posts/bulk/                 none               401 403 403 400 400
    PATCH   /posts/bulk/                 published          401 403 403 200 200
    PATCH   /posts/bulk/                 archived           401 403 403 200 200
    PATCH   /posts/bulk/                 own-draft          -   403 403 200 200
    PATCH   /posts/bulk/                 none               401 403 403 400 400
    DELETE  /posts/bulk/                 published          401 403 403 204 204
    DELETE  /posts/bulk/                 draft              401 403 403 204 204
    DELETE  /posts/bulk/                 own-draft          -   403 403 204 204
    DELETE  /posts/bulk/                 deleted            401 403 403 400 400
    DELETE  /posts/bulk/                 none               401 403 403 400 400
    GET     /posts/{pk}/                 published          200 200 200 200 200
    GET     /posts/{pk}/                 draft              404 404 404 200 200
    GET     /posts/{pk}/                 archived           404 404 404 200 200
    GET     /posts/{pk}/                 own-published      -   200 200 200 200
    GET     /posts/{pk}/                 own-draft          -   200 200 200 200
    GET     /posts/{pk}/                 none               404 404 404 404 404
    PUT     /posts/{pk}/                 published          401 403 403 200 200
    PUT     /posts/{pk}/                 draft              401 403 404 200 200
    PUT     /posts/{pk}/                 archived           401 403 404 200 200
    PUT     /posts/{pk}/                 own-published      -   403 200 200 200
    PUT     /posts/{pk}/                 own-draft          -   403 200 200 200
    PUT     /posts/{pk}/                 none               401 403 404 404 404
    PATCH   /posts/{pk}/                 published          401 403 403 200 200
    PATCH   /posts/{pk}/                 draft              401 403 404 200 200
    PATCH   /posts/{pk}/                 archived           401 403 404 200 200
    PATCH   /posts/{pk}/                 own-published      -   403 200 200 200
    PATCH   /posts/{pk}/                 own-draft          -   403 200 200 200
    PATCH   /posts/{pk}/                 none               401 403 404 404 404
    DELETE  /posts/{pk}/                 published          401 403 403 204 204
    DELETE  /posts/{pk}/                 draft              401 403 404 204 204
    DELETE  /posts/{pk}/                 archived           401 403 404 204 204
    DELETE  /posts/{pk}/                 own-published      -   403 204 204 204
    DELETE  /posts/{pk}/                 own-draft          -   403 204 204 204
    DELETE  /posts/{pk}/                 none               401 403 404 404 404
    POST    /posts/{pk}/publish/         draft              401 403 403 200 200
    POST    /posts/{pk}/publish/         own-draft          -   403 403 200 200
    POST    /posts/{pk}/publish/         published          401 403 403 409 409
    POST    /posts/{pk}/publish/         none               401 403 403 404 404
    POST    /posts/{pk}/unpublish/       published          401 403 403 200 200
    POST    /posts/{pk}/unpublish/       own-published      -   403 403 200 200
    POST    /posts/{pk}/unpublish/       draft              401 403 403 409 409
    POST    /posts/{pk}/archive/         published          401 403 403 200 200
    POST    /posts/{pk}/archive/         own-draft          -   403 403 200 200
    POST    /posts/{pk}/archive/         archived           401 403 403 409 409
    POST    /posts/{pk}/revert/          published          401 403 403 200 200
    POST    /posts/{pk}/revert/          draft              401 403 404 200 200
    POST    /posts/{pk}/revert/          own-draft          -   403 200 200 200
    POST    /posts/{pk}/revert/          none               401 403 404 404 404
    GET     /posts/{pk}/history/         published          401 403 403 200 200
    GET     /posts/{pk}/history/         draft              401 404 404 200 200
    GET     /posts/{pk}/history/         own-draft          -   200 200 200 200
    GET     /posts/{pk}/history/         none               401 404 404 404 404
    GET     /posts/trash/                -                  401 403 403 403 200
    POST    /posts/{pk}/restore/         deleted            401 403 403 403 200
    POST    /posts/{pk}/restore/         own-deleted        -   403 403 403 200
    POST    /posts/{pk}/restore/         published          401 403 403 403 404
    POST    /posts/{pk}/restore/         none               401 403 403 403 404
    DELETE  /posts/{pk}/purge/           deleted            401 403 403 403 204
    DELETE  /posts/{pk}/purge/           own-deleted        -   403 403 403 204
    DELETE  /posts/{pk}/purge/           none               401 403 403 403 404
    GET     /audit/                      -                  401 403 403 403 200
    GET     /audit/{pk}/                 entry              401 403 403 403 200
    GET     /posts/summary/              -                  401 403 403 200 200
    GET     /posts/{parent}/comments/    published          200 200 200 200 200
    GET     /posts/{parent}/comments/    draft              404 404 404 200 200
    GET     /posts/{parent}/comments/    own-draft          -   200 200 200 200
    GET     /posts/{parent}/comments/    none               404 404 404 404 404
    POST    /posts/{parent}/comments/    published          401 201 201 201 201
    POST    /posts/{parent}/comments/    draft              401 404 404 201 201
    POST    /posts/{parent}/comments/    own-draft          -   201 201 201 201
    POST    /posts/{parent}/comments/    none               401 404 404 404 404
    GET     /comments/{pk}/              comment            200 200 200 200 200
    GET     /comments/{pk}/              comment-on-draft   404 404 404 200 200
    PUT     /comments/{pk}/              comment            401 403 403 200 200
    PUT     /comments/{pk}/              comment-on-draft   401 404 404 200 200
    PUT     /comments/{pk}/              own-comment        -   200 200 200 200
    PATCH   /comments/{pk}/              comment            401 403 403 200 200
    PATCH   /comments/{pk}/              comment-on-draft   401 404 404 200 200
    PATCH   /comments/{pk}/              own-comment        -   200 200 200 200
    DELETE  /comments/{pk}/              comment            401 403 403 204 204
    DELETE  /comments/{pk}/              comment-on-draft   401 404 404 204 204
    DELETE  /comments/{pk}/              own-comment        -   204 204 204 204
    GET     /tags/                       -                  200 200 200 200 200
    POST    /tags/                       -                  401 403 403 201 201
    GET     /tags/{pk}/                  tag                200 200 200 200 200
    PUT     /tags/{pk}/                  tag                401 403 403 200 200
    PATCH   /tags/{pk}/                  tag                401 403 403 200 200
    DELETE  /tags/{pk}/                  tag                401 403 403 204 204
    GET     /categories/                 -                  200 200 200 200 200
    POST    /categories/                 -                  401 403 403 201 201
    GET     /categories/{pk}/            category           200 200 200 200 200
    PUT     /categories/{pk}/            category           401 403 403 200 200
    PATCH   /categories/{pk}/            category           401 403 403 200 200
    DELETE  /categories/{pk}/            category           401 403 403 204 204
    GET     /users/                      -                  401 403 403 403 200
    GET     /users/{pk}/                 other              401 403 403 403 200
    GET     /users/{pk}/                 self               -   403 403 403 200
    PATCH   /users/{pk}/                 other              401 403 403 403 200
    PATCH   /users/{pk}/                 self               -   403 403 403 200
    GET     /users/{pk}/roles/           other              401 403 403 403 200
    GET     /users/{pk}/roles/           self               -   403 403 403 200
    PUT     /users/{pk}/roles/           other              401 403 403 403 200
    PUT     /users/{pk}/roles/           self               -   403 403 403 -
    POST    /auth/register/              -                  201 201 201 201 201
    POST    /auth/token/                 -                  200 200 200 200 200
    GET     /auth/me/                    -                  401 200 200 200 200
    GET     /auth/tokens/                -                  401 200 200 200 200
    POST    /auth/tokens/                -                  401 201 201 201 201
    DELETE  /auth/tokens/{pk}/           token              401 404 404 404 404
    DELETE  /auth/tokens/{pk}/           own-token          -   204 204 204 204
    PATCH   /auth/me/                    -                  401 200 200 200 200
    POST    /auth/token/refresh/         refresh            200 200 200 200 200
    POST    /auth/token/refresh/         none               401 401 401 401 401
    POST    /auth/logout/                refresh            204 204 204 204 204
    POST    /auth/logout/                none               401 401 401 401 401
    GET     /auth/session/               -                  200 200 200 200 200
    POST    /auth/session/               page               204 204 204 204 204
    POST    /auth/session/               -                  403 403 403 403 403
    DELETE  /auth/session/               page               204 204 204 204 204
    DELETE  /auth/session/               -                  204 204 204 204 204
    POST    /auth/password/reset/        -                  202 202 202 202 202
    POST    /auth/password/reset/confirm/ mail              204 204 204 204 204
    POST    /auth/password/reset/confirm/ none              400 400 400 400 400
    POST    /auth/password/              -                  401 204 204 204 204
    POST    /auth/logout/all/            refresh            401 204 204 204 204
";

/// What may be done without any row being another.
const UNCHANGING: [(&str, &str); 3] = [
    ("PUT", "/users/{pk}/roles/"),
    ("DELETE", "/auth/session/"),
    ("POST", "/auth/password/reset/"),
];

/// One line of [`TABLE`].
struct Line<'a> {
    method: &'a str,
    path: &'a str,
    row: &'a str,
    expected: Vec<Option<u16>>,
}

fn lines() -> Vec<Line<'static>> {
    let lines = TABLE.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [method, path, row, ref statuses @ ..] = words[..] else {
                panic!("not a line: {line}");
            };
            assert_eq!(statuses.len(), ROLES.len(), "{line}");
            let expected = statuses.iter().map(|status| status.parse().ok()).collect();
            Line {
                method,
                path,
                row,
                expected,
            }
        })
        .collect()
}

/// Makes the row that a line is about, for `role`, and returns its key.
fn make(blog: &Blog, row: &str, role: &str) -> String {
    let (own, kind) = match row.strip_prefix("own-") {
        Some(kind) => (true, kind),
        None => (false, row),
    };
    let author = if own { role } else { "second" };
    let post = |status: Status| {
        let path = blog.add(Sample {
            author,
            status,
            ..Sample::default()
        });
        let parts = path.trim_end_matches('/').rsplit('/');
        parts.map(str::to_owned).next().expect("a key")
    };
    match kind {
        "published" => post(Status::Published),
        "draft" => post(Status::Draft),
        "archived" => post(Status::Archived),
        "deleted" => {
            let key = post(Status::Published);
            blog.editor().delete(&format!("{POSTS}{key}/")).expect(204);
            key
        }
        "entry" => blog.entry_of(blog.tag(&unique())).to_string(),
        "comment" => blog.comment(author, &post(Status::Published)),
        "comment-on-draft" => blog.comment(author, &post(Status::Draft)),
        "tag" => blog.tag(&unique()).to_string(),
        "category" => blog.category(&unique()).to_string(),
        "token" => blog.api_token(author),
        "other" => blog.key_of("second").to_string(),
        "self" => blog.key_of(role).to_string(),
        "refresh" => blog.refresh_token(if role == "anonymous" { "second" } else { role }),
        "mail" => blog.reset_mail("second").token.expose_secret().to_owned(),
        "page" => csrf_token(blog),
        "none" => Uuid::new_v4().to_string(),
        _ => String::new(),
    }
}

fn unique() -> String {
    Uuid::new_v4().simple().to_string()
}

/// A body that is right. `key` is that of the row, or the token that the line is about.
fn body(line: &Line<'_>, key: &str) -> Value {
    let name = unique();
    match line.path {
        "/posts/bulk/" if line.method == "DELETE" => json!({"ids": [key]}),
        "/posts/bulk/" => json!([{"id": key, "title": "A title", "body": name}]),
        "/posts/" | "/posts/{pk}/" => json!({"title": "A title", "body": name}),
        "/posts/{parent}/comments/" | "/comments/{pk}/" => json!({"body": "Indeed."}),
        "/auth/tokens/" | "/tags/" | "/tags/{pk}/" | "/categories/" | "/categories/{pk}/" => {
            json!({"name": name})
        }
        "/users/{pk}/" | "/auth/me/" => json!({"first_name": name}),
        "/posts/{pk}/revert/" => json!({"at": Utc::now()}),
        "/users/{pk}/roles/" => json!(["author"]),
        "/auth/register/" => {
            let username = format!("user-{name}");
            let email = format!("{name}@example.com");
            json!({"username": username, "email": email, "password": PASSWORD})
        }
        "/auth/token/" | "/auth/session/" => json!({"username": "editor", "password": PASSWORD}),
        "/auth/token/refresh/" | "/auth/logout/" => json!({"refresh": key}),
        "/auth/password/" => json!({"old_password": PASSWORD, "new_password": name}),
        "/auth/password/reset/" => json!({"email": "second@example.com"}),
        "/auth/password/reset/confirm/" => json!({"token": key, "new_password": name}),
        _ => json!({}),
    }
}

/// What a browser gets along with a page of the site.
fn csrf_token(blog: &Blog) -> String {
    let page = blog.anonymous().get("/api/v1/auth/session/").expect(200);
    let token = &page.data()["csrf_token"];
    token.as_str().expect("a token").to_owned()
}

fn client(blog: &Blog, role: &str, line: &Line<'_>, key: &str) -> Client {
    let client = match role {
        "anonymous" => blog.anonymous(),
        role => blog.user(role),
    };
    match line.row {
        "page" => client
            .header("Cookie", &format!("csrftoken={key}"))
            .header("X-CSRFToken", key),
        _ => client,
    }
}

/// Every row of every table, byte by byte.
fn rows(blog: &Blog) -> Vec<Vec<String>> {
    TABLES.iter().map(|table| blog.db.rows(table)).collect()
}

/// What is wrong with the answer that `role` gets.
fn check(blog: &Blog, line: &Line<'_>, role: &str, expected: u16) -> Vec<String> {
    let key = make(blog, line.row, role);
    let path = line.path.replace("{pk}", &key).replace("{parent}", &key);
    let path = format!("/api/v1{path}");
    let before = rows(blog);
    let client = client(blog, role, line, &key);
    let answer = match line.method {
        "GET" => client.get(&path),
        "DELETE" if line.path == "/posts/bulk/" => client.delete_with(&path, &body(line, &key)),
        "DELETE" => client.delete(&path),
        method => client.send_json(method, &path, &body(line, &key)),
    };
    let about = format!("{} {} {} as {role}", line.method, line.path, line.row);
    let mut wrong = Vec::new();
    if answer.status != expected {
        wrong.push(format!("{about}: {} in place of {expected}", answer.status));
    }
    if answer.header("www-authenticate").is_some() != (answer.status == 401) {
        wrong.push(format!("{about}: a challenge goes with a 401 alone"));
    }
    if answer.status >= 400 && rows(blog) != before {
        wrong.push(format!("{about}: refused, and yet rows differ"));
    }
    let changes_none = line.method == "GET" || UNCHANGING.contains(&(line.method, line.path));
    if answer.status < 300 && !changes_none && rows(blog) == before {
        wrong.push(format!("{about}: allowed, and yet no row differs"));
    }
    wrong
}

on_both_databases! {
    with started;

    fn every_role_gets_what_the_table_says(blog) {
        let mut wrong = Vec::new();
        for line in lines() {
            for (role, expected) in ROLES.iter().zip(&line.expected) {
                if let Some(expected) = expected {
                    wrong.extend(check(blog, &line, role, *expected));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn the_table_has_every_route(blog) {
        let lines = lines();
        let routes = blog.api.declarations().filter(|declaration| {
            let of_itself = [Method::Head, Method::Options];
            !declaration.path().starts_with("/health/") && !of_itself.contains(&declaration.method)
        });
        let missing = routes.filter(|declaration| {
            let path = declaration.path().strip_prefix("/api/v1").unwrap_or_default();
            let method = declaration.method.as_str();
            !lines.iter().any(|line| (line.method, line.path) == (method, path))
        });
        let missing: Vec<String> = missing.map(|route| format!("{route:?}")).collect();
        assert!(missing.is_empty(), "no line for {}", missing.join(", "));
    }
}
