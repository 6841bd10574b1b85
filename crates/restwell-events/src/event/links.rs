use std::fmt;

use restwell_core::{Error, Key, Result};
use restwell_db::model::RelationMeta;
use restwell_db::{ColumnValue as _, Model, Occasion, RowChange, Value, Write};

use super::{Event, Source};

/// Links of rows over a many-to-many relation were added or taken away, in the transaction that is
/// still open. It is told of the model through whose relation they were written.
#[derive(Clone, Debug)]
pub struct LinksChanged<M: Model> {
    /// The name of the relation.
    pub relation: &'static str,
    /// The rows whose links changed.
    pub rows: Vec<Linked<M>>,
}

/// A row whose links changed.
#[derive(Clone)]
pub struct Linked<M: Model> {
    /// Its key.
    pub pk: M::Pk,
    /// The keys of the rows that it was linked to, in their order.
    pub old: Vec<Key>,
    /// The keys of the rows that it is linked to, in their order.
    pub new: Vec<Key>,
}

impl<M: Model> fmt::Debug for Linked<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linked")
            .field("pk", &format_args!("{}", self.pk))
            .field("old", &self.old)
            .field("new", &self.new)
            .finish()
    }
}

impl<M: Model> Linked<M> {
    /// The keys of the rows that it was not linked to before.
    pub fn added(&self) -> impl Iterator<Item = &Key> {
        self.new.iter().filter(|key| !self.old.contains(key))
    }

    /// The keys of the rows that it is not linked to any more.
    pub fn removed(&self) -> impl Iterator<Item = &Key> {
        self.old.iter().filter(|key| !self.new.contains(key))
    }
}

impl<M: Model> Event for LinksChanged<M> {
    fn source() -> Option<Source<Self>> {
        Some(Source {
            meta: M::META,
            occasion: Occasion::Links,
            read: |write| {
                let Write::Links { relation, rows, .. } = write else {
                    return Ok(None);
                };
                let linked = rows.iter().map(|row| linked(relation, row));
                Ok(Some(Self {
                    relation: relation.name,
                    rows: linked.collect::<Result<_>>()?,
                }))
            },
        })
    }
}

fn linked<M: Model>(relation: &RelationMeta, row: &RowChange) -> Result<Linked<M>> {
    let unreadable = || Error::internal("links that were written cannot be read");
    let field = row.fields.first().ok_or_else(unreadable)?;
    let keys = |value: &Value| keys(relation, value).ok_or_else(unreadable);
    Ok(Linked {
        pk: M::Pk::from_value(row.key.clone().into()).ok_or_else(unreadable)?,
        old: keys(&field.old)?,
        new: keys(&field.new)?,
    })
}

fn keys(relation: &RelationMeta, value: &Value) -> Option<Vec<Key>> {
    let kind = (relation.target)().pk().kind;
    let Value::Json(serde_json::Value::Array(keys)) = value else {
        return None;
    };
    let keys = keys.iter().map(|key| Value::from_json(kind, key)?.to_key());
    keys.collect()
}
