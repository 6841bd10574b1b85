//! What query strings ask of lists and of rows.

use actix_web::test::TestRequest;
use restwell_permissions::allow_any;
use restwell_views::{Reply, Router, View};
use serde_json::json;

use crate::site::Site;

#[actix_web::test]
async fn lists_are_filtered_searched_and_ordered() {
    let site = Site::new();
    let titles = |answer: serde_json::Value| -> Vec<String> {
        let results = answer["results"].as_array().expect("results");
        results
            .iter()
            .map(|book| book["title"].as_str().expect("a title").to_owned())
            .collect()
    };
    let found = site.get("/books/?title=Solaris").await.data(200);
    assert_eq!(titles(found), ["Solaris"]);
    let found = site.get("/books/?pages__gte=205").await.data(200);
    assert_eq!(titles(found), ["The Dispossessed"]);
    let found = site.get("/books/?search=world+FOREST").await.data(200);
    assert_eq!(titles(found), ["The Word for World Is Forest"]);
    let found = site
        .get("/books/?ordering=-title&page_size=1")
        .await
        .data(200);
    assert_eq!(titles(found), ["The Word for World Is Forest"]);
}

#[actix_web::test]
async fn an_action_that_lists_is_asked_like_the_collection() {
    let site = Site::new();
    let page = site.get("/books/short/?page_size=1").await.data(200);
    assert_eq!(page["count"], 1, "a hidden author's book is none");
    let collection = site.get("/books/?title=Solaris").await.data(200);
    assert_eq!(page["results"], collection["results"]);
    let titles = site.get("/books/short/?than=400&ordering=-title&fields=title");
    assert_eq!(
        titles.await.data(200)["results"],
        json!([{"title": "The Dispossessed"}, {"title": "Solaris"}])
    );
    let found = site.get("/books/short/?than=400&search=sol&fields=id");
    assert_eq!(found.await.data(200)["results"], json!([{"id": 2}]));
    let next = site.get("/books/short/?than=400&page_size=1&page=2").await;
    assert_eq!(next.data(200)["results"][0]["id"], 2);
    let unknown = site.get("/books/short/?then=400").await.expect(400);
    let message = unknown["errors"]["then"][0].as_str().expect("a message");
    assert!(message.contains("Did you mean \"than\"?"), "{message}");
    assert_eq!(
        site.get("/books/short/?page=9").await.code(404),
        "invalid_page"
    );
    assert_eq!(site.get("/books/long/").await.status, 401);
    assert_eq!(site.post("/books/short/", json!({})).await.status, 405);
}

#[actix_web::test]
async fn links_keep_the_other_parameters() {
    let site = Site::new();
    let page = site
        .get("/books/?search=the&page_size=1&fields=id")
        .await
        .data(200);
    assert_eq!(page["results"], json!([{"id": 1}]));
    assert_eq!(
        page["next"],
        "http://localhost:8080/books/?fields=id&page=2&page_size=1&search=the"
    );
}

#[actix_web::test]
async fn fields_are_chosen() {
    let site = Site::new();
    let book = site.get("/books/1/?fields=title,id").await;
    assert_eq!(
        book.data(200),
        json!({"id": 1, "title": "The Dispossessed"})
    );
    assert_eq!(book.state(), "\"1-1");
    let made = site
        .post("/books/?fields=id", json!({"title": "Fiasco", "author": 2}))
        .await;
    assert_eq!(made.data(201), json!({"id": 5}));
    let changed = site
        .patch("/books/1/?fields=pages", json!({"pages": 1}))
        .await;
    assert_eq!(changed.data(200), json!({"pages": 1}));
}

#[actix_web::test]
async fn unknown_fields_are_refused_before_anything_is_written() {
    let site = Site::new();
    let body = json!({"title": "Fiasco", "author": 2});
    let answer = site.post("/books/?fields=titel", body).await;
    let message = answer.expect(400)["errors"]["fields"][0].clone();
    let message = message.as_str().expect("a message").to_owned();
    assert!(message.contains("Did you mean \"title\"?"), "{message}");
    assert_eq!(site.books(), 4);
}

#[actix_web::test]
async fn unknown_parameters_are_refused_wherever_they_stand() {
    let site = Site::new();
    let answer = site.get("/books/?titel=x").await.expect(400);
    let message = answer["errors"]["titel"][0].as_str().expect("a message");
    assert!(message.contains("Did you mean \"title\"?"), "{message}");
    let answer = site.get("/books/1/?filds=id").await.expect(400);
    assert_eq!(
        answer["errors"]["filds"],
        json!(["Unknown filter. Did you mean \"fields\"? Allowed: fields, format."])
    );
    let body = json!({"title": "Fiasco", "author": 2});
    assert_eq!(site.post("/books/?titel=x", body.clone()).await.status, 400);
    assert_eq!(site.put("/books/1/?titel=x", body).await.status, 400);
    assert_eq!(site.delete("/books/1/?titel=x").await.status, 400);
    assert_eq!(site.books(), 4);
    let answer = site.get("/books/summary/?titel=x").await.expect(400);
    assert_eq!(
        answer["errors"]["titel"],
        json!(["Unknown filter. Allowed: fields, format."])
    );
    let answer = site.post("/books/2/reprint/?titel=x", json!({})).await;
    assert_eq!(answer.status, 400);
    let answer = site.get("/books/export/?fial=1").await.expect(400);
    assert_eq!(
        answer["errors"]["fial"],
        json!(["Unknown filter. Did you mean \"fail\"? Allowed: fail, fields, format."])
    );
}

#[actix_web::test]
async fn the_format_is_json() {
    let site = Site::new();
    for path in ["/books/?format=json", "/books/1/?format=json&fields=id"] {
        assert_eq!(site.get(path).await.status, 200, "{path}");
    }
    assert_eq!(site.get("/books/?format=xml").await.code(404), "not_found");
}

#[actix_web::test]
async fn several_accept_fields_are_one_list() {
    let site = Site::new();
    let request = TestRequest::get().uri("/books/");
    let request = request.append_header(("accept", "text/html"));
    let answer = site
        .send(request.append_header(("accept", "*/*;q=0.1")))
        .await;
    assert_eq!(answer.status, 200);
}

#[actix_web::test]
async fn an_action_is_negotiated_by_what_it_renders() {
    let site = Site::new();
    let get = |uri: &str, accept: &'static str| {
        site.send(
            TestRequest::get()
                .uri(uri)
                .insert_header(("accept", accept)),
        )
    };
    for accept in ["text/csv", "text/*", "*/*"] {
        let answer = get("/books/export/", accept).await;
        assert_eq!(answer.status, 200, "{accept}");
        assert_eq!(answer.header("content-type"), Some("text/csv"));
        assert_eq!(answer.body, b"id\r\n1\r\n");
    }
    let refused = get("/books/export/", "application/json").await;
    assert_eq!(refused.code(406), "not_acceptable");
    assert_eq!(get("/books/export/?format=csv", "*/*").await.status, 200);
    assert_eq!(get("/books/export/?format=json", "*/*").await.status, 404);
    assert_eq!(get("/books/", "text/csv").await.code(406), "not_acceptable");
    let failed = get("/books/export/?fail=1", "text/csv").await;
    assert_eq!(failed.code(422), "refused");
    let routes = Router::new().view(
        "report",
        View::new("report", allow_any())
            .renders("text/csv")
            .get(|_| Ok(Reply::raw("text/csv", Vec::new()))),
    );
    let site = Site::of(routes);
    let request = TestRequest::get().uri("/report/");
    let answer = site
        .send(request.insert_header(("accept", "text/csv")))
        .await;
    assert_eq!(answer.status, 200);
}

#[actix_web::test]
async fn a_view_refuses_what_it_does_not_know() {
    let view = |name| View::new(name, allow_any()).get(|_| Ok(Reply::json(&"fine")));
    let site = Site::of(
        Router::new()
            .view("strict", view("strict").parameter("since"))
            .view("lenient", view("lenient").lenient()),
    );
    for path in [
        "/strict/",
        "/strict/?since=1",
        "/strict/?format=json",
        "/lenient/?zzz=1",
    ] {
        assert_eq!(site.get(path).await.data(200), "fine", "{path}");
    }
    let refused = site.get("/strict/?sinc=1&fields=id").await;
    assert_eq!(
        refused.expect(400)["errors"],
        json!({
            "sinc": ["Unknown filter. Did you mean \"since\"? Allowed: format, since."],
            "fields": ["Unknown filter. Allowed: format, since."],
        })
    );
}
