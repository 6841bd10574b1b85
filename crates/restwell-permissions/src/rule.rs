use std::fmt;
use std::ops::{BitAnd, BitOr, Not};
use std::sync::Arc;

use restwell_core::{Action, Decision, Result};
use restwell_db::{ColumnSet, Context, Guard, Q, refusal};

use crate::Permission;

/// Who may do what with rows of `M`: ready rules and your own, combined with `&`, `|` and `!`.
#[must_use]
pub struct Rule<M>(Arc<dyn Permission<M>>);

impl<M> Clone for Rule<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: 'static> fmt::Debug for Rule<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }
}

impl<M: 'static> fmt::Display for Rule<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }
}

impl<M: 'static> Rule<M> {
    /// A rule of your own.
    pub fn new(permission: impl Permission<M>) -> Self {
        Self(Arc::new(permission))
    }

    /// What the rule says, with or without the row.
    ///
    /// # Errors
    /// 503 when the rule asks a database that is away.
    pub fn decide(&self, action: Action, object: Option<&M>, cx: &mut Context) -> Result<Decision> {
        self.0.decide(action, object, cx)
    }

    /// Refuses what the rule denies for every row.
    ///
    /// # Errors
    /// 401 when nobody is authenticated, else 403.
    pub fn check(&self, action: Action, cx: &mut Context) -> Result<()> {
        match self.decide(action, None, cx)? {
            Decision::Deny => Err(refusal(cx)),
            Decision::Allow | Decision::Unknown => Ok(()),
        }
    }

    /// Refuses what the rule does not allow for this row.
    ///
    /// # Errors
    /// 401 when nobody is authenticated, else 403.
    pub fn check_object(&self, action: Action, object: &M, cx: &mut Context) -> Result<()> {
        match self.decide(action, Some(object), cx)? {
            Decision::Allow => Ok(()),
            Decision::Deny | Decision::Unknown => Err(refusal(cx)),
        }
    }

    /// The rows on which `action` is allowed, if that can be said as a condition.
    ///
    /// # Errors
    /// 503 when the rule asks a database that is away.
    pub fn condition(&self, action: Action, cx: &mut Context) -> Result<Option<Q<M>>> {
        match self.decide(action, None, cx)? {
            Decision::Allow => Ok(Some(Q::all())),
            Decision::Deny => Ok(Some(Q::nothing())),
            Decision::Unknown => self.0.condition(action, cx),
        }
    }
}

impl<M: 'static> Guard<M> for Rule<M> {
    fn decide(&self, action: Action, object: Option<&M>, cx: &mut Context) -> Result<Decision> {
        self.0.decide(action, object, cx)
    }

    fn condition(&self, action: Action, cx: &mut Context) -> Result<Option<Q<M>>> {
        Self::condition(self, action, cx)
    }

    fn columns(&self) -> ColumnSet {
        self.0.columns()
    }
}

struct And<M>(Rule<M>, Rule<M>);
struct Or<M>(Rule<M>, Rule<M>);
struct Inverse<M>(Rule<M>);

impl<M: 'static> Permission<M> for And<M> {
    fn decide(&self, action: Action, object: Option<&M>, cx: &mut Context) -> Result<Decision> {
        match self.0.decide(action, object, cx)? {
            Decision::Deny => Ok(Decision::Deny),
            first => Ok(first & self.1.decide(action, object, cx)?),
        }
    }

    fn condition(&self, action: Action, cx: &mut Context) -> Result<Option<Q<M>>> {
        let (first, second) = (self.0.condition(action, cx)?, self.1.condition(action, cx)?);
        Ok(first.zip(second).map(|(first, second)| first & second))
    }

    fn columns(&self) -> ColumnSet {
        self.0.columns().union(self.1.columns())
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} & {})", self.0, self.1)
    }
}

impl<M: 'static> Permission<M> for Or<M> {
    fn decide(&self, action: Action, object: Option<&M>, cx: &mut Context) -> Result<Decision> {
        match self.0.decide(action, object, cx)? {
            Decision::Allow => Ok(Decision::Allow),
            first => Ok(first | self.1.decide(action, object, cx)?),
        }
    }

    fn condition(&self, action: Action, cx: &mut Context) -> Result<Option<Q<M>>> {
        let (first, second) = (self.0.condition(action, cx)?, self.1.condition(action, cx)?);
        Ok(first.zip(second).map(|(first, second)| first | second))
    }

    fn columns(&self) -> ColumnSet {
        self.0.columns().union(self.1.columns())
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} | {})", self.0, self.1)
    }
}

impl<M: 'static> Permission<M> for Inverse<M> {
    fn decide(&self, action: Action, object: Option<&M>, cx: &mut Context) -> Result<Decision> {
        Ok(!self.0.decide(action, object, cx)?)
    }

    fn condition(&self, action: Action, cx: &mut Context) -> Result<Option<Q<M>>> {
        Ok(self.0.condition(action, cx)?.map(|condition| !condition))
    }

    fn columns(&self) -> ColumnSet {
        self.0.columns()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "!{}", self.0)
    }
}

impl<M: 'static> BitAnd for Rule<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::new(And(self, other))
    }
}

impl<M: 'static> BitOr for Rule<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::new(Or(self, other))
    }
}

impl<M: 'static> Not for Rule<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(Inverse(self))
    }
}
