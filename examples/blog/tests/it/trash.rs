//! What is deleted softly can be listed, brought back, and removed for good.

use blog::comments::Comment;
use blog::posts::Post;
use chrono::TimeDelta;
use restwell::prelude::*;
use restwell_testing::{on_both_databases, race};
use serde_json::{Value, json};

use crate::blog::{Blog, POSTS, path_to, started};

const TRASH: &str = "/api/v1/posts/trash/";

fn deleted(blog: &Blog, title: &str) -> String {
    let path = path_to(&blog.draft(title));
    blog.author().delete(&path).expect(204);
    path
}

fn stamps(blog: &Blog) -> Vec<(Option<chrono::DateTime<chrono::Utc>>, Option<uuid::Uuid>)> {
    let rows = Post::objects().with_deleted();
    let stamps = rows.values(
        (Post::F.deleted_at, Post::F.deleted_by),
        &mut blog.db.context(),
    );
    stamps.expect("a query")
}

on_both_databases! {
    with started;

    fn the_trash_lists_what_is_deleted_for_admins(blog) {
        let path = deleted(blog, "Gone");
        blog.draft("Here");
        blog.anonymous().get(TRASH).expect(401);
        for name in ["reader", "author", "editor"] {
            blog.user(name).get(TRASH).expect(403);
        }
        let page = blog.admin().get(TRASH).expect(200).data();
        assert_eq!(page["count"], 1);
        assert_eq!(path_to(&page["results"][0]), path);
        assert_eq!(blog.admin().get(&format!("{TRASH}?title__icontains=here")).data()["count"], 0);
        blog.admin().get(&format!("{TRASH}?nonsense=1")).expect(400);
    }

    fn a_restored_post_is_back(blog) {
        let path = deleted(blog, "Gone");
        blog.clock.advance(TimeDelta::minutes(1));
        let restore = format!("{path}restore/");
        for (name, status) in [("reader", 403), ("author", 403), ("editor", 403)] {
            blog.user(name).post(&restore, &json!({})).expect(status);
        }
        blog.anonymous().post(&restore, &json!({})).expect(401);
        let restored = blog.admin().post(&restore, &json!({})).expect(200);
        assert_eq!(restored.data()["version"], 3);
        assert_eq!(restored.data()["updated_at"], "2026-01-15T10:31:00.123456Z");
        let post = blog.author().get(&path).expect(200);
        assert_eq!(post.data(), restored.data());
        assert_eq!(post.header("etag"), restored.header("etag"));
        assert_eq!(stamps(blog), [(None, None)]);
        assert_eq!(blog.admin().get(TRASH).data()["count"], 0);
        blog.admin().post(&restore, &json!({})).expect(404);
    }

    fn a_taken_slug_is_a_conflict(blog) {
        let path = deleted(blog, "Gone");
        let slug = "gone";
        let other = path_to(&blog.draft("Gone"));
        assert_eq!(blog.author().get(&other).data()["slug"], slug);
        let errors = blog.admin().post(&format!("{path}restore/"), &json!({})).expect(409).errors();
        assert!(errors["slug"].is_array(), "{errors}");
        assert_eq!(blog.admin().get(TRASH).data()["count"], 1);
        blog.author().patch(&other, &json!({"slug": "another"})).expect(200);
        blog.admin().post(&format!("{path}restore/"), &json!({})).expect(200);
    }

    fn of_two_restorations_of_one_slug_one_succeeds(blog) {
        let paths: Vec<String> = (0..3).map(|_| deleted(blog, "Gone")).collect();
        let client = blog.admin();
        let mut statuses = race(3, |i| client.post(&format!("{}restore/", paths[i]), &json!({})).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409]);
    }

    fn a_restoration_heeds_the_version(blog) {
        let path = path_to(&blog.draft("A title"));
        let tag = blog.author().get(&path).header("etag").expect("a tag").to_owned();
        blog.author().delete(&path).expect(204);
        let restore = format!("{path}restore/");
        blog.admin().header("If-Match", &tag).post(&restore, &json!({})).expect(412);
        let present = tag.replace("-1-", "-2-");
        blog.admin().header("If-Match", &present).post(&restore, &json!({})).expect(200);
    }

    fn extra_actions_heed_the_version(blog) {
        let path = path_to(&blog.draft("A title"));
        let tag = blog.author().get(&path).header("etag").expect("a tag").to_owned();
        blog.author().patch(&path, &json!({"body": "y"})).expect(200);
        let publish = format!("{path}publish/");
        blog.editor().header("If-Match", &tag).post(&publish, &json!({})).expect(412);
        let present = blog.author().get(&path).header("etag").expect("a tag").to_owned();
        blog.editor().header("If-Match", &present).post(&publish, &json!({})).expect(200);
        let present = blog.author().get(&path).header("etag").expect("a tag").to_owned();
        let client = blog.editor().header("If-Match", &present);
        let unpublish = format!("{path}unpublish/");
        let mut statuses = race(4, |_| client.post(&unpublish, &json!({})).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412]);
    }

    fn a_purge_removes_a_post_with_all_that_is_below_it(blog) {
        let path = path_to(&blog.draft("A title"));
        blog.editor().post(&format!("{path}publish/"), &json!({})).expect(200);
        let comments = format!("{path}comments/");
        let first = blog.reader().post(&comments, &json!({"body": "One."})).expect(201).data();
        blog.reader().post(&comments, &json!({"body": "Two.", "parent": first["id"]})).expect(201);
        blog.author().delete(&path).expect(204);
        let purge = format!("{path}purge/");
        blog.anonymous().delete(&purge).expect(401);
        for name in ["reader", "author", "editor"] {
            blog.user(name).delete(&purge).expect(403);
        }
        blog.admin().delete(&purge).expect(204);
        blog.admin().delete(&purge).expect(404);
        blog.admin().post(&format!("{path}restore/"), &json!({})).expect(404);
        assert_eq!(blog.admin().get(TRASH).data()["count"], 0);
        let mut cx = blog.db.context();
        assert_eq!(Comment::objects().count(&mut cx).expect("a count"), 0);
        drop(cx);
        let of = |entity: &str| -> Vec<Value> {
            let entries = blog.admin().get(&format!("/api/v1/audit/?entity={entity}&action=purge"));
            entries.expect(200).results()
        };
        assert_eq!((of("posts").len(), of("comments").len()), (1, 2));
    }

    fn a_second_deletion_does_not_stamp_again(blog) {
        let path = deleted(blog, "Gone");
        let before = stamps(blog);
        blog.clock.advance(TimeDelta::minutes(1));
        blog.admin().delete(&path).expect(404);
        let mut cx = blog.db.context_at(blog.clock.clone());
        let again = Post::objects().with_deleted().delete(&mut cx);
        assert_eq!(again.expect("a deletion"), 0);
        drop(cx);
        assert_eq!(stamps(blog), before);
    }

    fn routes_of_the_trash_are_no_posts(blog) {
        blog.admin().post(TRASH, &json!({})).expect(405);
        blog.admin().get(&format!("{POSTS}{}/restore/", uuid::Uuid::nil())).expect(405);
        blog.admin().post(&format!("{POSTS}nonsense/restore/"), &json!({})).expect(404);
        blog.admin().post(&format!("{POSTS}{}/restore/", uuid::Uuid::nil()), &json!({})).expect(404);
    }
}
