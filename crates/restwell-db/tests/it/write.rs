//! Inserts, updates and deletions, and what the library fills in.

use std::thread;

use chrono::TimeDelta;
use restwell_core::Result;
use restwell_db::statement::Lock;
use restwell_db::{Changes, Context, Model};
use uuid::Uuid;

use crate::field::{decimal, sample};
use crate::model::{ANN, Counter, Post, Sample, Tag, User, make_ann, make_posts, post, user};

const BOB: Uuid = Uuid::from_u128(0xB);

fn titles(cx: &mut Context) -> Vec<String> {
    Post::objects().values(Post::F.title, cx).expect("titles")
}

fn ids<T>(rows: &[T], id: impl Fn(&T) -> i64) -> Vec<i64> {
    rows.iter().map(id).collect()
}

on_both! {
    fn a_new_row_is_stamped(db: &Database) {
        let mut cx = db.context_of(ANN);
        make_ann(&mut cx);
        let made = Post::objects().create(&mut cx, post(ANN, "one")).expect("a post");
        assert_eq!((made.created_at, made.updated_at), (cx.now(), cx.now()));
        assert_eq!((made.created_by, made.updated_by), (Some(ANN), Some(ANN)));
        assert_eq!((made.version, made.deleted_at), (1, None));
        let nobody = Post::objects().create(&mut db.context(), post(ANN, "two")).expect("a post");
        assert_eq!((nobody.created_by, nobody.updated_by), (None, None));
    }

    fn a_row_whose_value_is_taken_is_not_made_and_breaks_no_transaction(db: &Database) {
        let mut cx = db.context();
        make_posts(&mut cx, &["one"]);
        let count = cx.atomic(|cx| {
            let none = Post::objects().create_unless_taken(cx, post(ANN, "one"))?;
            assert!(none.is_none());
            let made = Post::objects().create_unless_taken(cx, post(ANN, "two"))?;
            assert_eq!(made.map(|row| row.slug), Some("two".to_owned()));
            Post::objects().count(cx)
        });
        assert_eq!(count.expect("a transaction that goes on"), 2);
    }

    fn given_stamps_of_a_new_row_stand(db: &Database) {
        let mut cx = db.context_of(ANN);
        make_ann(&mut cx);
        let earlier = cx.now() - TimeDelta::days(9);
        let row = post(ANN, "one")
            .with(Post::F.created_at, earlier)
            .with(Post::F.created_by, BOB)
            .with(Post::F.version, 7);
        let made = Post::objects().create(&mut cx, row).expect("a post");
        assert_eq!((made.created_at, made.created_by, made.version), (earlier, Some(BOB), 7));
        assert_eq!((made.updated_at, made.updated_by), (cx.now(), Some(ANN)));
    }

    fn an_update_is_stamped(db: &Database) {
        let mut cx = db.context_of(ANN);
        let made = make_posts(&mut cx, &["one"]).remove(0);
        db.clock.advance(TimeDelta::hours(1));
        let mut later = db.context_of(BOB);
        let changes = Changes::new().with(Post::F.title, "New");
        let changed = Post::objects()
            .update_one(&mut later, &made.id, changes, None)
            .expect("an update")
            .expect("the post");
        assert_eq!((changed.title.as_str(), changed.version), ("New", 2));
        assert_eq!((changed.created_at, changed.created_by), (made.created_at, Some(ANN)));
        assert_eq!((changed.updated_at, changed.updated_by), (later.now(), Some(BOB)));
        assert_eq!(Post::objects().find(&mut later, &made.id).expect("the post"), changed);
    }

    fn stamps_of_an_update_are_the_librarys(db: &Database) {
        let mut cx = db.context_of(ANN);
        let made = make_posts(&mut cx, &["one"]).remove(0);
        let changes = Changes::new()
            .with(Post::F.updated_at, cx.now() - TimeDelta::days(9))
            .with(Post::F.updated_by, BOB)
            .with(Post::F.version, 40);
        let changed = Post::objects()
            .update_one(&mut cx, &made.id, changes, None)
            .expect("an update")
            .expect("the post");
        assert_eq!(changed, Post { version: 2, ..made });
    }

    fn a_stale_version_changes_nothing(db: &Database) {
        let mut cx = db.context();
        let made = make_posts(&mut cx, &["one"]).remove(0);
        let mut update = |title: &str, version| {
            Post::objects()
                .update_one(&mut cx, &made.id, Changes::new().with(Post::F.title, title), version)
                .expect("an update")
        };
        assert_eq!(update("first", Some(1)).expect("the post").version, 2);
        assert_eq!(update("second", Some(1)), None);
        assert_eq!(update("third", Some(2)).expect("the post").version, 3);
        assert_eq!(titles(&mut cx), ["third"]);
    }

    fn only_rows_of_the_queryset_are_changed(db: &Database) {
        let mut cx = db.context();
        let made = make_posts(&mut cx, &["one", "two"]);
        let change = || Changes::new().with(Post::F.views, 5);
        let others = Post::objects().filter(Post::F.author_id.eq(BOB));
        let none = others.clone().update_one(&mut cx, &made[0].id, change(), None);
        assert_eq!(none.expect("no update"), None);
        assert_eq!(others.clone().update(&mut cx, change()).expect("a number"), 0);
        assert_eq!(others.clone().delete(&mut cx).expect("a number"), 0);
        assert_eq!(others.purge(&mut cx).expect("a number"), 0);
        let one = Post::objects().filter(Post::F.slug.eq("one"));
        assert_eq!(one.update(&mut cx, change()).expect("a number"), 1);
        let views = Post::objects().order_by([Post::F.slug.asc()]).values(
            (Post::F.views, Post::F.version),
            &mut cx,
        );
        assert_eq!(views.expect("values"), [(5, 2), (0, 1)]);
    }

    fn only_rows_of_a_slice_are_changed(db: &Database) {
        let mut cx = db.context();
        make_posts(&mut cx, &["a", "b", "c", "d"]);
        let first = || Post::objects().order_by([Post::F.slug.asc()]).limit(1);
        let changes = Changes::new().with(Post::F.title, "new");
        assert_eq!(first().update(&mut cx, changes).expect("a number"), 1);
        assert_eq!(first().increment(&mut cx, Post::F.views, 3).expect("a number"), 1);
        assert_eq!(first().offset(1).delete(&mut cx).expect("a number"), 1);
        assert_eq!(first().offset(2).purge(&mut cx).expect("a number"), 1);
        let left = Post::objects()
            .order_by([Post::F.slug.asc()])
            .values((Post::F.slug, Post::F.title, Post::F.views), &mut cx)
            .expect("values");
        let row = |slug: &str, title: &str, views| (slug.to_owned(), title.to_owned(), views);
        assert_eq!(left, [row("a", "new", 3), row("c", "c", 0)]);
    }

    fn a_change_of_nothing_finds_the_row(db: &Database) {
        let mut cx = db.context();
        let tag = Tag::objects()
            .create(&mut cx, Changes::new().with(Tag::F.name, "x"))
            .expect("a tag");
        let same = Tag::objects()
            .update_one(&mut cx, &tag.id, Changes::new(), None)
            .expect("an update");
        assert_eq!(same, Some(tag));
        let none = Tag::objects().update_one(&mut cx, &99, Changes::new(), None);
        assert_eq!(none.expect("no update"), None);
        assert_eq!(Tag::objects().update(&mut cx, Changes::new()).expect("a number"), 1);
    }

    fn rows_of_defaults_alone_are_inserted(db: &Database) {
        let mut cx = db.context();
        let made = Counter::objects()
            .create_many(&mut cx, vec![Changes::new(), Changes::new(), Changes::new()])
            .expect("counters");
        assert_eq!(made.len(), 3);
        assert_eq!(Counter::objects().count(&mut cx).expect("a count"), 3);
        assert!(made.iter().all(|counter| counter.count == 0));
    }

    fn many_rows_are_inserted_in_their_order(db: &Database) {
        const ROWS: usize = 7_500;
        let mut cx = db.context();
        make_ann(&mut cx);
        let rows = (0..ROWS).map(|i| post(ANN, &format!("post-{i}"))).collect();
        let before = cx.statements();
        let made = Post::objects().create_many(&mut cx, rows).expect("posts");
        let limit = if cx.dialect().expect("a connection").is_postgres() { 65_535 } else { 32_766 };
        let columns = 9;
        let statements = u64::try_from(ROWS.div_ceil(limit / columns)).expect("few");
        assert!(statements > 1);
        assert_eq!(cx.statements() - before, statements);
        assert_eq!(made.len(), ROWS);
        assert!(made.iter().enumerate().all(|(i, post)| post.slug == format!("post-{i}")));
        assert_eq!(Post::objects().count(&mut cx).expect("a count"), 7_500);
    }

    fn many_rows_are_inserted_all_or_none(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        let mut rows: Vec<Changes<Post>> =
            (0..7_500).map(|i| post(ANN, &format!("post-{i}"))).collect();
        rows.push(post(ANN, "post-0"));
        let error = Post::objects().create_many(&mut cx, rows).expect_err("a slug twice");
        assert_eq!(error.status(), 400);
        assert_eq!(Post::objects().count(&mut cx).expect("a count"), 0);
    }

    fn rows_may_set_different_columns(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        let rows = vec![
            post(ANN, "a").with(Post::F.views, 1),
            post(ANN, "b"),
            post(ANN, "c").with(Post::F.views, 3),
        ];
        let before = cx.statements();
        let made = Post::objects().create_many(&mut cx, rows).expect("posts");
        let kinds = if cx.dialect().expect("a connection").is_postgres() { 1 } else { 2 };
        assert_eq!(cx.statements() - before, kinds, "a statement for each set of columns");
        let views: Vec<(&str, i32)> =
            made.iter().map(|post| (post.slug.as_str(), post.views)).collect();
        assert_eq!(views, [("a", 1), ("b", 0), ("c", 3)]);
        let before = cx.statements();
        assert!(Post::objects().create_many(&mut cx, Vec::new()).expect("posts").is_empty());
        assert_eq!(cx.statements(), before);
    }

    fn increments_add_up_in_the_database(db: &Database) {
        let mut cx = db.context();
        let made = make_posts(&mut cx, &["one"]).remove(0);
        db.clock.advance(TimeDelta::hours(1));
        let mut cx = db.context();
        let one = || Post::objects().filter(Post::F.id.eq(made.id));
        assert_eq!(one().increment(&mut cx, Post::F.views, 5).expect("a number"), 1);
        assert_eq!(one().increment(&mut cx, Post::F.views, -2).expect("a number"), 1);
        assert_eq!(one().get(&mut cx).expect("the post"), Post { views: 3, ..made });
    }

    fn increments_of_decimals_are_exact(db: &Database) {
        let mut cx = db.context();
        let row = sample().with(Sample::F.amount, decimal("12345678901234567890.10"));
        Sample::objects().create(&mut cx, row).expect("a row");
        Sample::objects().increment(&mut cx, Sample::F.amount, decimal("0.20")).expect("a number");
        Sample::objects().increment(&mut cx, Sample::F.float, 0.5).expect("a number");
        let read = Sample::objects().get(&mut cx).expect("the row");
        assert_eq!(read.amount, decimal("12345678901234567890.30"));
        assert!((read.float - 0.6).abs() < 1e-9);
    }

    fn no_increment_is_lost(db: &Database) {
        const EACH: i32 = 25;
        let made = make_posts(&mut db.context(), &["one"]).remove(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut cx = db.context();
                    for _ in 0..EACH {
                        let one = Post::objects().filter(Post::F.id.eq(made.id));
                        one.increment(&mut cx, Post::F.views, 1).expect("an increment");
                    }
                });
            }
        });
        let read = Post::objects().find(&mut db.context(), &made.id).expect("the post");
        assert_eq!(read.views, 4 * EACH);
    }

    fn one_of_two_writers_of_a_version_wins(db: &Database) {
        let made = make_posts(&mut db.context(), &["one"]).remove(0);
        let wins: usize = thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|i| {
                    scope.spawn(move || {
                        let changes = Changes::new().with(Post::F.title, format!("by {i}"));
                        let outcome = db.context().atomic(|cx| {
                            Post::objects().update_one(cx, &made.id, changes, Some(1))
                        });
                        usize::from(outcome.expect("an update").is_some())
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().expect("a thread")).sum()
        });
        assert_eq!(wins, 1);
        let read = Post::objects().find(&mut db.context(), &made.id).expect("the post");
        assert_eq!(read.version, 2);
    }

    fn a_soft_deletion_hides_the_row(db: &Database) {
        let mut cx = db.context_of(ANN);
        let made = make_posts(&mut cx, &["one", "two"]);
        let one = || Post::objects().filter(Post::F.slug.eq("one"));
        assert_eq!(one().delete(&mut cx).expect("a number"), 1);
        assert_eq!(one().delete(&mut cx).expect("a number"), 0);
        assert_eq!(titles(&mut cx), ["two"]);
        assert!(Post::objects().find(&mut cx, &made[0].id).expect_err("hidden").is_not_found());
        assert!(!one().exists(&mut cx).expect("an answer"));
        assert_eq!(one().update(&mut cx, Changes::new().with(Post::F.views, 1)).expect("none"), 0);
        let hidden = Post::objects().only_deleted().get(&mut cx).expect("the post");
        assert_eq!((hidden.deleted_at, hidden.deleted_by), (Some(cx.now()), Some(ANN)));
        assert_eq!(hidden.version, 2);
        assert_eq!(Post::objects().with_deleted().count(&mut cx).expect("a count"), 2);
        let back = Changes::new().with(Post::F.deleted_at, None).with(Post::F.deleted_by, None);
        let back = Post::objects().only_deleted().update_one(&mut cx, &made[0].id, back, None);
        assert_eq!(back.expect("an update").expect("the post").deleted_at, None);
        assert_eq!(titles(&mut cx).len(), 2);
        assert_eq!(one().with_deleted().purge(&mut cx).expect("a number"), 1);
        assert_eq!(Post::objects().with_deleted().count(&mut cx).expect("a count"), 1);
    }

    fn a_hard_deletion_removes_the_row(db: &Database) {
        let mut cx = db.context();
        for name in ["a", "b", "c"] {
            let row = Changes::new().with(Tag::F.name, name);
            Tag::objects().create(&mut cx, row).expect("a tag");
        }
        let gone = Tag::objects().filter(Tag::F.name.in_(["a", "c"])).delete(&mut cx);
        assert_eq!(gone.expect("a number"), 2);
        let left = Tag::objects().load(&mut cx).expect("tags");
        assert_eq!(ids(&left, |tag| tag.id), [2]);
    }

    fn rows_are_locked_for_an_update(db: &Database) {
        let mut cx = db.context();
        let made = make_posts(&mut cx, &["one"]).remove(0);
        let outcome: Result<()> = cx.atomic(|cx| {
            let rows = Post::objects().select_for_update(Lock::Wait).load(cx)?;
            assert_eq!(rows, std::slice::from_ref(&made));
            if cx.dialect()?.is_postgres() {
                let mut other = db.context();
                let skipped = Post::objects().select_for_update(Lock::SkipLocked).load(&mut other)?;
                assert!(skipped.is_empty());
                let error = Post::objects().select_for_update(Lock::NoWait).load(&mut other);
                assert_eq!(error.expect_err("a locked row").status(), 503);
            }
            Ok(())
        });
        outcome.expect("a commit");
    }

    fn the_current_user_is_a_condition(db: &Database) {
        let mut cx = db.context_of(ANN);
        make_posts(&mut cx, &["one"]);
        User::objects().create(&mut cx, user(BOB, "bob")).expect("a user");
        Post::objects().create(&mut cx, post(BOB, "two")).expect("a post");
        let own = |cx: &mut Context| {
            let own = Post::F.author_id.is_current_user(cx);
            Post::objects().filter(own).values(Post::F.slug, cx).expect("slugs")
        };
        assert_eq!(own(&mut cx), ["one"]);
        assert_eq!(own(&mut db.context_of(BOB)), ["two"]);
        assert_eq!(own(&mut db.context()), [""; 0]);
        assert_eq!(own(&mut db.context_of(7_i64)), [""; 0]);
        assert_eq!(cx.user_id::<Uuid>(), Some(ANN));
        assert_eq!(cx.user_id::<i64>(), None);
    }
}
