use restwell_core::Result;
use restwell_db::{ColumnMeta, ColumnSet, Context, Model, ModelMeta};

use super::Representation;

/// What the principal may not see of every row that a serializer shows, or of one.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    names: Vec<&'static str>,
    columns: Vec<&'static ColumnMeta>,
    tables: Vec<&'static str>,
}

impl Hidden {
    /// What the serializers `R` and `S` hide from the principal of `row`, or where there is none,
    /// of every row. Of two rules about one column the stricter holds.
    ///
    /// # Errors
    /// 503 when a rule asks a database that is away.
    pub fn of<R, S>(row: Option<&R::Model>, cx: &mut Context) -> Result<Self>
    where
        R: Representation,
        S: Representation<Model = R::Model>,
    {
        let mut hidden = Self::default();
        hidden.note::<R>(row, cx)?;
        hidden.note::<S>(row, cx)?;
        Ok(hidden)
    }

    /// Notes what serializer `R` hides too.
    ///
    /// # Errors
    /// 503 when a rule asks a database that is away.
    pub fn note<R: Representation>(
        &mut self,
        row: Option<&R::Model>,
        cx: &mut Context,
    ) -> Result<()> {
        if R::GUARDED {
            R::note_hidden(self, row, cx)?;
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
        self.note::<R>(None, cx)?;
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

    /// Whether the column or relation `name` of `model` is hidden, as audit entries name it.
    pub fn covers_member(&self, model: &ModelMeta, name: &str) -> bool {
        match (model.column(name), model.relation(name)) {
            (Some(column), _) => self.covers_column(column),
            (None, Some(relation)) => self.tables.contains(&(relation.target)().table),
            (None, None) => false,
        }
    }

    /// Whether the parameter `name`, which may be about `column`, would tell of it.
    pub fn covers(&self, name: &str, column: Option<&ColumnMeta>) -> bool {
        let field = name.split("__").next().unwrap_or(name);
        self.names.contains(&field)
            || column.is_some_and(|column| {
                self.tables.contains(&column.table) || self.covers_column(column)
            })
    }

    fn covers_column(&self, column: &ColumnMeta) -> bool {
        self.columns
            .iter()
            .any(|own| (own.table, own.index) == (column.table, column.index))
    }
}
