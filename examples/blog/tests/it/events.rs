//! What is told of what happens in the blog.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use blog::activity;
use chrono::NaiveDate;
use restwell::events::outbox::Message;
use restwell::prelude::*;
use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, path_to, started};

fn waiting(blog: &Blog) -> Vec<Message> {
    let messages = Message::objects().order_by([Message::F.id.asc()]);
    messages.load(&mut blog.db.context()).expect("messages")
}

fn counted(blog: &Blog) -> Vec<(String, i64)> {
    let lines = activity::latest(&mut blog.db.context(), 10).expect("lines");
    let today: NaiveDate = "2026-01-15".parse().expect("a day");
    let line = |(day, event, count)| {
        assert_eq!(day, today);
        (event, count)
    };
    lines.into_iter().map(line).collect()
}

fn program(blog: &Blog, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blog"));
    command.args(arguments).env("DATABASE_URL", blog.db.url());
    command
}

fn printed(blog: &Blog, arguments: &[&str]) -> String {
    let output = program(blog, arguments).output().expect("a process");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

on_both_databases! {
    with started;

    fn a_publication_is_announced_and_counted(blog) {
        let post = blog.draft("A title");
        assert!(waiting(blog).is_empty() && counted(blog).is_empty());
        let path = path_to(&post);
        let editor = blog.editor().header("idempotency-key", "a-key");
        for _ in 0..2 {
            editor.post(&format!("{path}publish/"), &json!({})).expect(200);
        }
        blog.editor().post(&format!("{path}publish/"), &json!({})).expect(409);
        let messages = waiting(blog);
        assert_eq!(messages.len(), 1);
        let message = &messages[0];
        let key = format!("post {}", post["id"].as_str().expect("a key"));
        assert_eq!((message.topic.as_str(), &message.key), ("post.published", &Some(key)));
        assert_eq!(message.payload, json!({
            "type": "post.published",
            "id": post["id"],
            "actor": blog.key_of("editor"),
            "timestamp": "2026-01-15T10:30:00.123456Z",
            "slug": "a-title",
            "title": "A title",
        }));
        assert_eq!(counted(blog), [("posts published".to_owned(), 1)]);
    }

    fn by_whatever_it_becomes_public(blog) {
        let made = json!({"title": "Public at once", "body": "Some text.", "status": "published"});
        let path = path_to(&blog.editor().post(POSTS, &made).expect(201).data());
        assert_eq!(waiting(blog).len(), 1);
        blog.editor().patch(&path, &json!({"title": "Another"})).expect(200);
        blog.admin().delete(&path).expect(204);
        blog.admin().post(&format!("{path}restore/"), &json!({})).expect(200);
        // It was public before.
        assert_eq!(waiting(blog).len(), 1);
        blog.editor().post(&format!("{path}unpublish/"), &json!({})).expect(200);
        blog.editor().post(&format!("{path}publish/"), &json!({})).expect(200);
        assert_eq!(waiting(blog).len(), 2);
        assert_eq!(counted(blog), [("posts published".to_owned(), 2)]);
    }

    fn many_at_once_are_told_together(blog) {
        let rows: Vec<Value> = (0..20)
            .map(|i| json!({"title": format!("Post {i}"), "body": "Some text.", "status": "published"}))
            .collect();
        let editor = blog.editor().header("idempotency-key", "a-key");
        let draft = json!([{"title": "A draft", "body": "Some text."}]);
        // The first reads the roles.
        let plain = [(); 2].map(|()| blog.editor().post(&format!("{POSTS}bulk/"), &draft).expect(201));
        let first = editor.post(&format!("{POSTS}bulk/"), &json!(rows)).expect(201);
        let again = editor.post(&format!("{POSTS}bulk/"), &json!(rows)).expect(201);
        assert_eq!(first.text(), again.text());
        assert_eq!(waiting(blog).len(), 20);
        assert_eq!(counted(blog), [("posts published".to_owned(), 20)]);
        // One statement more for the messages of all, and those of the key.
        let of_key = if blog.db.url().starts_with("postgres") { 3 } else { 2 };
        assert_eq!(first.statements(), plain[1].statements() + 1 + of_key);
    }

    fn what_is_refused_is_not_told(blog) {
        let made = json!({"title": "Once", "slug": "once", "body": "Some text.", "status": "published"});
        blog.editor().post(POSTS, &made).expect(201);
        blog.editor().post(POSTS, &made).expect(400);
        assert_eq!(waiting(blog).len(), 1);
        assert_eq!(counted(blog), [("posts published".to_owned(), 1)]);
    }

    fn comments_are_counted(blog) {
        let path = path_to(&blog.draft("A title"));
        let comments = format!("{path}comments/");
        for text in ["one", "two"] {
            blog.author().post(&comments, &json!({"body": text})).expect(201);
        }
        assert_eq!(counted(blog), [("comments written".to_owned(), 2)]);
        let told = printed(blog, &["activity"]);
        assert_eq!(told, "2026-01-15       2  comments written\n");
    }

    fn a_command_delivers_what_waits(blog) {
        for title in ["One", "Two"] {
            let made = json!({"title": title, "body": "Some text.", "status": "published"});
            blog.editor().post(POSTS, &made).expect(201);
        }
        let told = printed(blog, &["outbox", "relay", "--once"]);
        let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let titles: Vec<&Value> = lines.iter().map(|line| &line["payload"]["title"]).collect();
        assert_eq!(titles, ["One", "Two"]);
        assert_eq!(lines[0]["topic"], "post.published");
        assert!(waiting(blog).is_empty());
        assert_eq!(printed(blog, &["outbox", "relay", "--once"]), "");
        assert_eq!(printed(blog, &["outbox", "dead"]), "");
    }

    fn a_command_delivers_what_comes(blog) {
        let mut child = program(blog, &["outbox", "relay", "--poll", "20"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        for title in ["One", "Two", "Three"] {
            let made = json!({"title": title, "body": "Some text.", "status": "published"});
            blog.editor().post(POSTS, &made).expect(201);
            let line = lines.next().expect("a line").expect("text");
            let line: Value = serde_json::from_str(&line).expect("JSON");
            assert_eq!(line["payload"]["title"], title);
        }
        let _ = child.kill();
        let _ = child.wait();
    }

    fn dead_letters_are_listed_and_tried_again(blog) {
        let made = json!({"title": "One", "body": "Some text.", "status": "published"});
        blog.editor().post(POSTS, &made).expect(201);
        blog.db.execute("UPDATE outbox SET dead_at = due_at, last_error = 'the broker is away'");
        assert_eq!(printed(blog, &["outbox", "relay", "--once"]), "");
        assert_eq!(printed(blog, &["outbox", "dead"]), "1 post.published the broker is away\n");
        assert_eq!(printed(blog, &["outbox", "requeue", "2"]), "Messages that are delivered again: 0\n");
        assert_eq!(printed(blog, &["outbox", "requeue"]), "Messages that are delivered again: 1\n");
        assert!(printed(blog, &["outbox", "relay", "--once"]).contains("\"One\""));
    }
}
