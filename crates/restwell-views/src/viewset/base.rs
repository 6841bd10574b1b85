use restwell_core::Action;
use restwell_db::Model;
use restwell_permissions::Rule;

use crate::Options;

/// An application's own defaults, stated once, which its viewsets build on.
///
/// A viewset names its base with `type Base = …`, and overrides piece by piece: its
/// [`options`](crate::ViewSet::options) start from the base's, and its
/// [`permission`](crate::ViewSet::permission), where it states none, is the base's.
pub trait Base: Send + Sync + 'static {
    /// Filters, order, pages and other settings of every viewset.
    fn options<M: Model>() -> Options<M> {
        Options::new()
    }

    /// Who may do `action` with the rows of `M` when the viewset does not say. `feature` is the
    /// viewset's [`FEATURE`](crate::ViewSet::FEATURE).
    fn permission<M: Model>(feature: &'static str, action: Action) -> Rule<M>;
}

/// No defaults: what a viewset that names no base has. Nobody may do anything.
impl Base for () {
    fn permission<M: Model>(_: &'static str, _: Action) -> Rule<M> {
        restwell_permissions::deny_all()
    }
}
