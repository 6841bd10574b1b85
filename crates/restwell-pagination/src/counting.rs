use restwell_core::Result;
use restwell_db::Context;

use crate::Total;
use crate::source::Source;

/// How far the rows of a list are counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Counting {
    #[default]
    Exact,
    Capped(i64),
    Never,
}

impl Counting {
    pub(crate) fn capped(cap: u32) -> Self {
        Self::Capped(i64::from(cap).max(1))
    }

    pub(crate) fn total(self, source: &dyn Source, cx: &mut Context) -> Result<Total> {
        Ok(match self {
            Self::Exact => Total::Exact(source.count(None, cx)?),
            Self::Capped(cap) => match source.count(Some(cap.saturating_add(1)), cx)? {
                count if count > cap => Total::AtLeast(cap),
                count => Total::Exact(count),
            },
            Self::Never => Total::Unknown,
        })
    }
}
