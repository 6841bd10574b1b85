use restwell_core::{Error, Result};
use restwell_db::Context;
use restwell_db::statement::Order;

use crate::counting::Counting;
use crate::parameter::{Number, PAGE, PAGE_SIZE};
use crate::size::Size;
use crate::source::{Source, Window, link};
use crate::{PageInfo, Total};

/// Pages by number: `?page=2&page_size=50`, and `?page=last`.
///
/// A page beyond the last one is a 404.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct PageNumber {
    size: Size,
    counting: Counting,
}

impl Default for PageNumber {
    /// 20 rows, 100 at most.
    fn default() -> Self {
        Self::new(20)
    }
}

impl PageNumber {
    /// Pages of `size` rows.
    pub fn new(size: u32) -> Self {
        Self {
            size: Size::new(size),
            counting: Counting::default(),
        }
    }

    /// The most rows that a client may ask for, 100 by default.
    pub fn max(mut self, max: u32) -> Self {
        self.size = self.size.max(max);
        self
    }

    /// The client cannot choose the size.
    pub fn fixed(mut self) -> Self {
        self.size = self.size.fixed();
        self
    }

    /// Counts no further than `cap`, and reports it as the count of a longer list.
    pub fn count_capped(mut self, cap: u32) -> Self {
        self.counting = Counting::capped(cap);
        self
    }

    /// Does not count: `count` is null, and no page is known to be the last.
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
        let size = self.size.of(&cx.request().query, PAGE_SIZE);
        let asked = Asked::of(cx.request().query.get(PAGE))?;
        let total = self.counting.total(source, cx)?;
        let last = match total {
            Total::Exact(count) => Some(count.div_euclid(size) + i64::from(count % size != 0)),
            _ => None,
        };
        let page = match (asked, last) {
            (Asked::Number(page), _) => page,
            (Asked::Last, Some(last)) => last.max(1),
            (Asked::Last, None) => return Err(invalid()),
        };
        let has_next = match last {
            Some(last) if page > last.max(1) => return Err(invalid()),
            Some(0) => false,
            Some(last) => {
                source.load(Window::new(order, size, start(page, size)?), cx)?;
                page < last
            }
            None => {
                let found = source.load(Window::new(order, size + 1, start(page, size)?), cx)?;
                if found == 0 && page > 1 {
                    return Err(invalid());
                }
                source.truncate(size);
                found > size
            }
        };
        Ok(PageInfo {
            total,
            next: has_next.then(|| link(cx, &[(PAGE, Some(&(page + 1).to_string()))])),
            previous: (page > 1).then(|| {
                let number = (page - 1).to_string();
                link(cx, &[(PAGE, Some(number.as_str()).filter(|_| page > 2))])
            }),
        })
    }
}

#[derive(Clone, Copy)]
enum Asked {
    Number(i64),
    Last,
}

impl Asked {
    fn of(page: Option<&str>) -> Result<Self> {
        match page.unwrap_or_default().trim() {
            "" => Ok(Self::Number(1)),
            "last" => Ok(Self::Last),
            page => match Number::parse(Some(page)) {
                Number::Is(page) if page > 0 => Ok(Self::Number(page)),
                _ => Err(invalid()),
            },
        }
    }
}

/// How many rows are before a page.
fn start(page: i64, size: i64) -> Result<i64> {
    (page - 1).checked_mul(size).ok_or_else(invalid)
}

fn invalid() -> Error {
    Error::new(404, "invalid_page", "Invalid page.")
}
