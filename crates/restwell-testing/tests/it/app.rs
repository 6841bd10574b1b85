//! A small application with one table.

use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use restwell_core::{Error, Result};
use restwell_db::{AnyConnection, Context};
use restwell_permissions::allow_any;
use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped, clock_at};
use restwell_views::{Api, Reply, Router, View};
use serde_json::{Value, json};

pub(crate) const NOW: &str = "2026-01-15T10:30:00.123456Z";

pub(crate) struct Notes {
    pub(crate) server: TestServer,
    pub(crate) db: TestDatabase,
}

impl Notes {
    pub(crate) fn client(&self) -> Client {
        self.server.client().always(assert_enveloped)
    }
}

/// The application with an empty table.
pub(crate) fn notes(db: TestDatabase) -> Notes {
    db.execute("CREATE TABLE notes (text text NOT NULL UNIQUE)");
    let router = Router::new()
        .view(
            "notes",
            View::new("notes", allow_any())
                .parameter("page_size")
                .parameter("slow")
                .get(list)
                .post(create),
        )
        .view(
            "echo",
            View::new("echo", allow_any())
                .parameter("q")
                .get(echo)
                .post(echo)
                .put(echo)
                .patch(echo)
                .delete(echo),
        )
        .view(
            "elsewhere",
            View::new("elsewhere", allow_any()).get(|_| {
                Ok(Reply::no_content()
                    .status(302)
                    .header("location", "/notes/"))
            }),
        );
    let api = Api::builder(db.pool())
        .clock(clock_at(NOW))
        .count_statements()
        .routes(router)
        .build()
        .expect("an api");
    Notes {
        server: TestServer::start(&api),
        db,
    }
}

/// As many rows as are asked for, with one statement, or with one for each when asked so.
fn list(cx: &mut Context) -> Result<Reply> {
    let size = cx.request().query.get("page_size").unwrap_or("1");
    let size: usize = size
        .parse()
        .map_err(|_| Error::parse("page_size is no number"))?;
    let each = cx.request().query.get("slow").is_some();
    for _ in 0..if each { size } else { 1 } {
        count(cx)?;
    }
    Ok(Reply::json(&json!({"results": vec![json!({}); size]})))
}

fn create(cx: &mut Context) -> Result<Reply> {
    let body: Value = serde_json::from_slice(&cx.request().body)
        .map_err(|error| Error::parse(error.to_string()))?;
    let text = body["text"].as_str().unwrap_or_default().to_owned();
    let done = diesel::sql_query("INSERT INTO notes VALUES (")
        .sql(placeholder(cx)?)
        .sql(")")
        .bind::<diesel::sql_types::Text, _>(text)
        .execute(cx.connection()?);
    match done {
        Ok(_) => Ok(Reply::json(&body).status(201)),
        Err(_) => Err(Error::new(409, "taken", "The note is there.")),
    }
}

fn placeholder(cx: &mut Context) -> Result<&'static str> {
    Ok(match cx.connection()? {
        AnyConnection::Pg(_) => "$1",
        AnyConnection::Sqlite(_) => "?",
    })
}

/// How many notes there are.
pub(crate) fn count(cx: &mut Context) -> Result<i64> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let statement = diesel::sql_query("SELECT count(*) AS count FROM notes");
    let row: Row = statement.get_result(cx.connection()?)?;
    Ok(row.count)
}

/// What the application received.
fn echo(cx: &mut Context) -> Result<Reply> {
    let request = cx.request();
    Ok(Reply::json(&json!({
        "method": request.method.as_str(),
        "q": request.query.get("q"),
        "authorization": request.headers.get("authorization"),
        "content_type": request.headers.get("content-type"),
        "accept_encoding": request.headers.get("accept-encoding"),
        "body": String::from_utf8_lossy(&request.body),
    })))
}
