//! Which schemes of authentication a route has, and what its 401 asks for.

use std::sync::Arc;

use actix_web::test::TestRequest;
use restwell_core::{Action, Authenticator, Error, Identity, Principal, Result};
use restwell_db::Context;
use restwell_permissions::{Rule, is_authenticated};
use restwell_views::{Options, Reply, Router, View, ViewSet};

use crate::library::{Book, BookSerializer, whoami};
use crate::site::{Answer, Site};

/// `X-Badge: bob`.
struct Badge;

impl Authenticator<Context> for Badge {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        match cx.request().headers.get("x-badge") {
            None => Ok(None),
            Some("bob") => Ok(Some(Principal::User(Arc::new(Identity::new(2, "bob"))))),
            Some(_) => Err(Error::authentication_failed("No such badge.")),
        }
    }

    fn challenge(&self) -> String {
        "Badge".to_owned()
    }
}

struct Guarded;

#[restwell_macros::viewset(read_only)]
impl ViewSet for Guarded {
    type Model = Book;
    type Serializer = BookSerializer;

    fn options() -> Options<Book> {
        Options::new().authenticator(Badge)
    }

    fn permission(&self, _: Action) -> Rule<Book> {
        is_authenticated()
    }
}

fn site() -> Site {
    let view = |name| View::new(name, is_authenticated()).get(whoami);
    let refuses = |_: &mut Context| Err::<Reply, _>(Error::authentication_failed("Wrong."));
    let router = Router::new()
        .view(
            "both",
            view("both")
                .authenticator(crate::library::Tokens)
                .authenticator(Badge),
        )
        .view("default", view("default"))
        .view(
            "login",
            View::new("login", restwell_permissions::allow_any())
                .without_authentication()
                .post(refuses),
        )
        .register("guarded", Guarded);
    Site::of(router)
}

async fn asked(site: &Site, uri: &str, header: (&'static str, &'static str)) -> Answer {
    site.send(TestRequest::get().uri(uri).insert_header(header))
        .await
}

const ANN: (&str, &str) = ("authorization", "Token ann");
const BOB: (&str, &str) = ("x-badge", "bob");

#[actix_web::test]
async fn schemes_are_asked_in_their_order() {
    let site = site();
    for (header, name) in [(ANN, "ann"), (BOB, "bob")] {
        assert_eq!(asked(&site, "/both/", header).await.data(200), name);
    }
    let both = TestRequest::get()
        .uri("/both/")
        .insert_header(ANN)
        .insert_header(BOB);
    assert_eq!(site.send(both).await.data(200), "ann");
    let second_is_wrong = TestRequest::get()
        .uri("/both/")
        .insert_header(ANN)
        .insert_header(("x-badge", "eve"));
    assert_eq!(site.send(second_is_wrong).await.data(200), "ann");
    assert_eq!(asked(&site, "/both/", ("x-badge", "eve")).await.status, 401);
}

#[actix_web::test]
async fn a_viewset_has_schemes_of_its_own() {
    let site = site();
    assert_eq!(asked(&site, "/guarded/", BOB).await.status, 200);
    assert_eq!(asked(&site, "/guarded/1/", BOB).await.status, 200);
    let answer = asked(&site, "/guarded/", ANN).await;
    assert_eq!(answer.code(401), "not_authenticated");
    assert_eq!(answer.header("www-authenticate"), Some("Badge"));
    assert_eq!(asked(&site, "/default/", BOB).await.status, 401);
}

#[actix_web::test]
async fn a_401_asks_for_the_first_scheme() {
    let site = site();
    for uri in ["/both/", "/default/"] {
        let answer = site.get(uri).await;
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Token realm=\"library\"")
        );
    }
    let login = site.send(TestRequest::post().uri("/login/")).await;
    assert_eq!(login.status, 401);
    assert_eq!(
        login.header("www-authenticate"),
        Some("Token realm=\"library\"")
    );
    assert_eq!(login.header("vary"), Some("Accept"));
}
