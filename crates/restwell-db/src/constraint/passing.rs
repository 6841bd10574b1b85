//! Failures that another try may not meet.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use restwell_core::Error;

use super::wording;

/// Why a transaction that was undone may succeed when it is run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passing {
    /// Another transaction was in the way: a serialization failure, a deadlock, a locked file.
    Contention,
    /// Another transaction was in the way for longer than a statement waits for a lock.
    Locked,
    /// The connection was lost before the commit.
    Lost,
}

impl Passing {
    /// `None` for failures that stay.
    pub(crate) fn of(error: &Error) -> Option<Self> {
        Self::of_cause(error.downcast_source()?)
    }

    pub(super) fn of_cause(cause: &DieselError) -> Option<Self> {
        use DatabaseErrorKind as Kind;
        match cause {
            DieselError::BrokenTransactionManager => Some(Self::Lost),
            DieselError::DatabaseError(Kind::SerializationFailure, _) => Some(Self::Contention),
            DieselError::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _) => {
                Some(Self::Lost)
            }
            DieselError::DatabaseError(Kind::Unknown, information) => {
                Self::of_words(information.message())
            }
            _ => None,
        }
    }

    /// Where Diesel has no kind. What the databases say of contention quotes nothing before it.
    fn of_words(message: &str) -> Option<Self> {
        if message.starts_with(wording::LOCK_TIMEOUT) {
            return Some(Self::Locked);
        }
        let begins = |text: &&str| message.starts_with(text);
        if wording::CONTENTION.iter().any(begins) {
            return Some(Self::Contention);
        }
        let lost = wording::LOST.iter().any(|text| message.contains(text));
        lost.then_some(Self::Lost)
    }
}
