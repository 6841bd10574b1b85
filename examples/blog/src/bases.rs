//! What every resource of the blog builds on.

use chrono::{DateTime, Utc};
use restwell::prelude::*;

/// The blog's own defaults: pages of 25 by number, position or cursor, and rules by role.
#[derive(Clone, Copy, Debug)]
pub struct BlogBase;

impl BlogBase {
    /// Options that every viewset of the blog starts from.
    pub fn options<M: Model>() -> Options<M> {
        <Self as Base>::options()
    }
}

impl Base for BlogBase {
    fn options<M: Model>() -> Options<M> {
        Options::new().paginate(ByParameter::new(25).max(100))
    }

    /// Everybody reads; the rest is for roles that the feature is granted to.
    fn permission<M: Model>(feature: &'static str, _: Action) -> Rule<M> {
        read_only() | grants(feature)
    }
}

/// When a row was made and when it last changed.
#[serializer(group, last)]
pub struct Timestamps {
    #[field(read_only)]
    created_at: DateTime<Utc>,
    #[field(read_only)]
    updated_at: DateTime<Utc>,
}

/// Which state of a row a client has seen.
#[serializer(group, last)]
pub struct Version {
    #[field(read_only)]
    version: i64,
}
