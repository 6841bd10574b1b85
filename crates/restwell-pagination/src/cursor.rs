mod keyset;
mod position;

use restwell_core::{Error, Result, Signer};
use restwell_db::statement::Order;
use restwell_db::{ColumnSet, Context, ModelMeta};

use crate::parameter::{CURSOR, PAGE_SIZE};
use crate::size::Size;
use crate::source::{Source, Window, link};
use crate::{PageInfo, Total};
use position::{Direction, Position};

pub use position::survives;

/// Pages by position in the order: `?cursor=…`, for lists that are long or change while they are
/// read. No row is left out or repeated unless its own place changes, and a deep page costs no
/// more than the first.
///
/// Cursors are signed with the application's [`Signer`], and good for one filter and one order.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Cursor {
    size: Size,
}

impl Default for Cursor {
    /// 25 rows, 100 at most.
    fn default() -> Self {
        Self::new(25)
    }
}

impl Cursor {
    /// Pages of `size` rows.
    pub fn new(size: u32) -> Self {
        Self {
            size: Size::new(size),
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

    pub(crate) fn page(
        self,
        source: &mut dyn Source,
        order: Vec<Order>,
        binding: &str,
        cx: &mut Context,
    ) -> Result<PageInfo> {
        let order = total(order, source.meta());
        let seal = Seal::new(source.meta(), &order, binding, cx);
        let size = self.size.of(&cx.request().query, PAGE_SIZE);
        let here = seal.open(&order, cx)?;
        let backward = here
            .as_ref()
            .is_some_and(|here| here.direction == Direction::Before);
        let found = source.load(window(&order, here.as_ref(), backward, size), cx)?;
        source.truncate(size);
        if backward {
            source.reverse();
        }
        let length = found.min(size);
        let more = found > size;
        let boundary = |direction, row: i64| -> Result<Position> {
            let row = usize::try_from(row).unwrap_or_default();
            let values = order
                .iter()
                .map(|by| source.value(row, by.column.index))
                .collect();
            Ok(Position { direction, values })
        };
        let next = match (length, backward) {
            (0, false) => None,
            (0, true) => Some(link(cx, &[(CURSOR, Some(""))])),
            (_, _) if backward || more => {
                Some(seal.link(&boundary(Direction::After, length - 1)?, cx)?)
            }
            _ => None,
        };
        let previous = match (length, here) {
            (0, Some(here)) if here.direction == Direction::After => {
                Some(seal.link(&Position::end(), cx)?)
            }
            (0, _) => None,
            (_, Some(_)) if !backward || more => {
                Some(seal.link(&boundary(Direction::Before, 0)?, cx)?)
            }
            _ => None,
        };
        Ok(PageInfo {
            total: Total::Absent,
            next,
            previous,
        })
    }
}

/// The columns that decide the order, down to the primary key, which goes the way of the last one
/// as in every queryset.
fn total(order: Vec<Order>, meta: &'static ModelMeta) -> Vec<Order> {
    let descending = order.last().is_some_and(|by| by.descending);
    let mut total: Vec<Order> = Vec::with_capacity(order.len() + 1);
    for by in order {
        if total
            .iter()
            .all(|other| other.column.index != by.column.index)
        {
            total.push(by);
        }
    }
    let pk = &meta.columns[meta.primary_key];
    match total.iter().position(|by| by.column.index == pk.index) {
        Some(place) => total.truncate(place + 1),
        None if descending => total.push(Order::desc(pk)),
        None => total.push(Order::asc(pk)),
    }
    total
}

fn window(order: &[Order], here: Option<&Position>, backward: bool, size: i64) -> Window {
    let indexes: Vec<usize> = order.iter().map(|by| by.column.index).collect();
    let read: Vec<Order> = if backward {
        order.iter().map(|by| by.reversed()).collect()
    } else {
        order.to_vec()
    };
    let mut window = Window::new(read, size + 1, 0);
    window.columns = ColumnSet::of(&indexes);
    if let Some(here) = here {
        window.filter = keyset::behind(&window.order, &here.values);
    }
    window
}

/// What binds a cursor to its list.
struct Seal {
    purpose: String,
}

impl Seal {
    /// Names of tables and columns, paths and parameters hold no NUL.
    fn new(meta: &ModelMeta, order: &[Order], binding: &str, cx: &Context) -> Self {
        let path = cx.request().path.trim_end_matches('/');
        let mut purpose = format!("cursor\0{}\0{path}\0", meta.table);
        for by in order {
            purpose.push(if by.descending { '-' } else { '+' });
            purpose.push_str(by.column.name);
            purpose.push(',');
        }
        purpose.push('\0');
        purpose.push_str(binding);
        Self { purpose }
    }

    /// The position that the request names.
    fn open(&self, order: &[Order], cx: &Context) -> Result<Option<Position>> {
        let text = cx.request().query.get(CURSOR).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        let payload = cx
            .state::<Signer>()?
            .verify(&self.purpose, text, cx.clock())
            .map_err(|error| invalid().with_source(error))?;
        let position = Position::decode(&payload).filter(|position| position.fits(order));
        position.ok_or_else(invalid).map(Some)
    }

    fn link(&self, position: &Position, cx: &Context) -> Result<String> {
        let payload = position.encode()?;
        let cursor = cx.state::<Signer>()?.sign(&self.purpose, &payload);
        Ok(link(cx, &[(CURSOR, Some(&cursor))]))
    }
}

fn invalid() -> Error {
    Error::new(400, "invalid_cursor", "Invalid cursor")
}
