//! Requests that run at the same time never see each other's principal.

use blog::posts::Post;
use restwell::audit::{AuditEntry, entries_of};
use restwell::prelude::*;
use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::blog::{Blog, POSTS, started};

const AT_ONCE: usize = 50;
const ROUNDS: usize = 20;

/// Who did what is recorded of a post.
fn recorded(blog: &Blog, post: &Post) -> Vec<Option<String>> {
    let entries = entries_of::<Post>(&post.key());
    entries
        .values(AuditEntry::F.actor_id, &mut blog.db.context())
        .expect("entries")
}

on_both_databases! {
    with started;

    fn a_thousand_alternating_requests_stay_apart(blog) {
        let names = ["author", "second", "editor", "admin"];
        let mut clients = names.map(|name| (name, blog.user(name)));
        // One of them by another scheme.
        let made = blog.editor().post("/api/v1/auth/tokens/", &json!({"name": "x"})).expect(201);
        let token = made.data()["token"].as_str().expect("a token").to_owned();
        clients[2].1 = blog.anonymous().header("Authorization", &format!("Token {token}"));
        race(AT_ONCE, |thread| {
            for round in 0..ROUNDS {
                let (name, client) = &clients[(thread + round) % clients.len()];
                if round % 4 == 0 {
                    let title = format!("{name} {thread} {round}");
                    let post = client.post(POSTS, &json!({"title": title, "body": "x"}));
                    assert_eq!(post.expect(201).data()["author"]["username"], *name);
                } else {
                    let me = client.get("/api/v1/auth/me/").expect(200).data();
                    assert_eq!(me["username"], *name);
                }
                // Nobody, in between: no principal stays behind on a worker.
                if round % 5 == 0 {
                    blog.anonymous().get("/api/v1/auth/me/").expect(401);
                }
            }
        });
        let posts = Post::objects().load(&mut blog.db.context()).expect("posts");
        assert_eq!(posts.len(), AT_ONCE * ROUNDS / 4);
        let keys = names.map(|name| (name, blog.key_of(name)));
        for post in posts {
            let owner = keys.iter().find(|(name, _)| post.title.starts_with(&format!("{name} ")));
            let owner = owner.map(|(_, key)| *key);
            let actors = [Some(post.author_id), post.created_by, post.updated_by];
            assert_eq!(actors, [owner; 3], "{}", post.title);
            assert_eq!(recorded(blog, &post), [owner.map(|key| key.to_string())]);
        }
    }
}
