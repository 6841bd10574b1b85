//! Every type of column, there and back.

use bigdecimal::BigDecimal;
use chrono::{NaiveDate, NaiveTime};
use restwell_db::{Changes, Model, Value};
use uuid::Uuid;

use crate::database::moment;
use crate::model::{Level, Post, Sample, User, post, user};

fn decimal(text: &str) -> BigDecimal {
    text.parse().expect("a decimal")
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

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn clock(text: &str) -> NaiveTime {
    text.parse().expect("a time of day")
}

on_both! {
    fn every_type_comes_back_as_it_went(db: &Database) {
        let mut cx = db.context();
        let made = Sample::objects().create(&mut cx, sample()).expect("a row");
        let read = Sample::objects().find(&mut cx, &made.id).expect("the row");
        assert_eq!(made, read);
        for (column, value) in sample().iter() {
            assert_eq!(&read.value(column.index), value, "{}", column.name);
        }
        for column in Sample::META.columns.iter().filter(|column| column.nullable) {
            assert_eq!(read.value(column.index), Value::Null, "{}", column.name);
        }
    }
}

on_both! {
    fn times_and_users_and_version_are_filled_in(db: &Database) {
        let ann = Uuid::from_u128(1);
        let mut cx = db.context_of(ann);
        User::objects().create(&mut cx, user(ann, "ann")).expect("a user");
        let post = Post::objects().create(&mut cx, post(ann, "one")).expect("a post");
        assert_eq!(post.created_at, cx.now());
        assert_eq!(post.updated_by, Some(ann));
        assert_eq!(post.version, 1);
    }
}
