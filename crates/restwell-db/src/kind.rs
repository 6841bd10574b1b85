//! The types of columns.

/// The type of a column, as restwell tells columns apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names of the types")]
pub enum Kind {
    Bool,
    SmallInt,
    Integer,
    BigInt,
    Float,
    Text,
    Bytes,
    Uuid,
    DateTime,
    Date,
    Time,
    Decimal,
    Json,
    /// One of a closed set of texts.
    Choice(&'static [&'static str]),
}

impl Kind {
    /// Whether the values have an order that people mean by "less than".
    pub fn is_ordered(self) -> bool {
        !matches!(
            self,
            Self::Bool | Self::Bytes | Self::Json | Self::Choice(_)
        )
    }

    /// Whether the values are free text.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text)
    }

    /// The least and the greatest value of an integer column.
    pub fn integer_range(self) -> Option<(i64, i64)> {
        match self {
            Self::SmallInt => Some((i16::MIN.into(), i16::MAX.into())),
            Self::Integer => Some((i32::MIN.into(), i32::MAX.into())),
            Self::BigInt => Some((i64::MIN, i64::MAX)),
            _ => None,
        }
    }
}
