//! The rule that asks for grants.

use std::collections::HashMap;
use std::fmt;

use restwell_core::{Action, Decision, Result};
use restwell_db::{ColumnSet, Context, Model};

use super::{Operation, Operations, Rbac, RoleGrant};
use crate::{Permission, Rule};

/// What every role is granted, by role and feature.
#[derive(Debug)]
pub(super) struct Granted(HashMap<String, HashMap<String, Operations>>);

impl Granted {
    pub(super) fn load(cx: &mut Context) -> Result<Self> {
        let mut by_role: HashMap<String, HashMap<String, Operations>> = HashMap::new();
        for grant in RoleGrant::objects().load(cx)? {
            let operations = grant.operations();
            let features = by_role.entry(grant.role).or_default();
            features.insert(grant.feature, operations);
        }
        Ok(Self(by_role))
    }

    pub(super) fn allows(&self, roles: &[String], feature: &str, operation: Operation) -> bool {
        roles
            .iter()
            .filter_map(|role| self.0.get(role)?.get(feature))
            .any(|operations| operations.contains(operation))
    }
}

/// Whoever has a role that is granted, on `feature`, what the action does: `create`, `retrieve`,
/// `update` or `delete`. Extra actions that only read retrieve, the others update. Superusers may
/// do everything; nobody else may do anything with a feature that does not exist.
///
/// The roles are those of the principal. The grants come from the [`Rbac`] in the state of the
/// API, mostly without a query.
pub fn grants<M: 'static>(feature: &'static str) -> Rule<M> {
    Rule::new(Grants {
        feature,
        operation: None,
    })
}

/// Like [`grants`], but whatever the action, it takes `operation`: for an extra action that
/// deletes, say.
pub fn grants_operation<M: 'static>(feature: &'static str, operation: Operation) -> Rule<M> {
    Rule::new(Grants {
        feature,
        operation: Some(operation),
    })
}

struct Grants {
    feature: &'static str,
    operation: Option<Operation>,
}

impl<M> Permission<M> for Grants {
    fn decide(&self, action: Action, _: Option<&M>, cx: &mut Context) -> Result<Decision> {
        let principal = cx.principal().clone();
        let Some(user) = principal.identity() else {
            return Ok(Decision::Deny);
        };
        if user.is_superuser {
            return Ok(Decision::Allow);
        }
        let rbac = cx.state::<Rbac>()?.clone();
        let operation = self.operation.unwrap_or_else(|| Operation::of(action));
        let allowed = rbac.allows(&user.roles, self.feature, operation, cx)?;
        Ok(allowed.into())
    }

    fn columns(&self) -> ColumnSet {
        ColumnSet::NONE
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operation {
            None => write!(f, "grants({})", self.feature),
            Some(operation) => write!(f, "grants({}: {operation})", self.feature),
        }
    }
}
