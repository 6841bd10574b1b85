//! The data layer of restwell, over Diesel.
//!
//! A [`Model`] is a struct over an ordinary diesel `table!`. Its rows are asked for with
//! [`QuerySet`]s, whose conditions are made of typed [`Field`] handles. Everything runs on the one
//! connection of a [`Context`], which is also an ordinary Diesel connection, to PostgreSQL or
//! SQLite as the URL says.
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

#[cfg(feature = "sqlite")]
use libsqlite3_sys as _;
#[cfg(feature = "postgres-bundled")]
use openssl_sys as _;
#[cfg(any(feature = "postgres-bundled", feature = "postgres-bundled-notls"))]
use pq_sys as _;

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("restwell needs a database: enable the feature `sqlite`, `postgres` or both");

mod changes;
mod column_type;
mod constraint;
mod context;
mod deletion;
mod derive;
mod dialect;
mod field;
mod guard;
mod kind;
mod listener;
mod migration;
mod queryset;
mod record;
mod row;
mod slug;
mod sql_types;
mod state_machine;
mod value;

pub mod block;
pub mod connection;
pub mod ddl;
pub mod model;
pub mod predicate;
pub mod relation;
pub mod statement;

pub use changes::Changes;
pub use column_type::{ColumnValue, HoldsColumn};
pub use connection::{AnyConnection, DatabaseUrl, Pool, PoolOptions};
pub use constraint::{protected_by, unique_error};
pub use context::{Context, Effect, RowCache};
pub use dialect::Dialect;
pub use field::{Field, IntoField, OrderBy, OrderedValue, TextValue};
pub use guard::{Guard, refusal};
pub use kind::Kind;
pub use listener::{Listener, Occasion, PendingRow, Write, WrittenRow};
pub use migration::{Migrations, migrate};
pub use model::{ColumnMeta, ColumnSet, Model, ModelMeta, PrimaryKey};
pub use predicate::Q;
pub use queryset::{
    Average, Columns, Count, Group, Maximum, Measure, Measures, Minimum, QuerySet, RowUpdate, Sum,
    Summable, not_found,
};
pub use record::{FieldChange, Operation, Recorder, RowChange};
pub use row::RowReader;
pub use slug::slugify;
pub use state_machine::{StateMachine, Transition, TransitionGuard};
pub use value::Value;

/// What the code of the derives calls.
#[doc(hidden)]
pub mod __private {
    pub use crate::derive::*;
}
