//! Serializers through the macro, on SQLite.

// The code of the macros looks for the facade, for which this crate stands in.
extern crate self as restwell;

pub use restwell_serializers::Invalid;

/// What the facade has for the code of the macros.
pub mod __private {
    pub use restwell_macros::serializer;
    pub use restwell_serializers::__private::*;
}

mod blog;
mod database;
mod sample;
mod schema;

mod batch;
mod body;
mod field;
mod field_composite;
mod field_time;
mod group;
mod mode;
mod object;
mod property;
mod related;
mod representation;
mod rule;
