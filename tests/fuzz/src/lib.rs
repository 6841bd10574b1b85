//! What the targets have in common: a resource with a column of every kind.

// The code of the macros looks for the facade, for which this crate stands in.
extern crate self as restwell;

use std::sync::{LazyLock, OnceLock};

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use restwell_core::QueryString;
use restwell_db::{Context, DatabaseUrl, Pool, PoolOptions};
use restwell_filters::{
    Contains, Date, EndsWith, Exact, Filters, Gt, Gte, IContains, In, IsNull, Lt, Lte, Month,
    Range, StartsWith, Year,
};
use restwell_macros::{Choices, Model, serializer};
use restwell_serializers::{Draft, Input, Mode, WriteSerializer, parse_many, parse_one, validate};
use uuid::Uuid;

/// What the facade has for the code of the macros.
pub mod __private {
    pub use restwell_macros::serializer;
    pub use restwell_serializers::__private::*;
}

diesel::table! {
    things (id) {
        id -> Int8,
        name -> Text,
        state -> Text,
        small -> Int2,
        number -> Int4,
        ratio -> Float8,
        price -> Numeric,
        is_open -> Bool,
        code -> Nullable<Uuid>,
        day -> Nullable<Date>,
        hour -> Nullable<Time>,
        moment -> Nullable<Timestamptz>,
        extra -> Nullable<Jsonb>,
        version -> Int8,
    }
}

#[derive(Choices, Clone, Copy, Debug)]
enum State {
    New,
    Old,
}

#[derive(Model, Clone, Debug)]
#[model(table = things, version)]
struct Thing {
    id: i64,
    name: String,
    state: State,
    small: i16,
    number: i32,
    ratio: f64,
    price: BigDecimal,
    is_open: bool,
    code: Option<Uuid>,
    day: Option<NaiveDate>,
    hour: Option<NaiveTime>,
    moment: Option<DateTime<Utc>>,
    extra: Option<serde_json::Value>,
    version: i64,
}

#[serializer(model = Thing)]
struct ThingSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(min = 1, max = 20))]
    name: String,
    state: State,
    small: i16,
    #[validate(range(min = -5, max = 5))]
    number: i32,
    ratio: f64,
    price: BigDecimal,
    is_open: bool,
    code: Option<Uuid>,
    day: Option<NaiveDate>,
    hour: Option<NaiveTime>,
    moment: Option<DateTime<Utc>>,
    extra: Option<serde_json::Value>,
}

static FILTERS: LazyLock<Filters<Thing>> = LazyLock::new(|| {
    Filters::new()
        .filter(
            Thing::F.name,
            (Exact, In, Contains, IContains, StartsWith, EndsWith),
        )
        .filter(Thing::F.state, (Exact, In))
        .filter(Thing::F.small, (Exact, Gt, Lt))
        .filter(Thing::F.number, (Exact, In, Gte, Lte, Range))
        .filter(Thing::F.ratio, (Exact, Gte, Range))
        .filter(Thing::F.price, (Exact, Gte, Range))
        .filter(Thing::F.is_open, (Exact,))
        .filter(Thing::F.code, (Exact, In, IsNull))
        .filter(Thing::F.day, (Exact, Gte, Year, Month))
        .filter(Thing::F.hour, (Exact, Gte))
        .filter(Thing::F.moment, (Gte, Lt, Date, Year, Range, IsNull))
        .search([Thing::F.name])
        .order((Thing::F.name, Thing::F.number, Thing::F.moment))
});

fn context() -> Context {
    static POOL: OnceLock<Pool> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        let pool = PoolOptions::default().open(DatabaseUrl::memory());
        pool.expect("a database in memory")
    });
    Context::detached(pool.clone())
}

/// A query string is refused, or it becomes a condition and an order.
pub fn query_string(raw: &str) {
    let Ok(query) = QueryString::parse(raw) else {
        return;
    };
    let written = query.replace_all(&[]);
    assert_eq!(
        QueryString::parse(&written).map(|read| read.replace_all(&[])),
        Ok(written)
    );
    if let Err(error) = FILTERS.apply(&query, &["page", "fields"], &context()) {
        assert_eq!(error.status(), 400);
    }
}

/// The payload of a cursor is a position or none.
pub fn cursor(payload: &[u8]) {
    assert!(restwell_pagination::__private::cursor_payload_survives(
        payload
    ));
}

/// A body is refused, or it becomes an input that is checked.
pub fn body(body: &[u8]) {
    type Read = <ThingSerializer as WriteSerializer>::Input;
    match parse_one::<Read>(body) {
        Ok(draft) => check(vec![draft]),
        Err(error) => assert_eq!(error.status(), 400),
    }
    match parse_many::<Read>(body, 10) {
        Ok(drafts) => check(drafts),
        Err(error) => assert_eq!(error.status(), 400),
    }
}

fn check<I: Input>(drafts: Vec<Draft<I>>) {
    let outcomes = validate(drafts, &[], Mode::Create, &mut context());
    for error in outcomes
        .expect("no statement is needed")
        .into_iter()
        .filter_map(Result::err)
    {
        assert_eq!(error.status(), 400);
        let _ = (error.fields().to_json(), error.fields().details());
    }
}
