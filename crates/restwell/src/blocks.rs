//! Building blocks: columns that many models have, the fields that show and read them, and the text
//! of their migrations.
//!
//! A block is a key of `#[model(…)]`, which holds the fields of the struct to its names and types; a
//! group of fields for serializers; and, where it has something to say, a trait of the rows.
//!
//! | key | group | trait | filled by the library |
//! |---|---|---|---|
//! | `timestamps` | [`TimestampFields`] | | by every write |
//! | `user_actions` | [`UserActionFields`] | | by every write |
//! | `soft_delete` | | | by a deletion |
//! | `version` | [`VersionField`] | | by every write |
//! | `slug(source = title)` | [`SlugField`] | [`Slugged`] | where a new row has none |
//! | `metadata` | [`MetadataFields`] | [`Metadata`] | |
//! | `identity` | [`IdentityFields`] | [`Identity`] | |
//! | `address` | [`AddressFields`] | [`Address`] | |
//!
//! ```
//! use restwell::blocks::{Identity, IdentityFields, VersionField};
//! use restwell::db::ddl;
//! use restwell::prelude::*;
//!
//! diesel::table! {
//!     people (id) {
//!         id -> Int8,
//!         first_name -> Text,
//!         middle_name -> Text,
//!         last_name -> Text,
//!         email -> Text,
//!         phone -> Text,
//!         birth_date -> Nullable<Date>,
//!         version -> Int8,
//!     }
//! }
//!
//! #[derive(Model, Clone, Debug)]
//! #[model(table = people, identity, version)]
//! pub struct Person {
//!     pub id: i64,
//!     pub first_name: String,
//!     pub middle_name: String,
//!     pub last_name: String,
//!     pub email: String,
//!     pub phone: String,
//!     pub birth_date: Option<chrono::NaiveDate>,
//!     pub version: i64,
//! }
//!
//! #[serializer(model = Person, extends(IdentityFields, VersionField))]
//! pub struct PersonSerializer {
//!     #[field(read_only)]
//!     id: i64,
//!     #[field(method = full_name)]
//!     full_name: String,
//! }
//!
//! fn full_name(person: &Person, _: &Context) -> String {
//!     person.full_name()
//! }
//!
//! # #[cfg(feature = "postgres")]
//! let text = ddl::create_table(Person::META, restwell::Dialect::Postgres);
//! # #[cfg(feature = "postgres")]
//! assert!(text.contains(r#"CREATE UNIQUE INDEX "people_email_key" ON "people" (lower("email"))"#));
//! ```

mod fields;

pub mod checks;

pub use fields::{
    AddressFields, IdentityFields, MetadataFields, SlugField, TimestampFields, UserActionFields,
    VersionField,
};
pub use restwell_db::block::{Address, Block, Identity, LONGEST_TAG, MOST_TAGS, Metadata, Slugged};
