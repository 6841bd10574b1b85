//! Some of the columns, and what can be computed over rows.

use chrono::{DateTime, Utc};
use restwell_db::{Average, Changes, Context, Count, Maximum, Minimum, Model, Sum};
use uuid::Uuid;

use crate::database::moment;
use crate::field::{decimal, sample};
use crate::model::{ANN, Kind, Level, Post, Sample, User, make_ann, make_posts, post, user};

fn make_samples(cx: &mut Context) {
    for (level, medium, maybe, amount, at) in [
        (Level::Low, 1, Some(10), "0.1", "2026-01-03T00:00:00Z"),
        (Level::Low, 2, None, "0.2", "2026-01-01T00:00:00.000001Z"),
        (
            Level::VeryHigh,
            2_000_000_000,
            Some(20),
            "10",
            "2026-01-02T00:00:00Z",
        ),
        (
            Level::VeryHigh,
            2_000_000_000,
            None,
            "9.99",
            "2026-01-04T00:00:00Z",
        ),
    ] {
        let row = sample()
            .with(Sample::F.level, level)
            .with(Sample::F.medium, medium)
            .with(Sample::F.large, i64::from(medium))
            .with(Sample::F.small, 7)
            .with(Sample::F.maybe_medium, maybe)
            .with(Sample::F.amount, decimal(amount))
            .with(Sample::F.moment, moment(at));
        Sample::objects().create(cx, row).expect("a row");
    }
}

on_both! {
    fn values_of_some_columns_are_read(db: &Database) {
        let mut cx = db.context();
        let posts = make_posts(&mut cx, &["one", "two"]);
        let slugs: Vec<String> =
            Post::objects().values(Post::F.slug, &mut cx).expect("slugs");
        assert_eq!(slugs, ["one", "two"]);
        let pairs: Vec<(Uuid, Kind)> = Post::objects()
            .order_by([Post::F.slug.desc()])
            .values((Post::F.id, Post::F.kind), &mut cx)
            .expect("pairs");
        assert_eq!(pairs, [(posts[1].id, Kind::Essay), (posts[0].id, Kind::Essay)]);
        let six = Post::objects()
            .limit(1)
            .values(
                (
                    Post::F.slug, Post::F.views, Post::F.category_id, Post::F.version,
                    Post::F.created_at, Post::F.deleted_by,
                ),
                &mut cx,
            )
            .expect("values");
        assert_eq!(six, [("one".to_owned(), 0, None, 1, cx.now(), None)]);
    }

    fn groups_are_measured(db: &Database) {
        let mut cx = db.context();
        make_samples(&mut cx);
        let counts: Vec<(Level, i64)> = Sample::objects()
            .group_by(Sample::F.level)
            .measure(Count, &mut cx)
            .expect("counts");
        assert_eq!(counts, [(Level::Low, 2), (Level::VeryHigh, 2)]);
        let sums = Sample::objects()
            .filter(Sample::F.medium.gt(1))
            .group_by((Sample::F.level, Sample::F.flag))
            .measure((Count, Sum(Sample::F.medium), Sum(Sample::F.maybe_medium)), &mut cx)
            .expect("sums");
        assert_eq!(
            sums,
            [
                ((Level::Low, true), (1, Some(2), None)),
                ((Level::VeryHigh, true), (2, Some(4_000_000_000), Some(20))),
            ]
        );
        let by_null: Vec<(Option<i32>, i64)> = Sample::objects()
            .group_by(Sample::F.maybe_medium)
            .measure(Count, &mut cx)
            .expect("counts");
        assert!(by_null.contains(&(None, 2)) && by_null.contains(&(Some(10), 1)));
    }

    fn everything_is_measured(db: &Database) {
        let mut cx = db.context();
        make_samples(&mut cx);
        let all = Sample::objects;
        let (count, sum, small, large) = all()
            .aggregate(
                (Count, Sum(Sample::F.medium), Sum(Sample::F.small), Sum(Sample::F.large)),
                &mut cx,
            )
            .expect("measures");
        assert_eq!((count, sum), (4, Some(4_000_000_003)));
        assert_eq!((small, large), (Some(28), Some(4_000_000_003)));
        let (sum, least, greatest) = all()
            .aggregate(
                (Sum(Sample::F.amount), Minimum(Sample::F.amount), Maximum(Sample::F.amount)),
                &mut cx,
            )
            .expect("measures");
        assert_eq!(sum, Some(decimal("20.29")));
        assert_eq!((least, greatest), (Some(decimal("0.1")), Some(decimal("10"))));
        let (first, last): (Option<DateTime<Utc>>, _) = all()
            .aggregate((Minimum(Sample::F.moment), Maximum(Sample::F.moment)), &mut cx)
            .expect("measures");
        assert_eq!(first, Some(moment("2026-01-01T00:00:00.000001Z")));
        assert_eq!(last, Some(moment("2026-01-04T00:00:00Z")));
        let mean = all().aggregate(Average(Sample::F.maybe_medium), &mut cx);
        assert_eq!(mean.expect("a mean"), Some(15.0));
        let mean = all().aggregate(Average(Sample::F.amount), &mut cx).expect("a mean");
        assert!((mean.expect("a mean") - 5.0725).abs() < 1e-9);
    }

    fn nothing_has_no_sum(db: &Database) {
        let mut cx = db.context();
        let measures = Sample::objects()
            .aggregate(
                (Count, Sum(Sample::F.amount), Average(Sample::F.float), Maximum(Sample::F.text)),
                &mut cx,
            )
            .expect("measures");
        assert_eq!(measures, (0, None, None, None));
        let groups = Sample::objects().group_by(Sample::F.level).measure(Count, &mut cx);
        assert!(groups.expect("groups").is_empty());
    }

    fn sums_of_decimals_are_exact(db: &Database) {
        let mut cx = db.context();
        let mut rows: Vec<Changes<Sample>> = (0..1_000)
            .map(|_| sample().with(Sample::F.amount, decimal("0.1")))
            .collect();
        rows.push(sample().with(Sample::F.amount, decimal("12345678901234567890.01")));
        Sample::objects().create_many(&mut cx, rows).expect("rows");
        let sum = Sample::objects().aggregate(Sum(Sample::F.amount), &mut cx).expect("a sum");
        assert_eq!(sum, Some(decimal("12345678901234567990.01")));
        let greatest = Sample::objects().aggregate(Maximum(Sample::F.amount), &mut cx);
        assert_eq!(greatest.expect("a value"), Some(decimal("12345678901234567890.01")));
    }

    fn equal_decimals_are_one_group(db: &Database) {
        let mut cx = db.context();
        for amount in ["1.5", "1.50", "2"] {
            let row = sample().with(Sample::F.amount, decimal(amount));
            Sample::objects().create(&mut cx, row).expect("a row");
        }
        let groups = Sample::objects()
            .group_by(Sample::F.amount)
            .measure(Count, &mut cx)
            .expect("groups");
        assert_eq!(groups, [(decimal("1.5"), 2), (decimal("2"), 1)]);
    }

    fn a_slice_is_measured_as_a_slice(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        for (slug, views) in [("a", 1), ("b", 10), ("c", 100)] {
            let row = post(ANN, slug).with(Post::F.views, views);
            Post::objects().create(&mut cx, row).expect("a post");
        }
        let top = Post::objects().order_by([Post::F.views.desc()]).limit(2);
        let sum = top.clone().aggregate(Sum(Post::F.views), &mut cx).expect("a sum");
        assert_eq!(sum, Some(110));
        let groups = top.clone().group_by(Post::F.kind).measure(Count, &mut cx).expect("groups");
        assert_eq!(groups, [(Kind::Essay, 2)]);
    }

    fn deleted_rows_are_not_measured(db: &Database) {
        let mut cx = db.context();
        make_posts(&mut cx, &["one", "two"]);
        User::objects().create(&mut cx, user(Uuid::nil(), "bob")).expect("a user");
        Post::objects().filter(Post::F.slug.eq("one")).delete(&mut cx).expect("a deletion");
        let counts = Post::objects().group_by(Post::F.author_id).measure(Count, &mut cx);
        assert_eq!(counts.expect("counts"), [(ANN, 1)]);
        let all = Post::objects().with_deleted().aggregate(Count, &mut cx);
        assert_eq!(all.expect("a count"), 2);
    }
}
