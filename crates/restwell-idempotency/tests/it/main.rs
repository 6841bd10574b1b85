//! Idempotency keys over HTTP, on SQLite and on PostgreSQL.

// The code of the macros looks for the facade, for which this crate stands in.
extern crate self as restwell;

/// What the facade has for the code of the macros.
pub mod __private {
    pub use restwell_macros::serializer;
    pub use restwell_serializers::__private::*;
    pub use restwell_views::__private::*;
}

mod app;

mod claims;
mod crashes;
mod lifetime;
mod races;
mod replays;
