//! Running rendered statements.

use diesel::Connection;
use diesel::backend::Backend;
use diesel::connection::LoadConnection;
use diesel::deserialize;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{Error, QueryResult};
use diesel::sql_types::{self as sql, Untyped};

use super::Sql;
use super::sql::Gap;
use crate::Value;
use crate::connection::{AnyConnection, MultiBackend, MultiRow};
use crate::predicate::DieselFragment;
use crate::sql_types::{
    BigIntList, PortableJson, PortableNumeric, PortableTimestamptz, PortableUuid, TextList,
    UuidList,
};

type Read<'a, T> = &'a mut dyn FnMut(&MultiRow<'_, '_>) -> deserialize::Result<T>;

/// Diesel walks a statement three times on a connection of its own kind, and seven times on one of
/// several kinds, which only typed expressions need.
impl Sql {
    /// Runs the statement and reads its rows.
    pub(crate) fn load<T>(
        self,
        connection: &mut AnyConnection,
        read: Read<'_, T>,
    ) -> QueryResult<Vec<T>> {
        if self.is_typed() {
            return collect(connection.load(self)?, |row| row, read);
        }
        match connection {
            #[cfg(feature = "postgres")]
            AnyConnection::Pg(native) => {
                let rows =
                    LoadConnection::<diesel::connection::DefaultLoadingMode>::load(native, self)?;
                collect(rows, MultiRow::Pg, read)
            }
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(native) => collect(native.load(self)?, MultiRow::Sqlite, read),
        }
    }

    /// Runs the statement and returns how many rows it changed.
    pub(crate) fn execute(self, connection: &mut AnyConnection) -> QueryResult<usize> {
        if self.is_typed() {
            return connection.execute_returning_count(&self);
        }
        match connection {
            #[cfg(feature = "postgres")]
            AnyConnection::Pg(native) => native.execute_returning_count(&self),
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(native) => native.execute_returning_count(&self),
        }
    }

    /// Whether there is a typed expression in it.
    fn is_typed(&self) -> bool {
        self.gaps
            .iter()
            .any(|(_, gap)| matches!(gap, Gap::Diesel(_)))
    }
}

fn collect<'conn, 'query, R, T>(
    rows: impl Iterator<Item = QueryResult<R>>,
    row: impl Fn(R) -> MultiRow<'conn, 'query>,
    read: Read<'_, T>,
) -> QueryResult<Vec<T>> {
    rows.map(|one| read(&row(one?)).map_err(Error::DeserializationError))
        .collect()
}

impl Query for Sql {
    type SqlType = Untyped;
}

impl QueryId for Sql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// The statement for one backend; `$typed` walks an expression.
macro_rules! statement_for {
    ($backend:ty, $typed:expr) => {
        impl QueryFragment<$backend> for Sql {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                if self.one_off {
                    out.unsafe_to_cache_prepared();
                }
                let mut from = 0;
                for (at, gap) in &self.gaps {
                    out.push_sql(&self.text[from..*at]);
                    from = *at;
                    match gap {
                        Gap::Value(value) => statement_for!(@bind value, out),
                        Gap::BigInts(list) => out.push_bind_param::<BigIntList, _>(list)?,
                        Gap::Uuids(list) => out.push_bind_param::<UuidList, _>(list)?,
                        Gap::Texts(list) => out.push_bind_param::<TextList, _>(list)?,
                        Gap::Diesel(fragment) => $typed(fragment, out.reborrow())?,
                    }
                }
                out.push_sql(&self.text[from..]);
                Ok(())
            }
        }
    };
    (@bind $value:ident, $out:ident) => {
        match $value {
            Value::Null => $out.push_sql("NULL"),
            Value::Bool(value) => $out.push_bind_param::<sql::Bool, _>(value)?,
            Value::Int(value) => $out.push_bind_param::<sql::BigInt, _>(value)?,
            Value::Float(value) => $out.push_bind_param::<sql::Double, _>(value)?,
            Value::Text(value) => $out.push_bind_param::<sql::Text, _>(value)?,
            Value::Bytes(value) => $out.push_bind_param::<sql::Binary, _>(value)?,
            Value::Uuid(value) => $out.push_bind_param::<PortableUuid, _>(value)?,
            Value::DateTime(value) => $out.push_bind_param::<PortableTimestamptz, _>(value)?,
            Value::Date(value) => $out.push_bind_param::<sql::Date, _>(value)?,
            Value::Time(value) => $out.push_bind_param::<sql::Time, _>(value)?,
            Value::Decimal(value) => $out.push_bind_param::<PortableNumeric, _>(value)?,
            Value::Json(value) => $out.push_bind_param::<PortableJson, _>(value)?,
        }
    };
}

statement_for!(MultiBackend, typed);
#[cfg(feature = "postgres")]
statement_for!(diesel::pg::Pg, elsewhere);
#[cfg(feature = "sqlite")]
statement_for!(diesel::sqlite::Sqlite, elsewhere);

fn typed<'b>(
    expression: &'b DieselFragment,
    out: AstPass<'_, 'b, MultiBackend>,
) -> QueryResult<()> {
    expression.0.walk_ast(out)
}

/// An expression is typed for both databases, and walked for both.
fn elsewhere<DB: Backend>(_: &DieselFragment, _: AstPass<'_, '_, DB>) -> QueryResult<()> {
    Err(Error::QueryBuilderError(
        "a typed expression needs a connection of several kinds".into(),
    ))
}
