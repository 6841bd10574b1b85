use restwell_core::{Error, QueryString, Result};
use restwell_db::Context;
use restwell_db::statement::Order;

use crate::counting::Counting;
use crate::parameter::{LIMIT, Number, OFFSET};
use crate::size::Size;
use crate::source::{Source, Window, link};
use crate::{PageInfo, Total};

/// Pages by position: `?limit=50&offset=100`.
///
/// A page beyond the last row is empty.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct LimitOffset {
    size: Size,
    counting: Counting,
}

impl Default for LimitOffset {
    /// 20 rows, 100 at most.
    fn default() -> Self {
        Self::new(20)
    }
}

impl LimitOffset {
    /// Pages of `limit` rows.
    pub fn new(limit: u32) -> Self {
        Self {
            size: Size::new(limit),
            counting: Counting::default(),
        }
    }

    /// The most rows that a client may ask for, 100 by default.
    pub fn max(mut self, max: u32) -> Self {
        self.size = self.size.max(max);
        self
    }

    /// The client cannot choose the limit.
    pub fn fixed(mut self) -> Self {
        self.size = self.size.fixed();
        self
    }

    /// Counts no further than `cap`, and reports it as the count of a longer list.
    pub fn count_capped(mut self, cap: u32) -> Self {
        self.counting = Counting::capped(cap);
        self
    }

    /// Does not count: `count` is null.
    pub fn without_count(mut self) -> Self {
        self.counting = Counting::Never;
        self
    }

    pub(crate) fn page(
        self,
        source: &mut dyn Source,
        order: Vec<Order>,
        cx: &mut Context,
    ) -> Result<PageInfo> {
        let limit = self.size.of(&cx.request().query, LIMIT);
        let offset = offset(&cx.request().query)?;
        let total = self.counting.total(source, cx)?;
        let has_next = match total {
            Total::Exact(count) if offset >= count => false,
            Total::Exact(count) => {
                source.load(Window::new(order, limit, offset), cx)?;
                offset.saturating_add(limit) < count
            }
            _ => {
                let found = source.load(Window::new(order, limit + 1, offset), cx)?;
                source.truncate(limit);
                found > limit
            }
        };
        let to = |offset: i64| {
            let (limit, offset_text) = (limit.to_string(), offset.to_string());
            let offset = Some(offset_text.as_str()).filter(|_| offset > 0);
            link(cx, &[(LIMIT, Some(&limit)), (OFFSET, offset)])
        };
        Ok(PageInfo {
            total,
            next: has_next.then(|| to(offset.saturating_add(limit))),
            previous: (offset > 0).then(|| to(offset - limit)),
        })
    }
}

fn offset(query: &QueryString) -> Result<i64> {
    match Number::parse(query.get(OFFSET)) {
        Number::Is(offset) => Ok(offset),
        Number::None => Ok(0),
        Number::Huge => Err(Error::field(
            OFFSET,
            "max_value",
            format!("Ensure this value is less than or equal to {}.", i64::MAX),
        )),
    }
}
