//! Every type of column, there and back.

use bigdecimal::BigDecimal;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use restwell_db::{Changes, Field, Model, Value};
use uuid::Uuid;

use crate::database::moment;
use crate::model::{Kind, Level, Odd, Post, Sample, User, make_posts, user};

pub(crate) fn decimal(text: &str) -> BigDecimal {
    text.parse().expect("a decimal")
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn clock(text: &str) -> NaiveTime {
    text.parse().expect("a time of day")
}

/// A row with a value that is easily mangled in every column that is not null.
pub(crate) fn sample() -> Changes<Sample> {
    Changes::new()
        .with(Sample::F.flag, true)
        .with(Sample::F.small, i16::MIN)
        .with(Sample::F.medium, i32::MAX)
        .with(Sample::F.large, i64::MIN)
        .with(Sample::F.float, 0.1)
        .with(Sample::F.text, "Grüße, 世界 🎉 'quoted' \\ %_")
        .with(Sample::F.bytes, vec![0, 255, 39, 92])
        .with(Sample::F.uuid, Uuid::from_u128(7))
        .with(Sample::F.moment, moment("2026-02-28T23:59:59.123456Z"))
        .with(Sample::F.day, day("2024-02-29"))
        .with(Sample::F.time, clock("23:59:59.123456"))
        .with(Sample::F.amount, decimal("12345678901234567890.123456789"))
        .with(Sample::F.json, serde_json::json!({"a": [1, null, "ü"]}))
        .with(Sample::F.plain_json, serde_json::json!({"b": 1.5}))
        .with(Sample::F.level, Level::VeryHigh)
}

pub(crate) fn with_every_column() -> Changes<Sample> {
    sample()
        .with(Sample::F.maybe_flag, false)
        .with(Sample::F.maybe_small, i16::MAX)
        .with(Sample::F.maybe_medium, i32::MIN)
        .with(Sample::F.maybe_large, i64::MAX)
        .with(Sample::F.maybe_float, -1.5e300)
        .with(Sample::F.maybe_text, "")
        .with(Sample::F.maybe_bytes, Vec::new())
        .with(Sample::F.maybe_uuid, Uuid::nil())
        .with(
            Sample::F.maybe_moment,
            moment("1969-12-31T23:59:59.000001Z"),
        )
        .with(Sample::F.maybe_day, day("0001-01-01"))
        .with(Sample::F.maybe_time, clock("00:00:00"))
        .with(Sample::F.maybe_amount, decimal("-0.000000000000000001"))
        .with(Sample::F.maybe_json, serde_json::json!([]))
        .with(Sample::F.maybe_level, Level::Low)
}

on_both! {
    fn every_type_comes_back_as_it_went(db: &Database) {
        let mut cx = db.context();
        let made = Sample::objects().create(&mut cx, with_every_column()).expect("a row");
        let read = Sample::objects().find(&mut cx, &made.id).expect("the row");
        assert_eq!(made, read);
        for (column, value) in with_every_column().iter() {
            assert_eq!(&read.value(column.index), value, "{}", column.name);
        }
    }

    fn every_type_may_be_null(db: &Database) {
        let mut cx = db.context();
        let made = Sample::objects().create(&mut cx, sample()).expect("a row");
        let read = Sample::objects().find(&mut cx, &made.id).expect("the row");
        let full = with_every_column();
        let mut emptied = Changes::new();
        for column in Sample::META.columns.iter().filter(|column| column.nullable) {
            assert_eq!(read.value(column.index), Value::Null, "{}", column.name);
            assert!(full.get_value(column.index).is_some(), "{}", column.name);
            emptied.set_value(column, Value::Null);
        }
        let full = Sample::objects().create(&mut cx, full).expect("a row");
        let emptied = Sample::objects()
            .update_one(&mut cx, &full.id, emptied, None)
            .expect("an update")
            .expect("the row");
        assert_eq!(Sample { id: read.id, ..emptied }, read);
    }

    fn decimals_keep_their_digits(db: &Database) {
        let mut cx = db.context();
        for text in ["0", "1.50", "-99999999999999999999.99", "0.1", "1e3"] {
            let changes = sample().with(Sample::F.amount, decimal(text));
            let id = Sample::objects().create(&mut cx, changes).expect("a row").id;
            let read = Sample::objects().find(&mut cx, &id).expect("the row").amount;
            assert_eq!(read, decimal(text));
            assert_eq!(read.to_plain_string(), decimal(text).to_plain_string());
        }
    }

    fn times_are_kept_to_the_microsecond(db: &Database) {
        let mut cx = db.context();
        let fine = moment("2026-01-01T00:00:00.123456Z") + TimeDelta::nanoseconds(789);
        let changes = sample().with(Sample::F.moment, fine);
        let made = Sample::objects().create(&mut cx, changes).expect("a row");
        assert_eq!(made.moment, moment("2026-01-01T00:00:00.123456Z"));
        let found = Sample::objects()
            .filter(Sample::F.moment.eq(moment("2026-01-01T00:00:00.123456Z")))
            .count(&mut cx);
        assert_eq!(found.expect("a count"), 1);
    }

    fn choices_are_kept_as_text(db: &Database) {
        let mut cx = db.context();
        let posts = make_posts(&mut cx, &["one", "two"]);
        assert_eq!(posts[0].kind, Kind::Essay);
        let changes = Changes::new().with(Post::F.kind, Kind::HowTo);
        Post::objects().update_one(&mut cx, &posts[0].id, changes, None).expect("an update");
        let found = Post::objects().filter(Post::F.kind.eq(Kind::HowTo)).load(&mut cx);
        assert_eq!(found.expect("posts").len(), 1);
        db.execute("UPDATE posts SET \"type\" = 'novel' WHERE slug = 'two'");
        let error = Post::objects().load(&mut cx).expect_err("an unknown choice");
        assert_eq!(error.status(), 500);
        assert!(!error.message().contains("novel"));
    }

    fn keys_are_uuids_or_numbers_or_texts(db: &Database) {
        let mut cx = db.context();
        let first = User::objects()
            .create(&mut cx, Changes::new().with(User::F.username, "a").with(User::F.email, "a"))
            .expect("a user");
        assert_eq!(first.id.get_version_num(), 7);
        let given = User::objects().create(&mut cx, user(Uuid::nil(), "b")).expect("a user");
        assert_eq!(given.id, Uuid::nil());
        let numbers: Vec<i64> = (0..2)
            .map(|_| Sample::objects().create(&mut cx, sample()).expect("a row").id)
            .collect();
        assert_eq!(numbers, [1, 2]);
        let odd = Odd::objects()
            .create(&mut cx, Changes::new().with(Odd::F.code, "x'y").with(Odd::F.a_b, "v"))
            .expect("a row");
        let odd = Odd::objects().find(&mut cx, &odd.code).expect("the row");
        assert_eq!((odd.a_b.as_deref(), odd.select), (Some("v"), None));
    }
}

#[test]
fn handles_know_their_columns() {
    fn name<T>(field: Field<Post, T>) -> &'static str {
        field.column().name
    }
    assert_eq!(name(Post::F.kind), "type");
    assert_eq!(Post::F.kind.column().index, 3);
    assert!(User::F.email.column().sensitive);
    assert_eq!(format!("{:?}", Odd::F.a_b), "odd \"; names.a\"b'; --");
}
