//! Order, and how much of it.

use restwell_db::{Changes, Context, Model, QuerySet};

use crate::field::sample;
use crate::model::{Category, Post, Sample, make_posts};

fn names(categories: QuerySet<Category>, cx: &mut Context) -> Vec<String> {
    let rows = categories.load(cx).expect("categories");
    rows.into_iter().map(|row| row.name).collect()
}

/// Categories `a` to `d`; `b` is the parent of `c` and `a` of `d`.
fn make_categories(cx: &mut Context) {
    for (name, parent) in [("a", None), ("b", None), ("c", Some(2)), ("d", Some(1))] {
        let row = Changes::new()
            .with(Category::F.name, name)
            .with(Category::F.parent_id, parent);
        Category::objects().create(cx, row).expect("a category");
    }
}

on_both! {
    fn null_comes_last_in_either_direction(db: &Database) {
        let mut cx = db.context();
        make_categories(&mut cx);
        let parent = Category::F.parent_id;
        let ordered = Category::objects().order_by([parent.asc()]);
        assert_eq!(names(ordered, &mut cx), ["d", "c", "a", "b"]);
        let ordered = Category::objects().order_by([parent.desc()]);
        assert_eq!(names(ordered, &mut cx), ["c", "d", "b", "a"]);
    }

    fn the_primary_key_decides_between_equals(db: &Database) {
        let mut cx = db.context();
        let rows = (0..30).map(|_| sample()).collect();
        Sample::objects().create_many(&mut cx, rows).expect("rows");
        let ids = |order: QuerySet<Sample>, cx: &mut Context| -> Vec<i64> {
            order.values(Sample::F.id, cx).expect("keys")
        };
        let forth: Vec<i64> = (1..=30).collect();
        let back: Vec<i64> = (1..=30).rev().collect();
        assert_eq!(ids(Sample::objects(), &mut cx), forth);
        assert_eq!(ids(Sample::objects().order_by([Sample::F.flag.asc()]), &mut cx), forth);
        assert_eq!(ids(Sample::objects().order_by([Sample::F.flag.desc()]), &mut cx), back);
        let mut paged = Vec::new();
        for page in 0..6 {
            let page = Sample::objects()
                .order_by([Sample::F.level.desc(), Sample::F.flag.asc()])
                .limit(5)
                .offset(page * 5);
            paged.append(&mut ids(page, &mut cx));
        }
        assert_eq!(paged, forth);
    }

    fn limits_and_offsets_cut_a_page(db: &Database) {
        let mut cx = db.context();
        make_categories(&mut cx);
        let all = Category::objects;
        assert_eq!(names(all().limit(2), &mut cx), ["a", "b"]);
        assert_eq!(names(all().limit(2).offset(3), &mut cx), ["d"]);
        assert_eq!(names(all().offset(2), &mut cx), ["c", "d"]);
        assert_eq!(names(all().offset(9), &mut cx), [""; 0]);
        assert_eq!(names(all().limit(0), &mut cx), [""; 0]);
        assert_eq!(names(all().limit(-1).offset(-1), &mut cx), [""; 0]);
    }

    fn rows_are_counted(db: &Database) {
        let mut cx = db.context();
        let none = Category::objects();
        assert_eq!(none.clone().count(&mut cx).expect("a count"), 0);
        assert!(!none.exists(&mut cx).expect("an answer"));
        make_categories(&mut cx);
        let all = Category::objects;
        assert_eq!(all().count(&mut cx).expect("a count"), 4);
        assert_eq!(all().count_capped(&mut cx, 3).expect("a count"), 3);
        assert_eq!(all().count_capped(&mut cx, 5).expect("a count"), 4);
        assert!(all().exists(&mut cx).expect("an answer"));
        assert!(!all().filter(Category::F.name.eq("x")).exists(&mut cx).expect("an answer"));
    }

    fn a_slice_is_counted_as_a_slice(db: &Database) {
        let mut cx = db.context();
        make_categories(&mut cx);
        let all = Category::objects;
        assert_eq!(all().limit(3).count(&mut cx).expect("a count"), 3);
        assert_eq!(all().offset(3).count(&mut cx).expect("a count"), 1);
        assert_eq!(all().limit(3).count_capped(&mut cx, 2).expect("a count"), 2);
        assert!(!all().offset(4).exists(&mut cx).expect("an answer"));
        assert!(!all().limit(0).exists(&mut cx).expect("an answer"));
    }

    fn one_row_is_asked_for(db: &Database) {
        let mut cx = db.context();
        assert_eq!(Category::objects().first(&mut cx).expect("an answer"), None);
        make_categories(&mut cx);
        let last = Category::objects().order_by([Category::F.name.desc()]);
        assert_eq!(last.first(&mut cx).expect("an answer").expect("a row").name, "d");
        assert_eq!(Category::objects().find(&mut cx, &2).expect("a row").name, "b");
        let error = Category::objects().find(&mut cx, &99).expect_err("no such row");
        assert_eq!((error.status(), error.code()), (404, "not_found"));
        assert_eq!(error.message(), "No Category matches the given query.");
        let narrowed = Category::objects().filter(Category::F.name.eq("a"));
        assert!(narrowed.find(&mut cx, &2).expect_err("another row").is_not_found());
    }

    fn chunks_pass_over_every_row_once(db: &Database) {
        let mut cx = db.context();
        let rows = (0..25).map(|_| sample()).collect();
        Sample::objects().create_many(&mut cx, rows).expect("rows");
        let collect = |rows: QuerySet<Sample>, size, cx: &mut Context| {
            let mut sizes = Vec::new();
            let mut ids = Vec::new();
            rows.chunks(cx, size, |_, chunk| {
                sizes.push(chunk.len());
                ids.extend(chunk.iter().map(|row| row.id));
                Ok(())
            })
            .expect("chunks");
            (sizes, ids)
        };
        let all: Vec<i64> = (1..=25).collect();
        assert_eq!(collect(Sample::objects(), 10, &mut cx), (vec![10, 10, 5], all.clone()));
        assert_eq!(collect(Sample::objects(), 25, &mut cx), (vec![25], all.clone()));
        assert_eq!(collect(Sample::objects(), 0, &mut cx).1, all);
        let some = Sample::objects().filter(Sample::F.id.gt(20));
        assert_eq!(collect(some, 2, &mut cx), (vec![2, 2, 1], (21..=25).collect()));
        let slice = Sample::objects().limit(12).offset(3);
        assert_eq!(collect(slice, 5, &mut cx), (vec![5, 5, 2], (4..=15).collect()));
    }

    fn an_error_ends_the_chunks(db: &Database) {
        let mut cx = db.context();
        let rows = (0..5).map(|_| sample()).collect();
        Sample::objects().create_many(&mut cx, rows).expect("rows");
        let mut calls = 0;
        let outcome = Sample::objects().chunks(&mut cx, 2, |_, _| {
            calls += 1;
            Err(restwell_core::Error::not_found())
        });
        assert!(outcome.expect_err("the error").is_not_found());
        assert_eq!(calls, 1);
    }

    fn there_may_be_any_number_of_chunks(db: &Database) {
        let mut cx = db.context();
        let rows = (0..1_100).map(|_| sample()).collect();
        Sample::objects().create_many(&mut cx, rows).expect("rows");
        let mut read = Vec::new();
        let some = Sample::objects().filter(Sample::F.id.gt(0)).offset(1);
        let outcome = some.chunks(&mut cx, 1, |_, rows| {
            read.extend(rows.into_iter().map(|row| row.id));
            Ok(())
        });
        outcome.expect("all of them");
        assert_eq!(read.len(), 1_099);
        assert!(read.is_sorted());
    }

    fn some_columns_are_read_alone(db: &Database) {
        let mut cx = db.context();
        let made = make_posts(&mut cx, &["one"]);
        let columns = restwell_db::ColumnSet::of(&[Post::F.slug.column().index]);
        let read = Post::objects().only(columns).get(&mut cx).expect("a post");
        assert_eq!((read.id, read.slug.as_str()), (made[0].id, "one"));
        assert_eq!((read.title.as_str(), read.version), ("", 0));
    }
}
