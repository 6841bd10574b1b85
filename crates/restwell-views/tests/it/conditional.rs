//! Entity tags, versions and conditional requests.

use actix_web::test::TestRequest;
use serde_json::json;

use crate::site::{Site, as_ann};

#[actix_web::test]
async fn a_client_that_has_the_present_state_is_told_so() {
    let site = Site::new();
    let first = site.get("/books/1/").await;
    let own = first.header("etag").expect("a tag");
    assert!(own.starts_with("\"1-1-") && own.ends_with('"'), "{own}");
    for tag in [own, &format!("W/{own}"), &format!("\"x\", {own}"), "*"] {
        let request = TestRequest::get().uri("/books/1/");
        let answer = site
            .send(request.insert_header(("if-none-match", tag)))
            .await;
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{tag}");
        assert_eq!(answer.header("etag"), Some(own));
    }
    let request = TestRequest::get().uri("/books/1/");
    let answer = site
        .send(request.insert_header(("if-none-match", "\"1-0\"")))
        .await;
    assert_eq!(answer.status, 200);
}

#[actix_web::test]
async fn a_write_that_means_another_state_is_refused() {
    let site = Site::new();
    let change = |tag: &str| {
        let request = as_ann(TestRequest::patch().uri("/books/1/"));
        let request = request.insert_header(("if-match", tag.to_owned()));
        site.send(request.set_json(json!({"title": "Urras"})))
    };
    let read = site.get("/books/1/").await;
    let tag = read.header("etag").expect("a tag");
    for other in [
        "\"1-0-0\"",
        "\"11-1-0\"",
        "\"1\"",
        "\"1-1\"",
        "1-1-0",
        "\"\"",
    ] {
        assert_eq!(
            change(other).await.code(412),
            "precondition_failed",
            "{other}"
        );
    }
    let weak = change(&format!("W/{tag}")).await;
    assert_eq!(weak.status, 412, "weak tags never match");
    assert_eq!(change(&format!("\"1-0-0\", {tag}")).await.status, 200);
    assert_eq!(change("*").await.status, 200);
    assert_eq!(change(tag).await.status, 412);
    let now = site.get("/books/1/").await;
    assert_eq!(now.state(), "\"1-3");
}

#[actix_web::test]
async fn a_version_in_the_body_must_be_the_present_one() {
    let site = Site::new();
    let stale = site
        .patch("/books/1/", json!({"title": "x", "version": 7}))
        .await;
    assert_eq!(stale.code(409), "stale_version");
    let fresh = site
        .patch("/books/1/", json!({"title": "x", "version": 1}))
        .await;
    assert_eq!(fresh.data(200)["version"], 2);
}

#[actix_web::test]
async fn a_deletion_may_say_what_it_means() {
    let site = Site::new();
    let delete = |tag: &str| {
        let request = TestRequest::delete().uri("/books/1/");
        let request = request.insert_header(("authorization", "Token root"));
        site.send(request.insert_header(("if-match", tag.to_owned())))
    };
    assert_eq!(delete("\"1-9-0\"").await.code(412), "precondition_failed");
    assert_eq!(delete("\"1-1-0\"").await.status, 204);
}

#[actix_web::test]
async fn a_write_may_have_to_say_what_it_means() {
    let site = Site::new();
    let blind = site.patch("/shelves/a/", json!({"label": "x"})).await;
    assert_eq!(blind.code(428), "precondition_required");
    assert_eq!(site.delete("/shelves/a/").await.status, 428);
    let told = site
        .patch("/shelves/a/", json!({"label": "x", "version": 1}))
        .await;
    assert_eq!(told.status, 200);
}

#[actix_web::test]
async fn tags_of_odd_keys_are_well_formed() {
    let site = Site::new();
    let path = "/shelves/b%2C%20%22c%22%2Fd%20%C3%A9/";
    let shelf = site.get(path).await;
    let tag = shelf.header("etag").expect("a tag in ASCII").to_owned();
    assert!(!tag.trim_matches('"').contains(['"', ',']), "{tag}");
    let request = TestRequest::patch()
        .uri(path)
        .set_json(json!({"label": "x"}));
    let answer = site.send(request.insert_header(("if-match", tag))).await;
    assert_eq!(answer.status, 200);
}

#[actix_web::test]
async fn a_condition_that_cannot_be_read_does_not_hold() {
    let site = Site::new();
    let request = as_ann(TestRequest::patch().uri("/books/1/"));
    let request = request.insert_header(("if-match", b"\"\xff\"".as_slice()));
    let answer = site.send(request.set_json(json!({"title": "x"}))).await;
    assert_eq!(answer.status, 412);
}

#[actix_web::test]
async fn a_row_without_versions_has_no_state_to_match() {
    let site = Site::of(crate::partial::authors());
    let change = |tag: &str| {
        let request = TestRequest::patch().uri("/authors/1/");
        let request = request.insert_header(("if-match", tag.to_owned()));
        site.send(request.set_json(json!({"name": "Le Guin"})))
    };
    assert_eq!(change("\"1-1\"").await.code(412), "precondition_failed");
    assert_eq!(change("*").await.status, 200);
}
