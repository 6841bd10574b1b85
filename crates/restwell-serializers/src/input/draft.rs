use std::fmt;

use restwell_core::{Action, Error, ErrorBudget, FieldErrors, Key, Result};
use restwell_db::statement::Link;
use restwell_db::{
    Changes, ColumnMeta, ColumnSet, ColumnValue, Context, Field, IntoField, Model, Value,
};

use super::Input;

/// What an input is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A new row.
    Create,
    /// Every field of a row: PUT. What is optional and left out keeps its value.
    Update,
    /// Some fields of a row: PATCH. Nothing is required and no default applies.
    PartialUpdate,
}

impl Mode {
    /// The action that has inputs for this.
    pub const fn action(self) -> Action {
        match self {
            Self::Create => Action::Create,
            Self::Update => Action::Update,
            Self::PartialUpdate => Action::PartialUpdate,
        }
    }
}

/// An input on its way through validation, with what is wrong with it so far.
#[derive(Debug)]
pub struct Draft<I> {
    /// What was read.
    pub input: I,
    /// What is wrong.
    pub errors: FieldErrors,
    /// The version that the client means to change, where the model counts versions.
    pub version: Option<i64>,
    /// The row that the client means, where inputs name theirs.
    pub key: Option<Key>,
    /// What refuses it beside what is wrong with its fields.
    pub(super) refusal: Option<Error>,
    /// How many inputs it is nested in.
    pub(super) depth: usize,
    /// What is known without the body.
    pub(super) given: Option<(&'static ColumnMeta, Value)>,
    /// How many members were refused as unknown.
    pub(super) unknown: usize,
}

impl<I: Input> Draft<I> {
    /// Nothing was read yet.
    pub fn empty() -> Self {
        Self {
            input: I::default(),
            errors: FieldErrors::new(),
            version: None,
            key: None,
            refusal: None,
            depth: 0,
            given: None,
            unknown: 0,
        }
    }

    /// How many rows are nested in it, with those that are nested in them.
    pub fn nested_rows(&self) -> usize {
        self.input.nested_rows()
    }

    /// Keeps of its errors as many as may be told, and the first of each field: until it is checked, they
    /// tell what is missing from what is wrong.
    pub fn charge(&mut self, budget: &mut ErrorBudget) {
        let is_field = |name: &str| I::FIELDS.iter().any(|field| field.name == name);
        budget.charge_except(&mut self.errors, is_field);
    }

    /// Sets a column to what is known without the body, such as the parent in the path of a nested
    /// route. A field of that column is not required, and what the body says of it does not count.
    pub fn give(&mut self, column: &'static ColumnMeta, value: Value) {
        self.given = Some((column, value));
    }

    /// Takes in what a part of it is refused for.
    pub(super) fn refuse(&mut self, error: Error) {
        if error.status() == 400 && !error.fields().is_empty() {
            self.errors.merge(error.fields().clone());
        } else {
            self.refusal = Some(error);
        }
    }

    /// The columns that are set, with what is given, before anything is checked.
    ///
    /// # Errors
    /// As for [`Input::writes`].
    pub fn supplied(&self, cx: &mut Context) -> Result<Changes<I::Model>> {
        Ok(self.writes(Mode::PartialUpdate, cx)?.changes)
    }

    /// Takes back what is supplied for other columns than these, and for what is no column.
    pub fn retain(&mut self, columns: ColumnSet) {
        for (place, field) in I::FIELDS.iter().enumerate() {
            if !I::column(place).is_some_and(|column| columns.contains(column)) {
                self.input.forget(place);
                self.errors.forget(field.name);
            }
        }
    }

    /// Whether field number `field` writes the column that is given.
    pub(super) fn is_given(&self, field: usize) -> bool {
        let given = self.given.as_ref().map(|(column, _)| column.index);
        given.is_some() && given == I::column(field)
    }

    /// What the input writes, with what is given.
    pub(super) fn writes(&self, mode: Mode, cx: &mut Context) -> Result<Writes<I::Model>> {
        let mut writes = self.input.writes(mode, cx)?;
        if let Some((column, value)) = &self.given {
            writes.changes.set_value(column, value.clone());
            writes.settle(column.index);
        }
        Ok(writes)
    }
}

/// What an input writes: columns of the row, and links to other rows.
pub struct Writes<M> {
    /// The columns.
    pub changes: Changes<M>,
    pub(crate) links: Vec<(Link, Vec<Key>)>,
    /// The columns whose values were made, not sent.
    generated: Vec<usize>,
}

impl<M: Model> Default for Writes<M> {
    fn default() -> Self {
        Self {
            changes: Changes::new(),
            links: Vec::new(),
            generated: Vec::new(),
        }
    }
}

impl<M: Model> fmt::Debug for Writes<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writes")
            .field("changes", &self.changes)
            .field("links", &self.links)
            .field("generated", &self.generated)
            .finish()
    }
}

impl<M: Model> Writes<M> {
    /// Sets `field` to a value that was made for a client who sent none: where another row takes it
    /// first, another is made.
    pub fn generate<T: ColumnValue>(&mut self, field: Field<M, T>, value: impl IntoField<T>) {
        self.changes.set(field, value);
        self.generated.push(field.column().index);
    }

    /// Takes a column for one whose value is not made.
    pub(super) fn settle(&mut self, column: usize) {
        self.generated.retain(|generated| *generated != column);
    }

    /// Whether the value of the column with this number was made.
    pub(super) fn is_generated(&self, column: usize) -> bool {
        self.generated.contains(&column)
    }

    /// Whether any value was made.
    pub(super) fn has_generated(&self) -> bool {
        !self.generated.is_empty()
    }

    /// Takes the values that were made from `fresh`.
    pub(super) fn renew(&mut self, fresh: &Self) {
        let made = fresh
            .changes
            .iter()
            .filter(|(column, _)| self.generated.contains(&column.index));
        for (column, value) in made {
            self.changes.set_value(column, value.clone());
        }
    }

    /// Links the row to exactly the rows with these keys.
    pub fn link(&mut self, link: Link, keys: Vec<Key>) {
        self.links.push((link, keys));
    }
}
