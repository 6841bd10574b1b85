use restwell_core::Result;
use restwell_db::statement::Order;
use restwell_db::{Context, Model, QuerySet};

use crate::choice::Chosen;
use crate::parameter::{CURSOR, LIMIT, OFFSET, PAGE, PAGE_SIZE};
use crate::source::{Rows, Source};
use crate::{ByParameter, Cursor, LimitOffset, NoPagination, Page, PageInfo, PageNumber};

/// How a list is divided into pages: a [`PageNumber`], a [`LimitOffset`], a [`Cursor`], a
/// [`ByParameter`] or [`NoPagination`], made with `into()`.
#[derive(Clone, Copy, Debug)]
pub struct Pagination(Kind);

#[derive(Clone, Copy, Debug)]
enum Kind {
    Number(PageNumber),
    Offset(LimitOffset),
    Cursor(Cursor),
    ByParameter(ByParameter),
    Unpaged(NoPagination),
}

impl Default for Pagination {
    /// Page numbers, 20 rows, 100 at most.
    fn default() -> Self {
        PageNumber::default().into()
    }
}

macro_rules! pagination_from {
    ($($type:ident => $kind:ident),*) => {
        $(impl From<$type> for Pagination {
            fn from(pagination: $type) -> Self {
                Self(Kind::$kind(pagination))
            }
        })*
    };
}
pagination_from!(
    PageNumber => Number,
    LimitOffset => Offset,
    Cursor => Cursor,
    ByParameter => ByParameter,
    NoPagination => Unpaged
);

impl Pagination {
    /// Reads the page of `list` that the request asks for, in the order `order`, in which the
    /// primary key decides between equals.
    ///
    /// `binding` says how the list was filtered: a cursor is good for a list with the same
    /// binding, order and path alone.
    ///
    /// # Errors
    /// 404 for a page that does not exist, 400 for a cursor that was not made for this list.
    pub fn paginate<M: Model>(
        &self,
        list: QuerySet<M>,
        order: Vec<Order>,
        binding: &str,
        cx: &mut Context,
    ) -> Result<Page<M>> {
        let mut source = Rows::of(list);
        let info = self.read(&mut source, order, binding, cx)?;
        Ok(Page {
            rows: source.rows,
            info,
        })
    }

    /// The names of the parameters that choose a page.
    pub fn parameters(&self) -> &'static [&'static str] {
        match self.0 {
            Kind::Number(_) => &[PAGE, PAGE_SIZE],
            Kind::Offset(_) => &[LIMIT, OFFSET],
            Kind::Cursor(_) => &[CURSOR, PAGE_SIZE],
            Kind::ByParameter(_) => &[PAGE, PAGE_SIZE, LIMIT, OFFSET, CURSOR],
            Kind::Unpaged(_) => &[],
        }
    }

    /// Whether its links hold cursors, which the application's [`Signer`](restwell_core::Signer)
    /// signs.
    pub fn has_cursors(&self) -> bool {
        matches!(self.0, Kind::Cursor(_) | Kind::ByParameter(_))
    }

    fn read(
        &self,
        source: &mut dyn Source,
        order: Vec<Order>,
        binding: &str,
        cx: &mut Context,
    ) -> Result<Option<PageInfo>> {
        let chosen = match self.0 {
            Kind::Number(number) => Chosen::Number(number),
            Kind::Offset(offset) => Chosen::Offset(offset),
            Kind::Cursor(cursor) => Chosen::Cursor(cursor),
            Kind::ByParameter(by) => by.choose(&cx.request().query),
            Kind::Unpaged(unpaged) => {
                unpaged.rows(source, order, cx)?;
                return Ok(None);
            }
        };
        match chosen {
            Chosen::Number(number) => number.page(source, order, cx),
            Chosen::Offset(offset) => offset.page(source, order, cx),
            Chosen::Cursor(cursor) => cursor.page(source, order, binding, cx),
        }
        .map(Some)
    }
}
