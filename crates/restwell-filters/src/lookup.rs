//! How a field is compared with the value of a parameter.

use chrono::{DateTime, NaiveDate, Utc};
use restwell_db::{ColumnValue, Kind, OrderedValue, TextValue};

/// A lookup, whatever the type of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names of the lookups")]
pub enum Lookup {
    Exact,
    IExact,
    Contains,
    IContains,
    StartsWith,
    IStartsWith,
    EndsWith,
    IEndsWith,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    Range,
    IsNull,
    Date,
    Year,
    Month,
}

impl Lookup {
    /// What stands behind `__` in the name of the parameter; nothing for [`Lookup::Exact`].
    pub const fn suffix(self) -> Option<&'static str> {
        Some(match self {
            Self::Exact => return None,
            Self::IExact => "iexact",
            Self::Contains => "contains",
            Self::IContains => "icontains",
            Self::StartsWith => "startswith",
            Self::IStartsWith => "istartswith",
            Self::EndsWith => "endswith",
            Self::IEndsWith => "iendswith",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::In => "in",
            Self::Range => "range",
            Self::IsNull => "isnull",
            Self::Date => "date",
            Self::Year => "year",
            Self::Month => "month",
        })
    }
}

mod private {
    pub trait Sealed {}
}

/// A lookup that fields of type `T` have.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` has no lookup `{Self}`",
    label = "`{T}` has no such lookup",
    note = "Exact and In exist for every type, Gt to Range for those with an order, the text lookups for String, IsNull for Option, Date for DateTime<Utc>, Year and Month for dates and times"
)]
pub trait LookupOn<T>: private::Sealed {
    /// The lookup.
    const LOOKUP: Lookup;
}

/// One lookup that fields of type `T` have, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` has no lookup `{Self}`",
    label = "`{T}` has no such lookup",
    note = "write one lookup or a tuple, such as `Exact` or `(Exact, In)`; Exact and In exist for every type, Gt to Range for those with an order, the text lookups for String, IsNull for Option, Date for DateTime<Utc>, Year and Month for dates and times"
)]
pub trait Lookups<T> {
    /// The lookups.
    const LOOKUPS: &'static [Lookup];
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl private::Sealed for $name {}

            impl<T> Lookups<T> for $name
            where
                Self: LookupOn<T>,
            {
                const LOOKUPS: &'static [Lookup] = &[<Self as LookupOn<T>>::LOOKUP];
            }
        )*
    };
}
lookups! {
    /// `?status=draft`: the value itself.
    Exact;
    /// `?title__iexact=`: the text, whatever the case.
    IExact;
    /// `?title__contains=`: a part of the text.
    Contains;
    /// `?title__icontains=`: a part of the text, whatever the case.
    IContains;
    /// `?title__startswith=`: the beginning of the text.
    StartsWith;
    /// `?title__istartswith=`: the beginning of the text, whatever the case.
    IStartsWith;
    /// `?title__endswith=`: the end of the text.
    EndsWith;
    /// `?title__iendswith=`: the end of the text, whatever the case.
    IEndsWith;
    /// `?views__gt=`: greater.
    Gt;
    /// `?views__gte=`: greater or equal.
    Gte;
    /// `?views__lt=`: less.
    Lt;
    /// `?views__lte=`: less or equal.
    Lte;
    /// `?status__in=draft,published`: one of several values.
    In;
    /// `?views__range=10,20`: between two values, both included.
    Range;
    /// `?category__isnull=true`: no value.
    IsNull;
    /// `?created_at__date=2026-01-15`: the day of a time, in UTC.
    Date;
    /// `?created_at__year=2026`: the year of a time, in UTC, or of a date.
    Year;
    /// `?created_at__month=1`: the month of a time, in UTC, or of a date.
    Month;
}

macro_rules! lookup_on {
    ($($bound:ident: $($name:ident),*;)*) => {
        $($(
            impl<T: $bound> LookupOn<T> for $name {
                const LOOKUP: Lookup = Lookup::$name;
            }
        )*)*
    };
}
lookup_on! {
    OrderedValue: Gt, Gte, Lt, Lte, Range;
    TextValue: IExact, Contains, IContains, StartsWith, IStartsWith, EndsWith, IEndsWith;
}

impl<T: ColumnValue> LookupOn<T> for Exact {
    const LOOKUP: Lookup = {
        assert!(is_written(T::KIND), "JSON and bytes have no lookups");
        Lookup::Exact
    };
}

impl<T: ColumnValue> LookupOn<T> for In {
    const LOOKUP: Lookup = {
        assert!(is_written(T::KIND), "JSON and bytes have no lookups");
        Lookup::In
    };
}

/// Whether values of this kind can be written in a query string.
const fn is_written(kind: Kind) -> bool {
    !matches!(kind, Kind::Json | Kind::Bytes)
}

impl<T: ColumnValue<Inner = T>> LookupOn<Option<T>> for IsNull {
    const LOOKUP: Lookup = Lookup::IsNull;
}

macro_rules! calendar_lookups {
    ($($name:ident: $($type:ty),*;)*) => {
        $($(
            impl LookupOn<$type> for $name {
                const LOOKUP: Lookup = Lookup::$name;
            }

            impl LookupOn<Option<$type>> for $name {
                const LOOKUP: Lookup = Lookup::$name;
            }
        )*)*
    };
}
calendar_lookups! {
    Date: DateTime<Utc>;
    Year: DateTime<Utc>, NaiveDate;
    Month: DateTime<Utc>, NaiveDate;
}

macro_rules! lookups_tuple {
    ($($name:ident)+) => {
        impl<T, $($name: LookupOn<T>),+> Lookups<T> for ($($name,)+) {
            const LOOKUPS: &'static [Lookup] = &[$($name::LOOKUP),+];
        }
    };
}
lookups_tuple!(A);
lookups_tuple!(A B);
lookups_tuple!(A B C);
lookups_tuple!(A B C D);
lookups_tuple!(A B C D E);
lookups_tuple!(A B C D E F);
lookups_tuple!(A B C D E F G);
lookups_tuple!(A B C D E F G H);
lookups_tuple!(A B C D E F G H I);
lookups_tuple!(A B C D E F G H I J);
lookups_tuple!(A B C D E F G H I J K);
lookups_tuple!(A B C D E F G H I J K L);
