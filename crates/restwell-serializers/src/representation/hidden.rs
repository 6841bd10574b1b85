use restwell_core::Result;
use restwell_db::{ColumnMeta, ColumnSet, Context, Model};

use super::Representation;

/// What the principal may not see of every row that a serializer shows.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    names: Vec<&'static str>,
    columns: Vec<&'static ColumnMeta>,
    tables: Vec<&'static str>,
}

impl Hidden {
    /// What serializer `R` hides from the principal.
    ///
    /// # Errors
    /// 503 when a rule asks a database that is away.
    pub fn of<R: Representation>(cx: &mut Context) -> Result<Self> {
        let mut hidden = Self::default();
        hidden.note::<R>(cx)?;
        Ok(hidden)
    }

    /// Notes what serializer `R` hides too.
    ///
    /// # Errors
    /// 503 when a rule asks a database that is away.
    pub fn note<R: Representation>(&mut self, cx: &mut Context) -> Result<()> {
        if R::GUARDED {
            R::note_hidden(self, cx)?;
        }
        Ok(())
    }

    /// Notes what serializer `R`, nested in this one, hides of its own rows. Its fields have other
    /// names here.
    ///
    /// # Errors
    /// 503 when a rule asks a database that is away.
    pub fn note_nested<R: Representation>(&mut self, cx: &mut Context) -> Result<()> {
        let own = self.names.len();
        self.note::<R>(cx)?;
        self.names.truncate(own);
        Ok(())
    }

    /// Notes a field by its name on the wire.
    pub fn field(&mut self, name: &'static str) {
        self.names.push(name);
    }

    /// Notes a column.
    pub fn column(&mut self, column: &'static ColumnMeta) {
        self.columns.push(column);
    }

    /// Notes a relation from `M`: the columns that it starts from, and the table that it leads to.
    pub fn relation<M: Model>(&mut self, from: ColumnSet, table: &'static str) {
        let columns = M::META
            .columns
            .iter()
            .filter(|column| column.index != M::META.primary_key && from.contains(column.index));
        self.columns.extend(columns);
        self.tables.push(table);
    }

    /// Whether nothing is hidden.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.columns.is_empty() && self.tables.is_empty()
    }

    /// Whether the parameter `name`, which may be about `column`, would tell of it.
    pub fn covers(&self, name: &str, column: Option<&ColumnMeta>) -> bool {
        let field = name.split("__").next().unwrap_or(name);
        self.names.contains(&field)
            || column.is_some_and(|column| {
                let same = |other: &&&ColumnMeta| {
                    (other.table, other.index) == (column.table, column.index)
                };
                self.tables.contains(&column.table) || self.columns.iter().any(|own| same(&own))
            })
    }
}
