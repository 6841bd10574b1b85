//! What a client reads when the database refuses a row.

use restwell_core::{Error, Result};
use restwell_db::{Changes, Context, Model};
use uuid::Uuid;

use crate::database::Database;
use crate::field::{decimal, sample};
use crate::model::{
    ANN, Category, Comment, Counter, Post, Sample, Tag, User, make_ann, make_posts, post, user,
};

/// The error of a write of `work`, which leaves nothing behind and says nothing of the database.
fn refusal<T: std::fmt::Debug>(
    db: &Database,
    work: impl FnOnce(&mut Context) -> Result<T>,
) -> Error {
    let mut cx = db.context();
    let error = cx.atomic(work).expect_err("a refusal");
    let shown = format!("{error} {} {:?}", error.fields().to_json(), error.data());
    for word in [
        "SQL",
        "constraint",
        "violates",
        "failed",
        "_key",
        "_check",
        "_fkey",
        "null value",
    ] {
        assert!(!shown.contains(word), "{shown}");
    }
    cx.atomic(|cx| Tag::objects().count(cx))
        .expect("a usable connection");
    error
}

/// The errors of the fields and the code of the first.
fn fields(error: &Error) -> (u16, String, String) {
    let code = error.fields().iter().next().map_or("", |error| &error.code);
    (
        error.status(),
        error.fields().to_json().to_string(),
        code.to_owned(),
    )
}

fn is(status: u16, json: &str, code: &str) -> (u16, String, String) {
    (status, json.to_owned(), code.to_owned())
}

on_both! {
    fn a_value_that_another_row_has_is_the_fields_error(db: &Database) {
        make_posts(&mut db.context(), &["one"]);
        let error = refusal(db, |cx| {
            Post::objects().create(cx, post(ANN, "one").with(Post::F.title, "Other"))
        });
        let taken = r#"{"slug":["post with this slug already exists."]}"#;
        assert_eq!(fields(&error), is(400, taken, "unique"));
        let error = refusal(db, |cx| {
            let row = user(Uuid::nil(), "ann").with(User::F.email, "other");
            User::objects().create(cx, row)
        });
        let taken = r#"{"username":["user with this username already exists."]}"#;
        assert_eq!(fields(&error), is(400, taken, "unique"));
        let error = refusal(db, |cx| {
            let two = Post::objects().create(cx, post(ANN, "two"))?;
            let changes = Changes::new().with(Post::F.slug, "one");
            Post::objects().update_one(cx, &two.id, changes, None)
        });
        assert!(error.fields().contains("slug"));
        let error = refusal(db, |cx| {
            Post::objects().create(cx, post(ANN, "two"))?;
            Post::objects().update(cx, Changes::new().with(Post::F.slug, "two"))
        });
        assert!(error.fields().contains("slug"));
        assert_eq!(Post::objects().count(&mut db.context()).expect("a count"), 1);
    }

    fn a_constraint_that_is_not_declared_is_named_by_its_columns(db: &Database) {
        let mut cx = db.context();
        let row = || Changes::new().with(Counter::F.id, 5);
        Counter::objects().create(&mut cx, row()).expect("a counter");
        let error = refusal(db, |cx| Counter::objects().create(cx, row()));
        let taken = r#"{"id":["counter with this id already exists."]}"#;
        assert_eq!(fields(&error), is(400, taken, "unique"));
    }

    fn a_partial_index_admits_what_is_outside_it(db: &Database) {
        let mut cx = db.context();
        make_posts(&mut cx, &["one"]);
        Post::objects().delete(&mut cx).expect("a deletion");
        let again = post(ANN, "one").with(Post::F.title, "Other");
        Post::objects().create(&mut cx, again).expect("a post");
        let error = refusal(db, |cx| {
            let back = Changes::new().with(Post::F.deleted_at, None);
            Post::objects().only_deleted().update(cx, back)
        });
        assert!(error.fields().contains("slug"));
    }

    fn values_that_are_unique_together_are_no_fields_error(db: &Database) {
        make_posts(&mut db.context(), &["one"]);
        let error = refusal(db, |cx| {
            Post::objects().create(cx, post(ANN, "two").with(Post::F.title, "one"))
        });
        let taken = r#"{"non_field_errors":["You wrote that already."]}"#;
        assert_eq!(fields(&error), is(400, taken, "unique"));
    }

    fn case_does_not_make_a_value_another(db: &Database) {
        make_ann(&mut db.context());
        let error = refusal(db, |cx| {
            let row = user(Uuid::nil(), "bob").with(User::F.email, "ANN@Example.com");
            User::objects().create(cx, row)
        });
        let taken = r#"{"email":["user with this email already exists."]}"#;
        assert_eq!(fields(&error), is(400, taken, "unique"));
    }

    fn a_reference_to_nothing_is_the_fields_error(db: &Database) {
        let mut cx = db.context();
        let made = make_posts(&mut cx, &["one"]).remove(0);
        let error = refusal(db, |cx| Post::objects().create(cx, post(Uuid::nil(), "two")));
        let nobody = Uuid::nil();
        let missing = format!("Invalid pk \\\"{nobody}\\\" - object does not exist.");
        let missing = format!(r#"{{"author_id":["{missing}"]}}"#);
        assert_eq!(fields(&error), is(400, &missing, "does_not_exist"));
        let error = refusal(db, |cx| {
            Post::objects().create(cx, post(ANN, "two").with(Post::F.category_id, 99))
        });
        assert!(error.fields().contains("category_id"), "{error:?}");
        let error = refusal(db, |cx| {
            let changes = Changes::new().with(Post::F.category_id, 99);
            Post::objects().update_one(cx, &made.id, changes, None)
        });
        assert!(error.fields().contains("category_id"), "{error:?}");
        let error = refusal(db, |cx| {
            Post::objects().update(cx, Changes::new().with(Post::F.category_id, 99))
        });
        assert!(error.fields().contains("category_id"), "{error:?}");
        let error = refusal(db, |cx| {
            let rows = [ANN, Uuid::nil()].map(|author| post(author, &author.to_string()));
            Post::objects().create_many(cx, rows.to_vec())
        });
        assert!(error.fields().contains("author_id"), "{error:?}");
    }

    fn a_link_to_nothing_is_refused(db: &Database) {
        let made = make_posts(&mut db.context(), &["one"]).remove(0);
        let error = refusal(db, |cx| Post::relation_tags().set(cx, &made.id, &[99]));
        assert_eq!((error.status(), error.code()), (400, "validation_error"));
    }

    fn null_is_the_fields_error(db: &Database) {
        make_ann(&mut db.context());
        let error = refusal(db, |cx| {
            let row = Changes::new().with(Post::F.slug, "one").with(Post::F.author_id, ANN);
            Post::objects().create(cx, row)
        });
        let null = r#"{"title":["This field may not be null."]}"#;
        assert_eq!(fields(&error), is(400, null, "null"));
    }

    fn a_check_is_the_fields_error(db: &Database) {
        let made = make_posts(&mut db.context(), &["one"]).remove(0);
        let error = refusal(db, |cx| {
            Post::objects().create(cx, post(ANN, "two").with(Post::F.views, -1))
        });
        let refused = r#"{"views":["This value is not allowed."]}"#;
        assert_eq!(fields(&error), is(400, refused, "invalid"));
        let error = refusal(db, |cx| {
            Post::objects().increment(cx, Post::F.views, -1)
        });
        assert_eq!(fields(&error), is(400, refused, "invalid"));
        let error = refusal(db, |cx| {
            let row = Changes::new().with(Comment::F.post_id, made.id).with(Comment::F.body, "");
            Comment::objects().create(cx, row)
        });
        assert!(error.fields().contains("body"), "a check without a name: {error:?}");
    }

    fn a_row_that_others_need_stays(db: &Database) {
        make_posts(&mut db.context(), &["one"]);
        let error = refusal(db, |cx| User::objects().filter(User::F.id.eq(ANN)).delete(cx));
        assert_eq!((error.status(), error.code()), (409, "protected"));
        assert_eq!(error.message(), "Cannot delete: rows of \"posts\" refer to it.");
        let data = error.data().expect("what refers to it");
        assert_eq!(data.to_string(), r#"{"blocked_by":["posts"]}"#);
        let mut cx = db.context();
        assert_eq!(User::objects().count(&mut cx).expect("a count"), 1);
        let error = refusal(db, |cx| User::objects().purge(cx));
        assert_eq!(error.status(), 409);
    }

    fn a_row_may_go_with_or_without_those_that_refer_to_it(db: &Database) {
        let mut cx = db.context();
        let made = make_posts(&mut cx, &["one"]).remove(0);
        let category = Category::objects()
            .create(&mut cx, Changes::new().with(Category::F.name, "c"))
            .expect("a category");
        let filed = Changes::new().with(Post::F.category_id, category.id);
        Post::objects().update_one(&mut cx, &made.id, filed, None).expect("an update");
        let row = Changes::new().with(Comment::F.post_id, made.id).with(Comment::F.body, "Hm.");
        Comment::objects().create(&mut cx, row).expect("a comment");
        assert_eq!(Category::objects().delete(&mut cx).expect("a number"), 1);
        let read = Post::objects().find(&mut cx, &made.id).expect("the post");
        assert_eq!(read.category_id, None);
        assert_eq!(Post::objects().purge(&mut cx).expect("a number"), 1);
        assert_eq!(Comment::objects().count(&mut cx).expect("a count"), 0);
    }

    fn values_out_of_range_are_refused(db: &Database) {
        let row = sample().with(Sample::F.amount, decimal("1e999999"));
        let error = refusal(db, |cx| Sample::objects().create(cx, row));
        assert_eq!(error.status(), 400, "{error:?}");
        let far = "+11000-01-01T00:00:00Z".parse().expect("a time");
        if let Ok(made) = Sample::objects().create(&mut db.context(), sample().with(Sample::F.moment, far)) {
            assert_eq!(made.moment, far);
        }
        assert!(Sample::objects().load(&mut db.context()).is_ok());
        let row = sample()
            .with(Sample::F.large, i64::MAX)
            .with(Sample::F.maybe_small, i16::MIN);
        Sample::objects().create(&mut db.context(), row).expect("a row");
        for refused in [
            refusal(db, |cx| Sample::objects().increment(cx, Sample::F.medium, 1)),
            refusal(db, |cx| Sample::objects().increment(cx, Sample::F.large, 1)),
            refusal(db, |cx| Sample::objects().increment(cx, Sample::F.maybe_small, -1_i16)),
            refusal(db, |cx| Sample::objects().increment(cx, Sample::F.small, i16::MIN)),
        ] {
            assert_eq!(refused.status(), 400, "{refused:?}");
        }
        let mut cx = db.context();
        Sample::objects().increment(&mut cx, Sample::F.medium, -1).expect("a number");
        Sample::objects().increment(&mut cx, Sample::F.maybe_large, 1).expect("a number");
        let read = Sample::objects().only(restwell_db::ColumnSet::ALL).load(&mut cx).expect("rows");
        assert!(read.iter().all(|row| row.medium == i32::MAX - 1 && row.maybe_large.is_none()));
    }
}
