//! Failures, and the ids of requests.

use actix_web::test::TestRequest;

use crate::site::{Answer, Site};

async fn with_id(site: &Site, path: &str, id: &[u8]) -> Answer {
    let request = TestRequest::get().uri(path);
    site.send(request.insert_header(("x-request-id", id))).await
}

#[actix_web::test]
async fn a_panic_is_a_failure_like_others() {
    let site = Site::new();
    for path in ["/panic/", "/broken/"] {
        let answer = with_id(&site, path, b"abc-1").await;
        let body = answer.expect(500);
        assert_eq!(body["success"], false);
        assert_eq!(body["request_id"], "abc-1");
        assert_eq!(answer.header("x-request-id"), Some("abc-1"));
        assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
        assert!(!body.to_string().contains("42"), "{body}");
    }
    assert_eq!(site.get("/books/").await.status, 200);
}

#[actix_web::test]
async fn the_id_of_a_request_comes_back() {
    let site = Site::new();
    for path in ["/books/", "/books/99/", "/nowhere/", "/books/?x=%ff"] {
        let answer = with_id(&site, path, b"Trace_1.2-3").await;
        assert_eq!(answer.header("x-request-id"), Some("Trace_1.2-3"));
        assert_eq!(answer.expect(answer.status)["request_id"], "Trace_1.2-3");
        assert_eq!(answer.headers.get_all("x-request-id").count(), 1);
    }
}

#[actix_web::test]
async fn a_bad_id_is_replaced() {
    let site = Site::new();
    let long = "x".repeat(129);
    for bad in [
        b"a b".as_slice(),
        b"",
        b"\xff",
        b"<script>",
        long.as_bytes(),
    ] {
        let answer = with_id(&site, "/books/", bad).await;
        let id = answer.header("x-request-id").expect("an id").to_owned();
        assert_eq!(id.len(), 36, "{id}");
        assert_eq!(answer.expect(200)["request_id"], id);
    }
}

#[actix_web::test]
async fn a_database_that_is_busy_is_told() {
    let site = Site::with(|api| api.routes(crate::library::router()));
    let taken = site.pool.get().expect("the only connection");
    let answer = site.get("/books/").await;
    assert_eq!(answer.status, 503);
    assert!(!String::from_utf8_lossy(&answer.body).contains("pool"));
    drop(taken);
    assert_eq!(site.get("/books/").await.status, 200);
}

#[actix_web::test]
async fn a_service_without_a_free_connection_says_soon_that_it_is_not_ready() {
    let site = Site::of(restwell_views::health_routes());
    let mut busy = restwell_db::Context::detached(site.pool.clone());
    busy.connection().expect("the only connection");
    let start = std::time::Instant::now();
    let answer = site.get("/health/ready/").await;
    assert_eq!(answer.code(503), "unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(start.elapsed() < std::time::Duration::from_secs(3));
    assert_eq!(site.get("/health/live/").await.status, 200);
    busy.release();
    assert_eq!(site.get("/health/ready/").await.status, 200);
}

#[actix_web::test]
async fn a_connection_that_was_given_back_is_counted_on() {
    let site = Site::new();
    let mut cx = restwell_db::Context::detached(site.pool.clone());
    let count = |cx: &mut restwell_db::Context| {
        use restwell_db::Model as _;
        crate::library::Book::objects().count(cx).expect("a count")
    };
    count(&mut cx);
    cx.release();
    assert_eq!((site.books(), cx.statements()), (4, 1));
    count(&mut cx);
    assert_eq!(cx.statements(), 2);
    cx.atomic(|cx| {
        count(cx);
        cx.release();
        assert!(site.pool.try_get().is_none(), "a transaction keeps it");
        Ok(())
    })
    .expect("a transaction");
}
