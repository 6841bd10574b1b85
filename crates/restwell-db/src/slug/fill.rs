use std::collections::HashSet;

use restwell_core::Result;

use super::{SUFFIX, candidates, first_free, slugify, unlike_others};
use crate::block::SlugMeta;
use crate::predicate::Predicate;
use crate::{Changes, ColumnMeta, Context, Model, Q, Value};

/// The new rows that have no slug, by their places.
pub(crate) struct Blanks {
    slug: SlugMeta,
    column: &'static ColumnMeta,
    places: Vec<usize>,
}

/// Those of `rows` that the model gives a slug.
pub(crate) fn blanks<M: Model>(rows: &[Changes<M>]) -> Option<Blanks> {
    let slug = M::META.slug?;
    let is_blank = |row: &Changes<M>| match row.get_value(slug.column) {
        None | Some(Value::Null) => true,
        Some(value) => text(value).is_empty(),
    };
    let blank = rows.iter().enumerate().filter(|(_, row)| is_blank(row));
    let places: Vec<usize> = blank.map(|(place, _)| place).collect();
    (!places.is_empty()).then(|| Blanks {
        slug,
        column: &M::META.columns[slug.column],
        places,
    })
}

impl Blanks {
    /// Gives each of these rows a slug that no other row has, in one query; one that it was given
    /// before stays while it is free. Whether any has another than before.
    ///
    /// A transaction that was in the way of another may hold slugs which are not to be seen yet: who
    /// comes back from that takes one that nobody else will.
    pub(crate) fn fill<M: Model>(&self, cx: &mut Context, rows: &mut [Changes<M>]) -> Result<bool> {
        let evades = cx.evades_others(self.places.len());
        let wanted: Vec<Vec<String>> = self
            .places
            .iter()
            .map(|place| {
                let value = |column| rows[*place].get_value(column).map(text).unwrap_or_default();
                let (source, max) = (value(self.slug.source), self.slug.max);
                let before = value(self.slug.column);
                if evades && before.is_empty() {
                    return vec![unlike_others(&slugify(source, max.saturating_sub(SUFFIX)))];
                }
                let mut wanted = candidates(source, max);
                if !before.is_empty() {
                    wanted.insert(0, before.to_owned());
                }
                wanted
            })
            .collect();
        let mut taken = self.stored::<M>(cx, &wanted)?;
        let given = rows.iter().enumerate();
        let given = given.filter(|(place, _)| self.places.binary_search(place).is_err());
        let given = given.filter_map(|(_, row)| row.get_value(self.slug.column));
        taken.extend(given.map(|slug| text(slug).to_owned()));
        let mut is_changed = false;
        for (place, candidates) in self.places.iter().zip(wanted) {
            let slug = first_free(candidates, |slug| taken.contains(slug));
            taken.insert(slug.clone());
            let slug = Value::Text(slug);
            is_changed |= rows[*place].get_value(self.slug.column) != Some(&slug);
            rows[*place].set_value(self.column, slug);
        }
        Ok(is_changed)
    }

    /// Which of the slugs rows of the database have.
    fn stored<M: Model>(
        &self,
        cx: &mut Context,
        wanted: &[Vec<String>],
    ) -> Result<HashSet<String>> {
        let mut texts: Vec<&String> = wanted.iter().flatten().collect();
        texts.sort_unstable();
        texts.dedup();
        let any = Predicate::In {
            column: self.column,
            values: texts.into_iter().cloned().map(Value::Text).collect(),
        };
        let rows = M::objects().filter(Q::from_predicate(any));
        let stored = rows.values(crate::Field::<M, String>::new(self.column), cx)?;
        Ok(stored.into_iter().collect())
    }
}

fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}
