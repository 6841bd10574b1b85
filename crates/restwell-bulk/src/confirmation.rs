use restwell_core::{Error, Result};
use restwell_db::Context;

use crate::preferences::Preferences;

/// The header by which a client confirms a deletion, and its value.
pub(crate) const HEADER: (&str, &str) = ("X-Confirm-Delete", "true");

/// Fails unless the client confirms the deletion. A rehearsal deletes nothing, and needs none.
///
/// # Errors
/// 428 when the header is not there or says something else.
pub(crate) fn confirmed(cx: &Context) -> Result<()> {
    let (name, yes) = HEADER;
    let own = name.to_ascii_lowercase();
    let mut values = cx.request().headers.get_all(&own).peekable();
    let is_confirmed = values.peek().is_some() && values.all(|value| value.trim() == yes);
    if is_confirmed || Preferences::of(cx.request())?.dry_run {
        return Ok(());
    }
    let message = format!("Bulk delete requires the header {name}: {yes}.");
    Err(Error::new(428, "confirmation_required", message))
}
