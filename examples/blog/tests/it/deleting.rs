//! `DELETE`, and what it leaves.

use restwell_testing::on_both_databases;
use serde_json::json;

use crate::blog::{POSTS, Sample, path_to, started};

on_both_databases! {
    with started;

    fn a_deletion_has_no_body(blog) {
        let response = blog
            .author()
            .delete(&path_to(&blog.draft("A title")))
            .expect(204);
        assert_eq!(response.body, b"");
        assert_eq!(response.header("content-type"), None);
    }

    fn what_is_deleted_is_gone_from_everywhere(blog) {
        let tag = blog.tag("tea");
        let path = blog.add(Sample {
            tags: &[tag],
            ..Sample::default()
        });
        let comments = format!("{path}comments/");
        let comment = blog
            .reader()
            .post(&comments, &json!({"body": "One."}))
            .expect(201)
            .data();
        blog.author().delete(&path).expect(204);
        blog.anonymous().delete(&path).expect(401);
        for client in [blog.author(), blog.editor(), blog.admin()] {
            client.delete(&path).expect(404);
            client.patch(&path, &json!({})).expect(404);
        }
        for client in [blog.anonymous(), blog.author(), blog.editor(), blog.admin()] {
            client.get(&path).expect(404);
            client.get(&comments).expect(404);
            client
                .get(&format!("/api/v1/comments/{}/", comment["id"]))
                .expect(404);
            for list in [POSTS.to_owned(), format!("{POSTS}?tags={tag}")] {
                assert_eq!(client.get(&list).data()["count"], 0);
            }
        }
        blog.editor()
            .post(&format!("{path}publish/"), &json!({}))
            .expect(404);
        assert_eq!(
            blog.editor().get(&format!("{POSTS}summary/")).data()["total"],
            0
        );
    }

    fn a_second_deletion_finds_nothing(blog) {
        let path = path_to(&blog.draft("A title"));
        blog.author().delete(&path).expect(204);
        blog.author().delete(&path).expect(404);
    }

    fn a_body_of_a_deletion_is_passed_over(blog) {
        let path = path_to(&blog.draft("A title"));
        blog.author()
            .delete_with(&path, &json!({"nonsense": [1, 2]}))
            .expect(204);
    }

    fn a_deletion_may_name_the_version_that_it_means(blog) {
        let path = path_to(&blog.draft("A title"));
        let stale = blog.author().delete_with(&path, &json!({"version": 999})).expect(409);
        assert_eq!(stale.code(), "stale_version");
        let wrong = blog.author().delete_with(&path, &json!({"version": "x"})).expect(400);
        assert_eq!(wrong.errors(), json!({"version": ["A valid integer is required."]}));
        blog.author().delete_with(&path, &json!({"version": 1})).expect(204);
    }

    fn posts_outlive_their_category(blog) {
        let music = blog.category("Music");
        let path = blog.add(Sample {
            category: Some(music),
            ..Sample::default()
        });
        blog.editor()
            .delete(&format!("/api/v1/categories/{music}/"))
            .expect(204);
        assert!(blog.anonymous().get(&path).expect(200).data()["category"].is_null());
    }

    fn posts_outlive_their_tags(blog) {
        let (bread, tea) = (blog.tag("bread"), blog.tag("tea"));
        let path = blog.add(Sample {
            tags: &[bread, tea],
            ..Sample::default()
        });
        blog.editor()
            .delete(&format!("/api/v1/tags/{bread}/"))
            .expect(204);
        let tags = blog.anonymous().get(&path).expect(200).data()["tags"].take();
        assert_eq!(tags, json!([{"id": tea, "name": "tea"}]));
    }
}
