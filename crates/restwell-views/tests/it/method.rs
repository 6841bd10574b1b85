//! Methods, `Allow`, HEAD, OPTIONS, and both forms of a path.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

use crate::site::{Site, as_ann};

#[actix_web::test]
async fn every_answer_of_a_route_says_what_it_allows() {
    let site = Site::new();
    let list = "GET, POST, HEAD, OPTIONS";
    let detail = "GET, PUT, PATCH, DELETE, HEAD, OPTIONS";
    assert_eq!(site.get("/books/").await.header("allow"), Some(list));
    assert_eq!(site.get("/books/1/").await.header("allow"), Some(detail));
    assert_eq!(site.get("/books/99/").await.header("allow"), Some(detail));
    assert_eq!(site.get("/books/?x=1").await.header("allow"), Some(list));
    assert_eq!(site.get("/books/?x=%ff").await.header("allow"), Some(list));
    let anonymous = TestRequest::post().uri("/books/").set_json(json!({}));
    let refused = site.send(anonymous).await;
    assert_eq!((refused.status, refused.header("allow")), (401, Some(list)));
    let deleted = site.delete("/books/1/").await;
    assert_eq!(deleted.header("allow"), Some(detail));
}

#[actix_web::test]
async fn another_method_is_refused_with_those_there_are() {
    let site = Site::new();
    let request = as_ann(TestRequest::put().uri("/books/")).set_json(json!({}));
    let answer = site.send(request).await;
    assert_eq!(answer.code(405), "method_not_allowed");
    assert_eq!(answer.expect(405)["message"], "Method \"PUT\" not allowed.");
    assert_eq!(answer.headers.get_all("allow").count(), 1);
    assert_eq!(answer.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
}

#[actix_web::test]
async fn a_method_that_nobody_knows_is_refused_too() {
    let site = Site::new();
    for name in ["TRACE", "BREW"] {
        let method = Method::from_bytes(name.as_bytes()).expect("a method");
        let answer = site
            .send(TestRequest::get().method(method).uri("/books/"))
            .await;
        assert_eq!(answer.code(405), "method_not_allowed");
        assert_eq!(answer.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
    }
}

#[actix_web::test]
async fn nobody_learns_of_methods_without_permission() {
    let site = Site::new();
    let request = TestRequest::put().uri("/books/").set_json(json!({}));
    assert_eq!(site.send(request).await.code(401), "not_authenticated");
}

#[actix_web::test]
async fn head_is_answered_where_get_is() {
    let site = Site::new();
    for (path, status) in [("/books/", 200), ("/books/1/", 200), ("/books/99/", 404)] {
        let get = site.get(path).await;
        let head = site
            .send(TestRequest::default().method(Method::HEAD).uri(path))
            .await;
        assert_eq!(head.status, status, "{path}");
        for name in ["content-type", "etag", "allow", "vary"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
    let request = TestRequest::default().method(Method::HEAD);
    let answer = site.send(request.uri("/books/1/reprint/")).await;
    assert_eq!(answer.status, 200);
}

#[actix_web::test]
async fn options_tell_what_may_be_written() {
    let site = Site::new();
    let options =
        |path: &'static str| as_ann(TestRequest::default().method(Method::OPTIONS).uri(path));
    let about = site.send(options("/books/")).await.data(200);
    assert_eq!(about["name"], "Book List");
    assert_eq!(about["description"], "The books.\n\nAll of them.");
    assert_eq!(about["renders"], json!(["application/json"]));
    let title = &about["actions"]["POST"]["title"];
    assert_eq!(title["type"], "string");
    assert_eq!(title["required"], true);
    assert_eq!(title["max_length"], 40);
    assert_eq!(about["actions"]["POST"]["id"]["read_only"], true);
    let about = site.send(options("/books/1/")).await.data(200);
    assert_eq!(about["name"], "Book Instance");
    assert_eq!(about["actions"]["PUT"]["pages"]["required"], false);
    let about = site.send(options("/books/summary/")).await.data(200);
    assert_eq!(about["name"], "Summary");
}

#[actix_web::test]
async fn options_leave_out_what_may_not_be_written() {
    let site = Site::new();
    let options = |path: &'static str| TestRequest::default().method(Method::OPTIONS).uri(path);
    let about = site.send(options("/books/")).await.data(200);
    assert_eq!(about.get("actions"), None);
    let about = site.send(as_ann(options("/books/4/"))).await.data(200);
    assert_eq!(about.get("actions"), None, "there is no such row");
}

#[actix_web::test]
async fn both_forms_of_a_path_answer() {
    let site = Site::new();
    for path in ["/books", "/books/1", "/books/summary", "/authors/1/books"] {
        let (without, with) = (site.get(path).await, site.get(&format!("{path}/")).await);
        assert_eq!(without.status, 200, "{path}");
        assert_eq!(without.data(200)["id"], with.data(200)["id"]);
    }
    let body = json!({"title": "Fiasco", "author": 2});
    assert_eq!(site.post("/books", body).await.status, 201);
    assert_eq!(site.get("/books//").await.code(404), "not_found");
}

#[actix_web::test]
async fn an_unknown_path_is_told_in_the_envelope() {
    let site = Site::new();
    for request in [
        TestRequest::get().uri("/bookz/"),
        TestRequest::get().uri("/"),
        TestRequest::get().uri("/books/1/2/3/"),
        TestRequest::post().uri("/nowhere").set_payload("{"),
    ] {
        let answer = site.send(request).await;
        assert_eq!(answer.code(404), "not_found");
        assert_eq!(answer.expect(404)["data"], json!(null));
    }
}

#[actix_web::test]
async fn caches_are_told_what_an_answer_depends_on() {
    let site = Site::new();
    let answer = site.get("/books/").await;
    assert_eq!(answer.header("vary"), Some("Accept, Authorization, Cookie"));
    let refused = site.get("/books/99/").await;
    assert_eq!(
        refused.header("vary"),
        Some("Accept, Authorization, Cookie")
    );
}
