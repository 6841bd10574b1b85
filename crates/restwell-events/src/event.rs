//! What is told.

mod links;
mod rows;

use restwell_core::Result;
use restwell_db::{ModelMeta, Occasion, Write};

pub use links::{Linked, LinksChanged};
pub use rows::{AfterDelete, AfterSave, BeforeDelete, BeforeSave, Deleted, Pending, Saved};

/// Something that happens, and that receivers may be registered for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "write `impl Event for {Self} {{}}`"
)]
pub trait Event: Send + Sync + Sized + 'static {
    /// The writes that it tells of; `None` for events that are sent by hand.
    #[doc(hidden)]
    fn source() -> Option<Source<Self>> {
        None
    }
}

/// Of which writes an event tells.
#[doc(hidden)]
#[derive(Debug)]
pub struct Source<E> {
    pub(crate) meta: &'static ModelMeta,
    pub(crate) occasion: Occasion,
    /// The event that tells of a write; `None` where it tells of others.
    pub(crate) read: fn(&Write<'_>) -> Result<Option<E>>,
}
