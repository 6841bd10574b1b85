//! What the rules of a viewset say. A bulk action needs the rule of its own and that of what it does
//! to each row.

use restwell_core::{Action, Decision, Result};
use restwell_db::{ColumnSet, Context, Guard, Q};

use crate::ViewSet;

/// Refuses an action that the principal may not do with any row.
pub(crate) fn authorize<V: ViewSet>(viewset: &V, action: Action, cx: &mut Context) -> Result<()> {
    rules(action).try_for_each(|action| viewset.permission(action).check(action, cx))
}

/// Refuses `action` on `row`, where the rules do not allow it.
///
/// # Errors
/// 401 or 403 when a rule refuses; what a rule fails with.
pub fn check_row<V: ViewSet>(
    viewset: &V,
    action: Action,
    row: &V::Model,
    cx: &mut Context,
) -> Result<()> {
    rules(action).try_for_each(|action| viewset.permission(action).check_object(action, row, cx))
}

/// What the rules say of `action` on any row, or on `row`.
pub(crate) fn decide<V: ViewSet>(
    viewset: &V,
    action: Action,
    row: Option<&V::Model>,
    cx: &mut Context,
) -> Result<Decision> {
    let mut decision = Decision::Allow;
    for action in rules(action) {
        decision = decision & viewset.permission(action).decide(action, row, cx)?;
    }
    Ok(decision)
}

/// The rules for listings.
pub(crate) fn describe<V: ViewSet>(viewset: &V, action: Action) -> String {
    let mut rules: Vec<String> = rules(action)
        .map(|action| viewset.permission(action).to_string())
        .collect();
    rules.dedup();
    if rules.len() == 1 {
        return rules.swap_remove(0);
    }
    let each: Vec<String> = rules.iter().map(|rule| format!("({rule})")).collect();
    each.join(" & ")
}

/// The actions whose rules count.
fn rules(action: Action) -> impl Iterator<Item = Action> {
    [Some(action), action.of_each_row()].into_iter().flatten()
}

/// The rules and the scope of a viewset for the rows that other serializers name or nest: what may
/// be done there may be done here. Its hooks and its `perform_…` functions are not called.
///
/// ```text
/// #[field(nested, sync = replace, rule = rules_of(CommentViewSet))]
/// comments: Vec<CommentSerializer>,
/// ```
pub fn rules_of<V: ViewSet>(viewset: V) -> impl Guard<V::Model> {
    RulesOf(viewset)
}

struct RulesOf<V>(V);

impl<V: ViewSet> Guard<V::Model> for RulesOf<V> {
    fn decide(
        &self,
        action: Action,
        object: Option<&V::Model>,
        cx: &mut Context,
    ) -> Result<Decision> {
        self.0.permission(action).decide(action, object, cx)
    }

    fn condition(&self, action: Action, cx: &mut Context) -> Result<Option<Q<V::Model>>> {
        self.0.permission(action).condition(action, cx)
    }

    fn columns(&self) -> ColumnSet {
        ColumnSet::ALL
    }

    fn scope(&self, cx: &Context) -> Q<V::Model> {
        self.0.scope(cx)
    }
}
