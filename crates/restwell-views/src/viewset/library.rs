use crate::{ExtraAction, Options, ViewSet, history, trash};

/// The extra actions of a viewset: its own, and those that its options ask for.
pub(crate) fn extra_actions<V: ViewSet>(options: &Options<V::Model>) -> Vec<ExtraAction<V>> {
    let mut actions = V::extra_actions();
    if options.trash {
        actions.extend(trash::actions(options.idempotent));
    }
    if options.history {
        actions.extend(history::actions(options.idempotent));
    }
    actions
}
