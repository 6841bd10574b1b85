//! Roles and what they are granted, in the database.
//!
//! A user has [roles](Role). A role is granted [operations](Operation) on features, which are
//! parts of the application such as `posts`. The rule [`grants`](crate::grants) asks for them.
//!
//! ```
//! use restwell_db::Context;
//! use restwell_permissions::rbac::{self, Operation, Operations};
//!
//! fn prepare(cx: &mut Context) -> restwell_core::Result<()> {
//!     rbac::seed(cx, &[
//!         ("reader", "posts", Operations::READ),
//!         ("author", "posts", Operations::of(&[Operation::Create, Operation::Retrieve])),
//!         ("editor", "posts", Operations::ALL),
//!     ])
//! }
//! ```
//!
//! An application lists [`MIGRATIONS`] beside its own, and gives an [`Rbac`] to its API as state
//! and to whatever authenticates.

mod cache;
mod grants;
mod model;
mod operation;
mod seed;
mod users;

use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;
use diesel_migrations::embed_migrations;
use restwell_core::{Key, Result, RoleSource};
use restwell_db::{Context, Migrations};

use cache::{Cache, Found};
use grants::Granted;

pub use grants::{grants, grants_operation};
pub use model::{
    Feature, FeatureFields, Role, RoleFields, RoleGrant, RoleGrantFields, UserRole, UserRoleFields,
};
pub use operation::{Operation, Operations};
pub use seed::{grant, seed};
pub use users::{add_role, roles_of, roles_of_many, set_roles};

/// The tables `roles`, `features`, `role_grants` and `user_roles`.
pub static MIGRATIONS: Migrations = Migrations {
    postgres: embed_migrations!("migrations/postgres"),
    sqlite: embed_migrations!("migrations/sqlite"),
};

/// The roles of users and the grants of roles, as the database has them, kept in memory.
///
/// What changes through this module is seen at once by every request of this process, and within
/// 30 seconds by other processes. A clone is the same memory.
#[derive(Clone)]
pub struct Rbac(Arc<Memory>);

struct Memory {
    granted: Cache<(), Arc<Granted>>,
    roles: Cache<Key, Vec<String>>,
}

impl fmt::Debug for Rbac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rbac")
    }
}

impl Default for Rbac {
    fn default() -> Self {
        Self::new()
    }
}

impl Rbac {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self::keeping(TimeDelta::seconds(30))
    }

    /// Like [`new`](Self::new), but a change made by another process is seen within `lifetime`.
    pub fn keeping(lifetime: TimeDelta) -> Self {
        Self(Arc::new(Memory {
            granted: Cache::new(lifetime),
            roles: Cache::new(lifetime),
        }))
    }

    /// Whether one of `roles` is granted `operation` on `feature`. Nobody is granted anything on a
    /// feature that does not exist.
    ///
    /// # Errors
    /// 503 when the grants must be read and the database is away.
    pub fn allows(
        &self,
        roles: &[String],
        feature: &str,
        operation: Operation,
        cx: &mut Context,
    ) -> Result<bool> {
        Ok(self.granted(cx)?.allows(roles, feature, operation))
    }

    /// Forgets the roles of `user`, after a change that went around this module.
    pub fn forget(&self, user: &Key) {
        self.0.roles.forget(user);
    }

    /// Forgets everything, after a change that went around this module.
    pub fn forget_all(&self) {
        self.0.granted.forget_all();
        self.0.roles.forget_all();
    }

    fn granted(&self, cx: &mut Context) -> Result<Arc<Granted>> {
        let generation = match self.0.granted.get(&(), cx.now()) {
            Found::Value(granted) => return Ok(granted),
            Found::Nothing(generation) => generation,
        };
        let granted = Arc::new(Granted::load(cx)?);
        if is_settled(cx) {
            let (now, kept) = (cx.now(), granted.clone());
            self.0.granted.keep((), kept, generation, now);
        }
        Ok(granted)
    }
}

impl RoleSource<Context> for Rbac {
    fn roles_of(&self, user: &Key, cx: &mut Context) -> Result<Vec<String>> {
        let generation = match self.0.roles.get(user, cx.now()) {
            Found::Value(roles) => return Ok(roles),
            Found::Nothing(generation) => generation,
        };
        let roles = roles_of(cx, user)?;
        if is_settled(cx) {
            let (now, kept) = (cx.now(), roles.clone());
            self.0.roles.keep(user.clone(), kept, generation, now);
        }
        Ok(roles)
    }
}

/// Whether what is read now is there for others too: a transaction may yet be rolled back.
fn is_settled(cx: &Context) -> bool {
    !cx.in_transaction()
}

/// Lets the memory of the application, if it has one, forget something once this is committed.
fn after_commit(cx: &mut Context, forget: impl FnOnce(&Rbac) + Send + 'static) {
    if let Ok(rbac) = cx.state::<Rbac>() {
        let rbac = rbac.clone();
        cx.on_commit(move || forget(&rbac));
    }
}
