//! Bodies: what they may be, and how long.

use actix_web::http::header;
use actix_web::test::TestRequest;
use restwell_views::Router;
use serde_json::json;

use crate::library::{Authors, router};
use crate::site::{Answer, Site, as_ann};

async fn author(site: &Site, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = TestRequest::post().uri("/authors/");
    let request = request.insert_header((header::CONTENT_TYPE, kind));
    site.send(request.set_payload(body.into())).await
}

#[actix_web::test]
async fn json_is_read_by_all_its_names() {
    let site = Site::new();
    for (at, kind) in [
        "application/json",
        "Application/JSON; charset=\"UTF-8\"",
        "application/merge-patch+json",
    ]
    .into_iter()
    .enumerate()
    {
        let answer = author(&site, kind, format!("{{\"name\": \"{at}\"}}")).await;
        assert_eq!(answer.status, 201, "{kind}");
    }
}

#[actix_web::test]
async fn other_bodies_are_refused() {
    let site = Site::new();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "",
    ] {
        let answer = author(&site, kind, "{\"name\": \"x\"}").await;
        assert_eq!(answer.code(415), "unsupported_media_type", "{kind}");
    }
    let message = format!("text/{}", "x".repeat(500));
    let answer = author(&site, &message, "x").await;
    assert!(answer.body.len() < 600, "what the client sent is cut short");
}

#[actix_web::test]
async fn an_empty_body_is_an_empty_object() {
    let site = Site::new();
    let answer = author(&site, "text/plain", "").await;
    assert_eq!(
        answer.expect(400)["errors"],
        json!({"name": ["This field is required."]})
    );
}

#[actix_web::test]
async fn malformed_json_is_refused() {
    let site = Site::new();
    for body in [
        "{".to_owned(),
        "{\"name\": }".to_owned(),
        "{\"name\": \"x\"} {}".to_owned(),
        "{\"name\": NaN}".to_owned(),
        "[".repeat(100_000),
        "{\"name\": ".repeat(100_000),
        format!("{{\"x\": {}", "[".repeat(100_000)),
    ] {
        let answer = author(&site, "application/json", body).await;
        assert_eq!(answer.code(400), "parse_error");
    }
    let answer = author(
        &site,
        "application/json",
        b"{\"name\": \"\xff\"}".as_slice(),
    )
    .await;
    assert_eq!(answer.status, 400);
    let answer = author(&site, "application/json", "{\"name\": \"a\\u0000b\"}").await;
    assert_eq!(
        answer.expect(400)["errors"]["name"],
        json!(["Null characters are not allowed."])
    );
}

#[actix_web::test]
async fn a_body_that_is_no_object_is_told_what_it_is() {
    let site = Site::new();
    for (body, message) in [
        ("[]", "Invalid data. Expected a dictionary, but got list."),
        ("\"x\"", "Invalid data. Expected a dictionary, but got str."),
        ("null", "No data provided"),
    ] {
        let answer = author(&site, "application/json", body).await;
        assert_eq!(
            answer.expect(400)["errors"],
            json!({"non_field_errors": [message]})
        );
    }
}

fn small() -> Site {
    Site::with(|api| {
        api.routes(Router::new().register("authors", Authors))
            .max_body(64)
    })
}

#[actix_web::test]
async fn a_long_body_is_refused() {
    let site = small();
    let body = json!({"name": "x".repeat(64)}).to_string();
    let answer = author(&site, "application/json", body).await;
    assert_eq!(answer.code(413), "payload_too_large");
    assert_eq!(
        answer.expect(413)["message"],
        "The request body is larger than 64 bytes."
    );
    let fits = format!("{{\"name\": \"{}\"}}", "x".repeat(52));
    assert_eq!(fits.len(), 64);
    assert_eq!(author(&site, "application/json", fits).await.status, 201);
}

#[actix_web::test]
async fn a_length_that_is_a_lie_helps_nobody() {
    let site = small();
    let body = json!({"name": "x".repeat(64)}).to_string();
    for (length, status) in [("5", 413), ("99999999999999999999", 413), ("x", 413)] {
        let request = TestRequest::post().uri("/authors/");
        let request = request.set_payload(body.clone());
        let request = request.insert_header((header::CONTENT_LENGTH, length));
        assert_eq!(site.send(request).await.status, status, "{length}");
    }
    let request = TestRequest::post().uri("/authors/").set_payload("{}");
    let request = request.insert_header((header::CONTENT_LENGTH, "1000000000"));
    assert_eq!(site.send(request).await.status, 413);
}

#[actix_web::test]
async fn a_body_that_nobody_reads_needs_no_type() {
    let site = Site::with(|api| api.routes(router()));
    let request = TestRequest::get().uri("/books/").set_payload("what?");
    assert_eq!(site.send(request).await.status, 200);
}

#[actix_web::test]
async fn an_encoded_body_is_not_taken_for_what_it_encodes() {
    let site = Site::new();
    let send = |encoding: &'static str| {
        let request = as_ann(TestRequest::post().uri("/authors/"));
        let request = request.insert_header(("content-encoding", encoding));
        site.send(request.set_json(json!({"name": "Le Guin"})))
    };
    for encoding in ["gzip", "x-unknown", "gzip, identity", ""] {
        let answer = send(encoding).await;
        assert_eq!(
            answer.code(415),
            "unsupported_content_encoding",
            "{encoding}"
        );
        assert_eq!(answer.header("accept-encoding"), Some("identity"));
    }
    assert_eq!(send("Identity").await.status, 201);
}
