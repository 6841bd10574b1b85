//! What a database error means for the client.

mod passing;
mod reference;
mod wording;

use std::fmt::Display;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use restwell_core::{Error, FieldErrors, Segment};

use crate::connection::Session;
use crate::model::Unique;
use crate::{ColumnMeta, ModelMeta};

pub(crate) use passing::Passing;
pub(crate) use reference::{References, blocking_tables, missing_references};

type Information = dyn DatabaseErrorInformation + Send + Sync;

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
    if let Some(passing) = Passing::of_cause(&error) {
        if passing == Passing::Lost {
            session.mark_lost();
        }
        return Error::unavailable().with_source(error);
    }
    let DieselError::DatabaseError(kind, information) = &error else {
        return other(error);
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
                Some((_, Operation::Delete)) => {
                    protected_by(wording::referring_table(&**information)).with_source(error)
                }
                _ => Error::validation(fields.unwrap_or_else(missing_reference)).with_source(error),
            }
        }
        DatabaseErrorKind::ReadOnlyTransaction => Error::unavailable().with_source(error),
        _ => unnamed(error, subject),
    }
}

/// Whether SQLite refused a foreign key. It does not say which.
pub(crate) fn is_unnamed_foreign_key(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, information)
        if information.message().contains("FOREIGN KEY constraint failed"))
}

/// Errors for which Diesel has no kind, told by the database's words.
fn unnamed(error: DieselError, subject: Option<(&'static ModelMeta, Operation)>) -> Error {
    let text = error.to_string();
    let is = |texts: &[&str]| texts.iter().any(|part| text.contains(part));
    if is(wording::BUSY) {
        return Error::unavailable().with_source(error);
    }
    // SQLite reports `ON DELETE RESTRICT` as the failure of a trigger, which Diesel does not name.
    if is_unnamed_foreign_key(&error) {
        return match subject {
            Some((_, Operation::Delete)) => protected_by(None).with_source(error),
            _ => Error::validation(missing_reference()).with_source(error),
        };
    }
    if is(wording::OUT_OF_RANGE) {
        return Error::validation(out_of_range()).with_source(error);
    }
    if is(wording::NUL) {
        return Error::validation(nul()).with_source(error);
    }
    Error::internal(error)
}

fn other(error: DieselError) -> Error {
    match error {
        // A bind value that the database has no form for.
        DieselError::SerializationError(_) => Error::validation(out_of_range()).with_source(error),
        error => error.into(),
    }
}

fn violated_fields(
    meta: &'static ModelMeta,
    kind: &DatabaseErrorKind,
    information: &Information,
) -> Option<FieldErrors> {
    match kind {
        DatabaseErrorKind::UniqueViolation => violated_unique(meta, information),
        DatabaseErrorKind::NotNullViolation => {
            let column = match information.column_name() {
                Some(name) => meta.column(name)?,
                None => *wording::named_columns(meta, information)?.first()?,
            };
            Some(FieldErrors::one(
                column.name,
                "null",
                "This field may not be null.",
            ))
        }
        DatabaseErrorKind::ForeignKeyViolation => {
            let column = information
                .constraint_name()
                .and_then(|name| wording::constrained_column(meta, name))
                .or_else(|| wording::named_columns(meta, information)?.first().copied())?;
            Some(does_not_exist(column, wording::missing_key(information)))
        }
        DatabaseErrorKind::CheckViolation => {
            let column = wording::checked_column(meta, information)?;
            Some(FieldErrors::one(
                column.name,
                "invalid",
                "This value is not allowed.",
            ))
        }
        _ => None,
    }
}

/// The error of the constraint as the model declares it, or else of its columns.
fn violated_unique(meta: &'static ModelMeta, information: &Information) -> Option<FieldErrors> {
    let unique: &'static [Unique] = meta.unique;
    let columns = wording::named_columns(meta, information);
    let indexes = columns.as_ref().map(|columns| {
        let indexes = columns.iter().map(|column| column.index);
        indexes.collect::<Vec<usize>>()
    });
    let declared = match wording::constraint(information) {
        Some(name) => unique
            .iter()
            .find(|unique| wording::is_name(meta, unique, name)),
        None => None,
    };
    let declared = declared.or_else(|| {
        let indexes = indexes.as_deref()?;
        unique.iter().find(|unique| unique.columns == indexes)
    });
    match declared {
        Some(unique) => Some(unique_error(meta, unique)),
        None => Some(taken(meta, &columns?, None)),
    }
}

/// The error of a value that another row has already, in Django's words.
pub fn unique_error(meta: &ModelMeta, unique: &Unique) -> FieldErrors {
    let columns: Vec<&ColumnMeta> = unique.columns.iter().map(|i| &meta.columns[*i]).collect();
    taken(meta, &columns, unique.message)
}

fn taken(meta: &ModelMeta, columns: &[&ColumnMeta], message: Option<&str>) -> FieldErrors {
    let message = |default: String| message.map_or(default, str::to_owned);
    if let [column] = columns {
        let text = message(format!(
            "{} with this {} already exists.",
            meta.verbose_name,
            column.name.replace('_', " ")
        ));
        return FieldErrors::one(Segment::from(column.name), "unique", text);
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let text = message(format!(
        "The fields {} must make a unique set.",
        names.join(", ")
    ));
    let mut errors = FieldErrors::new();
    errors.add_non_field("unique", text);
    errors
}

/// The error of a foreign key that leads nowhere, in DRF's words.
fn does_not_exist(column: &ColumnMeta, key: Option<impl Display>) -> FieldErrors {
    let key = key.map_or_else(String::new, |key| format!("\"{key}\" "));
    let message = format!("Invalid pk {key}- object does not exist.");
    FieldErrors::one(column.name, "does_not_exist", message)
}

fn missing_reference() -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add_non_field(
        "does_not_exist",
        "A row that this one refers to does not exist.",
    );
    errors
}

fn invalid() -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add_non_field("invalid", "The database does not admit these values.");
    errors
}

fn out_of_range() -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add_non_field("out_of_range", "A value is out of range.");
    errors
}

fn nul() -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add_non_field(
        "null_characters_not_allowed",
        "Null characters are not allowed.",
    );
    errors
}

/// 409: rows of these tables refer to the row that was to be deleted.
pub fn protected_by(tables: impl IntoIterator<Item = String>) -> Error {
    let tables: Vec<String> = tables.into_iter().collect();
    let message = if tables.is_empty() {
        "Cannot delete: other rows refer to it.".to_owned()
    } else {
        let named: Vec<String> = tables.iter().map(|table| format!("\"{table}\"")).collect();
        format!("Cannot delete: rows of {} refer to it.", named.join(", "))
    };
    Error::conflict("protected", message).with_data(serde_json::json!({ "blocked_by": tables }))
}
