use std::fmt;
use std::marker::PhantomData;

use restwell_audit::AuditEntry;
use restwell_core::Action;
use restwell_filters::{Exact, Gt, Gte, In, Lt, Lte};
use restwell_permissions::Rule;

use super::EntrySerializer;
use crate::{Actions, Base, NoInput, Options, ViewSet};

/// The whole audit log, read-only, with filters by actor, action, entity, key, request and time.
///
/// It is divided into pages as `B` says, and is for whom the rule allows.
///
/// ```
/// use restwell_permissions::has_role;
/// use restwell_views::{AuditLog, Router};
///
/// let router = Router::new().register("audit", AuditLog::<()>::new(has_role("admin")));
/// # drop(router);
/// ```
pub struct AuditLog<B> {
    rule: Rule<AuditEntry>,
    base: PhantomData<fn() -> B>,
}

impl<B> fmt::Debug for AuditLog<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditLog")
            .field("rule", &self.rule)
            .finish_non_exhaustive()
    }
}

impl<B: Base> AuditLog<B> {
    /// The log, for whom `rule` allows.
    pub fn new(rule: Rule<AuditEntry>) -> Self {
        Self {
            rule,
            base: PhantomData,
        }
    }
}

impl<B: Base> ViewSet for AuditLog<B> {
    type Model = AuditEntry;
    type Serializer = EntrySerializer;
    type List = EntrySerializer;
    type Create = NoInput<AuditEntry>;
    type Update = NoInput<AuditEntry>;
    type Base = B;

    const ACTIONS: Actions = Actions::READ_ONLY;
    const FEATURE: &'static str = "audit";

    fn options() -> Options<AuditEntry> {
        options(B::options())
            .filter(AuditEntry::F.entity, (Exact, In))
            .filter(AuditEntry::F.entity_id, (Exact, In))
    }

    fn permission(&self, _: Action) -> Rule<AuditEntry> {
        self.rule.clone()
    }
}

/// What a list of entries can be asked for, whatever rows they are of. The last comes first.
pub(super) fn options(options: Options<AuditEntry>) -> Options<AuditEntry> {
    options
        .filter_as("actor", AuditEntry::F.actor_id, (Exact, In))
        .filter(AuditEntry::F.action, (Exact, In))
        .filter(AuditEntry::F.request_id, (Exact,))
        .filter(AuditEntry::F.at, (Gt, Gte, Lt, Lte))
        .order((AuditEntry::F.id, AuditEntry::F.at))
        .default_order([AuditEntry::F.id.desc()])
}
