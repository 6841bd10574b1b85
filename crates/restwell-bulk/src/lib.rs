//! Bulk operations: many rows of a resource in one request, one transaction and few statements.
//!
//! [`Bulk`] adds the route `bulk/` to a viewset, and lets its collection take an array. Everything
//! that guards a single row guards each row here: validators, unique values, also among the rows
//! themselves, related rows, the rules for each row and field, scope and hooks. Errors stand under
//! the place of their row, as in `{"998": {"title": ["This field is required."]}}`, or of the id that
//! names it, as in `{"ids": {"998": ["This field may not be null."]}}`; rows in which nothing is wrong
//! do not appear.
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod answer;
mod bulk;
mod confirmation;
mod conflict;
mod create;
mod destroy;
mod kind;
mod lines;
mod preferences;
mod rows;
mod stream;
mod target;
mod update;
mod upsert;
mod write;

pub use bulk::Bulk;
pub use conflict::OnConflict;
