//! A database for each test, and the steps that a request takes with a serializer.

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use restwell_core::{FieldErrors, ManualClock, Method, Request, Result};
use restwell_db::{Context, Model, Pool, PoolOptions};
use restwell_serializers::{
    Input, Mask, Mode, Representation, Validated, parse_one, represent_many, validate,
};
use tempfile::TempDir;

/// A new SQLite file with the tables in it, which is gone when the test is over.
pub(crate) struct Database {
    pool: Pool,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

impl Database {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let url = format!("sqlite://{}", folder.path().join("test.sqlite3").display());
        let pool = PoolOptions::default()
            .size(2)
            .open(url.parse().expect("a database URL"))
            .expect("a database file");
        let clock = ManualClock::at("2026-01-15T10:30:00.123456Z".parse().expect("a time"));
        let database = Self {
            pool,
            clock: Arc::new(clock),
            _folder: folder,
        };
        database.execute(crate::schema::TABLES);
        database
    }

    /// What a request of nobody carries.
    pub(crate) fn context(&self) -> Context {
        let request = Request::new(Method::Get, "/");
        Context::new(
            self.pool.clone(),
            self.clock.clone(),
            Arc::default(),
            request,
        )
    }

    /// Runs statements as they are.
    pub(crate) fn execute(&self, statements: &str) {
        self.context()
            .connection()
            .expect("a connection")
            .batch_execute(statements)
            .expect("statements that run");
    }
}

/// The rows as JSON, and how many statements that took.
pub(crate) fn shown<R: Representation>(
    cx: &mut Context,
    rows: &[R::Model],
    fields: &str,
) -> (String, u64) {
    let mask = Mask::parse(fields, R::FIELDS, Mask::ALL).expect("fields of the serializer");
    let before = cx.statements();
    let mut out = Vec::new();
    represent_many::<R>(rows, mask, cx, &mut out).expect("rows that can be shown");
    let text = String::from_utf8(out).expect("UTF-8");
    (text, cx.statements() - before)
}

/// Reads and checks one object.
pub(crate) fn read<I: Input>(
    cx: &mut Context,
    body: &str,
    instance: Option<&I::Model>,
    mode: Mode,
) -> Result<Result<Validated<I>, FieldErrors>> {
    let draft = parse_one::<I>(body.as_bytes())?;
    let mut outcomes = validate(vec![draft], &[instance], mode, cx)?;
    match outcomes.pop().expect("one outcome") {
        Err(error) if !error.fields().is_empty() => Ok(Err(error.fields().clone())),
        outcome => outcome.map(Ok),
    }
}

/// What is wrong with an object for a new row, as JSON; `{}` when nothing is.
pub(crate) fn refused<I: Input>(cx: &mut Context, body: &str) -> String {
    match read::<I>(cx, body, None, Mode::Create).expect("JSON") {
        Ok(_) => "{}".to_owned(),
        Err(errors) => errors.to_json().to_string(),
    }
}

/// All rows, by key.
pub(crate) fn all<M: Model>(cx: &mut Context) -> Vec<M> {
    M::objects().load(cx).expect("rows")
}
