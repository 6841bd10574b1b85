//! What a password hash costs.

use thiserror::Error;

/// The cost of an argon2id hash.
///
/// The defaults (19 MiB, two passes, one lane) are OWASP's minimum. Raise them as machines allow:
/// hashes made before are told apart at login ([`Verdict::ValidButOutdated`]) and can be replaced
/// then.
///
/// ```
/// use restwell_auth::{Params, PasswordHasher};
/// let params = Params::default().with_memory_kib(65_536).with_iterations(3);
/// let hasher = PasswordHasher::new(params)?;
/// # Ok::<(), restwell_auth::ParamsError>(())
/// ```
///
/// [`Verdict::ValidButOutdated`]: crate::Verdict::ValidButOutdated
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Params {
    /// Memory in KiB, at least eight times the lanes.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes. They are computed one after another; the number only changes the result.
    pub parallelism: u32,
}

/// Parameters that no hash can or should be made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// Too little memory for the lanes, or too much for any server.
    #[error(
        "argon2 cannot use {found} KiB: with {lanes} lanes it takes {} to {} KiB",
        lanes.saturating_mul(8),
        Params::MOST_MEMORY_KIB
    )]
    Memory {
        /// The memory in KiB.
        found: u32,
        /// The lanes.
        lanes: u32,
    },
    /// No pass, or so many that a login would take minutes.
    #[error(
        "argon2 cannot use {found} iterations: it takes 1 to {}",
        Params::MOST_ITERATIONS
    )]
    Iterations {
        /// The passes.
        found: u32,
    },
    /// No lane, or more than there is use for.
    #[error(
        "argon2 cannot use {found} lanes: it takes 1 to {}",
        Params::MOST_LANES
    )]
    Parallelism {
        /// The lanes.
        found: u32,
    },
}

impl Params {
    const MOST_MEMORY_KIB: u32 = 1 << 20;
    const MOST_ITERATIONS: u32 = 100;
    const MOST_LANES: u32 = 64;

    /// The same with other memory.
    #[must_use]
    pub fn with_memory_kib(self, memory_kib: u32) -> Self {
        Self { memory_kib, ..self }
    }

    /// The same with another number of passes.
    #[must_use]
    pub fn with_iterations(self, iterations: u32) -> Self {
        Self { iterations, ..self }
    }

    /// The same with another number of lanes.
    #[must_use]
    pub fn with_parallelism(self, parallelism: u32) -> Self {
        Self {
            parallelism,
            ..self
        }
    }

    /// Refuses what argon2 does not compute, and what would exhaust the server: the parameters of
    /// a stored hash go through here too.
    pub(crate) fn check(self) -> Result<Self, ParamsError> {
        if !(1..=Self::MOST_LANES).contains(&self.parallelism) {
            return Err(ParamsError::Parallelism {
                found: self.parallelism,
            });
        }
        if !(1..=Self::MOST_ITERATIONS).contains(&self.iterations) {
            return Err(ParamsError::Iterations {
                found: self.iterations,
            });
        }
        if !(8 * self.parallelism..=Self::MOST_MEMORY_KIB).contains(&self.memory_kib) {
            return Err(ParamsError::Memory {
                found: self.memory_kib,
                lanes: self.parallelism,
            });
        }
        Ok(self)
    }
}

impl Default for Params {
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_what_owasp_asks_for() {
        let params = Params::default().check().expect("sound");
        assert_eq!(
            (params.memory_kib, params.iterations, params.parallelism),
            (19_456, 2, 1)
        );
    }

    #[test]
    fn what_argon2_does_not_compute_is_refused() {
        let refuse = |params: Params| params.check().expect_err("out of bounds").to_string();
        let params = Params::default();
        assert_eq!(
            refuse(params.with_iterations(0)),
            "argon2 cannot use 0 iterations: it takes 1 to 100"
        );
        assert_eq!(
            refuse(params.with_memory_kib(15).with_parallelism(2)),
            "argon2 cannot use 15 KiB: with 2 lanes it takes 16 to 1048576 KiB"
        );
        assert_eq!(
            refuse(params.with_parallelism(u32::MAX)),
            "argon2 cannot use 4294967295 lanes: it takes 1 to 64"
        );
        refuse(params.with_memory_kib(u32::MAX));
    }
}
