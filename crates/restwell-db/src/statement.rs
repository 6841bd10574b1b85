//! The statements that a resource needs, rendered for either database.
//!
//! This is no general query builder: for anything else there is Diesel, on the same connection.

mod condition;
mod delete;
mod each;
mod insert;
mod link;
mod run;
mod select;
mod sql;
mod update;

pub(crate) use condition::DECIMAL_COLLATION;
pub use condition::fold;
pub use delete::Delete;
pub use each::Each;
pub(crate) use each::EachRow;
pub use insert::{Insert, OnConflict};
pub use link::Link;
pub use select::{Aggregate, Lock, Order, Select};
pub use sql::Sql;
pub(crate) use update::Returning;
pub use update::{Assignment, Update};
