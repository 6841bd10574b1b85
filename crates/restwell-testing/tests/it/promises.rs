//! The assertions fail where they should.

use std::panic::{AssertUnwindSafe, catch_unwind};

use restwell_testing::{
    TestResponse, assert_enveloped, assert_page_budget, assert_query_budget, on_both_databases,
    race,
};
use serde_json::json;

use crate::app::notes;

/// The message of the panic that `f` must end in.
fn refusal(f: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(f)).expect_err("it must fail");
    *panic.downcast::<String>().expect("a message")
}

on_both_databases! {
    with notes;

    fn a_budget_that_is_kept_passes(app) {
        assert_query_budget(&app.client(), "/notes/", 1);
        assert_page_budget(&app.client(), "/notes/", 1);
    }

    fn a_budget_that_is_exceeded_names_the_count(app) {
        let path = "/notes/?slow=1&page_size=3";
        let message = refusal(|| drop(assert_query_budget(&app.client(), path, 2)));
        assert_eq!(message, format!("GET {path} takes 3 statements, 2 are allowed"));
    }

    fn a_statement_for_each_row_is_found_within_the_budget(app) {
        let message = refusal(|| assert_page_budget(&app.client(), "/notes/?slow=1", 1_000));
        let expected = "takes [1, 25, 100] statements for pages of [1, 25, 100] rows";
        assert!(message.ends_with(expected), "{message}");
    }

    fn a_race_on_a_unique_column_has_one_winner(app) {
        let client = app.client();
        let body = json!({"text": "the same"});
        let mut statuses = race(6, |_| client.post("/notes/", &body).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    }

    fn an_unexpected_status_shows_the_answer(app) {
        let message = refusal(|| drop(app.client().get("/nowhere/").expect(200)));
        assert!(message.starts_with("expected 200, got 404 to GET /nowhere/\n"), "{message}");
        assert!(message.contains("\"code\":\"not_found\""), "{message}");
    }
}

#[test]
fn an_answer_without_the_envelope_is_refused() {
    let whole = r#"{"success":true,"message":"","timestamp":"2026-01-15T10:30:00Z","request_id":"1","data":1}"#;
    let answer = |status: u16, body: &str| {
        let head = "X-Request-ID: 1\r\nContent-Type: application/json";
        let length = body.len();
        let text =
            format!("HTTP/1.1 {status} X\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}");
        TestResponse::parse(text.as_bytes()).expect("an answer")
    };
    assert_enveloped(&answer(200, whole));
    assert_enveloped(&answer(204, ""));
    for (status, body) in [
        (200, "{}".to_owned()),
        (200, String::new()),
        (404, whole.to_owned()),
        (204, whole.to_owned()),
        (200, whole.replace("Z\"", "\"")),
        (200, whole.replace("\"1\"", "\"2\"")),
        (
            200,
            whole
                .replace("\"success\":true,", "")
                .replace('}', ",\"success\":true}"),
        ),
        (200, whole.replace("true", "false")),
        (200, whole.replace("\"data\":1", "\"data\":1,\"more\":1")),
    ] {
        refusal(|| assert_enveloped(&answer(status, &body)));
    }
}
