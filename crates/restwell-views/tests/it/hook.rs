//! What runs around a write, and after its commit.

use std::sync::{Arc, Mutex};

use actix_web::test::TestRequest;
use restwell_core::{Action, Error, Result};
use restwell_db::{Context, Model, Pool, Q};
use restwell_macros::viewset;
use restwell_permissions::{Rule, allow_any};
use restwell_serializers::{Input, Validated};
use restwell_views::{Base, Reply, Router, View, ViewSet};
use serde_json::json;

use crate::library::{Book, BookSerializer};
use crate::site::Site;

type Notes = Arc<Mutex<Vec<String>>>;

fn note(cx: &Context, what: impl Into<String>) -> Result<()> {
    let notes = cx.state::<Notes>()?;
    notes.lock().expect("notes").push(what.into());
    Ok(())
}

struct Watched;

#[viewset]
impl ViewSet for Watched {
    type Model = Book;
    type Serializer = BookSerializer;

    fn permission(&self, _: Action) -> Rule<Book> {
        allow_any()
    }

    fn before(&self, action: Action, cx: &mut Context) -> Result<()> {
        note(cx, format!("before {action} in {}", cx.in_transaction()))?;
        if cx.request().headers.get("x-refuse") == Some("before") {
            return Err(Error::business_rule("refused", "Refused."));
        }
        Ok(())
    }

    fn after(&self, action: Action, row: &Book, cx: &mut Context) -> Result<()> {
        note(
            cx,
            format!("after {action} of {} in {}", row.title, cx.in_transaction()),
        )?;
        let (notes, pool) = (cx.state::<Notes>()?.clone(), cx.state::<Pool>()?.clone());
        let title = row.title.clone();
        cx.on_commit(move || {
            let count = {
                // The pool has one connection, which the request must have given back.
                let mut cx = Context::detached(pool);
                Book::objects().count(&mut cx).expect("a count")
            };
            let mut notes = notes.lock().expect("notes");
            notes.push(format!("committed {title}: {count}"));
        });
        match cx.request().headers.get("x-refuse") {
            Some("after") => Err(Error::business_rule("refused", "Refused.")),
            Some("panic") => panic!("after all"),
            _ => Ok(()),
        }
    }

    #[action(detail, methods = [post], atomic = false)]
    fn touch(&self, cx: &mut Context, book: Book) -> Result<Reply> {
        note(
            cx,
            format!("touch {} in {}", book.title, cx.in_transaction()),
        )?;
        Ok(Reply::no_content())
    }
}

/// Notes what is written, and shows nothing to the blind.
struct Watchful;

impl Base for Watchful {
    fn permission<M: Model>(_: &'static str, _: Action) -> Rule<M> {
        allow_any()
    }

    fn scope<M: Model>(cx: &Context) -> Q<M> {
        match cx.request().headers.get("x-blind") {
            Some(_) => !Q::all(),
            None => M::scope(cx),
        }
    }

    fn prepare_create<I: Input>(cx: &mut Context, _: &mut Validated<I>) -> Result<()> {
        note(cx, "create")
    }

    fn prepare_update<I: Input>(
        cx: &mut Context,
        instance: &I::Model,
        _: &mut Validated<I>,
    ) -> Result<()> {
        note(cx, format!("update {}", instance.key()))
    }

    fn before<M: Model>(action: Action, cx: &mut Context) -> Result<()> {
        note(cx, format!("before {action} of {}", M::META.table))
    }

    fn after<M: Model>(action: Action, row: &M, cx: &mut Context) -> Result<()> {
        note(cx, format!("after {action} of {}", row.key()))
    }
}

/// Has everything of its base.
struct Plain;

#[viewset(base = Watchful)]
impl ViewSet for Plain {
    type Model = Book;
    type Serializer = BookSerializer;
}

/// Adds a note to those of its base.
struct Talkative;

#[viewset(base = Watchful)]
impl ViewSet for Talkative {
    type Model = Book;
    type Serializer = BookSerializer;

    fn before(&self, action: Action, cx: &mut Context) -> Result<()> {
        note(cx, "mine")?;
        Watchful::before::<Book>(action, cx)
    }
}

#[actix_web::test]
async fn viewsets_have_the_hooks_and_the_scope_of_their_base() {
    let notes = Notes::default();
    let site = Site::with(|api| {
        let routes = Router::new()
            .register("books", Plain)
            .register("more", Talkative);
        api.routes(routes).state(notes.clone())
    });
    site.post("/books/", json!({"title": "Eden", "author": 2}))
        .await
        .data(201);
    site.patch("/books/2/", json!({"pages": 1})).await.data(200);
    assert_eq!(site.delete("/books/2/").await.status, 204);
    site.patch("/more/1/", json!({"pages": 1})).await.data(200);
    let blind = TestRequest::get()
        .uri("/books/1/")
        .insert_header(("x-blind", "1"));
    assert_eq!(site.send(blind).await.code(404), "not_found");
    assert_eq!(
        *notes.lock().expect("notes"),
        [
            "before create of books",
            "create",
            "after create of 5",
            "before partial_update of books",
            "update 2",
            "after partial_update of 2",
            "before destroy of books",
            "after destroy of 2",
            "mine",
            "before partial_update of books",
            "update 1",
            "after partial_update of 1",
        ]
    );
}

fn library(notes: &Notes) -> Site {
    let notes = notes.clone();
    Site::with(|api| {
        let routes = Router::new().register("books", Watched).view(
            "lost",
            View::new("lost", allow_any()).post(|cx| {
                let notes = cx.state::<Notes>()?.clone();
                cx.on_commit(move || notes.lock().expect("notes").push("never".to_owned()));
                Err(Error::business_rule("refused", "Refused."))
            }),
        );
        api.routes(routes).state(notes)
    })
}

async fn refused(by: &'static str) -> (Site, u16, Vec<String>) {
    let notes = Notes::default();
    let site = library(&notes);
    let request = TestRequest::post().uri("/books/");
    let request = request.set_json(json!({"title": "Eden", "author": 2}));
    let answer = site.send(request.insert_header(("x-refuse", by))).await;
    let heard = notes.lock().expect("notes").clone();
    (site, answer.status, heard)
}

#[actix_web::test]
async fn hooks_run_in_the_transaction_and_effects_after_it() {
    let (site, status, notes) = refused("nothing").await;
    assert_eq!(status, 201);
    assert_eq!(
        notes,
        [
            "before create in true",
            "after create of Eden in true",
            "committed Eden: 5",
        ]
    );
    assert_eq!(site.books(), 5);
}

#[actix_web::test]
async fn a_hook_that_refuses_undoes_the_write_and_its_effects() {
    for (by, expected, heard) in [("before", 422, 1), ("after", 422, 2), ("panic", 500, 2)] {
        let (site, status, notes) = refused(by).await;
        assert_eq!(status, expected, "{by}");
        assert_eq!(notes.len(), heard, "{notes:?}");
        assert_eq!(site.books(), 4, "{by}");
    }
}

#[actix_web::test]
async fn updates_and_deletions_have_the_same_hooks() {
    let notes = Notes::default();
    let site = library(&notes);
    assert_eq!(
        site.patch("/books/2/", json!({"pages": 1})).await.status,
        200
    );
    assert_eq!(site.delete("/books/2/").await.status, 204);
    assert_eq!(
        *notes.lock().expect("notes"),
        [
            "before partial_update in true",
            "after partial_update of Solaris in true",
            "committed Solaris: 4",
            "before destroy in true",
            "after destroy of Solaris in true",
            "committed Solaris: 3",
        ]
    );
}

#[actix_web::test]
async fn an_action_without_a_transaction_is_hooked_too() {
    let notes = Notes::default();
    let site = library(&notes);
    assert_eq!(site.post("/books/2/touch/", json!({})).await.status, 204);
    assert_eq!(
        *notes.lock().expect("notes"),
        ["before touch in false", "touch Solaris in false"]
    );
}

#[actix_web::test]
async fn a_view_that_fails_has_no_effects() {
    let notes = Notes::default();
    let site = library(&notes);
    assert_eq!(site.post("/lost/", json!({})).await.code(422), "refused");
    assert!(notes.lock().expect("notes").is_empty());
}
