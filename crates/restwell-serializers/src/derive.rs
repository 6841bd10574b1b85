//! What the code of `#[serializer]` and `#[derive(Choices)]` calls.

use std::marker::PhantomData;

use crate::input::Skipped;
use bigdecimal::BigDecimal;
use restwell_core::Decision;
pub use restwell_core::{Action, FieldErrors, Patch, Result, RowErrors};
pub use restwell_db::__private::choices as column_choices;
pub use restwell_db::__private::*;
use restwell_db::relation::{Relation, ToOne};
use restwell_db::statement::Link;
pub use restwell_db::{ColumnSet, Guard};
pub use serde::de::{Deserialize, Deserializer};

pub use crate::__choices as choices;
use crate::input::quantized;
pub use crate::input::{
    Child, MOST_CHILDREN, Nestable, NestedRelation, Nesting, NoInput, Orphans, Parent, Resolve,
    Sink, Tie, Unnamed, Writes, choice_from_scalar, found_keys, not_a_choice, read_into,
    resolve_field,
};
use crate::representation::Pick;
pub use crate::representation::{
    ColumnOf, Counts, Hidden, Is, NestedMany, NestedOne, PkOf, Seen, Shared, Through, column_as,
};
pub use crate::{
    Attrs, Draft, FieldKind, FieldMeta, Input, InputField, Invalid, Mask, Mode, ObjectWriter,
    RelatedKey, RelatedSlug, Representation, Scalar, ToRepresentation, Unknown, WriteSerializer,
    validators,
};

/// Whether clients may change a column of type `T` in a row that exists: not the state of a state
/// machine.
#[derive(Debug)]
pub struct Writable<T>(PhantomData<T>);

impl<T: StateMachine> Writable<T> {
    /// Shadows that of [`Unrestricted`].
    pub const HOLDS: bool = false;
}

/// Any other column.
pub trait Unrestricted {
    /// Clients may change it.
    const HOLDS: bool = true;
}

impl<T> Unrestricted for Writable<T> {}

/// The type of field number `N` of a group of fields, without the `Option` and the `Vec` around it.
pub trait Group<const N: usize> {
    /// The type.
    type Type;
}

/// The columns that the wanted fields read, and the primary key. `columns` has those of each
/// field.
pub fn select<M: Model>(mask: Mask, columns: &[ColumnSet]) -> ColumnSet {
    columns
        .iter()
        .enumerate()
        .filter(|(field, _)| mask.contains(*field))
        .fold(
            ColumnSet::of(&[M::META.primary_key]),
            |all, (_, columns)| all.union(*columns),
        )
}

/// A relation, by the columns of the rows that it starts from, beside their primary key.
pub trait OwnColumns {
    /// The columns.
    fn own_columns(&self) -> ColumnSet;
}

impl<M: Model, T: Model> OwnColumns for BelongsTo<M, T> {
    fn own_columns(&self) -> ColumnSet {
        ToOne::columns(self)
    }
}

macro_rules! start_from_the_primary_key {
    ($($relation:ident),*) => {
        $(impl<M, T> OwnColumns for $relation<M, T> {
            fn own_columns(&self) -> ColumnSet {
                ColumnSet::NONE
            }
        })*
    };
}
start_from_the_primary_key!(HasOne, HasMany, ManyToMany);

/// A rule about a field, for rows of `M`.
pub fn guard<M, G: Guard<M>>(rule: G) -> impl Guard<M> {
    rule
}

/// Whether the principal may see a field with this rule of `row`, or where there is none, of some
/// rows at least.
///
/// # Errors
/// 503 when the rule asks a database that is away.
pub fn may_see<M>(rule: &impl Guard<M>, row: Option<&M>, cx: &mut Context) -> Result<bool> {
    let decision = rule.decide(Action::Retrieve, row, cx)?;
    Ok(decision == Decision::Allow || row.is_none() && decision == Decision::Unknown)
}

/// Whether the principal may see a field with this rule of `row`, or where there is none, of every
/// row.
///
/// # Errors
/// 503 when the rule asks a database that is away.
pub fn sees_all<M>(rule: &impl Guard<M>, row: Option<&M>, cx: &mut Context) -> Result<bool> {
    Ok(rule.decide(Action::Retrieve, row, cx)? == Decision::Allow)
}

/// Whether the principal may set a field with this rule.
///
/// # Errors
/// 503 when the rule asks a database that is away.
pub fn may_set<M>(
    rule: &impl Guard<M>,
    action: Action,
    row: Option<&M>,
    cx: &mut Context,
) -> Result<bool> {
    Ok(rule.decide(action, row, cx)? == Decision::Allow)
}

/// The columns that a rule about a field of `M` looks at.
pub fn guard_columns<M>(rule: &impl Guard<M>) -> ColumnSet {
    rule.columns()
}

/// Notes a relation that is hidden.
pub fn hide_relation<M: Model, R: Relation<M> + OwnColumns>(hidden: &mut Hidden, relation: R) {
    hidden.relation::<M>(relation.own_columns(), R::Target::META.table);
}

/// Notes the column of the row that a relation leads to.
pub fn hide_through<M, R, T>(hidden: &mut Hidden, _: R, field: Pick<R::Target, T>)
where
    R: ToOne<M, Target: Handles>,
{
    hidden.column(field(<R::Target as Handles>::FIELDS).column());
}

/// The column of `M` with the key of the row of `T`.
pub const fn foreign_key<M, T, U>(relation: BelongsTo<M, U>) -> &'static ColumnMeta
where
    U: Is<T>,
{
    relation.column()
}

/// The number of the column of a row that refers to a row which is written with it.
pub fn own_column<M: Model>(relation: impl NestedRelation<M>) -> Option<usize> {
    match relation.tie() {
        Tie::Own(column) => Some(column.index),
        Tie::Theirs(_) | Tie::Pairs(_) => None,
    }
}

/// How many rows a field has, with those that are nested in them.
pub fn count_rows<T: InputField>(supplied: &Patch<T>) -> usize {
    supplied.value().map_or(0, InputField::rows)
}

/// The table between `M` and `T`.
pub const fn link<M: Model, T: Model, U: Model + Is<T>>(relation: ManyToMany<M, U>) -> Link {
    relation.link()
}

/// The number of a column whose text names a row of `M`.
pub const fn text_column<M: Model>(field: Field<M, String>) -> usize {
    field.column().index
}

/// Passes over a value.
///
/// # Errors
/// When the body is not JSON.
pub fn skip<'de, D: Deserializer<'de>>(value: D) -> Result<(), D::Error> {
    Skipped::deserialize(value).map(|_| ())
}

/// Sets a column to what was supplied.
pub fn write_column<M: Model, T: ColumnValue>(
    writes: &mut Writes<M>,
    field: Field<M, T>,
    supplied: &Patch<T::Inner>,
) {
    write(writes, field.column(), supplied, |value| {
        Some(value.clone().into_value())
    });
}

/// Sets a foreign key to the key of the row that was named.
pub fn write_key<M: Model, R: Resolve>(
    writes: &mut Writes<M>,
    column: &'static ColumnMeta,
    supplied: &Patch<R>,
) {
    write(writes, column, supplied, |row| row.key().map(Value::from));
}

fn write<M: Model, T>(
    writes: &mut Writes<M>,
    column: &'static ColumnMeta,
    supplied: &Patch<T>,
    value: impl FnOnce(&T) -> Option<Value>,
) {
    let value = match supplied {
        Patch::Absent => None,
        Patch::Null => Some(Value::Null),
        Patch::Value(supplied) => value(supplied),
    };
    if let Some(value) = value {
        writes.changes.set_value(column, value);
    }
}

/// Links the row to the rows that were named.
pub fn write_links<M: Model, R: Resolve>(
    writes: &mut Writes<M>,
    link: Link,
    supplied: &Patch<Vec<R>>,
) {
    if let Patch::Value(rows) = supplied {
        writes.link(link, found_keys(rows));
    }
}

/// Takes what a check found wrong with the input into `found`.
///
/// # Errors
/// What else the check failed with.
pub fn collect(outcome: Result<()>, found: &mut FieldErrors) -> Result<()> {
    match outcome {
        Err(error) if error.status() == 400 && !error.fields().is_empty() => {
            found.merge(error.fields().clone());
            Ok(())
        }
        outcome => outcome,
    }
}

/// Refuses the input if anything was found.
///
/// # Errors
/// What was found.
pub fn refuse_any(found: FieldErrors) -> Result<()> {
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.into())
    }
}

/// A decimal that is shown with a fixed number of digits behind the point.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no decimal places",
    note = "`decimal_places` is for a `BigDecimal` or an `Option<BigDecimal>`"
)]
pub trait Quantize {
    /// The number with so many digits behind the point.
    #[must_use]
    fn quantize(&self, places: u64) -> Self;
}

impl Quantize for BigDecimal {
    fn quantize(&self, places: u64) -> Self {
        quantized(self, places)
    }
}

impl Quantize for Option<BigDecimal> {
    fn quantize(&self, places: u64) -> Self {
        self.as_ref().map(|number| quantized(number, places))
    }
}

/// Makes an enum with `Choices` the type of a column and of a field. `$first` stands in fields
/// that were not read.
#[doc(hidden)]
#[macro_export]
macro_rules! __choices {
    ($type:ty, $first:expr) => {
        $crate::__private::column_choices!($type, $first);

        #[automatically_derived]
        impl $crate::__private::InputField for $type {
            const KIND: $crate::__private::FieldKind =
                $crate::__private::FieldKind::Choice(<Self as $crate::__private::Choices>::VALUES);

            fn from_scalar(
                __scalar: $crate::__private::Scalar<'_>,
                _: &$crate::__private::FieldMeta,
            ) -> ::core::result::Result<Self, $crate::__private::Invalid> {
                $crate::__private::choice_from_scalar(&__scalar)
            }

            fn not_a_scalar(__found: &'static str) -> $crate::__private::Invalid {
                $crate::__private::not_a_choice(if __found == "list" { "[…]" } else { "{…}" })
            }
        }

        #[automatically_derived]
        impl $crate::__private::ToRepresentation for $type {
            fn write(&self, __out: &mut ::std::vec::Vec<u8>) {
                $crate::__private::ToRepresentation::write(
                    $crate::__private::Choices::as_str(*self),
                    __out,
                );
            }
        }
    };
}
