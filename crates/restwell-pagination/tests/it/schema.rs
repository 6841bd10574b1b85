//! The tables, the models over them, and what the application shares.

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use restwell_core::{Signer, State};
use restwell_macros::Model;
use uuid::Uuid;

diesel::table! {
    things (id) {
        id -> Int8,
        number -> Int4,
        maybe -> Nullable<Int4>,
        text -> Text,
        label -> Nullable<Text>,
        ratio -> Nullable<Float8>,
        price -> Nullable<Numeric>,
        made_at -> Nullable<Timestamptz>,
        day -> Nullable<Date>,
        at -> Nullable<Time>,
        flag -> Bool,
    }
}

diesel::table! {
    keys (id) { id -> Uuid, number -> Int4 }
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(crate = restwell_db, table = things)]
pub(crate) struct Thing {
    pub(crate) id: i64,
    pub(crate) number: i32,
    pub(crate) maybe: Option<i32>,
    pub(crate) text: String,
    pub(crate) label: Option<String>,
    pub(crate) ratio: Option<f64>,
    pub(crate) price: Option<BigDecimal>,
    pub(crate) made_at: Option<DateTime<Utc>>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) at: Option<NaiveTime>,
    pub(crate) flag: bool,
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = keys)]
pub(crate) struct Keyed {
    pub(crate) id: Uuid,
    pub(crate) number: i32,
}

pub(crate) fn state() -> State {
    let mut state = State::new();
    let secret = "0123456789abcdef0123456789abcdef".into();
    state.insert(Signer::new(&secret).expect("32 bytes"));
    state
}

pub(crate) const TABLES: &str = "
CREATE TABLE things (
    id BIGINT PRIMARY KEY,
    number INTEGER NOT NULL,
    maybe INTEGER,
    text TEXT NOT NULL,
    label TEXT,
    ratio DOUBLE PRECISION,
    price NUMERIC,
    made_at TIMESTAMPTZ,
    day DATE,
    at TIME,
    flag BOOLEAN NOT NULL
);
CREATE TABLE keys (id UUID PRIMARY KEY, number INTEGER NOT NULL);
";

/// The same tables on SQLite: its types are fewer.
pub(crate) fn sqlite() -> String {
    [
        (" UUID", " TEXT"),
        (" TIMESTAMPTZ", " TEXT"),
        (" NUMERIC", " TEXT"),
    ]
    .iter()
    .fold(TABLES.to_owned(), |tables, (from, to)| {
        tables.replace(from, to)
    })
}

/// `count` things, numbered from 1.
pub(crate) fn things(count: i64) -> String {
    let rows: Vec<String> = (1..=count)
        .map(|id| format!("({id}, {id}, 'thing {id}', {})", id % 2 == 0))
        .collect();
    format!(
        "INSERT INTO things (id, number, text, flag) VALUES {}",
        rows.join(", ")
    )
}
