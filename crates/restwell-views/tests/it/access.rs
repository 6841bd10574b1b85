//! Who may do what, and what those hear who may not.

use actix_web::test::TestRequest;
use serde_json::json;

use crate::site::{Site, as_ann};

#[actix_web::test]
async fn nobody_is_asked_for_credentials() {
    let site = Site::new();
    let request = TestRequest::post().uri("/books/").set_json(json!({}));
    let answer = site.send(request).await;
    assert_eq!(answer.code(401), "not_authenticated");
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Token realm=\"library\"")
    );
}

#[actix_web::test]
async fn somebody_is_refused() {
    let site = Site::new();
    let answer = site
        .send(as_ann(TestRequest::delete().uri("/books/1/")))
        .await;
    assert_eq!(answer.code(403), "permission_denied");
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(site.books(), 4);
}

#[actix_web::test]
async fn bad_credentials_are_refused_on_public_routes_too() {
    let site = Site::new();
    for path in ["/books/", "/whoami/"] {
        let request = TestRequest::get().uri(path);
        let answer = site
            .send(request.insert_header(("authorization", "Token eve")))
            .await;
        assert_eq!(answer.code(401), "authentication_failed");
        assert!(answer.header("www-authenticate").is_some());
    }
    let request = TestRequest::get().uri("/whoami/");
    let request = request.insert_header(("authorization", b"Token \xff".as_slice()));
    assert_eq!(site.send(request).await.status, 401);
}

#[actix_web::test]
async fn the_checks_come_in_their_order() {
    let site = Site::new();
    let nobody = TestRequest::post().uri("/books/?x=%ff").set_payload("{");
    let answer = site
        .send(nobody.insert_header(("accept", "text/csv")))
        .await;
    assert_eq!(answer.code(406), "not_acceptable");
    let nobody = TestRequest::post().uri("/books/?x=%ff").set_payload("{");
    assert_eq!(site.send(nobody).await.code(401), "not_authenticated");
    let ann = as_ann(TestRequest::delete().uri("/books/1/?x=%ff"));
    assert_eq!(site.send(ann).await.code(403), "permission_denied");
    let ann = as_ann(TestRequest::post().uri("/books/?x=%ff").set_payload("{"));
    assert_eq!(site.send(ann).await.code(400), "parse_error");
}

#[actix_web::test]
async fn the_principal_reaches_views() {
    let site = Site::new();
    assert_eq!(site.get("/whoami/").await.data(200), json!(null));
    let ann = site.post("/whoami", json!({})).await;
    assert_eq!(ann.data(200), "ann");
}
