use std::fmt;

use restwell_core::{Action, Decision, Result};
use restwell_db::{ColumnSet, ColumnValue, Context, Field, Model, PrimaryKey, Q};

use crate::{Permission, Rule};

/// A rule that needs no row.
struct Always {
    name: &'static str,
    holds: fn(Action, &Context) -> bool,
}

impl<M> Permission<M> for Always {
    fn decide(&self, action: Action, _: Option<&M>, cx: &mut Context) -> Result<Decision> {
        Ok((self.holds)(action, cx).into())
    }

    fn columns(&self) -> ColumnSet {
        ColumnSet::NONE
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Everybody.
pub fn allow_any<M: 'static>() -> Rule<M> {
    Rule::new(Always {
        name: "allow_any",
        holds: |_, _| true,
    })
}

/// Nobody.
pub fn deny_all<M: 'static>() -> Rule<M> {
    Rule::new(Always {
        name: "deny_all",
        holds: |_, _| false,
    })
}

/// Whoever is authenticated.
pub fn is_authenticated<M: 'static>() -> Rule<M> {
    Rule::new(Always {
        name: "is_authenticated",
        holds: |_, cx| cx.principal().is_authenticated(),
    })
}

/// Staff: DRF's `IsAdminUser`.
pub fn is_staff<M: 'static>() -> Rule<M> {
    Rule::new(Always {
        name: "is_staff",
        holds: |_, cx| cx.principal().identity().is_some_and(|user| user.is_staff),
    })
}

/// Superusers.
pub fn is_superuser<M: 'static>() -> Rule<M> {
    Rule::new(Always {
        name: "is_superuser",
        holds: |_, cx| cx.principal().is_superuser(),
    })
}

/// Any action that only reads.
pub fn read_only<M: 'static>() -> Rule<M> {
    Rule::new(Always {
        name: "read_only",
        holds: |action, _| action.is_read(),
    })
}

/// Everybody may read; the rest is for whoever is authenticated.
pub fn is_authenticated_or_read_only<M: 'static>() -> Rule<M> {
    Rule::new(Always {
        name: "is_authenticated_or_read_only",
        holds: |action, cx| action.is_read() || cx.principal().is_authenticated(),
    })
}

/// Whoever has the role `name`, and superusers.
pub fn has_role<M: 'static>(name: &'static str) -> Rule<M> {
    Rule::new(HasRole(name))
}

struct HasRole(&'static str);

impl<M> Permission<M> for HasRole {
    fn decide(&self, _: Action, _: Option<&M>, cx: &mut Context) -> Result<Decision> {
        let principal = cx.principal();
        Ok((principal.is_superuser() || principal.has_role(self.0)).into())
    }

    fn columns(&self) -> ColumnSet {
        ColumnSet::NONE
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "has_role({})", self.0)
    }
}

/// The user to whom `field` of the row refers. Nobody is not allowed; whoever is authenticated
/// may be, depending on the row.
pub fn is_owner<M: Model, T: ColumnValue<Inner: PrimaryKey>>(field: Field<M, T>) -> Rule<M> {
    Rule::new(IsOwner(field))
}

struct IsOwner<M, T>(Field<M, T>);

impl<M: Model, T: ColumnValue<Inner: PrimaryKey>> Permission<M> for IsOwner<M, T> {
    fn decide(&self, _: Action, object: Option<&M>, cx: &mut Context) -> Result<Decision> {
        let Some(user) = cx.principal().key() else {
            return Ok(Decision::Deny);
        };
        Ok(match object {
            None => Decision::Unknown,
            Some(row) => (row.value(self.0.column().index).to_key().as_ref() == Some(user)).into(),
        })
    }

    fn condition(&self, _: Action, cx: &mut Context) -> Result<Option<Q<M>>> {
        Ok(Some(self.0.is_current_user(cx)))
    }

    fn columns(&self) -> ColumnSet {
        ColumnSet::of(&[self.0.column().index])
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is_owner({})", self.0.column().name)
    }
}

/// A rule of your own that needs no row, under the name that listings show.
pub fn when<M: 'static>(
    name: &'static str,
    holds: impl Fn(Action, &mut Context) -> Result<bool> + Send + Sync + 'static,
) -> Rule<M> {
    Rule::new(When { name, holds })
}

struct When<F> {
    name: &'static str,
    holds: F,
}

impl<M, F> Permission<M> for When<F>
where
    F: Fn(Action, &mut Context) -> Result<bool> + Send + Sync + 'static,
{
    fn decide(&self, action: Action, _: Option<&M>, cx: &mut Context) -> Result<Decision> {
        Ok((self.holds)(action, cx)?.into())
    }

    fn columns(&self) -> ColumnSet {
        ColumnSet::NONE
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
