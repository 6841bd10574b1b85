//! Filters, search and ordering for lists: what a query string may ask for, declared per view.
//!
//! [`Filters`] holds the declaration. A lookup that the type of a field does not have does not
//! compile. [`Filters::apply`] turns the parameters of a request into a condition and an order,
//! or into one 400 that names everything that is wrong with them.
//!
//! ```
//! use restwell_core::QueryString;
//! # use restwell_db::{Context, DatabaseUrl, PoolOptions, Model as _, Q};
//! # use restwell_macros::{Choices, Model};
//! use restwell_filters::{Exact, Filters, Gte, In, Lte, Range};
//! # diesel::table! { posts (id) { id -> Int8, title -> Text, status -> Text, views -> Int4 } }
//! # diesel::table! { tags (id) { id -> Int8, name -> Text } }
//! # diesel::table! { post_tags (post_id, tag_id) { post_id -> Int8, tag_id -> Int8 } }
//! # #[derive(Choices, Clone, Copy, Debug)]
//! # #[choices(crate = restwell_db)]
//! # enum Status { Draft, Published }
//! # #[derive(Model, Clone, Debug)]
//! # #[model(crate = restwell_db, table = tags)]
//! # struct Tag { id: i64, name: String }
//! # #[derive(Model, Clone, Debug)]
//! # #[model(crate = restwell_db, table = posts, many_to_many(tags: Tag, through = post_tags))]
//! # struct Post { id: i64, title: String, status: Status, views: i32 }
//!
//! let filters = Filters::new()
//!     .filter(Post::F.status, (Exact, In))
//!     .filter(Post::F.views, (Gte, Lte, Range))
//!     .related("tags", Post::relation_tags(), Tag::F.id, (Exact, In))
//!     .search([Post::F.title])
//!     .order((Post::F.views, Post::F.title))
//!     .default_order([Post::F.views.desc()]);
//!
//! # let pool = PoolOptions::default().open(DatabaseUrl::memory())?;
//! # let cx = Context::detached(pool);
//! let query = QueryString::parse("status=draft&views__gte=10&search=rust")?;
//! let filtered = filters.apply(&query, &["page"], &cx)?;
//! let posts = Post::objects()
//!     .filter(Q::from_predicate(filtered.predicate))
//!     .order_by_columns(filtered.order);
//!
//! let query = QueryString::parse("views__gte=many&stats=draft")?;
//! let error = filters.apply(&query, &["page"], &cx).expect_err("two mistakes");
//! assert_eq!(error.fields().to_json()["views__gte"][0], "Enter a number.");
//! assert!(error.fields().contains("stats"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
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
mod unknown;
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
pub use unknown::refuse_unknown;
