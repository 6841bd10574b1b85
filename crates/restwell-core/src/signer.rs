//! Text that a client may carry but not change.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use thiserror::Error;

use crate::Clock;

const MAC_LENGTH: usize = 32;
const NEVER_EXPIRES: u8 = 0;
const EXPIRES: u8 = 1;

/// Signs what leaves the application and comes back: cursors, links in mails.
///
/// Every purpose has its own key, derived from the application's secret, so a text that was signed
/// for one purpose is worth nothing for another. The payload is signed, not encrypted: the client
/// can read it.
///
/// ```
/// use restwell_core::{Signer, SystemClock};
/// let signer = Signer::new(&"an application's secret of 32 bytes or more".into())?;
/// let cursor = signer.sign("cursor", b"41");
/// assert_eq!(signer.verify("cursor", &cursor, &SystemClock)?, b"41");
/// assert!(signer.verify("password reset", &cursor, &SystemClock).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    secret: SecretString,
}

/// The secret is too short to sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the secret has {length} bytes and needs at least {}",
    Signer::SHORTEST_SECRET
)]
pub struct WeakSecret {
    /// How many bytes it has.
    pub length: usize,
}

/// Why a signed text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// This is not the form of a signed text.
    #[error("the text is not a signed one")]
    Malformed,
    /// It was changed, or signed for another purpose or with another secret.
    #[error("the signature does not match")]
    Mismatch,
    /// Its time is over.
    #[error("the signed text has expired")]
    Expired,
}

impl Signer {
    /// The fewest bytes that a secret may have: the width of the hash.
    pub const SHORTEST_SECRET: usize = 32;

    /// A signer whose keys come from `secret`.
    ///
    /// # Errors
    /// When the secret is shorter than [`SHORTEST_SECRET`](Self::SHORTEST_SECRET) bytes.
    pub fn new(secret: &SecretString) -> Result<Self, WeakSecret> {
        let length = secret.expose_secret().len();
        if length < Self::SHORTEST_SECRET {
            return Err(WeakSecret { length });
        }
        Ok(Self {
            secret: secret.clone(),
        })
    }

    /// `payload` as URL-safe text that [`verify`](Self::verify) accepts for ever.
    pub fn sign(&self, purpose: &str, payload: &[u8]) -> String {
        let mut body = Vec::with_capacity(1 + payload.len() + MAC_LENGTH);
        body.push(NEVER_EXPIRES);
        body.extend_from_slice(payload);
        self.seal(purpose, body)
    }

    /// `payload` as URL-safe text that [`verify`](Self::verify) accepts before `expiry`.
    pub fn sign_until(&self, purpose: &str, payload: &[u8], expiry: DateTime<Utc>) -> String {
        let mut body = Vec::with_capacity(9 + payload.len() + MAC_LENGTH);
        body.push(EXPIRES);
        body.extend_from_slice(&expiry.timestamp_micros().to_be_bytes());
        body.extend_from_slice(payload);
        self.seal(purpose, body)
    }

    /// The payload of `text`, if it was signed for `purpose` and its time is not over.
    ///
    /// # Errors
    /// When the text was not made by this signer for this purpose, or has expired.
    pub fn verify(
        &self,
        purpose: &str,
        text: &str,
        clock: &dyn Clock,
    ) -> Result<Vec<u8>, SignatureError> {
        let mut body = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| SignatureError::Malformed)?;
        let length = body
            .len()
            .checked_sub(MAC_LENGTH)
            .ok_or(SignatureError::Malformed)?;
        let mac = body.split_off(length);
        self.mac(purpose, &body)
            .verify_slice(&mac)
            .map_err(|_| SignatureError::Mismatch)?;
        let (expiry, payload) = open(&body).ok_or(SignatureError::Malformed)?;
        if expiry.is_some_and(|expiry| clock.now().timestamp_micros() >= expiry) {
            return Err(SignatureError::Expired);
        }
        Ok(payload.to_vec())
    }

    fn seal(&self, purpose: &str, mut body: Vec<u8>) -> String {
        let mac = self.mac(purpose, &body).finalize().into_bytes();
        body.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(body)
    }

    /// The label keeps these keys apart from every other use of the same secret.
    fn mac(&self, purpose: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut derivation = keyed(self.secret.expose_secret().as_bytes());
        derivation.update(b"restwell.signer.v1\0");
        derivation.update(purpose.as_bytes());
        let mut mac = keyed(&derivation.finalize().into_bytes());
        mac.update(body);
        mac
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    match Hmac::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of every length"),
    }
}

/// The expiry in microseconds and the payload of an authentic body.
fn open(body: &[u8]) -> Option<(Option<i64>, &[u8])> {
    match body.split_first()? {
        (&NEVER_EXPIRES, payload) => Some((None, payload)),
        (&EXPIRES, rest) => {
            let (expiry, payload) = rest.split_first_chunk()?;
            Some((Some(i64::from_be_bytes(*expiry)), payload))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::ManualClock;

    fn signer() -> Signer {
        Signer::new(&"0123456789abcdef0123456789abcdef".into()).expect("32 bytes")
    }

    fn clock() -> ManualClock {
        ManualClock::at("2026-01-15T10:30:00Z".parse().expect("a time"))
    }

    #[test]
    fn a_short_secret_is_refused() {
        let error = Signer::new(&"0123456789abcdef0123456789abcde".into()).expect_err("31 bytes");
        assert_eq!(
            error.to_string(),
            "the secret has 31 bytes and needs at least 32"
        );
    }

    #[test]
    fn the_format_stands() {
        let signed = signer().sign("cursor", b"41");
        assert_eq!(signed, "ADQxA2xvzVNdcdqpL-PZVtesJfQXPsFpwSJHh5p1JZTX1AI");
    }

    #[test]
    fn a_signature_is_bound_to_purpose_and_secret() {
        let signed = signer().sign("cursor", b"41");
        let verify = |signer: Signer, purpose| signer.verify(purpose, &signed, &clock());
        let other = Signer::new(&"fedcba9876543210fedcba9876543210".into()).expect("32 bytes");
        assert_eq!(verify(signer(), "cursor"), Ok(b"41".to_vec()));
        assert_eq!(verify(signer(), "reset"), Err(SignatureError::Mismatch));
        assert_eq!(verify(signer(), ""), Err(SignatureError::Mismatch));
        assert_eq!(verify(other, "cursor"), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_signature_ends_at_its_expiry() {
        let clock = clock();
        let expiry = clock.now() + TimeDelta::hours(1);
        let signed = signer().sign_until("reset", b"7", expiry);
        let verify = || signer().verify("reset", &signed, &clock);
        assert_eq!(verify(), Ok(b"7".to_vec()));
        clock.advance(TimeDelta::hours(1) - TimeDelta::microseconds(1));
        assert_eq!(verify(), Ok(b"7".to_vec()));
        clock.advance(TimeDelta::microseconds(1));
        assert_eq!(verify(), Err(SignatureError::Expired));
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", signer()), "Signer { .. }");
    }

    proptest! {
        #[test]
        fn every_payload_comes_back(
            purpose in ".{0,20}",
            payload in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let signed = signer().sign(&purpose, &payload);
            prop_assert_eq!(signer().verify(&purpose, &signed, &clock()), Ok(payload));
        }

        #[test]
        fn a_changed_character_is_noticed(at in 0_usize..60, with in "[A-Za-z0-9_-]") {
            let signed = signer().sign("cursor", b"0123456789ab");
            let mut changed = signed.clone();
            changed.replace_range(at..=at, &with);
            prop_assert_eq!(
                signer().verify("cursor", &changed, &clock()).is_ok(),
                changed == signed
            );
        }

        #[test]
        fn hostile_text_is_refused(text in ".{0,200}") {
            prop_assert!(signer().verify("cursor", &text, &clock()).is_err());
        }
    }
}
