//! Who made and who changed a row follows from the token, and from nothing else.

use blog::posts::Post;
use restwell::prelude::*;
use restwell_testing::on_both_databases;
use serde_json::json;
use uuid::Uuid;

use crate::blog::{Blog, POSTS, path_to, started};

/// Who made the post at `path`, who changed it last, and who deleted it.
fn actors(blog: &Blog, path: &str) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
    let id = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .expect("a key");
    let id: Uuid = id.parse().expect("a key");
    let mut cx = blog.db.context();
    let post = Post::objects().with_deleted().filter(Post::F.id.eq(id));
    let post = post.first(&mut cx).expect("a query").expect("a post");
    (post.created_by, post.updated_by, post.deleted_by)
}

on_both_databases! {
    with started;

    fn whoever_creates_is_the_maker(blog) {
        let author = Some(blog.key_of("author"));
        let path = path_to(&blog.draft("A title"));
        assert_eq!(actors(blog, &path), (author, author, None));
    }

    fn whoever_changes_is_the_changer(blog) {
        let (author, editor) = (Some(blog.key_of("author")), Some(blog.key_of("editor")));
        let path = path_to(&blog.draft("A title"));
        blog.editor()
            .patch(&path, &json!({"body": "Edited."}))
            .expect(200);
        assert_eq!(actors(blog, &path), (author, editor, None));
        blog.author()
            .put(&path, &json!({"title": "x", "body": "x"}))
            .expect(200);
        assert_eq!(actors(blog, &path), (author, author, None));
    }

    fn actions_of_your_own_leave_the_same_traces(blog) {
        let (author, editor) = (Some(blog.key_of("author")), Some(blog.key_of("editor")));
        let path = path_to(&blog.draft("A title"));
        blog.editor()
            .post(&format!("{path}publish/"), &json!({}))
            .expect(200);
        assert_eq!(actors(blog, &path), (author, editor, None));
    }

    fn whoever_deletes_is_the_deleter(blog) {
        let path = path_to(&blog.draft("A title"));
        blog.editor().delete(&path).expect(204);
        let (created_by, _, deleted_by) = actors(blog, &path);
        assert_eq!(created_by, Some(blog.key_of("author")));
        assert_eq!(deleted_by, Some(blog.key_of("editor")));
    }

    fn a_body_cannot_name_an_actor(blog) {
        let author = Some(blog.key_of("author"));
        let other = blog.key_of("editor");
        let body = json!({"title": "x", "body": "x", "created_by": other, "updated_by": other});
        let path = path_to(&blog.author().post(POSTS, &body).expect(201).data());
        blog.author()
            .patch(&path, &json!({"updated_by": other, "body": "y"}))
            .expect(200);
        assert_eq!(actors(blog, &path), (author, author, None));
    }
}
