//! Filters across relations of every kind.

use restwell_db::Q;
use restwell_filters::{Exact, Filters, Gt, IContains, In, Invalid};

use crate::schema::{ANN, BEN, Comment, Cover, Post, Status, Tag, User};
use crate::{errors, ids};

fn filters() -> Filters<Post> {
    Filters::new()
        .related("tags", Post::relation_tags(), Tag::F.id, (Exact, In))
        .related("tag", Post::relation_tags(), Tag::F.name, IContains)
        .related(
            "author__name",
            Post::relation_author(),
            User::F.name,
            (Exact, IContains),
        )
        .related(
            "comment",
            Post::relation_comments(),
            Comment::F.body,
            (Exact, IContains),
        )
        .related("comments", Post::relation_comments(), Comment::F.id, Gt)
        .related("cover", Post::relation_cover(), Cover::F.caption, IContains)
        .filter(Post::F.author_id, (Exact, In))
}

on_both! {
    fn related_rows_select_rows_once(db: &Database) {
        for (query, expected) in [
            ("tags=1", vec![1, 2]),
            ("tags__in=1,2", vec![1, 2, 4]),
            ("tags=3", vec![]),
            ("tags=99", vec![]),
            ("tag__icontains=RUS", vec![1, 2]),
            ("author__name=Ann", vec![1, 4]),
            ("author__name__icontains=n", vec![1, 4]),
            ("author__name=Ben", vec![]),
            ("comment=great post", vec![1, 2]),
            ("comment__icontains=r", vec![1, 2]),
            ("comments__gt=2", vec![2]),
            ("cover__icontains=nail", vec![2]),
            ("tags=1&author__name=Ann", vec![1]),
        ] {
            assert_eq!(ids(db, &filters(), query), expected, "{query}");
        }
    }

    fn a_row_out_of_scope_is_not_found_by_its_fields_but_by_its_key(db: &Database) {
        assert_eq!(ids(db, &filters(), "author__name=Ben"), [0; 0]);
        assert_eq!(ids(db, &filters(), &format!("author={BEN}")), [2]);
        assert_eq!(ids(db, &filters(), &format!("author__in={BEN},{ANN}")), [1, 2, 4]);
    }

    fn a_key_that_is_none_is_no_choice(db: &Database) {
        let message = "Select a valid choice. That choice is not one of the available choices.";
        for query in [
            "author=1",
            "author__in=1,2",
            "tags=one",
            "tags=10000000000000000000000",
            "tags__in=1,x",
        ] {
            let name = query.split('=').next().unwrap_or_default();
            let expected = format!(r#"{{"{name}":["{message}"]}}"#);
            assert_eq!(errors(db, &filters(), query), expected, "{query}");
        }
    }

    fn a_condition_of_ones_own_is_asked_for_values(db: &Database) {
        let filters = Filters::new().filter_with("popular", |value, _| match value {
            "yes" => Ok(Post::F.views.gte(20) & Post::F.status.eq(Status::Draft)),
            "any" => Ok(Q::all()),
            _ => Err(Invalid::new("Say yes or any.")),
        });
        assert_eq!(ids(db, &filters, "popular=+yes+"), [2, 4]);
        assert_eq!(ids(db, &filters, "popular=any"), [1, 2, 3, 4]);
        assert_eq!(ids(db, &filters, "popular="), [1, 2, 3, 4]);
        assert_eq!(errors(db, &filters, "popular=no"), r#"{"popular":["Say yes or any."]}"#);
    }
}
