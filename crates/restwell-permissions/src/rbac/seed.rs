//! Roles, features and grants that an application brings along.

use restwell_core::Result;
use restwell_db::{Changes, Context, Model};

use super::{Feature, Operation, Operations, Role, RoleGrant, after_commit};

/// Makes the roles, features and grants that are not there yet: `(role, feature, operations)`.
///
/// A role that already has a grant on the feature keeps it as it is, so that an application can
/// seed at every start and people can change the grants in between.
///
/// # Errors
/// 400 for an empty name; 503 when the database is away.
pub fn seed(cx: &mut Context, grants: &[(&str, &str, Operations)]) -> Result<()> {
    cx.atomic(|cx| {
        let names = distinct(grants.iter().map(|(role, ..)| *role));
        let roles = names.map(|name| Changes::new().with(Role::F.name, name));
        Role::objects().create_missing(cx, roles.collect())?;
        let names = distinct(grants.iter().map(|(_, feature, _)| *feature));
        let features = names.map(|name| Changes::new().with(Feature::F.name, name));
        Feature::objects().create_missing(cx, features.collect())?;
        let rows = grants.iter().map(|(role, feature, operations)| {
            changes(*operations)
                .with(RoleGrant::F.role, *role)
                .with(RoleGrant::F.feature, *feature)
        });
        RoleGrant::objects().create_missing(cx, rows.collect())?;
        after_commit(cx, |rbac| rbac.0.granted.forget_all());
        Ok(())
    })
}

/// Grants `role` exactly `operations` on `feature`, in place of what it was granted before.
///
/// # Errors
/// 400 when there is no such role or feature; 503 when the database is away.
pub fn grant(cx: &mut Context, role: &str, feature: &str, operations: Operations) -> Result<()> {
    cx.atomic(|cx| {
        let of_both = RoleGrant::F.role.eq(role) & RoleGrant::F.feature.eq(feature);
        let row = changes(operations)
            .with(RoleGrant::F.role, role)
            .with(RoleGrant::F.feature, feature);
        if RoleGrant::objects().create_missing(cx, vec![row])? == 0 {
            let rows = RoleGrant::objects().filter(of_both);
            rows.update(cx, changes(operations))?;
        }
        after_commit(cx, |rbac| rbac.0.granted.forget_all());
        Ok(())
    })
}

fn changes(operations: Operations) -> Changes<RoleGrant> {
    Changes::new()
        .with(
            RoleGrant::F.can_create,
            operations.contains(Operation::Create),
        )
        .with(
            RoleGrant::F.can_retrieve,
            operations.contains(Operation::Retrieve),
        )
        .with(
            RoleGrant::F.can_update,
            operations.contains(Operation::Update),
        )
        .with(
            RoleGrant::F.can_delete,
            operations.contains(Operation::Delete),
        )
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let mut seen = Vec::new();
    names.filter(move |name| {
        let is_new = !seen.contains(name);
        seen.push(*name);
        is_new
    })
}
