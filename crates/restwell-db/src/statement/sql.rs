use diesel::connection::LoadConnection;
use diesel::deserialize;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{Error, QueryResult};
use diesel::sql_types::{self as sql, Untyped};
use diesel::{RunQueryDsl, connection::DefaultLoadingMode};

use crate::connection::{AnyConnection, MultiBackend, MultiRow};
use crate::predicate::DieselFragment;
use crate::sql_types::{
    BigIntList, BigInts, PortableJson, PortableNumeric, PortableTimestamptz, PortableUuid,
    TextList, Texts, UuidList, Uuids,
};
use crate::{Dialect, Value};

/// A rendered statement: text with bind values in its gaps.
///
/// Text is made of the names in [`ModelMeta`](crate::ModelMeta) and of keywords; whatever came
/// from a client is a bind value.
#[derive(Debug)]
pub struct Sql {
    dialect: Dialect,
    text: String,
    gaps: Vec<(usize, Gap)>,
    one_off: bool,
}

/// What stands between two pieces of text.
#[derive(Debug)]
enum Gap {
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

    /// Runs the statement and reads its rows.
    pub(crate) fn load<T>(
        self,
        connection: &mut AnyConnection,
        read: &mut dyn FnMut(&MultiRow<'_, '_>) -> deserialize::Result<T>,
    ) -> QueryResult<Vec<T>> {
        let mut rows = Vec::new();
        let cursor = LoadConnection::<DefaultLoadingMode>::load(connection, self)?;
        for row in cursor {
            rows.push(read(&row?).map_err(Error::DeserializationError)?);
        }
        Ok(rows)
    }

    /// Runs the statement and returns how many rows it changed.
    pub(crate) fn execute(self, connection: &mut AnyConnection) -> QueryResult<usize> {
        RunQueryDsl::execute(self, connection)
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

impl Query for Sql {
    type SqlType = Untyped;
}

impl QueryId for Sql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<AnyConnection> for Sql {}

impl QueryFragment<MultiBackend> for Sql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if self.one_off {
            out.unsafe_to_cache_prepared();
        }
        let mut from = 0;
        for (at, gap) in &self.gaps {
            out.push_sql(&self.text[from..*at]);
            from = *at;
            match gap {
                Gap::Value(value) => bind(value, &mut out)?,
                Gap::BigInts(list) => out.push_bind_param::<BigIntList, _>(list)?,
                Gap::Uuids(list) => out.push_bind_param::<UuidList, _>(list)?,
                Gap::Texts(list) => out.push_bind_param::<TextList, _>(list)?,
                Gap::Diesel(fragment) => fragment.0.walk_ast(out.reborrow())?,
            }
        }
        out.push_sql(&self.text[from..]);
        Ok(())
    }
}

fn bind<'b>(value: &'b Value, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
    match value {
        Value::Null => {
            out.push_sql("NULL");
            Ok(())
        }
        Value::Bool(value) => out.push_bind_param::<sql::Bool, _>(value),
        Value::Int(value) => out.push_bind_param::<sql::BigInt, _>(value),
        Value::Float(value) => out.push_bind_param::<sql::Double, _>(value),
        Value::Text(value) => out.push_bind_param::<sql::Text, _>(value),
        Value::Bytes(value) => out.push_bind_param::<sql::Binary, _>(value),
        Value::Uuid(value) => out.push_bind_param::<PortableUuid, _>(value),
        Value::DateTime(value) => out.push_bind_param::<PortableTimestamptz, _>(value),
        Value::Date(value) => out.push_bind_param::<sql::Date, _>(value),
        Value::Time(value) => out.push_bind_param::<sql::Time, _>(value),
        Value::Decimal(value) => out.push_bind_param::<PortableNumeric, _>(value),
        Value::Json(value) => out.push_bind_param::<PortableJson, _>(value),
    }
}
