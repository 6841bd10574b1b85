//! Events: what happens in an application, told to whoever wants to know.
//!
//! An [`Event`] is a type. [`BeforeSave`], [`AfterSave`], [`BeforeDelete`], [`AfterDelete`] and
//! [`LinksChanged`] are sent by the data layer, whatever path a write comes on: single or many rows,
//! extra actions, querysets by hand, soft deletions, restorations, links of many-to-many relations,
//! and what the database does to rows that refer to deleted ones. They are sent once for all the
//! rows that a call writes; where that takes several statements, [`BeforeSave`] and
//! [`BeforeDelete`] once for each. Events of an application's own are sent with [`send`].
//!
//! Receivers are registered in one place, the [`Events`] of the pool; nothing registers itself.
//!
//! ```
//! use restwell_core::Result;
//! use restwell_db::{Context, DatabaseUrl, PoolOptions};
//! use restwell_events::{Event, Events, send};
//!
//! struct Shipped {
//!     order: i64,
//! }
//!
//! impl Event for Shipped {}
//!
//! fn thank(_: &mut Context, shipped: &Shipped) -> Result<()> {
//!     println!("Order {} is on its way.", shipped.order);
//!     Ok(())
//! }
//!
//! # fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
//! let events = Events::new().after_commit("thank", thank);
//! let pool = PoolOptions::default().listener(events).open(DatabaseUrl::memory())?;
//! let mut cx = Context::detached(pool);
//! cx.atomic(|cx| send(cx, Shipped { order: 7 }))?;
//! # Ok(())
//! # }
//! ```
//!
//! What is for another system goes through the [`outbox`]: a broker that is told inside a
//! transaction may hear of what is then undone, and one that is told after it may never hear.
//!
//! Not told is what hand-written Diesel does through
//! [`Context::connection`](restwell_db::Context::connection).
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod channel;
mod event;
mod events;
mod receiver;

pub mod outbox;

use diesel_migrations::embed_migrations;
use restwell_db::Migrations;

pub use event::{
    AfterDelete, AfterSave, BeforeDelete, BeforeSave, Deleted, Event, Linked, LinksChanged,
    Pending, Saved, Source,
};
pub use events::{Events, send};

/// The table `outbox`.
pub static MIGRATIONS: Migrations = Migrations {
    postgres: embed_migrations!("migrations/postgres"),
    sqlite: embed_migrations!("migrations/sqlite"),
};
