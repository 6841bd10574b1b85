//! Resources below a row of another.

use actix_web::test::TestRequest;
use restwell_views::Router;
use serde_json::json;

use crate::library::{Authors, Book, Books, OwnBooks};
use crate::site::{Site, as_ann};

#[actix_web::test]
async fn the_rows_are_those_of_the_parent() {
    let site = Site::new();
    let books = site.get("/authors/1/books/").await.data(200);
    assert_eq!(books["count"], 2);
    assert_eq!(books["results"][1]["id"], 3);
    let book = site.get("/authors/1/books/3/").await.data(200);
    assert_eq!(book["author"], 1);
    let other = site.get("/authors/1/books/2/").await;
    assert_eq!(other.code(404), "not_found");
}

#[actix_web::test]
async fn a_new_row_becomes_one_of_them() {
    let site = Site::new();
    let answer = site
        .post("/authors/2/books/", json!({"title": "Eden"}))
        .await;
    assert_eq!(
        answer.data(201),
        json!({"id": 5, "title": "Eden", "author": 2})
    );
    assert_eq!(
        answer.header("location"),
        Some("http://localhost:8080/books/5/")
    );
    let authors = Router::new().register("authors", Authors).nested(
        "authors",
        Authors,
        "books",
        OwnBooks,
        Book::F.author_id,
    );
    let site = Site::with(|api| api.mount("api", authors));
    let answer = site
        .post("/api/authors/2/books/", json!({"title": "Eden"}))
        .await;
    assert_eq!(
        answer.header("location"),
        Some("http://localhost:8080/api/authors/2/books/5/")
    );
}

#[actix_web::test]
async fn the_path_names_the_parent_whatever_the_body_says() {
    let routes = Router::new().nested("authors", Authors, "books", Books, Book::F.author_id);
    let site = Site::of(routes);
    for (body, id) in [
        (json!({"title": "Eden"}), 5),
        (json!({"title": "Eden", "author": 1}), 6),
        (json!({"title": "Eden", "author": "nobody"}), 7),
        (json!({"title": "Eden", "author": null}), 8),
    ] {
        let book = site.post("/authors/2/books/", body).await.data(201);
        assert_eq!((&book["id"], &book["author"]), (&json!(id), &json!(2)));
    }
    let refused = site.post("/authors/2/books/", json!({"author": 99})).await;
    assert_eq!(
        refused.expect(400)["errors"],
        json!({"title": ["This field is required."]})
    );
    let options = TestRequest::default().method(actix_web::http::Method::OPTIONS);
    let about = site.send(as_ann(options.uri("/authors/2/books/"))).await;
    let author = &about.data(200)["actions"]["POST"]["author"];
    assert_eq!(
        (&author["required"], &author["read_only"]),
        (&json!(false), &json!(true))
    );
}

#[actix_web::test]
async fn the_row_of_another_parent_cannot_be_written() {
    let site = Site::new();
    let answer = site
        .patch("/authors/1/books/2/", json!({"title": "Mine"}))
        .await;
    assert_eq!(answer.code(404), "not_found");
    assert_eq!(site.delete("/authors/1/books/2/").await.status, 404);
    assert_eq!(site.books(), 4);
}

#[actix_web::test]
async fn a_parent_that_is_missing_or_out_of_sight_is_not_found() {
    let site = Site::new();
    for parent in ["99", "3", "x", "99999999999999999999"] {
        let path = format!("/authors/{parent}/books/");
        assert_eq!(site.get(&path).await.code(404), "not_found", "{path}");
        let post = site.post(&path, json!({"title": "x"})).await;
        assert_eq!(post.code(404), "not_found", "{path}");
        assert_eq!(site.get(&format!("{path}4/")).await.status, 404);
        let options = TestRequest::default().method(actix_web::http::Method::OPTIONS);
        assert_eq!(site.send(options.uri(&path)).await.status, 404, "{path}");
    }
    assert_eq!(site.books(), 4);
}
