//! Passwords: how they are stored and which ones are refused.

mod gate;
mod hasher;
mod params;
mod validators;

pub use hasher::{PasswordHasher, Verdict};
pub use params::{Params, ParamsError};
pub use validators::{
    CommonPassword, EntirelyNumeric, MinimumLength, PasswordPolicy, PasswordValidator, Rejection,
    TooSimilar, UserAttributes,
};

/// The longest password in bytes. Hashing time grows with the length, so that without a limit a
/// few large requests would occupy every worker.
pub(crate) const LONGEST_PASSWORD: usize = 1024;
