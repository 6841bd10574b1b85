use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use restwell_core::{Error, FieldErrors, Key, Path, Result};
use restwell_db::predicate::Predicate;
use restwell_db::statement::Lock;
use restwell_db::{ColumnSet, Context, Model, Q, QuerySet, Value};
use restwell_serializers::RelatedKey;
use restwell_serializers::input::Resolve;

/// The rows that a request names, by their keys: those that exist for the principal.
pub(crate) struct Targets<M> {
    rows: HashMap<Key, M>,
    seen: HashSet<Key>,
    /// Where a row of the request has its key.
    place: Path,
}

impl<M: Model> Targets<M> {
    /// Reads those of `rows` that have one of these keys, with one query. A row of the request has
    /// its key at `place`.
    pub(crate) fn find(
        rows: QuerySet<M>,
        keys: impl Iterator<Item = Key>,
        place: impl Into<Path>,
        cx: &mut Context,
    ) -> Result<Self> {
        let rows = among(rows, keys).load(cx)?;
        Ok(Self {
            rows: rows.into_iter().map(|row| (row.key(), row)).collect(),
            seen: HashSet::new(),
            place: place.into(),
        })
    }

    /// The row with this key, which no other row of the request names.
    ///
    /// # Errors
    /// 404 when there is none; 400 when it was named before.
    pub(crate) fn take(&mut self, key: &Key) -> Result<M> {
        if !self.seen.insert(key.clone()) {
            let message = "Another row of the request names the same object.";
            return Err(Error::validation(self.wrong("duplicate", message)));
        }
        let row = self.rows.remove(key);
        row.ok_or_else(|| absent::<M>(key, self.place.clone()))
    }

    fn wrong(&self, code: &'static str, message: impl Into<Cow<'static, str>>) -> FieldErrors {
        FieldErrors::one(self.place.clone(), code, message)
    }
}

/// 404 for a key that stands at `place`.
pub(crate) fn absent<M: Model>(key: &Key, place: impl Into<Path>) -> Error {
    let missing = RelatedKey::<M>::missing(&key.to_string());
    let wrong = FieldErrors::one(place, missing.code, missing.message);
    Error::not_found().with_fields(wrong)
}

/// Fails where `row` has another version than the body names.
///
/// # Errors
/// 409.
pub(crate) fn has_version<M: Model>(row: &M, named: Option<i64>) -> Result<()> {
    let own = M::META.stamps.version.map(|column| row.value(column));
    match (own, named) {
        (Some(Value::Int(own)), Some(named)) if own != named => Err(Error::stale_version()),
        _ => Ok(()),
    }
}

/// Those of `rows` that have one of these keys, in the order of their keys.
pub(crate) fn among<M: Model>(rows: QuerySet<M>, keys: impl Iterator<Item = Key>) -> QuerySet<M> {
    let rows = rows.filter(Q::from_predicate(Predicate::In {
        column: &M::META.columns[M::META.primary_key],
        values: keys.map(Value::from).collect(),
    }));
    rows.order_by([])
}

/// Locks the rows with these keys, which are about to be changed, until the end of the transaction:
/// requests about the same rows wait for each other, whatever the order in which they name them and
/// in which statements change them. One statement, and on SQLite none: there a transaction has no
/// other beside it.
pub(crate) fn lock<M: Model>(keys: Vec<Key>, cx: &mut Context) -> Result<()> {
    if keys.len() < 2 || !cx.dialect()?.is_postgres() {
        return Ok(());
    }
    let rows = among(M::objects(), keys.into_iter()).only(ColumnSet::NONE);
    rows.select_for_update(Lock::NoKey).load(cx).map(drop)
}
