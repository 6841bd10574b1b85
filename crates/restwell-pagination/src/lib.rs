//! Pages of lists: page numbers, limit and offset, and signed keyset cursors.
//!
//! A view declares one [`Pagination`]; [`Pagination::paginate`] reads the page that a request asks
//! for. Links are absolute, keep the other parameters, and are sorted by name.
//!
//! ```
//! use restwell_pagination::{PageNumber, Pagination};
//! # use diesel::connection::SimpleConnection;
//! # use restwell_db::{Context, DatabaseUrl, PoolOptions, Model as _};
//! # use restwell_macros::Model;
//! # diesel::table! { posts (id) { id -> Int8, title -> Text } }
//! # #[derive(Model, Clone, Debug)]
//! # #[model(crate = restwell_db, table = posts)]
//! # struct Post { id: i64, title: String }
//! # let pool = PoolOptions::default().open(DatabaseUrl::memory())?;
//! # let mut cx = Context::detached(pool);
//! # cx.connection()?.batch_execute(
//! #     "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
//! #      INSERT INTO posts (title) VALUES ('a'), ('b'), ('c')",
//! # )?;
//!
//! let pagination: Pagination = PageNumber::new(2).max(100).into();
//! let order = vec![Post::F.title.desc().order()];
//! let page = pagination.paginate(Post::objects(), order, "", &mut cx)?;
//! assert_eq!(page.rows[0].title, "c");
//! let info = page.info.expect("a paginated list");
//! assert_eq!(info.total.count(), Some(Some(3)));
//! assert_eq!(info.next.as_deref(), Some("?page=2"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
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
