//! `GET /posts/`: what a list shows, and to whom.

use blog::posts::Status;
use restwell_testing::on_both_databases;
use serde_json::json;

use crate::blog::{POSTS, Sample, keys, path_to, started, titles};

const ITEM: &str = "id,title,slug,status,views,published_at,author,category,tags,comment_count";

on_both_databases! {
    with started;

    fn a_list_without_rows_is_an_empty_page(blog) {
        let data = blog.anonymous().get(POSTS).expect(200).data();
        assert_eq!(
            data,
            json!({"count": 0, "next": null, "previous": null, "results": []})
        );
    }

    fn an_item_shows_its_relations_and_not_its_text(blog) {
        let (music, bread, tea) = (blog.category("Music"), blog.tag("bread"), blog.tag("tea"));
        let path = blog.add(Sample {
            title: "A post",
            views: 7,
            category: Some(music),
            tags: &[tea, bread],
            ..Sample::default()
        });
        for text in ["One.", "Two."] {
            blog.reader()
                .post(&format!("{path}comments/"), &json!({"body": text}))
                .expect(201);
        }
        let row = &blog.anonymous().get(POSTS).expect(200).results()[0];
        assert_eq!(path_to(row), path);
        assert_eq!(row["title"], "A post");
        assert_eq!(row["status"], "published");
        assert_eq!(row["views"], 7);
        assert_eq!(row["published_at"], "2026-01-02T00:00:00Z");
        assert_eq!(
            row["author"],
            json!({"id": blog.key_of("author"), "username": "author"})
        );
        assert_eq!(
            row["category"],
            json!({"id": music, "name": "Music", "slug": "music"})
        );
        let tags = row["tags"].as_array().expect("tags");
        assert_eq!(tags.len(), 2);
        for tag in [
            json!({"id": bread, "name": "bread"}),
            json!({"id": tea, "name": "tea"}),
        ] {
            assert!(tags.contains(&tag), "{row}");
        }
        assert_eq!(row["comment_count"], 2);
        let mut expected: Vec<&str> = ITEM.split(',').collect();
        expected.sort_unstable();
        assert_eq!(keys(row), expected);
    }

    fn fields_stand_in_the_order_of_their_declaration(blog) {
        blog.add(Sample::default());
        let response = blog.anonymous().get(POSTS).expect(200);
        let text = response.text();
        let places: Vec<usize> = ITEM
            .split(',')
            .map(|name| text.find(&format!("\"{name}\":")).expect("the field"))
            .collect();
        assert!(places.is_sorted(), "{text}");
    }

    fn what_is_not_there_is_null_empty_or_nought(blog) {
        blog.add(Sample {
            published_at: None,
            ..Sample::default()
        });
        let row = &blog.anonymous().get(POSTS).expect(200).results()[0];
        assert!(row["category"].is_null());
        assert!(row["published_at"].is_null());
        assert_eq!(row["tags"], json!([]));
        assert_eq!(row["comment_count"], 0);
    }

    fn the_newest_come_first(blog) {
        blog.add_published(&["oldest", "middle", "newest"]);
        assert_eq!(
            titles(&blog.anonymous().get(POSTS)),
            ["newest", "middle", "oldest"]
        );
    }

    fn rows_outside_the_scope_are_neither_listed_nor_counted(blog) {
        let add = |title, status, author| {
            blog.add(Sample {
                title,
                status,
                author,
                ..Sample::default()
            });
        };
        add("public", Status::Published, "author");
        add("draft", Status::Draft, "author");
        add("archived", Status::Archived, "author");
        add("draft of the second", Status::Draft, "second");
        let seen = |client: restwell_testing::Client| {
            let page = client.get(&format!("{POSTS}?ordering=title")).expect(200);
            let titles = titles(&page);
            assert_eq!(page.data()["count"], titles.len(), "of {titles:?}");
            titles
        };
        assert_eq!(seen(blog.anonymous()), ["public"]);
        assert_eq!(seen(blog.reader()), ["public"]);
        assert_eq!(seen(blog.author()), ["archived", "draft", "public"]);
        assert_eq!(seen(blog.user("second")), ["draft of the second", "public"]);
        for all in [blog.editor(), blog.admin(), blog.user("super")] {
            assert_eq!(
                seen(all),
                ["archived", "draft", "draft of the second", "public"]
            );
        }
    }

    fn fields_that_are_asked_for_are_the_only_ones(blog) {
        let path = blog.add(Sample::default());
        let client = blog.anonymous();
        let row = &client
            .get(&format!("{POSTS}?fields=title,author,id"))
            .results()[0];
        assert_eq!(keys(row), ["author", "id", "title"]);
        let post = client
            .get(&format!("{path}?fields=body"))
            .expect(200)
            .data();
        assert_eq!(post, json!({"body": "Some text."}));
    }

    fn an_unknown_field_is_refused_with_the_names_of_the_others(blog) {
        let refused = blog
            .anonymous()
            .get(&format!("{POSTS}?fields=title,boddy"))
            .expect(400);
        let message = refused.errors()["fields"][0].to_string();
        assert!(
            message.contains("boddy") && message.contains("comment_count"),
            "{message}"
        );
    }

    fn an_unknown_parameter_is_refused_with_the_names_of_the_others(blog) {
        let refused = blog
            .anonymous()
            .get(&format!("{POSTS}?stauts=draft"))
            .expect(400);
        assert_eq!(refused.code(), "validation_error");
        let message = refused.errors()["stauts"][0].to_string();
        assert!(
            message.contains("Did you mean \\\"status\\\"?"),
            "{message}"
        );
        assert!(message.contains("views__range"), "{message}");
    }
}
