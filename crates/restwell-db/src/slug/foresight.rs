use std::collections::HashSet;

use restwell_core::Result;

use crate::predicate::{Predicate, SubSelect};
use crate::queryset::load_rows;
use crate::statement::Select;
use crate::{ColumnMeta, ColumnSet, Context, ModelMeta, RowReader, Value};

/// What a batch of rows is about to ask of unique texts, asked at once.
#[derive(Debug, Default)]
pub(crate) struct Foresight {
    /// Whether questions are noted, and not answered yet.
    is_noting: bool,
    places: Vec<Place>,
    /// Values that rows of the batch have, by column.
    given: Vec<(&'static ColumnMeta, HashSet<String>)>,
}

/// A column of some rows.
#[derive(Debug)]
struct Place {
    meta: &'static ModelMeta,
    column: &'static ColumnMeta,
    rows: SubSelect,
    asked: HashSet<String>,
    taken: HashSet<String>,
}

impl Foresight {
    /// Notes that somebody wants to know which of `candidates` are taken, where questions are
    /// noted.
    pub(super) fn notes(
        &mut self,
        meta: &'static ModelMeta,
        column: &'static ColumnMeta,
        rows: &SubSelect,
        candidates: &[String],
    ) -> bool {
        if !self.is_noting {
            return false;
        }
        let place = match self.places.iter().position(|place| place.rows == *rows) {
            Some(place) => place,
            None => {
                self.places.push(Place {
                    meta,
                    column,
                    rows: rows.clone(),
                    asked: HashSet::new(),
                    taken: HashSet::new(),
                });
                self.places.len() - 1
            }
        };
        self.places[place].asked.extend(candidates.iter().cloned());
        true
    }

    /// Which of `candidates` are taken, as far as that was asked.
    pub(super) fn taken(&self, rows: &SubSelect, candidates: &[String]) -> Option<Vec<String>> {
        let place = self.places.iter().find(|place| place.rows == *rows)?;
        if !candidates.iter().all(|text| place.asked.contains(text)) {
            return None;
        }
        let given = self.given(place.column);
        let is_taken = |text: &&String| {
            place.taken.contains(*text) || given.is_some_and(|given| given.contains(*text))
        };
        Some(candidates.iter().filter(is_taken).cloned().collect())
    }

    /// Notes that a row of the batch has `text` in `column`.
    pub(super) fn give(&mut self, column: &'static ColumnMeta, text: &str) {
        if self.places.is_empty() && !self.is_noting {
            return;
        }
        match self.given.iter_mut().find(|(own, _)| *own == column) {
            Some((_, given)) => {
                given.insert(text.to_owned());
            }
            None => self.given.push((column, HashSet::from([text.to_owned()]))),
        }
    }

    fn given(&self, column: &ColumnMeta) -> Option<&HashSet<String>> {
        let (_, given) = self.given.iter().find(|(own, _)| *own == column)?;
        Some(given)
    }
}

impl Context {
    /// Runs `work` for the questions alone that it asks with [`unique_slug`](crate::unique_slug),
    /// and answers those with one query for each column, so that the same work, done after it, asks
    /// none. What it returns is provisional.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn foresee(&mut self, work: impl FnOnce(&mut Self)) -> Result<()> {
        *self.foresight() = Foresight {
            is_noting: true,
            ..Foresight::default()
        };
        work(self);
        let mut foresight = std::mem::take(self.foresight());
        foresight.is_noting = false;
        for place in &mut foresight.places {
            place.taken = taken(self, place)?;
        }
        *self.foresight() = foresight;
        Ok(())
    }

    /// Notes that a row of the batch that is foreseen has `value` in `column`, so that no other is
    /// given it.
    pub fn reserve(&mut self, column: &'static ColumnMeta, value: &Value) {
        if let Value::Text(text) = value {
            self.foresight().give(column, text);
        }
    }
}

fn taken(cx: &mut Context, place: &Place) -> Result<HashSet<String>> {
    let asked = Predicate::In {
        column: place.column,
        values: place.asked.iter().cloned().map(Value::Text).collect(),
    };
    let select = Select::new(place.meta, place.rows.filter.clone().and(asked));
    let sql = select.render_columns(cx.dialect()?, &[place.column]);
    let rows = load_rows(cx, sql, &mut |row| {
        RowReader::new(row, ColumnSet::ALL).next::<String>()
    })?;
    Ok(rows.into_iter().collect())
}
