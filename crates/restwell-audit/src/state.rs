//! What rows were.

use chrono::{DateTime, Utc};
use restwell_core::{Error, Key, Result};
use restwell_db::model::RelationKind;
use restwell_db::statement::Link;
use restwell_db::{Context, Model, QuerySet, RowReader, Value};
use serde_json::Value as Json;

use crate::AuditEntry;
use crate::recorder::MASK;

/// How many entries are in memory at a time.
const CHUNK: i64 = 500;

/// A moment in the life of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A time.
    At(DateTime<Utc>),
    /// When the entry with this number was written.
    After(i64),
}

/// A row as it was, and the rows that it was linked to.
#[derive(Clone, Debug)]
pub struct Past<M> {
    /// The row. Sensitive fields have the values of now, since entries do not keep them.
    pub row: M,
    /// The keys on the other side of its many-to-many relations, as far as they have changed since.
    pub links: Vec<(Link, Vec<Key>)>,
}

/// The entries of a row.
pub fn entries_of<M: Model>(key: &Key) -> QuerySet<AuditEntry> {
    let of_row =
        AuditEntry::F.entity.eq(M::META.table) & AuditEntry::F.entity_id.eq(key.to_string());
    AuditEntry::objects().filter(of_row)
}

/// `row` as it was at `moment`, which takes what was written since back. `None` when it was not
/// there, or was deleted.
///
/// # Errors
/// 503 when the database is away; 500 when an entry does not fit the model.
pub fn as_of<M: Model>(cx: &mut Context, row: &M, moment: Moment) -> Result<Option<Past<M>>> {
    let last = match moment {
        Moment::At(at) => last_before::<M>(cx, &row.key(), at)?,
        Moment::After(entry) => entry,
    };
    let mut past = Rewound::new(row);
    let mut rest = entries_of::<M>(&row.key())
        .filter(AuditEntry::F.id.gt(last))
        .order_by([AuditEntry::F.id.desc()])
        .limit(CHUNK);
    loop {
        let entries = rest.clone().load(cx)?;
        for entry in &entries {
            past.take_back(entry)?;
        }
        match entries.last() {
            Some(last) => rest = rest.filter(AuditEntry::F.id.lt(last.id)),
            None => break,
        }
    }
    past.finish(moment)
}

/// The number before that of the first entry since `at`. A request that began earlier may have
/// written later: what it wrote came on top of the others, and is taken back with them.
fn last_before<M: Model>(cx: &mut Context, key: &Key, at: DateTime<Utc>) -> Result<i64> {
    let since = entries_of::<M>(key).filter(AuditEntry::F.at.gt(at));
    let first = since.order_by([AuditEntry::F.id.asc()]).first(cx)?;
    Ok(first.map_or(i64::MAX, |entry| entry.id - 1))
}

/// The values of a row on their way back.
struct Rewound<M> {
    values: Vec<Value>,
    links: Vec<(Link, Vec<Key>)>,
    model: std::marker::PhantomData<fn() -> M>,
}

impl<M: Model> Rewound<M> {
    fn new(row: &M) -> Self {
        let columns = M::META.columns.iter();
        Self {
            values: columns.map(|column| row.value(column.index)).collect(),
            links: Vec::new(),
            model: std::marker::PhantomData,
        }
    }

    fn take_back(&mut self, entry: &AuditEntry) -> Result<()> {
        let changes = entry.changes.as_object().ok_or_else(|| misfit(entry))?;
        for (name, change) in changes {
            let old = change.get("old").ok_or_else(|| misfit(entry))?;
            if let Some(column) = M::META.column(name) {
                if column.sensitive && old.as_str() == Some(MASK) {
                    continue;
                }
                let value = Value::from_json(column.kind, old).ok_or_else(|| misfit(entry))?;
                self.values[column.index] = value;
            } else {
                self.relink(name, old).ok_or_else(|| misfit(entry))?;
            }
        }
        Ok(())
    }

    /// A relation that is no longer declared is passed over.
    fn relink(&mut self, name: &str, old: &Json) -> Option<()> {
        let Some(relation) = M::META.relation(name) else {
            return Some(());
        };
        let RelationKind::ManyToMany {
            through,
            source,
            target,
        } = relation.kind
        else {
            return Some(());
        };
        let link = Link {
            through,
            source,
            target,
        };
        let kind = (relation.target)().pk().kind;
        // A row that was just made had none.
        let keys = match old {
            Json::Null => Vec::new(),
            old => old
                .as_array()?
                .iter()
                .map(|key| Value::from_json(kind, key)?.to_key())
                .collect::<Option<_>>()?,
        };
        match self.links.iter_mut().find(|(own, _)| *own == link) {
            Some((_, own)) => *own = keys,
            None => self.links.push((link, keys)),
        }
        Some(())
    }

    fn finish(self, moment: Moment) -> Result<Option<Past<M>>> {
        let stamps = &M::META.stamps;
        let value = |column: Option<usize>| column.and_then(|column| self.values.get(column));
        let is_null = |column| value(column).is_none_or(Value::is_null);
        let was_not_made_yet = match (moment, value(stamps.created_at)) {
            (Moment::At(at), Some(Value::DateTime(created_at))) => at < *created_at,
            _ => false,
        };
        if is_null(Some(M::META.primary_key)) || !is_null(stamps.deleted_at) || was_not_made_yet {
            return Ok(None);
        }
        let row = M::from_row(&mut RowReader::of_values(&self.values)).map_err(Error::internal)?;
        Ok(Some(Past {
            row,
            links: self.links,
        }))
    }
}

fn misfit(entry: &AuditEntry) -> Error {
    Error::internal(format!("audit entry {} does not fit its model", entry.id))
}
