use std::fmt;
use std::sync::Arc;

use restwell_db::predicate::Predicate;
use restwell_db::{ColumnMeta, Context, Kind};

use crate::{Invalid, Lookup};

/// A condition on the other side of a relation, as a condition on this side.
pub(crate) type Across = Arc<dyn Fn(Predicate, &Context) -> Predicate + Send + Sync>;

/// A condition that the application makes by hand.
pub(crate) type Custom = Arc<dyn Fn(&str, &Context) -> Result<Predicate, Invalid> + Send + Sync>;

/// A parameter by which a list can be filtered.
#[derive(Clone)]
pub struct Parameter {
    pub(crate) name: String,
    pub(crate) source: Source,
}

/// What a parameter stands for.
#[derive(Clone)]
pub(crate) enum Source {
    Column {
        column: &'static ColumnMeta,
        lookup: Lookup,
        /// Whether the column holds keys of rows.
        is_key: bool,
        across: Option<Across>,
    },
    Custom(Custom),
}

impl Parameter {
    /// Its name, such as `views__gte`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the value is compared; none where the application does it by hand.
    pub fn lookup(&self) -> Option<Lookup> {
        match &self.source {
            Source::Column { lookup, .. } => Some(*lookup),
            Source::Custom(_) => None,
        }
    }

    /// The column that is compared, here or on the other side of a relation; none where the
    /// application does it by hand.
    pub fn column(&self) -> Option<&'static ColumnMeta> {
        match &self.source {
            Source::Column { column, .. } => Some(column),
            Source::Custom(_) => None,
        }
    }

    /// What a value, or each of several, has to be; none where the application does it by hand.
    pub fn kind(&self) -> Option<Kind> {
        match self.lookup()? {
            Lookup::IsNull => Some(Kind::Bool),
            Lookup::Date => Some(Kind::Date),
            Lookup::Year | Lookup::Month => Some(Kind::Integer),
            _ => Some(self.column()?.kind),
        }
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter")
            .field("name", &self.name)
            .field("lookup", &self.lookup())
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}
