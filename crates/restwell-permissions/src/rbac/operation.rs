use std::fmt;

use restwell_core::{Access, Action};

/// What a role can be granted on a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// To make rows.
    Create,
    /// To read rows.
    Retrieve,
    /// To change rows.
    Update,
    /// To delete rows.
    Delete,
}

impl Operation {
    /// What `action` does: extra actions read or update, a bulk action what it does to each row.
    pub fn of(action: Action) -> Self {
        match action.of_each_row().unwrap_or(action) {
            Action::Create => Self::Create,
            Action::Destroy => Self::Delete,
            Action::Update | Action::PartialUpdate | Action::Custom(_, Access::Writes) => {
                Self::Update
            }
            action if action.is_read() => Self::Retrieve,
            // An action of a kind that is not known yet writes, as far as anybody can tell.
            _ => Self::Update,
        }
    }

    /// The name: `create`, `retrieve`, `update` or `delete`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Retrieve => "retrieve",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Several operations.
///
/// ```
/// use restwell_permissions::rbac::{Operation, Operations};
/// const WRITER: Operations = Operations::of(&[Operation::Create, Operation::Retrieve]);
/// assert!(WRITER.contains(Operation::Create) && !WRITER.contains(Operation::Delete));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Operations(u8);

impl Operations {
    /// None.
    pub const NONE: Self = Self(0);
    /// To read.
    pub const READ: Self = Self::of(&[Operation::Retrieve]);
    /// All four.
    pub const ALL: Self = Self::of(&[
        Operation::Create,
        Operation::Retrieve,
        Operation::Update,
        Operation::Delete,
    ]);

    /// These.
    pub const fn of(operations: &[Operation]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < operations.len() {
            bits |= operations[at].bit();
            at += 1;
        }
        Self(bits)
    }

    /// Whether `operation` is among them.
    pub const fn contains(self, operation: Operation) -> bool {
        self.0 & operation.bit() != 0
    }

    /// These and `others`.
    #[must_use]
    pub const fn union(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

impl FromIterator<Operation> for Operations {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        operations
            .into_iter()
            .fold(Self::NONE, |all, one| all.union(Self(one.bit())))
    }
}

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            Operation::Create,
            Operation::Retrieve,
            Operation::Update,
            Operation::Delete,
        ];
        f.debug_set()
            .entries(all.into_iter().filter(|one| self.contains(*one)))
            .finish()
    }
}
