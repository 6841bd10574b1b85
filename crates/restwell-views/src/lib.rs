//! Views: viewsets, their routes, and the way of a request through them, on actix-web.
//!
//! A [`ViewSet`] declares a resource. A [`Router`] gives it paths. An [`Api`] puts routers,
//! database, authenticators and envelope together and is mounted into an actix application with
//! [`Api::configure`]. Every request runs through one pipeline, in one blocking job: negotiation,
//! authentication, permission, then the action, whose failure or success leaves through one
//! renderer.
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod actions;
mod api;
mod atomicity;
mod build_error;
mod content;
mod declaration;
mod endpoint;
pub mod extension;
mod health;
mod history;
mod http;
mod idempotency;
mod object;
mod options;
mod outage;
mod pipeline;
mod precondition;
mod reply;
mod root;
mod route;
mod router;
mod schemes;
mod trash;
mod view;
mod viewset;
mod viewset_endpoint;

pub use api::{Api, ApiBuilder};
pub use atomicity::Atomicity;
pub use build_error::BuildError;
pub use content::{Content, ContentWriter};
pub use declaration::Declaration;
pub use extension::{Extension, Extensions};
pub use health::health_routes;
pub use history::{AuditLog, EntrySerializer};
pub use http::Response;
pub use object::{body_of, changes_of, object, parent_key, value_of};
pub use options::Options;
pub use precondition::expected_version;
pub use reply::Reply;
pub use route::RouteInfo;
pub use router::Router;
pub use view::View;
pub use viewset::{Actions, Base, ExtraAction, InputOf, NoInput, ViewSet, rules_of};

/// What the code of `#[viewset]` calls.
#[doc(hidden)]
pub mod __private {
    pub use crate::actions::listed;
    pub use crate::object::target;
    pub use crate::viewset::Unshown;
    pub use crate::{Actions, Base, ExtraAction, NoInput, ViewSet};
    pub use restwell_core::{Access, Action, Method};
    pub use restwell_permissions::{Rule, deny_all};
    pub use restwell_serializers::Representation;
}
