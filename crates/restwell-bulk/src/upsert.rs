use std::collections::HashSet;

use restwell_core::{Action, Error, Key, Result};
use restwell_db::model::Unique;
use restwell_db::{Context, Model, Value, unique_error};
use restwell_serializers::input::rows_with;
use restwell_serializers::{Draft, FieldKind, Input, Mask, Mode, parse_many};
use restwell_views::extension::{check_row, give_parent, json_body, scoped, wanted};
use restwell_views::{InputOf, Options, Reply, ViewSet};

use crate::answer::{Done, answer};
use crate::conflict::{Existing, OnConflict};
use crate::create::new_rows;
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
    /// By what the row is the same; `None` where it does not say all of that.
    values: Option<Vec<Value>>,
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
        for tries in 1..=TRIES {
            if let Some(reply) = self.attempt(asked, tries == TRIES, cx)? {
                return Ok(reply);
            }
        }
        Err(Error::internal("the last try has an answer"))
    }

    /// Nothing is done and `None` is returned when another has made a row meanwhile, unless this
    /// `is_last`.
    fn attempt(
        &self,
        (preferences, mask): (Preferences, Mask),
        is_last: bool,
        cx: &mut Context,
    ) -> Result<Option<Reply>> {
        let partial = preferences.partial;
        cx.release();
        let found = self.found(cx)?;
        let new = found.iter().filter(|candidate| candidate.row.is_none());
        let new: Vec<_> = new.map(|candidate| candidate.values.clone()).collect();
        let mut is_overtaken = false;
        let sorted = self.sorted(found, partial, cx);
        let outcome = sorted.and_then(|sorted| {
            preferences.transaction(cx, |cx| {
                let done = self.perform(sorted, partial, cx)?;
                if !is_last && done.has_error(Error::is_unique_violation) {
                    let own = done.iter().map(|done| done.row.key()).collect();
                    is_overtaken = self.is_overtaken(&new, &own, cx)?;
                }
                if is_overtaken {
                    return Err(Error::internal("what is done again is undone"));
                }
                answer::<V>(done, "saved", (preferences, Some(mask)), cx)
            })
        });
        if let Err(error) = &outcome
            && !is_last
            && error.is_unique_violation()
        {
            is_overtaken = self.is_overtaken(&new, &HashSet::new(), cx)?;
        }
        if is_overtaken {
            return Ok(None);
        }
        outcome.map(Some)
    }

    fn perform(
        &self,
        Sorted { new, old, kept }: Sorted<V>,
        partial: bool,
        cx: &mut Context,
    ) -> Result<Rows<Done<V::Model>>> {
        let mut done = kept.try_map(|row| Ok(Done { row, status: 200 }))?;
        if !new.is_empty() {
            self.viewset.before(Action::Create, cx)?;
            done.join(perform(Creation, self.viewset, new, partial, cx)?);
        }
        if !old.is_empty() {
            self.viewset.before(Action::PartialUpdate, cx)?;
            done.join(perform(UPDATE, self.viewset, old, partial, cx)?);
        }
        Ok(done)
    }

    /// Whether any of the rows that were not there is there now, and not because of this request.
    fn is_overtaken(
        &self,
        new: &[Option<Vec<Value>>],
        own: &HashSet<Key>,
        cx: &mut Context,
    ) -> Result<bool> {
        let there = self.rows_with(new, cx)?.into_iter().flatten();
        Ok(there.into_iter().any(|row| !own.contains(&row.key())))
    }

    /// The rows, validated for what is done with each.
    fn sorted(
        &self,
        found: Rows<Candidate<V>>,
        partial: bool,
        cx: &mut Context,
    ) -> Result<Sorted<V>> {
        let mut seen = HashSet::new();
        let mut rows = found.try_map(|candidate| match &candidate.row {
            Some(row) if !seen.insert(row.key()) => {
                Err(unique_error(<V::Model as Model>::META, self.unique()?).into())
            }
            _ => Ok(candidate),
        })?;
        let new = rows.extract(|candidate| candidate.row.is_none());
        let mut new = new_rows(new.try_map(|candidate| Ok(candidate.new))?, cx)?;
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
        for draft in &mut new {
            give_parent(draft, cx);
        }
        let values = self.values(&new, cx)?;
        let found = self.rows_with(&values, cx)?.into_iter();
        let drafts = new.into_iter().zip(old).zip(values.into_iter().zip(found));
        let candidates = drafts.map(|((new, old), (values, row))| Candidate {
            new,
            old,
            values,
            row,
        });
        Ok(Rows::new(candidates.collect()))
    }

    fn rows_with(
        &self,
        values: &[Option<Vec<Value>>],
        cx: &mut Context,
    ) -> Result<Vec<Option<V::Model>>> {
        let among = scoped(self.viewset, Action::BulkPartialUpdate, cx);
        rows_with(&among, self.unique()?, values, cx)
    }

    /// By what each row is the same. The names of other rows are looked up for that, in drafts of
    /// their own: what is wrong with them is for the validation to find.
    fn values(
        &self,
        drafts: &[Draft<InputOf<V::Create>>],
        cx: &mut Context,
    ) -> Result<Vec<Option<Vec<Value>>>> {
        let unique = self.unique()?;
        if !names_others::<InputOf<V::Create>>(unique) {
            return drafts
                .iter()
                .map(|draft| values_of(unique, draft, cx))
                .collect();
        }
        let mut drafts = parse_many::<InputOf<V::Create>>(json_body(cx)?, self.most)?;
        for draft in &mut drafts {
            give_parent(draft, cx);
        }
        InputOf::<V::Create>::resolve(&mut drafts, cx)?;
        drafts
            .iter()
            .map(|draft| values_of(unique, draft, cx))
            .collect()
    }

    fn unique(&self) -> Result<&'static Unique> {
        let unique = self.conflict.unique();
        unique.ok_or_else(|| Error::internal("a conflict is that of a declared constraint"))
    }
}

/// Whether a field names another row, whose key is in a column of `unique`.
fn names_others<I: Input>(unique: &Unique) -> bool {
    I::FIELDS.iter().enumerate().any(|(place, field)| {
        let column = I::column(place);
        field.kind == FieldKind::Related && column.is_some_and(|it| unique.columns.contains(&it))
    })
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
