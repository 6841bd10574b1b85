//! Many at once: everybody is answered, and there is no deadlock.

use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::blog::{POSTS, Sample, path_to, started};

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
}
