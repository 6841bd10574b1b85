//! What a database error means for the client.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use restwell_core::{Error, FieldErrors, Segment};

use crate::connection::Session;
use crate::model::Unique;
use crate::{ColumnMeta, ModelMeta};

/// Which statement failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Write,
    Delete,
}

/// The error for the client, from what the database said while working on `meta`. No text of the
/// database reaches the client; it stays as the private cause.
pub(crate) fn classify(
    error: DieselError,
    session: &mut Session,
    subject: Option<(&'static ModelMeta, Operation)>,
) -> Error {
    let DieselError::DatabaseError(kind, information) = &error else {
        return other(error, session);
    };
    let fields = subject.and_then(|(meta, _)| violated_fields(meta, kind, &**information));
    match kind {
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation => {
            Error::validation(fields.unwrap_or_else(invalid)).with_source(error)
        }
        DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => {
            match subject {
                Some((_, Operation::Delete)) => protected(&**information).with_source(error),
                _ => Error::validation(fields.unwrap_or_else(missing_reference)).with_source(error),
            }
        }
        DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ReadOnlyTransaction => {
            Error::unavailable().with_source(error)
        }
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            session.mark_broken();
            Error::unavailable().with_source(error)
        }
        _ => unnamed(error, session, subject),
    }
}

/// Errors for which Diesel has no kind, told by the database's words.
fn unnamed(
    error: DieselError,
    session: &mut Session,
    subject: Option<(&'static ModelMeta, Operation)>,
) -> Error {
    const LOST: [&str; 5] = [
        "server closed the connection",
        "terminating connection",
        "connection to server",
        "no connection to the server",
        "SSL SYSCALL",
    ];
    const BUSY: [&str; 6] = [
        "database is locked",
        "deadlock detected",
        "canceling statement due to",
        "could not obtain lock",
        "the database system is",
        "database table is locked",
    ];
    let text = error.to_string();
    let is = |texts: &[&str]| texts.iter().any(|part| text.contains(part));
    if is(&LOST) {
        session.mark_broken();
        return Error::unavailable().with_source(error);
    }
    if is(&BUSY) {
        return Error::unavailable().with_source(error);
    }
    // SQLite reports `ON DELETE RESTRICT` as the failure of a trigger, which Diesel does not name.
    if text.contains("FOREIGN KEY constraint failed") {
        return match subject {
            Some((_, Operation::Delete)) => protected_by(None).with_source(error),
            _ => Error::validation(missing_reference()).with_source(error),
        };
    }
    if text.contains("out of range") || text.contains("numeric field overflow") {
        let fields = FieldErrors::one(
            restwell_core::NON_FIELD_ERRORS,
            "out_of_range",
            "A number is out of range.",
        );
        return Error::validation(fields).with_source(error);
    }
    Error::internal(error)
}

fn other(error: DieselError, session: &mut Session) -> Error {
    if matches!(error, DieselError::BrokenTransactionManager) {
        session.mark_broken();
        return Error::unavailable().with_source(error);
    }
    error.into()
}

fn violated_fields(
    meta: &'static ModelMeta,
    kind: &DatabaseErrorKind,
    information: &(dyn DatabaseErrorInformation + Send + Sync),
) -> Option<FieldErrors> {
    match kind {
        DatabaseErrorKind::UniqueViolation => {
            let unique = violated_unique(meta, information)?;
            Some(unique_error(meta, unique))
        }
        DatabaseErrorKind::NotNullViolation => {
            let column = match information.column_name() {
                Some(name) => meta.column(name)?,
                None => named_columns(meta, information.message()).next()?,
            };
            Some(FieldErrors::one(
                column.name,
                "null",
                "This field may not be null.",
            ))
        }
        DatabaseErrorKind::ForeignKeyViolation => {
            let column = constrained_column(meta, information.constraint_name()?)?;
            Some(FieldErrors::one(
                column.name,
                "does_not_exist",
                "Invalid pk - object does not exist.",
            ))
        }
        DatabaseErrorKind::CheckViolation => {
            let name = information
                .constraint_name()
                .or_else(|| information.message().rsplit(": ").next())?;
            let column = constrained_column(meta, name)?;
            Some(FieldErrors::one(
                column.name,
                "invalid",
                "This value is not allowed.",
            ))
        }
        _ => None,
    }
}

/// PostgreSQL names the constraint; SQLite names the columns, or the index where it has an
/// expression or a condition.
fn violated_unique(
    meta: &'static ModelMeta,
    information: &(dyn DatabaseErrorInformation + Send + Sync),
) -> Option<&'static Unique> {
    let constraint = information.constraint_name().or_else(|| {
        let (_, index) = information.message().split_once("index '")?;
        index.strip_suffix('\'')
    });
    let unique: &'static [Unique] = meta.unique;
    if let Some(constraint) = constraint {
        return unique.iter().find(|unique| match unique.name {
            Some(name) => name == constraint,
            None => default_names(meta, unique)
                .iter()
                .any(|name| name == constraint),
        });
    }
    let columns: Vec<usize> = named_columns(meta, information.message())
        .map(|column| column.index)
        .collect();
    unique.iter().find(|unique| unique.columns == columns)
}

/// What PostgreSQL, and people who write migrations, call the constraint on these columns.
fn default_names(meta: &ModelMeta, unique: &Unique) -> [String; 3] {
    let columns: Vec<&str> = unique
        .columns
        .iter()
        .map(|i| meta.columns[*i].name)
        .collect();
    let stem = format!("{}_{}", meta.table, columns.join("_"));
    [
        format!("{stem}_key"),
        format!("{stem}_idx"),
        format!("{stem}_unique"),
    ]
}

/// The columns in a message such as `UNIQUE constraint failed: posts.slug, posts.day`.
fn named_columns(
    meta: &'static ModelMeta,
    message: &str,
) -> impl Iterator<Item = &'static ColumnMeta> {
    let names = message
        .split_once(": ")
        .map(|(_, names)| names)
        .unwrap_or_default();
    names
        .split(", ")
        .filter_map(|name| meta.column(name.rsplit('.').next()?))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The column in a constraint's name such as `posts_views_check` or `posts_author_id_fkey`.
fn constrained_column(meta: &'static ModelMeta, constraint: &str) -> Option<&'static ColumnMeta> {
    let stem = constraint.strip_prefix(meta.table)?.strip_prefix('_')?;
    let name = stem
        .strip_suffix("_check")
        .or_else(|| stem.strip_suffix("_fkey"))?;
    meta.column(name)
}

/// The error of a value that another row has already, in Django's words.
pub fn unique_error(meta: &ModelMeta, unique: &Unique) -> FieldErrors {
    let names: Vec<&'static str> = unique
        .columns
        .iter()
        .map(|i| meta.columns[*i].name)
        .collect();
    let label = |name: &str| name.replace('_', " ");
    let message = |default: String| unique.message.map_or(default, str::to_owned);
    if let [name] = names[..] {
        let text = message(format!(
            "{} with this {} already exists.",
            meta.verbose_name,
            label(name)
        ));
        return FieldErrors::one(Segment::from(name), "unique", text);
    }
    let text = message(format!(
        "The fields {} must make a unique set.",
        names.join(", ")
    ));
    let mut errors = FieldErrors::new();
    errors.add_non_field("unique", text);
    errors
}

fn invalid() -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add_non_field("invalid", "The database does not admit these values.");
    errors
}

fn missing_reference() -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add_non_field(
        "does_not_exist",
        "A row that this one refers to does not exist.",
    );
    errors
}

/// PostgreSQL says which table refers to the row.
fn protected(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> Error {
    let referring = information
        .details()
        .and_then(|details| details.rsplit("from table \"").next()?.split('"').next())
        .filter(|_| {
            information
                .details()
                .is_some_and(|d| d.contains("from table \""))
        })
        .map(str::to_owned);
    protected_by(referring.or_else(|| information.table_name().map(str::to_owned)))
}

/// 409: rows of `table` refer to the row that was to be deleted.
pub fn protected_by(table: Option<String>) -> Error {
    let message = match &table {
        Some(table) => format!("Cannot delete: rows of \"{table}\" refer to it."),
        None => "Cannot delete: other rows refer to it.".to_owned(),
    };
    let blocked_by = table.map_or(serde_json::json!([]), |table| serde_json::json!([table]));
    Error::conflict("protected", message).with_data(serde_json::json!({ "blocked_by": blocked_by }))
}
