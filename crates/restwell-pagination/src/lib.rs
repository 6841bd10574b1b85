//! Pages of lists: page numbers, limit and offset, and signed keyset cursors.
//!
//! A view declares one [`Pagination`]; [`Pagination::paginate`] reads the page that a request asks
//! for. Links are absolute, keep the other parameters, and are sorted by name.
//!
//! ```ignore
//! let pagination: Pagination = PageNumber::new(25).max(100).into();
//! let page = pagination.paginate(Post::objects().filter(q), order, &filtered.binding, cx)?;
//! ```
//!
//! A list without a declared pagination has one all the same: page numbers, 20 rows, 100 at most.
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod choice;
mod counting;
mod cursor;
mod limit_offset;
mod page;
mod page_number;
mod pagination;
mod parameter;
mod size;
mod source;
mod unpaged;

pub use choice::ByParameter;
pub use cursor::Cursor;
pub use limit_offset::LimitOffset;
pub use page::{Page, PageInfo, Total};
pub use page_number::PageNumber;
pub use pagination::Pagination;
pub use unpaged::NoPagination;

/// What fuzz targets call.
#[doc(hidden)]
pub mod __private {
    pub use crate::cursor::survives as cursor_payload_survives;
}
