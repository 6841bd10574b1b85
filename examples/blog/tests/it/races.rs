//! Many at once: everybody is answered, and there is no deadlock.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use blog::posts::Post;
use restwell::prelude::*;
use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::blog::{Blog, POSTS, Sample, path_to, started};

on_both_databases! {
    with started;

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

    fn batches_of_the_same_titles_at_once_get_slugs_of_their_own(blog) {
        let rows = vec![json!({"title": "Hello", "body": "x"}); 5];
        let editor = blog.editor();
        race(3, |_| editor.post(&format!("{POSTS}bulk/"), &json!(rows)).expect(201));
        let data = editor.get(&format!("{POSTS}?page_size=100")).data();
        let slugs: HashSet<String> = data["results"]
            .as_array()
            .expect("posts")
            .iter()
            .map(|post| post["slug"].to_string())
            .collect();
        assert_eq!(slugs.len(), 15);
    }

    fn batches_that_change_the_same_rows_wait_for_each_other(blog) {
        let rows = vec![json!({"title": "x", "body": "x"}); 40];
        let editor = blog.editor();
        let bulk = format!("{POSTS}bulk/");
        let made = editor.post(&bulk, &json!(rows)).expect(201).data();
        let ids: Vec<&str> = (0..40).filter_map(|at| made[at]["id"].as_str()).collect();
        race(4, |thread| {
            for step in 0..3 {
                let mut rows: Vec<_> = ids
                    .iter()
                    .map(|id| json!({"id": id, "body": format!("{thread} {step}")}))
                    .collect();
                rows.rotate_left(thread * 10);
                if thread % 2 == 0 {
                    rows.reverse();
                }
                editor.patch(&bulk, &json!(rows)).expect(200);
            }
        });
        let data = editor.get(&format!("{POSTS}{}/", ids[7])).data();
        assert_eq!(data["version"], 1 + 4 * 3, "no change is lost");
    }

    fn batches_that_change_different_columns_wait_for_each_other(blog) {
        let made = drafts(blog, 200);
        let editor = blog.editor();
        race(8, |thread| {
            for step in 0..2 {
                let mut ids = made.clone();
                if thread % 2 == 0 {
                    ids.reverse();
                }
                let rows: Vec<_> = ids
                    .iter()
                    .enumerate()
                    .map(|(place, id)| {
                        let column = if place < 100 { "title" } else { "body" };
                        json!({"id": id, column: format!("{thread} {step}")})
                    })
                    .collect();
                editor.patch(&format!("{POSTS}bulk/?fields=id"), &json!(rows)).expect(200);
            }
        });
        for id in [&made[0], &made[150]] {
            let data = editor.get(&format!("{POSTS}{id}/")).data();
            assert_eq!(data["version"], 1 + 8 * 2, "no change is lost");
        }
    }

    fn batches_that_change_delete_and_link_the_same_rows_wait_for_each_other(blog) {
        let tags: Vec<i64> = (0..4).map(|number| blog.tag(&format!("tag {number}"))).collect();
        let made = drafts(blog, 100);
        let editor = blog.editor();
        let bulk = format!("{POSTS}bulk/?mode=partial&fields=id");
        race(6, |thread| {
            let mut ids = made.clone();
            ids.rotate_left(thread * 15);
            if thread % 2 == 0 {
                ids.reverse();
            }
            let rows: Vec<_> = ids
                .iter()
                .enumerate()
                .map(|(place, id)| match place % 3 {
                    0 => json!({"id": id, "slug": "taken"}),
                    1 => json!({"id": id, "tags": [tags[thread % 4], tags[(thread + 1) % 4]]}),
                    _ => json!({"id": id, "title": "x"}),
                })
                .collect();
            let status = if thread == 5 {
                editor.delete_with(&bulk, &json!({"ids": ids})).status
            } else {
                editor.patch(&bulk, &json!(rows)).status
            };
            assert!([200, 207].contains(&status), "{status}");
        });
    }

    fn batches_of_the_same_titles_in_opposite_orders_are_all_made(blog) {
        let editor = blog.editor();
        race(6, |thread| {
            let mut rows: Vec<_> = (0..300)
                .map(|number| json!({"title": format!("Number {number}"), "body": "x"}))
                .collect();
            if thread % 2 == 0 {
                rows.reverse();
            }
            let made = editor.post(&format!("{POSTS}bulk/?fields=title"), &json!(rows));
            let made = made.expect(201).data();
            for (place, row) in rows.iter().enumerate() {
                assert_eq!(made[place]["title"], row["title"]);
            }
        });
    }

    fn streams_of_the_same_titles_in_opposite_orders_are_all_made(blog) {
        let editor = blog.editor();
        // Each takes in its first part what others want in their second.
        race(4, |thread| {
            let mut lines: Vec<_> = (0..2_000)
                .map(|number| json!({"title": format!("Number {number}"), "body": "x"}).to_string())
                .collect();
            if thread % 2 == 0 {
                lines.reverse();
            }
            let stream = editor.header("content-type", "application/x-ndjson");
            let path = format!("{POSTS}bulk/?fields=slug");
            let made = stream.send("POST", &path, Some(lines.join("\n").as_bytes()));
            assert_eq!(made.expect(201).data().as_array().map(Vec::len), Some(2_000));
        });
    }

    fn a_slug_that_is_not_committed_stops_nobody_for_long(blog) {
        let is_postgres = blog.db.url().starts_with("postgres");
        let (author, reader) = (blog.author(), blog.anonymous());
        let mut cx = blog.db.context();
        let hello = Changes::new()
            .with(Post::F.title, "Hello")
            .with(Post::F.body, "x")
            .with(Post::F.author_id, blog.key_of("author"));
        let is_over = AtomicBool::new(false);
        let post = || {
            let made = author.post(POSTS, &json!({"title": "Hello", "body": "x"})).expect(201);
            (made.data()["slug"].to_string(), is_over.load(Ordering::SeqCst))
        };
        let read = || {
            reader.get(POSTS).expect(200);
            is_over.load(Ordering::SeqCst)
        };
        let made = thread::scope(|scope| {
            let made = cx.atomic(|cx| {
                Post::objects().create(cx, hello)?;
                let posts: Vec<_> = (0..8).map(|_| scope.spawn(post)).collect();
                thread::sleep(Duration::from_millis(500));
                let read = scope.spawn(read);
                // Longer than one try waits.
                thread::sleep(Duration::from_secs(if is_postgres { 7 } else { 1 }));
                is_over.store(true, Ordering::SeqCst);
                Ok((posts, read))
            });
            let (posts, read) = made.expect("a post");
            let waited = read.join().expect("an answer");
            assert!(!is_postgres || !waited, "who reads waits for the end");
            posts.into_iter().map(|post| post.join().expect("an answer")).collect::<Vec<_>>()
        });
        let slugs: HashSet<&String> = made.iter().map(|(slug, _)| slug).collect();
        assert_eq!(slugs.len(), 8);
        assert!(slugs.iter().all(|slug| slug.starts_with("\"hello-")), "{slugs:?}");
        assert!(!is_postgres || made.iter().all(|(_, waited)| !waited), "others wait for the end");
    }
}

/// The keys of so many new posts.
fn drafts(blog: &Blog, count: usize) -> Vec<String> {
    let rows = vec![json!({"title": "x", "body": "x"}); count];
    let made = blog
        .editor()
        .post(&format!("{POSTS}bulk/?fields=id"), &json!(rows));
    let made = made.expect(201).data();
    let made = made.as_array().expect("posts").iter();
    made.filter_map(|post| post["id"].as_str().map(str::to_owned))
        .collect()
}
