use std::collections::HashSet;

use restwell_core::{Action, Error, Result};
use restwell_db::model::Unique;
use restwell_db::{Context, Model, Value, unique_error};
use restwell_serializers::input::rows_with;
use restwell_serializers::{Draft, Input, Mask, Mode, parse_many, validate};
use restwell_views::extension::{check_row, give_parent, json_body, scoped, wanted};
use restwell_views::{InputOf, Options, Reply, ViewSet};

use crate::answer::{Done, answer};
use crate::conflict::{Existing, OnConflict};
use crate::kind::{Change, Creation};
use crate::preferences::Preferences;
use crate::rows::Rows;
use crate::update::changes;
use crate::write::{Item, perform};

/// How often it is done again because another has made a row meanwhile, which is then there.
const TRIES: usize = 3;

const UPDATE: Change = Change {
    mode: Mode::PartialUpdate,
};

/// What upserts are about.
pub(crate) struct Upsert<'a, V: ViewSet> {
    pub(crate) viewset: &'a V,
    pub(crate) options: &'a Options<V::Model>,
    pub(crate) conflict: &'a OnConflict<V::Model>,
    pub(crate) existing: Existing,
    pub(crate) most: usize,
}

/// What the body says of a row, read for a new one and for one that is there, with the row that is.
struct Candidate<V: ViewSet> {
    new: Draft<InputOf<V::Create>>,
    old: Draft<InputOf<V::Update>>,
    row: Option<V::Model>,
}

type Changes<V> = Rows<Item<V, Change>>;
type Kept<V> = Rows<<V as ViewSet>::Model>;

/// The rows of a request, by what is done with them.
struct Sorted<V: ViewSet> {
    new: Rows<Item<V, Creation>>,
    old: Changes<V>,
    kept: Kept<V>,
}

impl<V: ViewSet> Upsert<'_, V> {
    /// `POST` of an array whose rows may be there: they are changed or left as they are, the others
    /// are made.
    pub(crate) fn answer(&self, cx: &mut Context) -> Result<Reply> {
        let asked = (Preferences::of(cx.request())?, wanted::<V::Serializer>(cx)?);
        let mut tries = 1;
        loop {
            match self.attempt(asked, cx) {
                Err(error) if tries < TRIES && error.is_unique_violation() => tries += 1,
                outcome => return outcome,
            }
        }
    }

    fn attempt(&self, asked: (Preferences, Mask), cx: &mut Context) -> Result<Reply> {
        let (preferences, mask) = asked;
        let (viewset, partial) = (self.viewset, preferences.partial);
        cx.release();
        let Sorted { new, old, kept } = self.sorted(partial, cx)?;
        preferences.transaction(cx, |cx| {
            let mut done = kept.try_map(|row| Ok(Done { row, status: 200 }))?;
            if !new.is_empty() {
                viewset.before(Action::Create, cx)?;
                done.join(perform(Creation, viewset, new, partial, cx)?);
            }
            if !old.is_empty() {
                viewset.before(Action::PartialUpdate, cx)?;
                done.join(perform(UPDATE, viewset, old, partial, cx)?);
            }
            answer::<V>(done, "saved", (preferences, Some(mask)), cx)
        })
    }

    /// The rows, validated for what is done with each.
    fn sorted(&self, partial: bool, cx: &mut Context) -> Result<Sorted<V>> {
        let found = self.found(cx)?;
        let mut seen = HashSet::new();
        let mut rows = found.try_map(|candidate| match &candidate.row {
            Some(row) if !seen.insert(row.key()) => {
                Err(unique_error(<V::Model as Model>::META, self.unique()?).into())
            }
            _ => Ok(candidate),
        })?;
        let new = rows.extract(|candidate| candidate.row.is_none());
        let new = new.try_map_all(|rows| {
            let drafts = rows.into_iter().map(|candidate| candidate.new).collect();
            validate(drafts, &[], Mode::Create, cx)
        })?;
        let mut new = new.try_map(|input| {
            Ok(Item {
                instance: None,
                input: Some(input),
            })
        })?;
        let (mut old, mut kept) = self.there(rows, cx)?;
        new.take_errors(&mut old);
        new.take_errors(&mut kept);
        let new = new.unless_wrong(partial)?;
        Ok(Sorted { new, old, kept })
    }

    /// The rows that are there, which are changed or kept.
    fn there(&self, rows: Rows<Candidate<V>>, cx: &mut Context) -> Result<(Changes<V>, Kept<V>)> {
        let mut rows = rows.try_map(|Candidate { mut old, row, .. }| {
            let row = row.ok_or_else(|| Error::internal("the row is there"))?;
            let action = match self.existing {
                Existing::Update => Action::BulkPartialUpdate,
                Existing::Ignore => Action::Retrieve,
            };
            check_row(self.viewset, action, &row, cx)?;
            if let Some(columns) = self.conflict.updated() {
                old.retain(columns);
            }
            Ok((old, row))
        })?;
        let kept = rows.extract(|_| self.existing == Existing::Ignore);
        let kept = kept.try_map(|(_, row)| Ok(row))?;
        let old = rows.try_map_all(|rows| changes(UPDATE, self.viewset, self.options, rows, cx))?;
        Ok((old, kept))
    }

    fn found(&self, cx: &mut Context) -> Result<Rows<Candidate<V>>> {
        let mut new = parse_many::<InputOf<V::Create>>(json_body(cx)?, self.most)?;
        let old = parse_many::<InputOf<V::Update>>(json_body(cx)?, self.most)?;
        let unique = self.unique()?;
        let mut values = Vec::with_capacity(new.len());
        for draft in &mut new {
            give_parent(draft, cx);
            values.push(values_of(unique, draft, cx)?);
        }
        let among = scoped(self.viewset, Action::BulkPartialUpdate, cx);
        let found = rows_with(&among, unique, &values, cx)?;
        let drafts = new.into_iter().zip(old).zip(found);
        let candidates = drafts.map(|((new, old), row)| Candidate { new, old, row });
        Ok(Rows::new(candidates.collect()))
    }

    fn unique(&self) -> Result<&'static Unique> {
        let unique = self.conflict.unique();
        unique.ok_or_else(|| Error::internal("a conflict is that of a declared constraint"))
    }
}

/// The values that a row brings for the columns of `unique`.
fn values_of<I: Input>(
    unique: &Unique,
    draft: &Draft<I>,
    cx: &mut Context,
) -> Result<Option<Vec<Value>>> {
    let supplied = draft.supplied(cx)?;
    let value = |column: &usize| supplied.get_value(*column).filter(|value| !value.is_null());
    Ok(unique
        .columns
        .iter()
        .map(|column| value(column).cloned())
        .collect())
}
