//! Viewsets that have some of the standard actions.

use actix_web::test::TestRequest;
use restwell_core::{Action, Result};
use restwell_db::{Context, Model};
use restwell_macros::viewset;
use restwell_permissions::{Rule, allow_any, read_only};
use restwell_views::{Base, Options, Reply, Router, ViewSet};
use serde_json::json;

use crate::library::{Author, AuthorSerializer, Book};
use crate::site::Site;

/// All authors may be written, and have no versions.
pub(crate) struct AllAuthors;

#[viewset(except(destroy))]
impl ViewSet for AllAuthors {
    type Model = Author;
    type Serializer = AuthorSerializer;

    fn permission(&self, _: Action) -> Rule<Author> {
        allow_any()
    }
}

pub(crate) fn authors() -> Router {
    Router::new().register("authors", AllAuthors)
}

struct House;

impl Base for House {
    fn options<M: Model>() -> Options<M> {
        Options::new().lenient()
    }

    fn permission<M: Model>(_: &'static str, _: Action) -> Rule<M> {
        read_only()
    }
}

struct Read;

#[viewset(read_only, base = House)]
impl ViewSet for Read {
    type Model = Author;
    type Serializer = AuthorSerializer;
}

struct Extra;

#[viewset(except(list, retrieve, create, update, partial_update, destroy))]
impl ViewSet for Extra {
    type Model = Book;
    type Serializer = crate::library::BookSerializer;

    fn permission(&self, _: Action) -> Rule<Book> {
        allow_any()
    }

    #[action(detail)]
    fn cover(&self, _cx: &mut Context, book: Book) -> Result<Reply> {
        Ok(Reply::raw(
            "text/plain; charset=utf-8",
            book.title.into_bytes(),
        ))
    }
}

fn listing(router: Router) -> Vec<String> {
    let routes = Site::of(router).api.routes();
    routes
        .iter()
        .map(|route| {
            format!(
                "{} {} {} {}",
                route.method, route.path, route.name, route.action
            )
        })
        .collect()
}

#[actix_web::test]
async fn only_what_is_declared_has_routes() {
    let routes = Router::new()
        .register("read", Read)
        .register("extra", Extra);
    assert_eq!(
        listing(routes),
        [
            "GET /read/ read-list list",
            "GET /read/{pk}/ read-detail retrieve",
            "GET /extra/{pk}/cover/ extra-cover cover",
        ]
    );
}

#[actix_web::test]
async fn what_is_not_declared_is_refused() {
    let site = Site::of(
        Router::new()
            .register("authors", Read)
            .register("extra", Extra),
    );
    let answer = site.get("/authors/1/").await;
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
    let request = TestRequest::post().uri("/authors/").set_json(json!({}));
    assert_eq!(
        site.send(request).await.status,
        401,
        "the base says who may write"
    );
    assert_eq!(site.get("/extra/").await.code(404), "not_found");
    assert_eq!(site.get("/extra/1/").await.code(404), "not_found");
    let cover = site.get("/extra/1/cover/").await;
    assert_eq!(cover.body, b"The Dispossessed");
    assert_eq!(
        cover.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
}

#[actix_web::test]
async fn a_base_gives_options_and_the_rule() {
    let site = Site::of(Router::new().register("authors", Read));
    assert_eq!(site.get("/authors/?what=ever").await.data(200)["count"], 2);
    assert_eq!(site.get("/authors/1/?what=ever").await.status, 200);
    let rules: Vec<String> = site
        .api
        .routes()
        .into_iter()
        .map(|route| route.rule)
        .collect();
    assert_eq!(rules, ["read_only", "read_only"]);
}

#[actix_web::test]
async fn the_place_of_a_new_row_is_known_without_a_detail_route_of_its_own() {
    struct Made;

    #[viewset(only(create))]
    impl ViewSet for Made {
        type Model = Author;
        type Serializer = AuthorSerializer;

        fn permission(&self, _: Action) -> Rule<Author> {
            allow_any()
        }
    }

    let site = Site::of(authors().register("made", Made));
    let made = site.post("/made/", json!({"name": "New"})).await;
    assert_eq!(
        made.header("location"),
        Some("http://localhost:8080/authors/4/")
    );
    let alone = Site::of(Router::new().register("made", Made));
    let made = alone.post("/made/", json!({"name": "New"})).await;
    assert_eq!((made.status, made.header("location")), (201, None));
}

#[actix_web::test]
async fn the_place_of_a_new_row_is_where_it_was_made() {
    let twice = authors().include("staff", authors_again());
    let site = Site::with(|api| api.mount("api/v1", twice));
    let made = site
        .post("/api/v1/staff/people/", json!({"name": "New"}))
        .await;
    assert_eq!(
        made.header("location"),
        Some("http://localhost:8080/api/v1/staff/people/4/")
    );
}

fn authors_again() -> Router {
    Router::new().register("people", AllAuthors)
}
