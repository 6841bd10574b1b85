//! What every resource of the blog builds on.

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
