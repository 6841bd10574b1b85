//! Diesel's own typed queries, inside a queryset and beside it.

use diesel::prelude::*;
use restwell_db::{Changes, Model, Q};
use uuid::Uuid;

use crate::database::moment;
use crate::field::{day, decimal, sample};
use crate::model::{ANN, Post, Sample, Tag, make_ann, make_posts, post};
use crate::schema::{post_tags, posts, samples, tags, users};

on_both! {
    fn a_typed_predicate_narrows_a_queryset(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        for (slug, views) in [("a", 1), ("b", 7), ("c", 9)] {
            let row = post(ANN, slug).with(Post::F.views, views);
            Post::objects().create(&mut cx, row).expect("a post");
        }
        let popular = || Q::<Post>::diesel(posts::views.gt(5));
        let slugs = |q, cx: &mut _| {
            let rows = Post::objects().filter(q).order_by([Post::F.slug.asc()]);
            rows.values(Post::F.slug, cx).expect("slugs")
        };
        assert_eq!(slugs(popular(), &mut cx), ["b", "c"]);
        assert_eq!(slugs(!popular(), &mut cx), ["a"]);
        assert_eq!(slugs(popular() & Post::F.slug.ne("b"), &mut cx), ["c"]);
        assert_eq!(slugs(popular() | Post::F.slug.eq("a"), &mut cx), ["a", "b", "c"]);
        let unfiled = Q::diesel(posts::category_id.eq(1_i64));
        assert_eq!(slugs(!unfiled, &mut cx), ["a", "b", "c"]);
        let tagged = tags::table
            .inner_join(post_tags::table.on(post_tags::tag_id.eq(tags::id)))
            .filter(tags::name.eq("rust"))
            .select(post_tags::post_id);
        assert_eq!(slugs(Q::diesel(posts::id.eq_any(tagged)), &mut cx), [""; 0]);
        let changes = Changes::new().with(Post::F.views, 6);
        let changed = Post::objects().filter(popular()).update(&mut cx, changes);
        assert_eq!(changed.expect("a number"), 2);
        assert_eq!(Post::objects().filter(popular()).delete(&mut cx).expect("a number"), 2);
    }

    fn typed_queries_run_on_the_same_connection(db: &Database) {
        let mut cx = db.context();
        let outcome = cx.atomic(|cx| {
            make_posts(cx, &["one"]);
            let connection = cx.connection()?;
            let id = Uuid::from_u128(3);
            diesel::insert_into(users::table)
                .values((users::id.eq(id), users::username.eq("bob"), users::email.eq("b")))
                .execute(connection)?;
            let names: Vec<(Uuid, String)> = users::table
                .order(users::username)
                .select((users::id, users::username))
                .load(connection)?;
            assert_eq!(names, [(ANN, "ann".to_owned()), (id, "bob".to_owned())]);
            diesel::update(posts::table.filter(posts::author_id.eq(ANN)))
                .set((posts::views.eq(posts::views + 1), posts::updated_at.eq(moment("2026-02-01T00:00:00Z"))))
                .execute(connection)?;
            let recent: i64 = posts::table
                .filter(posts::updated_at.gt(moment("2026-01-31T23:59:59.999999Z")))
                .count()
                .get_result(connection)?;
            assert_eq!(recent, 1);
            let joined: Vec<(String, String)> = posts::table
                .inner_join(users::table.on(users::id.eq(posts::author_id)))
                .select((posts::slug, users::username))
                .load(connection)?;
            assert_eq!(joined, [("one".to_owned(), "ann".to_owned())]);
            assert_eq!(Post::objects().get(cx)?.views, 1);
            Err::<(), _>(restwell_core::Error::not_found())
        });
        assert!(outcome.expect_err("a rollback").is_not_found());
        let connection = cx.connection().expect("a connection");
        let left: i64 = users::table.count().get_result(connection).expect("a count");
        assert_eq!(left, 0);
    }

    fn typed_columns_are_those_of_the_models(db: &Database) {
        let mut cx = db.context();
        let row = sample().with(Sample::F.amount, decimal("12.50"));
        let made = Sample::objects().create(&mut cx, row).expect("a row");
        let connection = cx.connection().expect("a connection");
        let read: (Uuid, chrono::DateTime<chrono::Utc>, chrono::NaiveDate, serde_json::Value, serde_json::Value) =
            samples::table
                .select((samples::uuid, samples::moment, samples::day, samples::json, samples::plain_json))
                .filter(samples::uuid.eq(made.uuid).and(samples::day.eq(day("2024-02-29"))))
                .first(connection)
                .expect("the row");
        assert_eq!(read, (made.uuid, made.moment, made.day, made.json, made.plain_json));
        let amount: bigdecimal::BigDecimal =
            samples::table.select(samples::amount).first(connection).expect("the row");
        assert_eq!(amount, decimal("12.50"));
    }

    fn missing_rows_of_typed_queries_are_404(db: &Database) {
        let mut cx = db.context();
        let find = |cx: &mut restwell_db::Context| -> restwell_core::Result<String> {
            Ok(tags::table.find(7_i64).select(tags::name).first(cx.connection()?)?)
        };
        assert!(find(&mut cx).expect_err("no tag").is_not_found());
        Tag::objects()
            .create(&mut cx, Changes::new().with(Tag::F.id, 7).with(Tag::F.name, "x"))
            .expect("a tag");
        assert_eq!(find(&mut cx).expect("the tag"), "x");
    }
}
