use restwell_core::{Action, Decision, Result};
use restwell_db::{Context, Guard};

/// Of which rows of a batch the principal may see a field.
#[derive(Clone, Debug)]
pub enum Seen {
    /// Of all of them.
    Everywhere,
    /// Of none.
    Nowhere,
    /// Of those with `true` at their place.
    Of(Vec<bool>),
}

impl Seen {
    /// Asks `rule`, once where it needs no row.
    ///
    /// # Errors
    /// 503 when the rule asks a database that is away.
    pub fn decide<M>(rule: &impl Guard<M>, rows: &[M], cx: &mut Context) -> Result<Self> {
        match rule.decide(Action::Retrieve, None, cx)? {
            Decision::Allow => Ok(Self::Everywhere),
            Decision::Deny => Ok(Self::Nowhere),
            Decision::Unknown => {
                let of = rows.iter().map(|row| {
                    let decision = rule.decide(Action::Retrieve, Some(row), cx)?;
                    Ok(decision == Decision::Allow)
                });
                of.collect::<Result<_>>().map(Self::Of)
            }
        }
    }

    /// Whether the field of row number `at` may be seen.
    pub fn at(&self, at: usize) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Nowhere => false,
            Self::Of(rows) => rows.get(at).copied().unwrap_or_default(),
        }
    }

    /// Whether the field of any row may be seen.
    pub fn anywhere(&self) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Nowhere => false,
            Self::Of(rows) => rows.contains(&true),
        }
    }
}
