//! Rules: who may do what.
//!
//! A [`Rule`] is asked twice, as in DRF: before anything is read, and again with the row. It
//! answers with a [`Decision`]; one that needs the row says [`Decision::Unknown`] until it has it,
//! so that `!` is right on both occasions. A rule that can be put as a condition on rows also
//! narrows lists. The rule [`grants`] asks what the roles of a user are granted in the database:
//! see [`rbac`].
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod permission;
mod ready;
mod rule;

pub mod rbac;

pub use permission::Permission;
pub use rbac::Rbac;
pub use rbac::{grants, grants_operation};
pub use ready::{
    allow_any, deny_all, has_role, is_authenticated, is_authenticated_or_read_only, is_owner,
    is_staff, is_superuser, read_only, when,
};
pub use restwell_core::Decision;
pub use rule::Rule;
