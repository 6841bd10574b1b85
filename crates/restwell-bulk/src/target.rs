use std::collections::{HashMap, HashSet};

use restwell_core::{Error, FieldErrors, Key, Result};
use restwell_db::predicate::Predicate;
use restwell_db::{Context, Model, Q, QuerySet, Value};
use restwell_serializers::RelatedKey;
use restwell_serializers::input::Resolve;

/// The rows that a request names, by their keys: those that exist for the principal.
pub(crate) struct Targets<M> {
    rows: HashMap<Key, M>,
    seen: HashSet<Key>,
}

impl<M: Model> Targets<M> {
    /// Reads those of `rows` that have one of these keys, with one query.
    pub(crate) fn find(
        rows: QuerySet<M>,
        keys: impl Iterator<Item = Key>,
        cx: &mut Context,
    ) -> Result<Self> {
        let rows = among(rows, keys).load(cx)?;
        Ok(Self {
            rows: rows.into_iter().map(|row| (row.key(), row)).collect(),
            seen: HashSet::new(),
        })
    }

    /// The row with this key, which no other row of the request names.
    ///
    /// # Errors
    /// 404 when there is none; 400 when it was named before.
    pub(crate) fn take(&mut self, key: &Key) -> Result<M> {
        if !self.seen.insert(key.clone()) {
            let message = "Another row of the request names the same object.";
            return Err(Error::validation(wrong_key::<M>("duplicate", message)));
        }
        let missing = RelatedKey::<M>::missing(&key.to_string());
        self.rows.remove(key).ok_or_else(|| {
            Error::not_found().with_fields(wrong_key::<M>("does_not_exist", missing.message))
        })
    }
}

/// Those of `rows` that have one of these keys.
pub(crate) fn among<M: Model>(rows: QuerySet<M>, keys: impl Iterator<Item = Key>) -> QuerySet<M> {
    rows.filter(Q::from_predicate(Predicate::In {
        column: &M::META.columns[M::META.primary_key],
        values: keys.map(Value::from).collect(),
    }))
}

fn wrong_key<M: Model>(
    code: &'static str,
    message: impl Into<std::borrow::Cow<'static, str>>,
) -> FieldErrors {
    FieldErrors::one(M::META.pk().name, code, message)
}
