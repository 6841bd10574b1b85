//! Why a token is refused.

use restwell_core::Error;
use thiserror::Error as ThisError;

/// Why a token is refused.
///
/// The log learns the kind. A client learns no more than [`description`](Self::description).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum TokenError {
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not begun, or it was issued in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A refresh token in the place of an access token, or the other way round.
    #[error("the token is of the wrong type")]
    WrongType,
    /// It was changed, or signed with another key.
    #[error("the signature of the token does not match")]
    BadSignature,
    /// It is signed, or claims to be, with another algorithm than its key has.
    #[error("the token names another algorithm than its key has")]
    WrongAlgorithm,
    /// Its key is not in the ring.
    #[error("the token names a key that is not in the ring")]
    UnknownKey,
    /// It is not a token, or lacks a claim.
    #[error("the token is malformed")]
    Malformed,
    /// Another issuer made it.
    #[error("the token comes from another issuer")]
    WrongIssuer,
    /// It is meant for another audience.
    #[error("the token is for another audience")]
    WrongAudience,
    /// A refresh token that was used before, or whose login was ended.
    #[error("the token was used or revoked")]
    Revoked,
}

impl TokenError {
    const CODE: &'static str = "token_not_valid";

    /// What a client may know.
    pub fn description(self) -> &'static str {
        match self {
            Self::Expired => "Token is expired",
            Self::WrongType => "Token has wrong type",
            _ => "Token is invalid",
        }
    }

    /// 401 for a token in a body, as when a refresh token is exchanged. A token in a header becomes
    /// its 401 through `?`.
    pub fn in_body(self) -> Error {
        Error::new(401, Self::CODE, "Token is invalid or expired").with_source(self)
    }
}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        let message = "Given token not valid for any token type";
        Self::new(401, TokenError::CODE, message).with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_are_those_of_simplejwt() {
        let header = Error::from(TokenError::Expired);
        assert_eq!(
            (header.status(), header.code(), header.message()),
            (
                401,
                "token_not_valid",
                "Given token not valid for any token type"
            )
        );
        assert_eq!(
            header.downcast_source::<TokenError>(),
            Some(&TokenError::Expired)
        );
        let body = TokenError::BadSignature.in_body();
        assert_eq!(
            (body.status(), body.code(), body.message()),
            (401, "token_not_valid", "Token is invalid or expired")
        );
    }

    #[test]
    fn a_client_does_not_learn_which_check_failed() {
        assert_eq!(
            TokenError::UnknownKey.description(),
            TokenError::BadSignature.description()
        );
    }
}
