use restwell_core::{Error, Result};
use restwell_db::Context;
use restwell_db::statement::Order;

use crate::source::{Source, Window};

/// The whole list at once, for lists that stay short.
///
/// A list that outgrew the cap is refused with 400 rather than cut off: the client could not tell.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct NoPagination {
    cap: i64,
}

impl NoPagination {
    /// The whole list, which has at most `cap` rows.
    pub fn new(cap: u32) -> Self {
        Self {
            cap: i64::from(cap),
        }
    }

    pub(crate) fn rows(
        self,
        source: &mut dyn Source,
        order: Vec<Order>,
        cx: &mut Context,
    ) -> Result<()> {
        let found = source.load(Window::new(order, self.cap + 1, 0), cx)?;
        if found > self.cap {
            let message = format!("The list has more than {} rows. Filter it.", self.cap);
            return Err(Error::new(400, "list_too_long", message));
        }
        Ok(())
    }
}
