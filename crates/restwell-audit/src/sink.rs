//! What happened to one row, and who else wants to know.

use chrono::{DateTime, Utc};
use restwell_core::Result;
use restwell_db::Context;

/// What a transaction did to a row, ready to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// The key of the user who did it, as text; nobody's for commands and jobs.
    pub actor_id: Option<String>,
    /// What was done: `create`, `update`, `delete`, `restore`, `purge`, or the name of the extra
    /// action that changed the row.
    pub action: String,
    /// The table.
    pub entity: &'static str,
    /// The primary key of the row, as text.
    pub entity_id: String,
    /// JSON: `{"field": {"old": …, "new": …}}`, with sensitive values masked.
    pub changes: String,
    /// The request in which it was done.
    pub request_id: String,
}

/// Somebody else who is told of every entry.
///
/// ```
/// use restwell_audit::{Audit, Entry, Sink};
/// use restwell_core::Result;
/// use restwell_db::Context;
///
/// struct Log;
///
/// impl Sink for Log {
///     fn receive(&self, entries: &[Entry], cx: &mut Context) -> Result<()> {
///         let lines: Vec<String> = entries.iter().map(|entry| format!("{entry:?}")).collect();
///         cx.on_commit(move || drop(lines));
///         Ok(())
///     }
/// }
///
/// let audit = Audit::new().sink(Log);
/// # drop(audit);
/// ```
pub trait Sink: Send + Sync + 'static {
    /// Receives what a transaction recorded, inside it. What goes to another system waits for the
    /// commit, in [`Context::on_commit`].
    ///
    /// # Errors
    /// Whatever must keep the change from being made; the transaction is rolled back.
    fn receive(&self, entries: &[Entry], cx: &mut Context) -> Result<()>;
}
