//! The four shapes of an answer.

use actix_web::test::TestRequest;
use restwell_core::Envelope;
use restwell_core::envelope::{Plain, Problem, Service};
use restwell_views::ApiBuilder;
use serde_json::{Value, json};

use crate::library::router;
use crate::site::{Answer, Site};

struct Heard {
    success: Answer,
    missing: Answer,
    invalid: Answer,
    unknown: Answer,
}

async fn heard(change: impl FnOnce(ApiBuilder) -> ApiBuilder) -> Heard {
    let site = Site::with(|api| change(api.routes(router())));
    let request = |request: TestRequest| site.send(request.insert_header(("x-request-id", "r1")));
    let invalid = TestRequest::post().uri("/authors/").set_json(json!({}));
    Heard {
        success: request(TestRequest::get().uri("/authors/1/")).await,
        missing: request(TestRequest::get().uri("/authors/9/")).await,
        invalid: request(invalid).await,
        unknown: request(TestRequest::get().uri("/nowhere/")).await,
    }
}

async fn in_envelope(envelope: impl Envelope) -> Heard {
    heard(|api| api.envelope(envelope)).await
}

fn ursula() -> Value {
    json!({"id": 1, "name": "Ursula"})
}

#[actix_web::test]
async fn the_standard_one_has_the_same_four_keys_first() {
    let heard = heard(|api| api).await;
    let text = String::from_utf8(heard.success.body).expect("UTF-8");
    assert_eq!(
        text,
        "{\"success\":true,\"message\":\"Author retrieved successfully\",\
         \"timestamp\":\"2026-01-15T10:30:00.123456Z\",\"request_id\":\"r1\",\
         \"data\":{\"id\":1,\"name\":\"Ursula\"}}"
    );
    let text = String::from_utf8(heard.invalid.body).expect("UTF-8");
    assert_eq!(
        text,
        "{\"success\":false,\"message\":\"Invalid input.\",\
         \"timestamp\":\"2026-01-15T10:30:00.123456Z\",\"request_id\":\"r1\",\
         \"code\":\"validation_error\",\"errors\":{\"name\":[\"This field is required.\"]},\
         \"details\":[{\"pointer\":\"/name\",\"code\":\"required\",\
         \"message\":\"This field is required.\"}],\"data\":null}"
    );
    assert_eq!(heard.missing.code(404), "not_found");
    assert_eq!(heard.unknown.code(404), "not_found");
}

#[actix_web::test]
async fn the_plain_one_is_drfs() {
    let heard = in_envelope(Plain).await;
    assert_eq!(heard.success.expect(200), ursula());
    assert_eq!(
        heard.missing.expect(404)["detail"],
        "No Author matches the given query."
    );
    assert_eq!(heard.unknown.expect(404)["detail"], "Not found.");
    assert_eq!(
        heard.invalid.expect(400),
        json!({"name": ["This field is required."]})
    );
}

#[actix_web::test]
async fn problems_are_those_of_rfc_9457() {
    let heard = in_envelope(Problem::with_types("https://example.org/problems/")).await;
    assert_eq!(heard.success.expect(200), ursula());
    assert_eq!(
        heard.success.header("content-type"),
        Some("application/json")
    );
    for answer in [&heard.missing, &heard.invalid, &heard.unknown] {
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
    }
    let problem = heard.missing.expect(404);
    assert_eq!(problem["type"], "https://example.org/problems/not_found");
    assert_eq!(problem["title"], "Not Found");
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["instance"], "/authors/9/");
    assert_eq!(problem["request_id"], "r1");
    assert_eq!(heard.invalid.expect(400)["errors"][0]["pointer"], "/name");
}

#[actix_web::test]
async fn services_name_themselves() {
    let heard = in_envelope(Service::new("library")).await;
    assert_eq!(heard.success.expect(200), ursula());
    let error = &heard.invalid.expect(400)["error"];
    assert_eq!(error["code"], "VALIDATION_ERROR");
    assert_eq!(error["service"], "library");
    assert_eq!(error["correlation_id"], "r1");
    assert_eq!(
        error["details"]["field_errors"]["name"],
        json!(["This field is required."])
    );
    assert_eq!(heard.unknown.expect(404)["error"]["code"], "NOT_FOUND");
}
