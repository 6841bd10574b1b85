use restwell_core::QueryString;

use crate::parameter::{CURSOR, LIMIT, OFFSET};
use crate::{Cursor, LimitOffset, PageNumber};

/// Lets the parameters decide: `cursor`, even an empty one, means cursors, `limit` or `offset`
/// means positions, and anything else page numbers. Of several, the first of these counts.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct ByParameter {
    number: PageNumber,
    offset: LimitOffset,
    cursor: Cursor,
}

/// What the parameters decided.
pub(crate) enum Chosen {
    Number(PageNumber),
    Offset(LimitOffset),
    Cursor(Cursor),
}

impl ByParameter {
    /// Pages of `size` rows, however they are asked for.
    pub fn new(size: u32) -> Self {
        Self {
            number: PageNumber::new(size),
            offset: LimitOffset::new(size),
            cursor: Cursor::new(size),
        }
    }

    /// The most rows that a client may ask for, 100 by default.
    pub fn max(mut self, max: u32) -> Self {
        self.number = self.number.max(max);
        self.offset = self.offset.max(max);
        self.cursor = self.cursor.max(max);
        self
    }

    /// Counts no further than `cap`, and reports it as the count of a longer list.
    pub fn count_capped(mut self, cap: u32) -> Self {
        self.number = self.number.count_capped(cap);
        self.offset = self.offset.count_capped(cap);
        self
    }

    /// Does not count: `count` is null.
    pub fn without_count(mut self) -> Self {
        self.number = self.number.without_count();
        self.offset = self.offset.without_count();
        self
    }

    pub(crate) fn choose(self, query: &QueryString) -> Chosen {
        let asks = |name| query.get(name).is_some_and(|value| !value.is_empty());
        if query.contains(CURSOR) {
            Chosen::Cursor(self.cursor)
        } else if asks(LIMIT) || asks(OFFSET) {
            Chosen::Offset(self.offset)
        } else {
            Chosen::Number(self.number)
        }
    }
}
