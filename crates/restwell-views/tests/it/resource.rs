//! The standard actions, and extra ones.

use serde_json::json;

use crate::site::Site;

#[actix_web::test]
async fn a_list_is_a_page_with_links() {
    let site = Site::new();
    let answer = site.get("/books/").await;
    assert_eq!(
        answer.data(200),
        json!({
            "count": 3,
            "next": "http://localhost:8080/books/?page=2",
            "previous": null,
            "results": [
                {"id": 1, "title": "The Dispossessed", "pages": 341, "author": 1, "version": 1},
                {"id": 2, "title": "Solaris", "pages": 204, "author": 2, "version": 1},
            ],
        })
    );
    assert_eq!(
        answer.expect(200)["message"],
        "Books retrieved successfully"
    );
    let rest = site.get("/books/?page=2").await.data(200);
    assert_eq!(rest["results"][0]["id"], 3);
    assert_eq!(rest["next"], json!(null));
}

#[actix_web::test]
async fn one_row_is_shown() {
    let site = Site::new();
    let answer = site.get("/books/2/").await;
    assert_eq!(
        answer.data(200),
        json!({"id": 2, "title": "Solaris", "pages": 204, "author": 2, "version": 1})
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[actix_web::test]
async fn a_new_row_is_shown_with_its_place() {
    let site = Site::new();
    let body = json!({"title": " Fiasco ", "author": 2, "id": 99, "colour": "red"});
    let answer = site.post("/books/", body).await;
    assert_eq!(
        answer.data(201),
        json!({"id": 5, "title": "Fiasco", "pages": null, "author": 2, "version": 1})
    );
    assert_eq!(
        answer.header("location"),
        Some("http://localhost:8080/books/5/")
    );
    assert_eq!(answer.state(), "\"5-1");
    assert_eq!(site.get("/books/5/").await.data(200)["title"], "Fiasco");
}

#[actix_web::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let site = Site::new();
    let body = json!({"title": "x".repeat(41), "pages": "many", "author": 99});
    let answer = site.post("/books/", body).await;
    assert_eq!(answer.code(400), "validation_error");
    assert_eq!(
        answer.expect(400)["errors"],
        json!({
            "title": ["Ensure this field has no more than 40 characters."],
            "pages": ["A valid integer is required."],
            "author": ["Invalid pk \"99\" - object does not exist."],
        })
    );
    assert_eq!(site.books(), 4);
}

#[actix_web::test]
async fn a_row_that_is_out_of_sight_is_no_target_of_a_relation() {
    let site = Site::new();
    let answer = site
        .post("/books/", json!({"title": "x", "author": 3}))
        .await;
    assert_eq!(
        answer.expect(400)["errors"]["author"],
        json!(["Invalid pk \"3\" - object does not exist."])
    );
}

#[actix_web::test]
async fn put_wants_the_whole_and_patch_a_part() {
    let site = Site::new();
    let answer = site.put("/books/1/", json!({"title": "Anarres"})).await;
    assert_eq!(
        answer.expect(400)["errors"],
        json!({"author": ["This field is required."]})
    );
    let body = json!({"title": "Anarres", "author": 2});
    let book = site.put("/books/1/", body).await.data(200);
    assert_eq!(
        book,
        json!({"id": 1, "title": "Anarres", "pages": 341, "author": 2, "version": 2})
    );
    let book = site.patch("/books/1/", json!({"pages": null})).await;
    assert_eq!(
        book.data(200),
        json!({"id": 1, "title": "Anarres", "pages": null, "author": 2, "version": 3})
    );
    assert_eq!(book.state(), "\"1-3");
    assert_eq!(site.patch("/books/1/", json!({})).await.status, 200);
}

#[actix_web::test]
async fn a_deletion_has_no_body() {
    let site = Site::new();
    let answer = site.delete("/books/1/").await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(answer.header("content-type"), None);
    assert_eq!(site.delete("/books/1/").await.code(404), "not_found");
    assert_eq!(site.get("/books/1/").await.code(404), "not_found");
}

#[actix_web::test]
async fn what_is_out_of_scope_does_not_exist() {
    let site = Site::new();
    assert_eq!(site.get("/books/4/").await.code(404), "not_found");
    let patch = site.patch("/books/4/", json!({"title": "Mine"})).await;
    assert_eq!(patch.code(404), "not_found");
    assert_eq!(site.delete("/books/4/").await.code(404), "not_found");
    assert_eq!(site.books(), 4);
}

#[actix_web::test]
async fn a_duplicate_is_told_at_the_field() {
    let site = Site::new();
    let answer = site.post("/authors/", json!({"name": "Ursula"})).await;
    assert_eq!(answer.expect(400)["details"][0]["code"], "unique");
}

#[actix_web::test]
async fn extra_actions_have_routes_of_their_own() {
    let site = Site::new();
    let summary = site.get("/books/summary/").await;
    assert_eq!(summary.data(200), 4);
    assert_eq!(summary.header("x-total-count"), Some("4"));
    let reprint = site.post("/books/2/reprint/", json!({})).await;
    assert_eq!(reprint.data(200)["title"], "Solaris");
    assert_eq!(reprint.expect(200)["message"], "Again Solaris");
    assert_eq!(site.post("/books/4/reprint/", json!({})).await.status, 404);
}

#[actix_web::test]
async fn actions_on_one_path_differ_by_method() {
    let site = Site::new();
    let read = site.get("/books/2/reprint/").await;
    assert_eq!(read.data(200), false, "a read opens no transaction");
    assert_eq!(read.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
}

#[actix_web::test]
async fn keys_may_be_texts() {
    let site = Site::new();
    let answer = site
        .post("/shelves/", json!({"code": "x/y z", "label": "New"}))
        .await;
    assert_eq!(answer.data(201), json!({"code": "x/y z", "label": "New"}));
    let location = answer.header("location").expect("a location").to_owned();
    let path = location.trim_start_matches("http://localhost:8080");
    assert_eq!(site.get(path).await.data(200)["code"], "x/y z");
}
