//! Argon2id.

use std::fmt;
use std::hint::black_box;
use std::sync::Arc;

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Version};
use restwell_core::{Error, Result};
use subtle::ConstantTimeEq;

use super::gate::Gate;
use super::{LONGEST_PASSWORD, Params, ParamsError};

const OUTPUT_LENGTH: usize = 32;
const SALT_LENGTH: usize = 16;

/// Hashes passwords with argon2id and checks them.
///
/// A hash takes tens of milliseconds of CPU by design: call this from a worker thread, never from
/// async code. It takes memory too: a hasher and its clones compute as many hashes at a time as
/// there are processors, and further calls wait.
///
/// ```
/// use restwell_auth::{PasswordHasher, Verdict};
/// let hasher = PasswordHasher::default();
/// let hash = hasher.hash("correct horse battery staple")?;
/// assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
/// assert_eq!(hasher.verify("correct horse battery staple", &hash), Verdict::Valid);
/// assert_eq!(hasher.verify("Tr0ub4dor&3", &hash), Verdict::Invalid);
/// # Ok::<(), restwell_core::Error>(())
/// ```
#[derive(Clone)]
pub struct PasswordHasher {
    params: Params,
    argon2: Argon2<'static>,
    gate: Arc<Gate>,
}

/// What checking a password against a hash found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// The password is right.
    Valid,
    /// The password is right, and its hash was made with other parameters than today's: hash the
    /// password anew and store that.
    ValidButOutdated,
    /// The password is wrong, or the hash is none that a password could match.
    Invalid,
}

impl Verdict {
    /// Whether the password is right.
    pub fn is_valid(self) -> bool {
        self != Self::Invalid
    }
}

impl PasswordHasher {
    /// What to store for a user who cannot log in with a password: no password matches it.
    pub const UNUSABLE: &str = "!";

    /// A hasher with these parameters.
    ///
    /// # Errors
    /// When argon2 does not compute with them.
    pub fn new(params: Params) -> Result<Self, ParamsError> {
        let params = params.check()?;
        let argon2 = argon2(Algorithm::Argon2id, Version::V0x13, params)?;
        let gate = Arc::default();
        Ok(Self {
            params,
            argon2,
            gate,
        })
    }

    /// The hash of `password` under a fresh salt, as a PHC string.
    ///
    /// # Errors
    /// 400 for a password of more than 1,024 bytes, 500 when the machine has no memory or no
    /// randomness left.
    pub fn hash(&self, password: &str) -> Result<String> {
        if password.len() > LONGEST_PASSWORD {
            return Err(Error::field(
                "password",
                "password_too_long",
                super::validators::too_long_message(),
            ));
        }
        let _place = self.gate.enter();
        let hash = self.argon2.hash_password(password.as_bytes());
        Ok(hash.map_err(Error::internal)?.to_string())
    }

    /// Whether `password` is the one that `hash` was made of.
    ///
    /// Any text may stand for a hash. One that is no argon2 hash matches nothing and costs as much
    /// as a wrong password, so that an account without a password cannot be told from one with.
    pub fn verify(&self, password: &str, hash: &str) -> Verdict {
        if password.len() > LONGEST_PASSWORD {
            return Verdict::Invalid;
        }
        let Some(stored) = Stored::parse(hash) else {
            self.verify_nothing(password);
            return Verdict::Invalid;
        };
        let _place = self.gate.enter();
        match stored.matches(password) {
            true if stored.is_current(self.params) => Verdict::Valid,
            true => Verdict::ValidButOutdated,
            false => Verdict::Invalid,
        }
    }

    /// Does the work of [`verify`](Self::verify) for nothing.
    ///
    /// Call it when there is no such user, else the time of the answer tells that there is none.
    pub fn verify_nothing(&self, password: &str) {
        if password.len() > LONGEST_PASSWORD {
            return;
        }
        let mut output = [0; OUTPUT_LENGTH];
        let _place = self.gate.enter();
        let _ = black_box(self.argon2.hash_password_into(
            black_box(password.as_bytes()),
            &[0; SALT_LENGTH],
            &mut output,
        ));
        black_box(output);
    }
}

impl Default for PasswordHasher {
    fn default() -> Self {
        match Self::new(Params::default()) {
            Ok(hasher) => hasher,
            Err(_) => unreachable!("the default parameters are sound"),
        }
    }
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHasher")
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

/// A hash that was read back.
struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    output: Output,
}

impl Stored {
    fn parse(hash: &str) -> Option<Self> {
        let hash = PasswordHash::new(hash).ok()?;
        let cost = argon2::Params::try_from(&hash).ok()?;
        let params = Params {
            memory_kib: cost.m_cost(),
            iterations: cost.t_cost(),
            parallelism: cost.p_cost(),
        };
        Some(Self {
            algorithm: Algorithm::try_from(hash.algorithm.as_str()).ok()?,
            version: hash
                .version
                .map_or(Ok(Version::V0x10), Version::try_from)
                .ok()?,
            params: params.check().ok()?,
            salt: hash.salt?.to_vec(),
            output: hash.hash?,
        })
    }

    fn matches(&self, password: &str) -> bool {
        let Ok(argon2) = argon2(self.algorithm, self.version, self.params) else {
            return false;
        };
        let mut output = vec![0; self.output.len()];
        argon2
            .hash_password_into(password.as_bytes(), &self.salt, &mut output)
            .is_ok()
            && bool::from(output.ct_eq(self.output.as_bytes()))
    }

    fn is_current(&self, params: Params) -> bool {
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && self.params == params
            && self.salt.len() >= SALT_LENGTH
            && self.output.len() >= OUTPUT_LENGTH
    }
}

fn argon2(
    algorithm: Algorithm,
    version: Version,
    params: Params,
) -> Result<Argon2<'static>, ParamsError> {
    argon2::Params::new(
        params.memory_kib,
        params.iterations,
        params.parallelism,
        None,
    )
    .map(|params| Argon2::new(algorithm, version, params))
    .map_err(|_| ParamsError::Memory {
        found: params.memory_kib,
        lanes: params.parallelism,
    })
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;
    use std::sync::mpsc;
    use std::thread::available_parallelism;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    // Made with the reference implementation of argon2.
    const REFERENCE_ID: &str = "$argon2id$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$dPtrHTEawLtMiR9+/XloAkXZ+EtyrY+bvmHIbiufhk0";
    const REFERENCE_I: &str = "$argon2i$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$+ZM6qIHKWUY4ZEkMSTQpzAefvkLMgPC7fLokalwJpuI";
    const PASSWORD: &str = "correct horse";

    fn cheap() -> PasswordHasher {
        PasswordHasher::new(Params::default().with_memory_kib(64)).expect("sound")
    }

    #[test]
    fn hashes_of_the_reference_implementation_match() {
        assert_eq!(cheap().verify(PASSWORD, REFERENCE_ID), Verdict::Valid);
        assert_eq!(cheap().verify("incorrect", REFERENCE_ID), Verdict::Invalid);
    }

    #[test]
    fn a_hash_is_salted() {
        let hash = || cheap().hash(PASSWORD).expect("hashed");
        assert_ne!(hash(), hash());
    }

    #[test]
    fn every_computation_waits_for_its_turn() {
        let hasher = cheap();
        let computations: [fn(&PasswordHasher); 3] = [
            |hasher| drop(hasher.hash(PASSWORD)),
            |hasher| assert!(hasher.verify(PASSWORD, REFERENCE_ID).is_valid()),
            |hasher| hasher.verify_nothing(PASSWORD),
        ];
        for compute in computations {
            let places = available_parallelism().map_or(1, NonZero::get);
            let occupied: Vec<_> = (0..places).map(|_| hasher.gate.enter()).collect();
            let (done, waits) = mpsc::channel();
            let clone = hasher.clone();
            let thread = std::thread::spawn(move || {
                compute(&clone);
                done.send(()).expect("heard");
            });
            let early = waits.recv_timeout(Duration::from_millis(50));
            drop(occupied);
            assert!(early.is_err(), "it did not wait");
            thread.join().expect("done");
        }
    }

    #[test]
    fn a_hash_with_other_parameters_or_another_algorithm_is_outdated() {
        let raised = PasswordHasher::new(Params::default().with_memory_kib(128)).expect("sound");
        let outdated = Verdict::ValidButOutdated;
        assert_eq!(raised.verify(PASSWORD, REFERENCE_ID), outdated);
        assert_eq!(cheap().verify(PASSWORD, REFERENCE_I), outdated);
        assert_eq!(raised.verify("incorrect", REFERENCE_ID), Verdict::Invalid);
        assert!(outdated.is_valid() && !Verdict::Invalid.is_valid());
    }

    #[test]
    fn an_unusable_hash_matches_nothing() {
        let (prefix, _) = REFERENCE_ID.rsplit_once('$').expect("a hash");
        let exhausting = REFERENCE_ID.replace("m=64", "m=4294967295");
        let endless = REFERENCE_ID.replace("t=2", "t=4294967295");
        let bcrypt = "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW";
        let unusable = PasswordHasher::UNUSABLE;
        for hash in [
            "",
            unusable,
            prefix,
            &exhausting,
            &endless,
            bcrypt,
            PASSWORD,
        ] {
            for password in [PASSWORD, "", unusable] {
                assert_eq!(cheap().verify(password, hash), Verdict::Invalid, "{hash}");
            }
        }
    }

    #[test]
    fn a_password_beyond_the_limit_is_refused() {
        let longest = "x".repeat(1024);
        let hash = cheap().hash(&longest).expect("at the limit");
        assert_eq!(cheap().verify(&longest, &hash), Verdict::Valid);
        let longer = "x".repeat(1025);
        let error = cheap().hash(&longer).expect_err("beyond the limit");
        assert_eq!(error.status(), 400);
        assert_eq!(cheap().verify(&longer, &hash), Verdict::Invalid);
        cheap().verify_nothing(&longer);
    }

    #[test]
    fn a_password_is_taken_as_it_is() {
        let hash = cheap().hash(" caf\u{e9}\0 ").expect("hashed");
        assert_eq!(cheap().verify(" caf\u{e9}\0 ", &hash), Verdict::Valid);
        for other in ["caf\u{e9}", " caf\u{e9} ", " cafe\u{301}\0 "] {
            assert_eq!(cheap().verify(other, &hash), Verdict::Invalid);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_hash_makes_verify_panic(hash in "\\$?(argon2(id|i|d)?|.{0,8})(\\$.{0,20}){0,5}") {
            let _ = cheap().verify(PASSWORD, &hash);
        }

        #[test]
        fn no_parameters_of_a_hash_make_verify_panic(
            v in "16|19|0|99999999999",
            m in "[0-9]{1,4}|-1",
            t in "[0-9]|9999999999",
            p in "[0-9]{1,9}",
            salt in "[A-Za-z0-9+/]{0,70}",
            output in "[A-Za-z0-9+/]{0,90}",
        ) {
            let hash = format!("$argon2id$v={v}$m={m},t={t},p={p}${salt}${output}");
            let _ = cheap().verify(PASSWORD, &hash);
        }
    }
}
