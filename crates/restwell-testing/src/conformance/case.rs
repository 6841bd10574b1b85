use restwell_core::Action;
use restwell_views::Declaration;
use serde_json::Value;

use super::{BodyOfRow, Conformance, Row};

/// The rows that a request is about, which are made for it.
pub(super) enum Case<'a> {
    /// None.
    None,
    /// The row of the path.
    Row(&'a Row<'a>),
    /// The row that the path is below.
    Parent(&'a Row<'a>),
    /// The row that the body names.
    Named(&'a Row<'a>, &'a BodyOfRow<'a>),
}

/// Where a request goes.
pub(super) struct Place {
    pub(super) path: String,
    pub(super) key: Option<String>,
    pub(super) parent: Option<String>,
    pub(super) body: Option<Value>,
    pub(super) is_metadata: bool,
}

/// The cases of a declaration.
pub(super) fn of<'a>(
    conformance: &'a Conformance<'_>,
    declaration: &Declaration<'_>,
) -> Vec<Case<'a>> {
    let rows = |table: Option<&str>| {
        let rows = table.and_then(|table| conformance.rows.get(table));
        rows.map(Vec::as_slice).unwrap_or_default()
    };
    let own = rows(declaration.model().map(|model| model.table));
    if declaration.path().contains("{pk}") {
        return own.iter().map(Case::Row).collect();
    }
    if declaration.path().contains("{parent}") {
        let above = rows(declaration.parent_model().map(|model| model.table));
        return above.iter().map(Case::Parent).collect();
    }
    let named = conformance
        .named
        .iter()
        .find(|(route, method, _)| *route == declaration.name() && *method == declaration.method);
    match named {
        Some((_, _, body)) => own.iter().map(|row| Case::Named(row, body)).collect(),
        None => vec![Case::None],
    }
}

impl Case<'_> {
    /// What the rows are, for people.
    pub(super) fn label(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Row(row) => format!("on {}", row.label),
            Self::Parent(row) => format!("below {}", row.label),
            Self::Named(row, _) => format!("naming {}", row.label),
        }
    }

    /// Whether the body names the row.
    pub(super) fn is_named(&self) -> bool {
        matches!(self, Self::Named(..))
    }

    /// Makes the rows.
    pub(super) fn place(
        &self,
        conformance: &Conformance<'_>,
        declaration: &Declaration<'_>,
    ) -> Place {
        let mut place = Place {
            path: declaration.path().to_owned(),
            key: None,
            parent: None,
            body: None,
            is_metadata: declaration.action == Action::Metadata,
        };
        match self {
            Self::None => {}
            Self::Row(row) => {
                let key = (row.make)();
                let mut cx = conformance.db.context();
                let parent = declaration.parent_of(&key, &mut cx).expect("a query");
                place.parent = parent.map(|key| key.to_string());
                place.key = Some(key);
            }
            Self::Parent(row) => place.parent = Some((row.make)()),
            Self::Named(row, body) => {
                let key = (row.make)();
                place.body = Some(body(&key));
                place.key = Some(key);
            }
        }
        for (name, key) in [("{pk}", &place.key), ("{parent}", &place.parent)] {
            if let Some(key) = key {
                place.path = place.path.replace(name, key);
            }
        }
        place
    }
}
