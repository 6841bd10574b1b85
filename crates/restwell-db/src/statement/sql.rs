use crate::predicate::DieselFragment;
use crate::sql_types::{BigInts, Texts, Uuids};
use crate::{Dialect, Value};

/// A rendered statement: text with bind values in its gaps.
///
/// Text is made of the names in [`ModelMeta`](crate::ModelMeta) and of keywords; whatever came
/// from a client is a bind value.
#[derive(Debug)]
pub struct Sql {
    dialect: Dialect,
    pub(super) text: String,
    /// Each with its place in the text.
    pub(super) gaps: Vec<(usize, Gap)>,
    pub(super) one_off: bool,
}

/// What stands between two pieces of text.
#[derive(Debug)]
pub(super) enum Gap {
    Value(Value),
    BigInts(BigInts),
    Uuids(Uuids),
    Texts(Texts),
    Diesel(DieselFragment),
}

impl Sql {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            text: String::with_capacity(256),
            gaps: Vec::new(),
            one_off: false,
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Keeps the statement from being cached: its text depends on the number of rows.
    pub(super) fn one_off(&mut self) {
        self.one_off = true;
    }

    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A name of a table or column. Names come from the application's declarations; a quote in
    /// one is doubled all the same.
    pub(super) fn name(&mut self, name: &str) -> &mut Self {
        self.text.push('"');
        if name.contains('"') {
            self.text.push_str(&name.replace('"', "\"\""));
        } else {
            self.text.push_str(name);
        }
        self.text.push('"');
        self
    }

    pub(super) fn column(&mut self, table: &str, column: &str) -> &mut Self {
        self.name(table).push(".").name(column)
    }

    /// A value. Null is written out, since a bound null would need a type.
    pub(super) fn bind(&mut self, value: Value) -> &mut Self {
        if value.is_null() {
            return self.push("NULL");
        }
        self.gap(Gap::Value(value))
    }

    pub(super) fn diesel(&mut self, fragment: DieselFragment) -> &mut Self {
        self.gap(Gap::Diesel(fragment))
    }

    /// The right side of an `IN`, as one bind value whatever the number of values.
    pub(super) fn bind_list(&mut self, values: &[Value]) -> &mut Self {
        let Some(list) = Gap::list(values) else {
            return self.bind_each(values);
        };
        let (open, close) = if self.dialect.is_postgres() {
            (" = ANY(", ")")
        } else {
            (" IN (SELECT value FROM json_each(", "))")
        };
        self.push(open).gap(list).push(close)
    }

    /// Rows whose columns are bound as one array each, whatever the number of rows; nothing where
    /// the database has no arrays, or none of such values.
    pub(super) fn bind_columns(&mut self, columns: &[Vec<Value>]) -> Option<&mut Self> {
        if !self.dialect.is_postgres() {
            return None;
        }
        let lists: Vec<Gap> = columns
            .iter()
            .map(|it| Gap::list(it))
            .collect::<Option<_>>()?;
        self.push(" SELECT * FROM unnest(");
        for (i, list) in lists.into_iter().enumerate() {
            self.push(if i == 0 { "" } else { ", " }).gap(list);
        }
        Some(self.push(")"))
    }

    fn bind_each(&mut self, values: &[Value]) -> &mut Self {
        self.one_off = true;
        self.push(" IN (");
        for (i, value) in values.iter().enumerate() {
            self.push(if i == 0 { "" } else { ", " })
                .bind(value.clone());
        }
        self.push(")")
    }

    fn gap(&mut self, gap: Gap) -> &mut Self {
        self.gaps.push((self.text.len(), gap));
        self
    }
}

impl Gap {
    /// The values, which have one type, as one array; nothing where there is none of their type.
    fn list(values: &[Value]) -> Option<Self> {
        Some(match values.first()? {
            Value::Int(_) => Self::BigInts(BigInts(values.iter().filter_map(int).collect())),
            Value::Uuid(_) => Self::Uuids(Uuids(values.iter().filter_map(uuid).collect())),
            Value::Text(_) => Self::Texts(Texts(values.iter().filter_map(text).collect())),
            _ => return None,
        })
    }
}

fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Int(value) => Some(*value),
        _ => None,
    }
}

fn uuid(value: &Value) -> Option<uuid::Uuid> {
    match value {
        Value::Uuid(value) => Some(*value),
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(value) => Some(value.clone()),
        _ => None,
    }
}
