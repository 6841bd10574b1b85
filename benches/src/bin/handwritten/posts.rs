//! `/api/v1/posts/`

mod create;
mod create_many;
mod detail;
mod list;
mod new_post;
mod related;

use actix_web::{HttpRequest, Responder, web};
use diesel::expression::BoxableExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::answer::answer;
use crate::app::Shared;
use crate::auth::Caller;
use crate::schema::posts;

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    for path in ["/api/v1/posts/", "/api/v1/posts"] {
        let resource = web::resource(path);
        config.service(
            resource
                .route(web::get().to(list))
                .route(web::post().to(create)),
        );
    }
    for path in ["/api/v1/posts/bulk/", "/api/v1/posts/bulk"] {
        config.service(web::resource(path).route(web::post().to(create_many)));
    }
    for path in ["/api/v1/posts/{id}/", "/api/v1/posts/{id}"] {
        config.service(web::resource(path).route(web::get().to(retrieve)));
    }
}

async fn list(
    shared: web::Data<Shared>,
    request: HttpRequest,
    query: web::Query<list::Wanted>,
) -> impl Responder {
    let query = query.into_inner();
    answer(shared, request, move |connection, call, caller, _| {
        list::page(connection, call, caller.as_ref(), &query)
    })
    .await
}

async fn retrieve(
    shared: web::Data<Shared>,
    request: HttpRequest,
    id: web::Path<String>,
) -> impl Responder {
    answer(shared, request, move |connection, call, caller, _| {
        detail::retrieve(connection, call, caller.as_ref(), &id)
    })
    .await
}

async fn create(
    shared: web::Data<Shared>,
    request: HttpRequest,
    body: web::Bytes,
) -> impl Responder {
    answer(shared, request, move |connection, call, caller, shared| {
        create::create(connection, call, caller, shared, &body)
    })
    .await
}

async fn create_many(
    shared: web::Data<Shared>,
    request: HttpRequest,
    body: web::Bytes,
) -> impl Responder {
    answer(shared, request, move |connection, call, caller, shared| {
        create_many::create_many(connection, call, caller, shared, &body)
    })
    .await
}

/// The posts that `caller` knows of.
type Visible = Box<dyn BoxableExpression<posts::table, Pg, SqlType = Bool>>;

fn visible(caller: Option<&Caller>) -> Visible {
    let live = posts::deleted_at.is_null();
    let published = posts::status.eq("published");
    match caller {
        None => Box::new(live.and(published)),
        Some(caller) if caller.is_editor() => Box::new(live),
        Some(caller) => Box::new(live.and(published.or(posts::author_id.eq(caller.id)))),
    }
}
