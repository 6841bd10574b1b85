use std::error::Error as StdError;

use thiserror::Error;

use super::Message;

/// Hands messages to a broker.
pub trait Publisher: Send + Sync {
    /// Hands `message` over, and returns when the broker has taken it. It must give up before the
    /// [lease](super::Relay::lease) ends, or another relay may deliver the message too.
    ///
    /// # Errors
    /// [`PublishError::Away`] when it may be taken later, [`PublishError::Rejected`] when it never
    /// will be.
    fn publish(&self, message: &Message) -> Result<(), PublishError>;
}

/// Why a broker has not taken a message.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PublishError {
    /// It cannot now; it is asked again later.
    #[error("the broker is away")]
    Away(#[source] Box<dyn StdError + Send + Sync>),
    /// It never will: the message is a dead letter.
    #[error("the broker refuses the message")]
    Rejected(#[source] Box<dyn StdError + Send + Sync>),
}
