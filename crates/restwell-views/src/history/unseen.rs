//! What entries do not tell, since rules about fields hide it.

use restwell_audit::AuditEntry;
use restwell_core::Result;
use restwell_db::{Context, Model, ModelMeta};
use restwell_serializers::Representation;
use restwell_serializers::representation::Hidden;

use crate::ViewSet;
use crate::route::Route;

/// What a resource hides from the principal of every row.
pub(crate) type Hides = fn(&mut Context) -> Result<Hidden>;

/// What `V` hides, where it has rules about fields.
pub(crate) fn hides<V: ViewSet>() -> Option<Hides> {
    let guarded = V::Serializer::GUARDED || V::List::GUARDED;
    guarded.then_some(|cx| Hidden::of::<V::Serializer, V::List>(None, cx))
}

/// The resources of an application that have rules about fields.
pub(crate) struct Guarded(Vec<(&'static ModelMeta, Hides)>);

impl Guarded {
    pub(crate) fn of(routes: &[Route]) -> Self {
        let mut guarded: Vec<(_, Hides)> = Vec::new();
        for declared in routes.iter().filter_map(|route| route.endpoint.declared()) {
            guarded.extend(declared.hides().map(|hides| (declared.meta(), hides)));
        }
        Self(guarded)
    }
}

/// What the principal may not read in the entries of some tables.
pub(super) struct Unseen(Vec<(&'static ModelMeta, Hidden)>);

impl Unseen {
    /// In the entries of `row`, which are all that the request shows.
    pub(super) fn of_row<V: ViewSet>(row: &V::Model, cx: &mut Context) -> Result<Self> {
        let hidden = Hidden::of::<V::Serializer, V::List>(Some(row), cx)?;
        Ok(Self(vec![(V::Model::META, hidden)]))
    }

    /// In the entries of any rows.
    pub(super) fn of_all(cx: &mut Context) -> Result<Self> {
        let guarded = cx.state::<Guarded>()?.0.clone();
        let hidden = guarded.into_iter().map(|(meta, hides)| {
            let hidden = hides(cx)?;
            Ok((meta, hidden))
        });
        hidden.collect::<Result<_>>().map(Self)
    }

    /// What is shown of the entry; `None` for all of it, which is so where nothing is hidden of the
    /// rows of its table.
    pub(super) fn abridged(&self, entry: &AuditEntry) -> Option<AuditEntry> {
        let own: Vec<_> = self
            .0
            .iter()
            .filter(|(meta, hidden)| meta.table == entry.entity && hides_any(hidden, meta))
            .collect();
        if own.is_empty() {
            return None;
        }
        let mut entry = entry.clone();
        if let Some(changes) = entry.changes.as_object_mut() {
            changes.retain(|name, _| {
                !own.iter()
                    .any(|(meta, hidden)| hidden.covers_member(meta, name))
            });
        }
        Some(entry)
    }
}

fn hides_any(hidden: &Hidden, meta: &ModelMeta) -> bool {
    let columns = meta.columns.iter().map(|column| column.name);
    let relations = meta.relations.iter().map(|relation| relation.name);
    columns
        .chain(relations)
        .any(|name| hidden.covers_member(meta, name))
}
