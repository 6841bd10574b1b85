//! The tools that tests are made of, tested on a small application.

// The code of the macros looks for the facade, for which this crate stands in.
extern crate self as restwell;

/// What the facade has for the code of the macros.
pub mod __private {
    pub use restwell_macros::serializer;
    pub use restwell_serializers::__private::*;
    pub use restwell_views::__private::*;
}

mod app;
mod client;
mod conformance;
mod database;
mod notebooks;
mod promises;
