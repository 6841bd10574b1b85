//! Many at once: no request sees another's, and no deadlock.

use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::blog::{POSTS, Sample, path_to, started};

on_both_databases! {
    with started;

    fn a_thousand_requests_keep_their_principals(blog) {
        let names = ["reader", "author", "second", "editor"];
        let clients = names.map(|name| blog.user(name));
        let keys = names.map(|name| blog.key_of(name).to_string());
        race(8, |thread| {
            for step in 0..125 {
                let who = (thread + step) % names.len();
                let me = clients[who].get("/api/v1/auth/me/").expect(200).data();
                assert_eq!(me["id"], keys[who]);
                let nobody = blog.anonymous().get("/api/v1/auth/me/");
                assert_eq!(nobody.status, 401);
            }
        });
    }

    fn what_is_written_at_once_has_the_right_authors(blog) {
        let names = ["author", "second", "editor", "admin"];
        let clients = names.map(|name| blog.user(name));
        race(8, |thread| {
            let who = thread % names.len();
            for step in 0..5 {
                let body = json!({"title": format!("{} {thread} {step}", names[who]), "body": "x"});
                let post = clients[who].post(POSTS, &body).expect(201).data();
                assert_eq!(post["author"]["username"], names[who]);
            }
        });
        let rows = blog
            .editor()
            .get(&format!("{POSTS}?page_size=100"))
            .expect(200)
            .results();
        assert_eq!(rows.len(), 40);
        for row in rows {
            let title = row["title"].as_str().expect("a title");
            let author = row["author"]["username"].as_str().expect("a name");
            assert!(title.starts_with(author), "{title} by {author}");
        }
    }

    fn more_requests_than_connections_wait_their_turn(blog) {
        blog.add_published(&["a", "b", "c"]);
        let client = blog.anonymous();
        let pages = race(24, |_| client.get(POSTS).expect(200).results().len());
        assert_eq!(pages, [3; 24]);
    }

    fn readers_and_writers_do_not_stop_each_other(blog) {
        let paths: Vec<String> = (0..3)
            .map(|number| path_to(&blog.draft(&format!("Post {number}"))))
            .collect();
        let author = blog.author();
        race(8, |thread| {
            for step in 0..10 {
                let path = &paths[(thread + step) % paths.len()];
                if thread % 2 == 0 {
                    author
                        .patch(path, &json!({"body": format!("{thread} {step}")}))
                        .expect(200);
                } else {
                    author.get(path).expect(200);
                    author.get(POSTS).expect(200);
                }
            }
        });
        let versions: i64 = paths
            .iter()
            .filter_map(|path| author.get(path).data()["version"].as_i64())
            .sum();
        assert_eq!(versions, 3 + 4 * 10, "no change is lost");
    }

    fn one_tag_made_at_once_is_made_once(blog) {
        let editor = blog.editor();
        let mut statuses = race(6, |_| {
            editor.post("/api/v1/tags/", &json!({"name": "tea"})).status
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 400, 400, 400, 400, 400]);
    }

    fn tags_replaced_at_once_are_one_of_the_sets(blog) {
        let tags: Vec<i64> = (0..6)
            .map(|number| blog.tag(&format!("tag {number}")))
            .collect();
        let path = blog.add(Sample::default());
        let author = blog.author();
        race(3, |i| {
            author
                .patch(&path, &json!({"tags": tags[2 * i..2 * i + 2]}))
                .expect(200)
        });
        let post = author.get(&path).data();
        let mut found: Vec<i64> = post["tags"]
            .as_array()
            .expect("tags")
            .iter()
            .filter_map(|tag| tag["id"].as_i64())
            .collect();
        found.sort_unstable();
        assert!(
            tags.chunks(2).any(|set| set == found),
            "{found:?} of {tags:?}"
        );
    }
}
