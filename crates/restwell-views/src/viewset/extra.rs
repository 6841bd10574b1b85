use std::fmt;

use restwell_core::{Access, Action, Method, Result};
use restwell_db::Context;

use crate::Reply;

/// An action beyond the standard ones.
pub struct ExtraAction<V> {
    /// The name of its function.
    pub name: &'static str,
    /// The last part of its path.
    pub url_path: &'static str,
    /// What `OPTIONS` says that it does: with `#[action]` the doc comment of its function.
    pub description: &'static str,
    /// Whether it works on one row.
    pub detail: bool,
    /// The methods that it answers to.
    pub methods: &'static [Method],
    /// Whether it runs in a transaction: unless told otherwise, when it writes.
    pub atomic: bool,
    /// The media type that it answers with, when that is not JSON.
    pub renders: Option<&'static str>,
    /// What its query may name besides `fields` and `format`; anything else is refused with 400.
    /// `None` when its function sees to that.
    pub parameters: Option<&'static [&'static str]>,
    /// Whether it accepts idempotency keys.
    pub idempotent: bool,
    /// The scope of the throttle that it counts against, in place of those of the viewset.
    pub throttle: Option<&'static str>,
    /// Its function.
    pub run: fn(&V, &mut Context) -> Result<Reply>,
}

impl<V> ExtraAction<V> {
    /// The action, as permissions and listings see it.
    pub fn action(&self) -> Action {
        let reads = self.methods.iter().all(|method| method.is_safe());
        Action::Custom(
            self.name,
            if reads { Access::Reads } else { Access::Writes },
        )
    }
}

impl<V> fmt::Debug for ExtraAction<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtraAction")
            .field("name", &self.name)
            .field("detail", &self.detail)
            .field("methods", &self.methods)
            .finish_non_exhaustive()
    }
}
