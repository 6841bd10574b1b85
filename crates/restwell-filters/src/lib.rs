//! Filters, search and ordering for lists: what a query string may ask for, declared per view.
//!
//! [`Filters`] holds the declaration. A lookup that the type of a field does not have does not
//! compile. [`Filters::apply`] turns the parameters of a request into a condition and an order,
//! or into one 400 that names everything that is wrong with them.
//!
//! ```ignore
//! let filters = Filters::new()
//!     .filter(Post::F.status, (Exact, In))
//!     .filter(Post::F.views, (Gte, Lte, Range))
//!     .related("tags", Post::relation_tags(), Tag::F.id, (Exact, In))
//!     .search([Post::F.title, Post::F.body])
//!     .order((Post::F.created_at, Post::F.title))
//!     .default_order([Post::F.created_at.desc()]);
//! let filtered = filters.apply(&cx.request().query, pagination.parameters(), cx)?;
//! ```
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod apply;
mod condition;
mod filters;
mod invalid;
mod lookup;
mod ordering;
mod parameter;
mod search;
mod value;

pub use apply::Filtered;
pub use filters::Filters;
pub use invalid::Invalid;
pub use lookup::{
    Contains, Date, EndsWith, Exact, Gt, Gte, IContains, IEndsWith, IExact, IStartsWith, In,
    IsNull, Lookup, LookupOn, Lookups, Lt, Lte, Month, Range, StartsWith, Year,
};
pub use ordering::{Ordering, Orderings};
pub use parameter::Parameter;
pub use search::Search;
