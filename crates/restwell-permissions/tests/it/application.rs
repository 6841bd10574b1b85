//! What the tests work with: a database with the tables of the crate, and the memory over it.

use std::sync::Arc;

use restwell_core::{Identity, ManualClock, Method, Principal, Request, State};
use restwell_db::Context;
use restwell_permissions::{Rbac, rbac};
use restwell_testing::{TestDatabase, clock_at};

pub(crate) struct Application {
    pub(crate) db: TestDatabase,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) rbac: Rbac,
    state: Arc<State>,
}

/// An application over an empty database.
pub(crate) fn started(db: TestDatabase) -> Application {
    db.migrate(&[&rbac::MIGRATIONS]);
    let rbac = Rbac::new();
    let mut state = State::new();
    state.insert(rbac.clone());
    Application {
        db,
        clock: clock_at("2026-01-15T10:30:00.123456Z"),
        rbac,
        state: Arc::new(state),
    }
}

impl Application {
    /// What a request of nobody carries.
    pub(crate) fn context(&self) -> Context {
        let request = Request::new(Method::Get, "/");
        Context::new(
            self.db.pool(),
            self.clock.clone(),
            self.state.clone(),
            request,
        )
    }

    /// What a request of this user carries.
    pub(crate) fn context_of(&self, user: Identity) -> Context {
        let mut cx = self.context();
        cx.set_principal(Principal::User(Arc::new(user)));
        cx
    }
}
