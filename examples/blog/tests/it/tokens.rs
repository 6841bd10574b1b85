//! Logging in, and what tokens are good for.

use chrono::TimeDelta;
use restwell::prelude::*;
use restwell_testing::{TestResponse, on_both_databases};
use serde_json::{Value, json};

use crate::blog::{Blog, PASSWORD, POSTS, Sample, path_to, started};
use blog::users::User;

const TOKEN: &str = "/api/v1/auth/token/";
const REFRESH: &str = "/api/v1/auth/token/refresh/";
const ME: &str = "/api/v1/auth/me/";

fn pair(blog: &Blog, name: &str) -> (String, String) {
    let credentials = json!({"username": name, "password": PASSWORD});
    tokens(&blog.anonymous().post(TOKEN, &credentials).expect(200))
}

fn tokens(response: &TestResponse) -> (String, String) {
    let data = response.data();
    let text = |name: &str| data[name].as_str().expect("a token").to_owned();
    (text("access"), text("refresh"))
}

fn refused(response: &TestResponse) {
    assert_eq!(response.status, 401, "{response:?}");
    assert!(
        response
            .header("www-authenticate")
            .is_some_and(|how| how.starts_with("Bearer")),
        "{response:?}"
    );
}

/// A token with other claims, and the signature that belonged to the old ones.
fn forged(token: &str, header: Option<&Value>, claims: &Value) -> String {
    let mut parts = token.split('.').map(str::to_owned).collect::<Vec<_>>();
    if let Some(header) = header {
        parts[0] = base64(&header.to_string());
    }
    parts[1] = base64(&claims.to_string());
    parts.join(".")
}

/// Base64 for URLs, without padding.
fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let word = chunk
            .iter()
            .fold(0_usize, |word, byte| word << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(LETTERS[word >> (18 - 6 * place) & 63]));
        }
    }
    out
}

on_both_databases! {
    with started;

    fn a_name_or_an_address_logs_in(blog) {
        for login in ["author", "author@example.com", "Author@Example.COM"] {
            let body = json!({"username": login, "password": PASSWORD});
            let (access, _) = tokens(&blog.anonymous().post(TOKEN, &body).expect(200));
            let me = blog.anonymous().bearer(&access).get(ME).expect(200).data();
            assert_eq!(me["username"], "author");
        }
    }

    fn wrong_credentials_are_refused_without_saying_what_is_wrong(blog) {
        for (username, password) in [
            ("author", "wrong"),
            ("nobody", PASSWORD),
            ("author@example.org", PASSWORD),
        ] {
            let response = blog
                .anonymous()
                .post(TOKEN, &json!({"username": username, "password": password}));
            refused(&response);
            assert_eq!(
                response.message(),
                "No active account found with the given credentials"
            );
        }
    }

    fn credentials_that_are_missing_are_named(blog) {
        let errors = blog
            .anonymous()
            .post(TOKEN, &json!({}))
            .expect(400)
            .errors();
        let required = json!(["This field is required."]);
        assert_eq!(errors, json!({"username": required, "password": required}));
    }

    fn a_password_keeps_the_space_around_it(blog) {
        let body = json!({"username": "author", "password": format!(" {PASSWORD}")});
        refused(&blog.anonymous().post(TOKEN, &body));
    }

    fn logging_in_is_remembered(blog) {
        let (access, _) = pair(blog, "author");
        let me = blog.anonymous().bearer(&access).get(ME).expect(200).data();
        assert_eq!(me["last_login"], "2026-01-15T10:30:00.123456Z");
    }

    fn a_bad_token_is_refused_where_none_is_needed_too(blog) {
        let path = blog.add(Sample::default());
        for bad in [
            "nonsense",
            "a.b.c",
            "..",
            "eyJhbGciOiJub25lIn0.e30.",
            "Bearer",
        ] {
            for place in [POSTS, &path, ME] {
                refused(&blog.anonymous().bearer(bad).get(place));
            }
        }
        for header in ["Bearer", "Bearer ", "Bearer a b"] {
            refused(&blog.anonymous().header("Authorization", header).get(POSTS));
        }
    }

    fn a_credential_or_condition_that_is_no_text_counts(blog) {
        let path = path_to(&blog.draft("A title"));
        let status = |head: &[u8]| {
            let request = [
                head,
                b"Host: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            ];
            let received = blog.anonymous().raw(&request.concat());
            TestResponse::parse(&received).expect("an answer").status
        };
        let bad = b"GET /api/v1/posts/ HTTP/1.1\r\nAuthorization: Bearer \xff\xfe\r\n";
        assert_eq!(status(bad), 401);
        let token = blog.token("author");
        let mut stale =
            format!("PATCH {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n").into_bytes();
        stale.extend_from_slice(b"If-Match: \"\xff\"\r\n");
        assert_eq!(status(&stale), 412);
    }

    fn of_several_credentials_none_counts(blog) {
        let good = format!("Bearer {}", blog.token("author"));
        for (first, second) in [(&*good, "Bearer x"), ("Digest x", &good), (&good, &good)] {
            let request = format!(
                "GET {POSTS} HTTP/1.1\r\nAuthorization: {first}\r\nAuthorization: {second}\r\n\
                 Host: localhost\r\nConnection: close\r\n\r\n"
            );
            let received = blog.anonymous().raw(request.as_bytes());
            let answer = TestResponse::parse(&received).expect("an answer");
            refused(&answer);
            assert_eq!(answer.code(), "bad_authorization_header");
        }
    }

    fn another_scheme_is_nobody(blog) {
        for other in ["Basic YXV0aG9yOng=", "Digest x", "nonsense", ""] {
            let client = blog.anonymous().header("Authorization", other);
            client.get(POSTS).expect(200);
            refused(&client.get(ME));
        }
    }

    fn a_program_presents_a_token_of_its_own(blog) {
        let tokens = "/api/v1/auth/tokens/";
        let made = blog.author().post(tokens, &json!({"name": "importer"})).expect(201).data();
        let secret = made["token"].as_str().expect("a token");
        let program = blog.anonymous().header("Authorization", &format!("Token {secret}"));
        assert_eq!(program.get(ME).expect(200).data()["username"], "author");
        let post = program.post(POSTS, &json!({"title": "A title", "body": "x"})).expect(201);
        assert_eq!(post.data()["author"]["username"], "author");
        blog.reader().delete(&format!("{tokens}{}/", made["id"].as_str().expect("an id"))).expect(404);
        blog.author().delete(&format!("{tokens}{}/", made["id"].as_str().expect("an id"))).expect(204);
        refused(&program.get(POSTS));
    }

    fn a_browser_has_a_session(blog) {
        let session = "/api/v1/auth/session/";
        let kept = |answer: &TestResponse| -> String {
            let cookies = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
            let pairs: Vec<_> = cookies.filter_map(|(_, cookie)| cookie.split(';').next()).collect();
            pairs.join("; ")
        };
        let before = blog.anonymous().get(session).expect(200);
        let with = |cookies: &str| {
            let token = cookies.split("csrftoken=").nth(1).expect("a token").to_owned();
            blog.anonymous().header("Cookie", cookies).header("X-CSRFToken", &token)
        };
        let credentials = json!({"username": "author", "password": PASSWORD});
        blog.anonymous().post(session, &credentials).expect(403);
        let author = with(&kept(&with(&kept(&before)).post(session, &credentials).expect(204)));
        assert_eq!(author.get(ME).expect(200).data()["username"], "author");
        let body = json!({"title": "A title", "body": "x"});
        let refused = author.without_header("X-CSRFToken").post(POSTS, &body).expect(403);
        assert_eq!(refused.message(), "CSRF Failed: CSRF token missing.");
        author.header("Origin", "https://evil.example").post(POSTS, &body).expect(403);
        author.post(POSTS, &body).expect(201);
        author.delete(session).expect(204);
        author.get(ME).expect(401);
    }

    fn an_access_token_ends(blog) {
        let (access, _) = pair(blog, "author");
        let client = blog.anonymous().bearer(&access);
        blog.clock.advance(TimeDelta::minutes(14));
        client.get(ME).expect(200);
        blog.clock.advance(TimeDelta::minutes(2));
        refused(&client.get(ME));
        refused(&client.get(POSTS));
    }

    fn a_refresh_token_makes_new_ones_and_is_used_up(blog) {
        let (_, refresh) = pair(blog, "author");
        blog.clock.advance(TimeDelta::days(1));
        let response = blog
            .anonymous()
            .post(REFRESH, &json!({"refresh": refresh}))
            .expect(200);
        let (access, next) = tokens(&response);
        assert_ne!(next, refresh);
        assert_eq!(
            blog.anonymous().bearer(&access).get(ME).expect(200).data()["username"],
            "author"
        );
        refused(&blog.anonymous().post(REFRESH, &json!({"refresh": refresh})));
    }

    fn a_refresh_token_ends(blog) {
        let (_, refresh) = pair(blog, "author");
        blog.clock.advance(TimeDelta::days(8));
        refused(&blog.anonymous().post(REFRESH, &json!({"refresh": refresh})));
    }

    fn each_token_is_good_for_its_own_purpose(blog) {
        let (access, refresh) = pair(blog, "author");
        refused(&blog.anonymous().bearer(&refresh).get(POSTS));
        refused(&blog.anonymous().post(REFRESH, &json!({"refresh": access})));
        refused(
            &blog
                .anonymous()
                .post(REFRESH, &json!({"refresh": "nonsense"})),
        );
        blog.anonymous().post(REFRESH, &json!({})).expect(400);
    }

    fn a_token_cannot_be_changed(blog) {
        let (access, _) = pair(blog, "author");
        let claims = json!({
            "token_type": "access", "exp": 4_000_000_000_u64, "iat": 1, "jti": "1",
            "user_id": blog.key_of("admin"),
        });
        let none = json!({"alg": "none", "typ": "JWT"});
        for token in [
            forged(&access, None, &claims),
            forged(&access, Some(&none), &claims),
            forged(&access, Some(&none), &claims)
                .rsplit_once('.')
                .expect("a signature")
                .0
                .to_owned()
                + ".",
            format!("{access}x"),
            access[..access.len() - 2].to_owned(),
        ] {
            refused(&blog.anonymous().bearer(&token).get(ME));
        }
    }

    fn whoever_is_locked_out_is_nobody_at_once(blog) {
        let (access, refresh) = pair(blog, "author");
        let key = blog.key_of("author");
        let body = json!({"is_active": false});
        blog.admin()
            .patch(&format!("/api/v1/users/{key}/"), &body)
            .expect(200);
        refused(&blog.anonymous().bearer(&access).get(POSTS));
        refused(&blog.anonymous().post(REFRESH, &json!({"refresh": refresh})));
        let credentials = json!({"username": "author", "password": PASSWORD});
        let response = blog.anonymous().post(TOKEN, &credentials);
        refused(&response);
        assert_eq!(
            response.message(),
            "No active account found with the given credentials"
        );
    }

    fn a_user_who_is_gone_is_nobody(blog) {
        let (access, _) = pair(blog, "second");
        let key = blog.key_of("second");
        let users = User::objects().filter(User::F.id.eq(key));
        users.delete(&mut blog.db.context()).expect("a deletion");
        refused(&blog.anonymous().bearer(&access).get(POSTS));
    }

    fn a_role_that_is_taken_away_is_gone_at_once(blog) {
        let editor = blog.editor();
        let path = path_to(&blog.draft("A title"));
        editor.get(&path).expect(200);
        let key = blog.key_of("editor");
        blog.admin()
            .put(&format!("/api/v1/users/{key}/roles/"), &json!(["reader"]))
            .expect(200);
        editor.get(&path).expect(404);
        editor
            .post(&format!("{path}publish/"), &json!({}))
            .expect(403);
    }
}
