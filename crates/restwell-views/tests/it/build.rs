//! Applications that cannot start, and paths that could be taken for others.

use restwell_core::Action;
use restwell_macros::viewset;
use restwell_pagination::Cursor;
use restwell_permissions::{Rule, allow_any, is_authenticated};
use restwell_views::{Api, BuildError, Options, Reply, Router, View, ViewSet};
use serde_json::json;

use crate::library::{Authors, Book, BookSerializer, Books, OwnBooks};
use crate::site::Site;

fn refused(router: Router) -> BuildError {
    let site = Site::new();
    Api::builder(site.pool.clone())
        .routes(router)
        .build()
        .expect_err("an application that cannot start")
}

fn view(name: &'static str) -> View {
    View::new(name, allow_any()).get(|_| Ok(Reply::json(&"the view")))
}

#[test]
fn two_routes_cannot_have_one_name() {
    let error = refused(
        Router::new()
            .view("one", view("same"))
            .view("other", view("same")),
    );
    assert!(matches!(&error, BuildError::DuplicateName(name) if name == "same"));
    assert_eq!(
        error.to_string(),
        "two routes have the name same; register one of them under another prefix"
    );
}

#[test]
fn two_routes_cannot_have_one_path() {
    let error = refused(
        Router::new()
            .view("same", view("one"))
            .view("same", view("other")),
    );
    assert!(matches!(error, BuildError::DuplicatePath(path) if path == "/same/"));
}

#[test]
fn two_viewsets_cannot_have_one_prefix() {
    let error = refused(
        Router::new()
            .register("books", Books)
            .register("books", Authors),
    );
    assert!(matches!(
        error,
        BuildError::DuplicateName(_) | BuildError::DuplicatePath(_)
    ));
    let one = Router::new().register("books", Books);
    let error = refused(one.include("", Router::new().register("books", OwnBooks)));
    assert!(matches!(
        error,
        BuildError::DuplicateName(_) | BuildError::DuplicatePath(_)
    ));
}

/// Books, page by page of a signed cursor.
struct Feed;

#[viewset(only(list))]
impl ViewSet for Feed {
    type Model = Book;
    type Serializer = BookSerializer;

    fn options() -> Options<Book> {
        Options::new().paginate(Cursor::new(2))
    }

    fn permission(&self, _: Action) -> Rule<Book> {
        allow_any()
    }
}

#[test]
fn cursors_need_somebody_who_signs_them() {
    let error = refused(Router::new().register("feed", Feed));
    assert!(matches!(&error, BuildError::MissingSigner(name) if name == "feed-list"));
    assert_eq!(
        error.to_string(),
        "the route feed-list has cursors in its links; give the application a `.state(Signer::…)`"
    );
}

#[test]
fn placeholders_of_other_names_are_the_same_path() {
    let error = refused(
        Router::new()
            .register("authors", Authors)
            .nested("authors", Authors, "books", OwnBooks, Book::F.author_id)
            .view("authors/{id}/books", view("books-of-author")),
    );
    assert!(matches!(error, BuildError::DuplicatePath(_)));
}

#[actix_web::test]
async fn a_plain_path_goes_before_a_placeholder() {
    let router = Router::new()
        .register("books", Books)
        .view("books/latest", view("latest"));
    let site = Site::of(router);
    assert_eq!(site.get("/books/latest/").await.data(200), "the view");
    assert_eq!(site.get("/books/1/").await.data(200)["id"], 1);
}

#[actix_web::test]
async fn slashes_around_a_prefix_change_nothing() {
    let router = Router::new()
        .register("/books/", Books)
        .view("", view("root"))
        .view("/about/", view("about"));
    let site = Site::with(|api| api.mount("/api/v1/", router));
    assert_eq!(site.get("/api/v1/books/1/").await.status, 200);
    assert_eq!(site.get("/api/v1/about/").await.status, 200);
    assert_eq!(site.get("/api/v1/").await.data(200), "the view");
    assert_eq!(site.get("/api/v1").await.data(200), "the view");
    let root = Site::with(|api| api.mount("", Router::new().view("", view("root"))));
    assert_eq!(root.get("/").await.data(200), "the view");
}

#[test]
fn two_failures_cannot_have_one_code() {
    use restwell_core::ServiceError;
    use restwell_macros::ApiError;

    #[derive(ApiError)]
    #[api_error(crate = restwell_core)]
    #[allow(dead_code, reason = "the declaration alone is refused")]
    enum Own {
        #[api_error(status = 422, code = "business_logic_error", message = "No.")]
        Twice,
    }

    let site = Site::new();
    let known = Api::builder(site.pool.clone()).errors::<ServiceError>();
    let error = known
        .errors::<Own>()
        .errors::<ServiceError>()
        .build()
        .expect_err("an application that cannot start");
    assert_eq!(
        error.to_string(),
        "ServiceError::business_rule and Own::Twice have the same code \"business_logic_error\""
    );
}

#[actix_web::test]
async fn the_root_lists_the_collections_where_the_router_is_mounted() {
    let rows = |router: Router| {
        router
            .register("books", Books)
            .register("authors", Authors)
            .nested("authors", Authors, "books", OwnBooks, Book::F.author_id)
            .view("about", view("about"))
    };
    let site = Site::with(|api| api.mount("/api/v1/", rows(Router::new()).root(allow_any())));
    for path in ["/api/v1/", "/api/v1"] {
        let links = site.get(path).await.data(200);
        let books = "http://localhost:8080/api/v1/books/";
        let authors = "http://localhost:8080/api/v1/authors/";
        assert_eq!(links, json!({"books": books, "authors": authors}));
    }
    let names: Vec<_> = site
        .api
        .routes()
        .into_iter()
        .map(|route| route.name)
        .collect();
    assert_eq!(names.first().map(String::as_str), Some("api-v1-root"));
    let without = Site::with(|api| api.mount("/api/v1/", rows(Router::new())));
    assert_eq!(without.get("/api/v1/").await.status, 404);
    let closed = Router::new().root(is_authenticated());
    let site = Site::of(Router::new().include("v2", closed).root(allow_any()));
    assert_eq!(site.get("/").await.data(200), json!({}));
    assert_eq!(site.get("/v2/").await.status, 401);
}
