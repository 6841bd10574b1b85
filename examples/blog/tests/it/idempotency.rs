//! Creates and publications that are sent again with the same `Idempotency-Key`.

use std::process::Command;

use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::blog::{POSTS, path_to, started};

on_both_databases! {
    with started;

    fn a_post_is_written_once(blog) {
        let author = blog.author().header("idempotency-key", "8e03978e-40d5-43dd");
        let body = json!({"title": "Once", "body": "Some text."});
        let first = author.post(POSTS, &body).expect(201);
        let second = author.post(POSTS, &body).expect(201);
        assert_eq!(first.text(), second.text());
        for header in ["location", "etag", "content-type"] {
            assert_eq!(first.header(header), second.header(header));
        }
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        let list = blog.author().get(POSTS).expect(200).data();
        assert_eq!(list["count"], 1);
        let other = json!({"title": "Twice", "body": "Some text."});
        let reused = author.post(POSTS, &other).expect(422);
        assert_eq!(reused.code(), "idempotency_key_reused");
        // The key of another user is another key.
        let second = blog.user("second").header("idempotency-key", "8e03978e-40d5-43dd");
        second.post(POSTS, &other).expect(201);
    }

    fn many_posts_are_written_once_too(blog) {
        let bulk = format!("{POSTS}bulk/");
        let editor = blog.editor().header("idempotency-key", "many");
        let body = json!([{"title": "One", "body": "x"}, {"title": "Two", "body": "x"}]);
        let first = editor.post(&bulk, &body).expect(201);
        let second = editor.post(&bulk, &body).expect(201);
        assert_eq!(first.text(), second.text());
        let stream = blog.editor().header("idempotency-key", "stream");
        let stream = stream.header("content-type", "application/x-ndjson");
        let lines = b"{\"title\": \"Three\", \"body\": \"x\"}\n";
        let first = stream.send("POST", &bulk, Some(lines)).expect(201);
        let second = stream.send("POST", &bulk, Some(lines)).expect(201);
        assert_eq!(first.text(), second.text());
        assert_eq!(second.header("idempotent-replayed"), Some("true"));
        let other = b"{\"title\": \"Four\", \"body\": \"x\"}\n";
        let reused = stream.send("POST", &bulk, Some(other)).expect(422);
        assert_eq!(reused.code(), "idempotency_key_reused");
        assert_eq!(blog.editor().get(POSTS).data()["count"], 3);
    }

    fn a_hundred_tries_at_once_are_one_post(blog) {
        let author = blog.author().header("idempotency-key", "a-key");
        let body = json!({"title": "Once", "body": "Some text."});
        let answers = race(100, |_| author.post(POSTS, &body));
        let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert!(made.iter().all(|answer| answer.text() == made[0].text()));
        let in_use = answers.iter().filter(|answer| answer.status == 409).count();
        assert_eq!(made.len() + in_use, 100);
        assert_eq!(blog.author().get(POSTS).data()["count"], 1);
    }

    fn a_comment_and_a_publication_happen_once(blog) {
        let path = path_to(&blog.draft("A title"));
        let editor = blog.editor().header("idempotency-key", "a-key");
        let published = editor.post(&format!("{path}publish/"), &json!({})).expect(200);
        let again = editor.post(&format!("{path}publish/"), &json!({})).expect(200);
        assert_eq!(published.text(), again.text());
        blog.editor().post(&format!("{path}publish/"), &json!({})).expect(409);
        let comments = format!("{path}comments/");
        let reader = blog.reader().header("idempotency-key", "a-key");
        for _ in 0..2 {
            reader.post(&comments, &json!({"body": "Well said."})).expect(201);
        }
        assert_eq!(blog.anonymous().get(&comments).data()["count"], 1);
    }

    fn a_restoration_happens_once(blog) {
        let path = path_to(&blog.draft("A title"));
        blog.author().delete(&path).expect(204);
        let admin = blog.admin().header("idempotency-key", "a-key");
        let restored = admin.post(&format!("{path}restore/"), &json!({})).expect(200);
        let again = admin.post(&format!("{path}restore/"), &json!({})).expect(200);
        assert_eq!(restored.text(), again.text());
        blog.admin().post(&format!("{path}restore/"), &json!({})).expect(404);
    }

    fn who_lost_the_right_to_an_answer_gets_it_no_more(blog) {
        let author = blog.author().header("idempotency-key", "a-key");
        let body = json!({"title": "Once", "body": "Some text."});
        author.post(POSTS, &body).expect(201);
        let roles = format!("/api/v1/users/{}/roles/", blog.key_of("author"));
        blog.admin().put(&roles, &json!(["reader"])).expect(200);
        author.post(POSTS, &body).expect(403);
    }

    fn a_command_deletes_what_has_expired(blog) {
        let author = blog.author().header("idempotency-key", "a-key");
        let body = json!({"title": "Once", "body": "Some text."});
        author.post(POSTS, &body).expect(201);
        // The clock of the tests is behind that of the program.
        assert_eq!(blog.db.rows("idempotency_keys").len(), 1);
        let output = Command::new(env!("CARGO_BIN_EXE_blog"))
            .arg("cleanup")
            .env("DATABASE_URL", blog.db.url())
            .output()
            .expect("a process");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.starts_with("Deleted 1 kept answers and "), "{told}");
        assert_eq!(blog.db.rows("idempotency_keys"), [""; 0]);
    }

    fn who_may_not_write_uses_no_key_up(blog) {
        let body = json!({"title": "Once", "body": "Some text."});
        let key = |client: restwell_testing::Client| client.header("idempotency-key", "a-key");
        key(blog.anonymous()).post(POSTS, &body).expect(401);
        key(blog.reader()).post(POSTS, &body).expect(403);
        key(blog.author()).post(POSTS, &json!({"title": ""})).expect(400);
        key(blog.author()).post(POSTS, &body).expect(201);
        let malformed = blog.author().header("idempotency-key", "two words");
        let refused = malformed.post(POSTS, &body).expect(400);
        assert!(refused.message().contains("Idempotency-Key"));
    }
}
