//! `POST /posts/{id}/publish/`, `…/unpublish/`, `…/archive/`, and `GET /posts/summary/`.

use blog::posts::Status;
use restwell_testing::{on_both_databases, race};
use serde_json::json;

use crate::blog::{POSTS, Sample, path_to, started};

on_both_databases! {
    with started;

    fn an_editor_publishes_a_draft(blog) {
        let path = path_to(&blog.draft("A title"));
        blog.anonymous().get(&path).expect(404);
        let post = blog
            .editor()
            .post(&format!("{path}publish/"), &json!({}))
            .expect(200)
            .data();
        assert_eq!(post["status"], "published");
        assert_eq!(post["published_at"], "2026-01-15T10:30:00.123456Z");
        assert_eq!(post["version"], 2);
        assert_eq!(blog.anonymous().get(&path).expect(200).data(), post);
    }

    fn an_editor_takes_a_post_back(blog) {
        let path = blog.add(Sample::default());
        let post = blog
            .editor()
            .post(&format!("{path}unpublish/"), &json!({}))
            .expect(200)
            .data();
        assert_eq!(post["status"], "draft");
        blog.anonymous().get(&path).expect(404);
        blog.author().get(&path).expect(200);
    }

    fn the_first_publication_is_the_one_that_counts(blog) {
        let path = path_to(&blog.draft("A title"));
        for action in ["publish", "unpublish", "publish"] {
            blog.editor()
                .post(&format!("{path}{action}/"), &json!({}))
                .expect(200);
            blog.clock.advance(chrono::TimeDelta::minutes(1));
        }
        let post = blog.anonymous().get(&path).expect(200).data();
        assert_eq!(post["published_at"], "2026-01-15T10:30:00.123456Z");
    }

    fn an_archived_post_can_be_published(blog) {
        let path = blog.add(Sample {
            status: Status::Archived,
            ..Sample::default()
        });
        blog.editor()
            .post(&format!("{path}publish/"), &json!({}))
            .expect(200);
    }

    fn an_editor_archives_a_post(blog) {
        for status in [Status::Draft, Status::Published] {
            let path = blog.add(Sample {
                status,
                ..Sample::default()
            });
            let archive = format!("{path}archive/");
            blog.author().post(&archive, &json!({})).expect(403);
            let post = blog.editor().post(&archive, &json!({})).expect(200).data();
            assert_eq!(post["status"], "archived");
            blog.anonymous().get(&path).expect(404);
            let again = blog.editor().post(&archive, &json!({})).expect(409);
            assert_eq!(again.code(), "illegal_transition");
            let unpublish = format!("{path}unpublish/");
            blog.editor().post(&unpublish, &json!({})).expect(409);
        }
    }

    fn what_a_post_cannot_become_is_a_conflict(blog) {
        let path = blog.add(Sample::default());
        let conflict = blog
            .editor()
            .post(&format!("{path}publish/"), &json!({}))
            .expect(409);
        assert_eq!(conflict.code(), "illegal_transition");
        assert_eq!(
            conflict.message(),
            "Cannot publish: the post is published."
        );
        assert_eq!(
            conflict.data(),
            json!({"transition": "publish", "state": "published", "allowed": ["unpublish", "archive"]})
        );
        let draft = path_to(&blog.draft("A draft"));
        blog.editor()
            .post(&format!("{draft}unpublish/"), &json!({}))
            .expect(409);
        assert_eq!(blog.author().get(&draft).data()["version"], 1);
    }

    fn a_post_without_text_is_not_published(blog) {
        let path = blog.add(Sample {
            body: " \n",
            status: Status::Draft,
            ..Sample::default()
        });
        let refused = blog
            .editor()
            .post(&format!("{path}publish/"), &json!({}))
            .expect(422);
        assert_eq!(refused.code(), "empty_post");
        assert_eq!(blog.author().get(&path).data()["status"], "draft");
        // The state is what is wrong first.
        blog.editor()
            .post(&format!("{path}unpublish/"), &json!({}))
            .expect(409);
    }

    fn a_status_changes_by_transitions_alone(blog) {
        let draft = blog.draft("A title");
        let path = path_to(&draft);
        let editor = blog.editor();
        let put = json!({"title": "New", "slug": "new", "body": "Text.", "status": "published"});
        editor.patch(&path, &json!({"status": "published"})).expect(200);
        editor.put(&path, &put).expect(200);
        let post = editor.get(&path).data();
        assert_eq!((&post["status"], &post["title"]), (&json!("draft"), &json!("New")));
    }

    fn a_transition_moves_the_version_and_the_time(blog) {
        let path = path_to(&blog.draft("A title"));
        blog.clock.advance(chrono::TimeDelta::minutes(1));
        let post = blog.editor().post(&format!("{path}publish/"), &json!({})).data();
        assert_eq!(post["version"], 2);
        assert_eq!(post["updated_at"], "2026-01-15T10:31:00.123456Z");
    }

    fn of_two_publications_at_once_one_succeeds(blog) {
        let path = path_to(&blog.draft("A title"));
        let client = blog.editor();
        let publish = format!("{path}publish/");
        let mut statuses = race(4, |_| client.post(&publish, &json!({})).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409]);
    }

    fn publication_is_for_editors(blog) {
        let path = path_to(&blog.draft("A title"));
        for action in ["publish", "unpublish"] {
            let place = format!("{path}{action}/");
            blog.anonymous().post(&place, &json!({})).expect(401);
            blog.reader().post(&place, &json!({})).expect(403);
            blog.author().post(&place, &json!({})).expect(403);
        }
        blog.admin()
            .post(&format!("{path}publish/"), &json!({}))
            .expect(200);
    }

    fn a_publication_needs_no_body_and_has_one_method(blog) {
        let path = path_to(&blog.draft("A title"));
        let place = format!("{path}publish/");
        let response = blog.editor().get(&place).expect(405);
        assert_eq!(response.header("allow"), Some("POST, OPTIONS"));
        blog.editor().send("POST", &place, None).expect(200);
        blog.editor()
            .post(&format!("{POSTS}nonsense/publish/"), &json!({}))
            .expect(404);
    }

    fn the_summary_counts_what_is_there(blog) {
        for status in [
            Status::Draft,
            Status::Draft,
            Status::Published,
            Status::Archived,
        ] {
            blog.add(Sample {
                status,
                ..Sample::default()
            });
        }
        let place = format!("{POSTS}summary/");
        let summary = blog.editor().get(&place).expect(200).data();
        assert_eq!(
            summary,
            json!({"draft": 2, "published": 1, "archived": 1, "total": 4})
        );
        blog.author().get(&place).expect(403);
        blog.anonymous().get(&place).expect(401);
    }
}
