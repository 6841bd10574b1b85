//! Who changed what: entries of every write, for those who may read them.

use std::process::Command;

use restwell::audit::{AuditEntry, verify};
use restwell::prelude::*;
use restwell_testing::{on_both_databases, race};
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, path_to, started};

const AUDIT: &str = "/api/v1/audit/";

/// The entries of the post at `path`, the first being the last.
fn history(blog: &Blog, path: &str) -> Vec<Value> {
    let response = blog.admin().get(&format!("{path}history/?page_size=100"));
    response.expect(200).results()
}

fn count(blog: &Blog) -> i64 {
    let mut cx = blog.db.context();
    AuditEntry::objects().count(&mut cx).expect("a count")
}

on_both_databases! {
    with started;

    fn a_post_leaves_a_trace_of_its_life(blog) {
        let tag = blog.tag("tea");
        let body = json!({"title": "One", "body": "x", "tags": [tag]});
        let created = blog.author().header("X-Request-ID", "the-first").post(POSTS, &body).expect(201);
        let path = path_to(&created.data());
        blog.author().patch(&path, &json!({"title": "Two"})).expect(200);
        blog.editor().post(&format!("{path}publish/"), &json!({})).expect(200);
        blog.author().delete(&path).expect(204);
        let entries = history(blog, &path);
        let actions: Vec<&Value> = entries.iter().map(|entry| &entry["action"]).collect();
        assert_eq!(actions, ["delete", "publish", "update", "create"]);
        let (author, editor) = (blog.key_of("author"), blog.key_of("editor"));
        let actors: Vec<&Value> = entries.iter().map(|entry| &entry["actor_id"]).collect();
        assert_eq!(actors, [&json!(author), &json!(editor), &json!(author), &json!(author)]);
        let first = &entries[3];
        assert_eq!(first["request_id"], "the-first");
        assert_eq!(first["entity"], "posts");
        assert_eq!(first["at"], "2026-01-15T10:30:00.123456Z");
        assert_eq!(first["changes"]["tags"], json!({"old": [], "new": [tag]}));
        assert_eq!(entries[2]["changes"]["title"], json!({"old": "One", "new": "Two"}));
        assert_eq!(entries[1]["changes"]["status"], json!({"old": "draft", "new": "published"}));
        assert!(verify(&mut blog.db.context()).expect("a walk").is_empty());
    }

    fn a_refused_write_leaves_nothing(blog) {
        let path = path_to(&blog.draft("A title"));
        let slug = blog.author().get(&path).data()["slug"].clone();
        let before = count(blog);
        blog.anonymous().patch(&path, &json!({"title": "x"})).expect(401);
        blog.user("second").patch(&path, &json!({"title": "x"})).expect(404);
        blog.author().patch(&path, &json!({"title": ""})).expect(400);
        blog.author().patch(&path, &json!({"title": "x", "version": 9})).expect(409);
        blog.author().header("If-Match", "\"x\"").patch(&path, &json!({"title": "x"})).expect(412);
        blog.author().post(POSTS, &json!({"title": "x", "body": "x", "slug": slug})).expect(400);
        blog.author().post(&format!("{path}publish/"), &json!({})).expect(403);
        blog.editor().post(&format!("{path}unpublish/"), &json!({})).expect(409);
        blog.author().delete(&format!("{path}purge/")).expect(403);
        assert_eq!(count(blog), before);
    }

    fn of_fifty_changes_of_one_version_one_is_made_and_recorded(blog) {
        let path = path_to(&blog.draft("A title"));
        let client = blog.author();
        let mut statuses = race(50, |i| {
            client.patch(&path, &json!({"body": format!("By {i}."), "version": 1})).status
        });
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200);
        assert!(statuses[1..].iter().all(|status| *status == 409), "{statuses:?}");
        assert_eq!(client.get(&path).data()["version"], 2);
        assert_eq!(history(blog, &path).len(), 2);
    }

    fn of_fifty_posts_with_one_slug_one_is_made(blog) {
        let client = blog.author();
        let before = count(blog);
        let responses = race(50, |i| {
            client.post(POSTS, &json!({"title": format!("Post {i}"), "body": "x", "slug": "one"}))
        });
        let made = responses.iter().filter(|response| response.status == 201).count();
        assert_eq!(made, 1);
        for response in responses.iter().filter(|response| response.status != 201) {
            assert_eq!(response.status, 400);
            assert!(response.errors()["slug"].is_array(), "{response:?}");
        }
        assert_eq!(count(blog), before + 1);
    }

    fn changes_at_once_make_one_chain(blog) {
        let path = path_to(&blog.draft("A title"));
        let client = blog.author();
        race(10, |i| client.patch(&path, &json!({"body": format!("By {i}.")})).expect(200));
        let entries = history(blog, &path);
        assert_eq!(entries.len(), 11);
        for pair in entries.windows(2) {
            assert_eq!(pair[0]["previous_hash"], pair[1]["hash"]);
            assert_eq!(pair[0]["changes"]["version"]["old"], pair[1]["changes"]["version"]["new"]);
        }
        assert!(verify(&mut blog.db.context()).expect("a walk").is_empty());
    }

    fn a_log_that_was_cut_short_breaks_its_seal(blog) {
        blog.draft("A title");
        let audit = |arguments: &[&str]| {
            let mut program = Command::new(env!("CARGO_BIN_EXE_blog"));
            program.arg("audit").args(arguments).env("DATABASE_URL", blog.db.url());
            program.output().expect("a process")
        };
        let seal = String::from_utf8(audit(&["seal"]).stdout).expect("text");
        let sealed = ["verify", "--seal", seal.trim()];
        blog.draft("Another title");
        assert!(audit(&sealed).status.success());
        let triggers = if blog.db.url().starts_with("postgres") {
            "DROP TRIGGER audit_log_append_only ON audit_log;"
        } else {
            "DROP TRIGGER audit_log_no_delete;"
        };
        blog.db.execute(&format!("{triggers} DELETE FROM audit_log WHERE id = 1"));
        assert!(!audit(&sealed).status.success());
        assert!(!audit(&["verify", "--seal", "x"]).status.success());
    }

    fn passwords_are_masked(blog) {
        let body = json!({"username": "new", "email": "new@example.com", "password": "correct-horse-battery-2"});
        blog.anonymous().post("/api/v1/auth/register/", &body).expect(201);
        let entries = blog.admin().get(&format!("{AUDIT}?entity=users&page_size=100")).expect(200);
        let text = String::from_utf8_lossy(&entries.body).into_owned();
        assert!(!text.contains("argon2"), "{text}");
        assert_eq!(entries.results()[0]["changes"]["password"], json!({"old": null, "new": "********"}));
    }

    fn comments_tags_and_categories_are_recorded_too(blog) {
        let path = path_to(&blog.editor().post(POSTS, &json!({"title": "x", "body": "x", "status": "published"})).expect(201).data());
        blog.reader().post(&format!("{path}comments/"), &json!({"body": "One."})).expect(201);
        let music = blog.category("Music");
        blog.editor().patch(&path, &json!({"category": music})).expect(200);
        blog.editor().delete(&format!("/api/v1/categories/{music}/")).expect(204);
        let of = |entity: &str| {
            let entries = blog.admin().get(&format!("{AUDIT}?entity={entity}"));
            let entries = entries.expect(200).results();
            entries.iter().map(|entry| entry["action"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(of("comments"), ["create"]);
        assert_eq!(of("categories"), ["purge", "create"]);
        assert_eq!(of("posts"), ["update", "update", "create"]);
        let last = history(blog, &path).remove(0);
        assert_eq!(last["changes"]["category_id"], json!({"old": music, "new": null}));
    }

    fn the_log_is_for_admins(blog) {
        blog.anonymous().get(AUDIT).expect(401);
        for name in ["reader", "author", "editor"] {
            blog.user(name).get(AUDIT).expect(403);
        }
        blog.admin().get(AUDIT).expect(200);
        for client in [blog.admin(), blog.user("super")] {
            let one = client.get(AUDIT).expect(200).results().remove(0);
            let path = format!("{AUDIT}{}/", one["id"]);
            assert_eq!(client.get(&path).expect(200).data(), one);
            client.post(AUDIT, &json!({})).expect(405);
            client.patch(&path, &json!({"action": "x"})).expect(405);
            client.delete(&path).expect(405);
        }
    }

    fn the_log_is_filtered(blog) {
        let path = path_to(&blog.draft("A title"));
        let id = path.trim_end_matches('/').rsplit('/').next().expect("a key");
        blog.editor().patch(&path, &json!({"body": "y"})).expect(200);
        let found = |query: &str| {
            let page = blog.admin().get(&format!("{AUDIT}?{query}")).expect(200);
            page.data()["count"].as_i64().expect("a number")
        };
        assert_eq!(found(&format!("entity=posts&entity_id={id}")), 2);
        assert_eq!(found(&format!("entity_id={id}&action=update")), 1);
        assert_eq!(found(&format!("actor={}&action=update", blog.key_of("editor"))), 1);
        assert_eq!(found("entity=posts&at__gte=2026-01-15T10:30:00Z"), 2);
        assert_eq!(found("entity=posts&at__lt=2026-01-15T10:30:00Z"), 0);
        blog.admin().get(&format!("{AUDIT}?changes=x")).expect(400);
        blog.admin().get(&format!("{AUDIT}?at__gte=x")).expect(400);
    }

    fn a_history_is_for_the_author_and_editors(blog) {
        let draft = path_to(&blog.draft("A title"));
        let path = format!("{draft}history/");
        blog.anonymous().get(&path).expect(401);
        for name in ["author", "editor", "admin", "super"] {
            assert_eq!(blog.user(name).get(&path).expect(200).results().len(), 1);
        }
        for name in ["reader", "second"] {
            blog.user(name).get(&path).expect(404);
        }
        blog.editor().post(&format!("{draft}publish/"), &json!({})).expect(200);
        for name in ["reader", "second"] {
            blog.user(name).get(&path).expect(403);
        }
        blog.author().delete(&draft).expect(204);
        blog.author().get(&path).expect(404);
        assert_eq!(blog.admin().get(&path).expect(200).results().len(), 3);
        blog.admin().get(&format!("{POSTS}nonsense/history/")).expect(404);
    }

    fn a_write_costs_one_statement_more(blog) {
        let path = path_to(&blog.draft("A title"));
        let statements = blog.author().patch(&path, &json!({"body": "y"})).expect(200).statements();
        let read = blog.author().get(&path).expect(200).statements();
        let is_postgres = blog.db.context().dialect().expect("a connection").is_postgres();
        let written = if is_postgres { 2 } else { 3 };
        assert_eq!(statements, read + written, "the update and its entry");
    }
}
