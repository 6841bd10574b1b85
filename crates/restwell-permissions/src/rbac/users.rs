//! The roles of users.

use std::collections::HashMap;

use restwell_core::{Error, FieldErrors, Key, Path, Result};
use restwell_db::statement::Lock;
use restwell_db::{Changes, Context, Model};

use super::{Role, UserRole, after_commit};

/// The names of the roles of `user`, in their order, as the database has them now.
///
/// # Errors
/// 503 when the database is away.
pub fn roles_of(cx: &mut Context, user: &Key) -> Result<Vec<String>> {
    UserRole::objects()
        .filter(UserRole::F.user_key.eq(user.to_string()))
        .order_by([UserRole::F.role.asc()])
        .values(UserRole::F.role, cx)
}

/// The names of the roles of each of `users`, in one query: for a list of users. A user without
/// roles is not in it.
///
/// # Errors
/// 503 when the database is away.
pub fn roles_of_many(cx: &mut Context, users: &[Key]) -> Result<HashMap<Key, Vec<String>>> {
    let keys: HashMap<String, &Key> = users.iter().map(|user| (user.to_string(), user)).collect();
    let pairs = UserRole::objects()
        .filter(UserRole::F.user_key.in_(keys.keys().cloned()))
        .order_by([UserRole::F.role.asc()])
        .values((UserRole::F.user_key, UserRole::F.role), cx)?;
    let mut roles: HashMap<Key, Vec<String>> = HashMap::new();
    for (user, role) in pairs {
        if let Some(user) = keys.get(&user) {
            roles.entry((*user).clone()).or_default().push(role);
        }
    }
    Ok(roles)
}

/// Gives `user` exactly the roles with these names.
///
/// # Errors
/// 400 with an error at `roles` for each name that no role has; 503 when the database is away.
pub fn set_roles(cx: &mut Context, user: &Key, names: &[&str]) -> Result<()> {
    cx.atomic(|cx| {
        // Whoever sets roles at the same time waits, or the result would be a mixture of both.
        let known = Role::objects()
            .order_by([Role::F.name.asc()])
            .select_for_update(Lock::Wait)
            .load(cx)?;
        check_names(names, &known)?;
        let of_user = UserRole::F.user_key.eq(user.to_string());
        UserRole::objects()
            .filter(of_user & !UserRole::F.role.in_(names.iter().copied()))
            .delete(cx)?;
        insert(cx, user, names)
    })
}

/// Gives `user` one role more.
///
/// # Errors
/// 400 with an error at `roles` when there is no such role; 503 when the database is away.
pub fn add_role(cx: &mut Context, user: &Key, name: &str) -> Result<()> {
    cx.atomic(|cx| {
        let known = Role::objects().filter(Role::F.name.eq(name)).load(cx)?;
        check_names(&[name], &known)?;
        insert(cx, user, &[name])
    })
}

fn insert(cx: &mut Context, user: &Key, names: &[&str]) -> Result<()> {
    let rows = names.iter().map(|name| {
        Changes::new()
            .with(UserRole::F.user_key, user.to_string())
            .with(UserRole::F.role, *name)
    });
    UserRole::objects().create_missing(cx, rows.collect())?;
    let user = user.clone();
    after_commit(cx, move |rbac| rbac.forget(&user));
    Ok(())
}

/// DRF's words of a slug that names nothing.
fn check_names(names: &[&str], known: &[Role]) -> Result<()> {
    let mut errors = FieldErrors::new();
    for (index, name) in names.iter().enumerate() {
        if known.iter().all(|role| role.name != *name) {
            const LONGEST: usize = 64;
            let shown: String = name.chars().take(LONGEST).collect();
            errors.add(
                Path::root().join(index),
                "does_not_exist",
                format!("Object with name={shown} does not exist."),
            );
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Error::validation(errors))
}
