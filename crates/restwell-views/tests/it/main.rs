//! Resources over HTTP, on SQLite.

// The code of the macros looks for the facade, for which this crate stands in.
extern crate self as restwell;

/// What the facade has for the code of the macros.
pub mod __private {
    pub use restwell_macros::serializer;
    pub use restwell_serializers::__private::*;
    pub use restwell_views::__private::*;
}

mod library;
mod site;

mod access;
mod body;
mod build;
mod conditional;
mod content;
mod envelope;
mod failure;
mod hook;
mod hostile;
mod method;
mod nested;
mod partial;
mod query;
mod resource;
mod schemes;
mod transport;
