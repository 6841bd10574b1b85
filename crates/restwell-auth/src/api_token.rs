//! Opaque tokens for programs.

use std::fmt;
use std::str::FromStr;

use restwell_core::{Error, Result};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error as ThisError;

const ID_LENGTH: usize = 8;
const SECRET_LENGTH: usize = 32;
const LONGEST_PREFIX: usize = 16;

/// An opaque token, `<prefix>_<id>_<secret>`, that stands for a user until it is revoked.
///
/// The prefix tells people and secret scanners whose token they found. The id finds the row, and
/// may be shown. Of the secret only the digest is stored: whoever reads the table can use none of
/// its tokens. The secret is 32 random bytes, so that a plain SHA-256 is as good as a slow hash.
///
/// ```
/// use restwell_auth::ApiToken;
/// use secrecy::ExposeSecret;
///
/// let token = ApiToken::generate("rw")?;
/// let (id, digest) = (token.id(), token.digest()); // what the table keeps
/// let shown_once = token.expose();
///
/// let presented = ApiToken::parse(shown_once.expose_secret())?;
/// assert_eq!(presented.id(), id);
/// assert!(digest.matches(&presented));
/// # Ok::<(), restwell_core::Error>(())
/// ```
pub struct ApiToken {
    prefix: String,
    id: String,
    secret: SecretBox<[u8; SECRET_LENGTH]>,
}

impl ApiToken {
    /// A fresh token. `prefix` is 1 to 16 lower-case letters and digits.
    ///
    /// # Errors
    /// 500 when the prefix is another, or the machine has no randomness.
    pub fn generate(prefix: &str) -> Result<Self> {
        if !is_prefix(prefix) {
            return Err(Error::internal(format!(
                "the token prefix {prefix:?} is not 1 to {LONGEST_PREFIX} lower-case letters and digits"
            )));
        }
        let mut id = [0; ID_LENGTH];
        let mut secret = Box::new([0; SECRET_LENGTH]);
        getrandom::fill(&mut id).map_err(Error::internal)?;
        getrandom::fill(secret.as_mut_slice()).map_err(Error::internal)?;
        Ok(Self {
            prefix: prefix.to_owned(),
            id: encode_hex(&id),
            secret: SecretBox::new(secret),
        })
    }

    /// Reads what a client presented.
    ///
    /// # Errors
    /// 401 with DRF's "Invalid token." when this is not the form of a token.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(|| Error::authentication_failed("Invalid token."))
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        let (prefix, id, secret) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || !is_prefix(prefix) {
            return None;
        }
        decode_hex::<ID_LENGTH>(id)?;
        Some(Self {
            prefix: prefix.to_owned(),
            id: id.to_owned(),
            secret: SecretBox::new(Box::new(decode_hex(secret)?)),
        })
    }

    /// The first part, which names the kind of the token.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The part by which the row of the token is found: 16 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What to store of the secret.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.secret.expose_secret()).into())
    }

    /// The whole token, to be shown to its owner once.
    pub fn expose(&self) -> SecretString {
        let secret = encode_hex(self.secret.expose_secret());
        format!("{}_{}_{secret}", self.prefix, self.id).into()
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiToken({}_{}_…)", self.prefix, self.id)
    }
}

/// The digest of a token's secret; stored as its text, 64 hexadecimal digits.
///
/// Digests are compared through [`matches`](Self::matches) alone, in constant time.
#[derive(Clone, Copy)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Whether this is the digest of `token`.
    #[must_use]
    pub fn matches(&self, token: &ApiToken) -> bool {
        self.0.ct_eq(&token.digest().0).into()
    }
}

impl fmt::Display for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode_hex(&self.0))
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

/// The text is no digest of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("a token digest is 64 lower-case hexadecimal digits")]
pub struct ParseDigestError;

impl FromStr for TokenDigest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, ParseDigestError> {
        decode_hex(text).map(Self).ok_or(ParseDigestError)
    }
}

fn is_prefix(prefix: &str) -> bool {
    (1..=LONGEST_PREFIX).contains(&prefix.len())
        && prefix
            .bytes()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

fn encode_hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| DIGITS[usize::from(digit)])
        .collect()
}

/// Lower case alone, so that a token has one spelling.
fn decode_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
    }
    Some(bytes)
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: &str =
        "rw_0123456789abcdef_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn the_digest_is_sha256_of_the_secret() {
        let token = ApiToken::parse(KNOWN).expect("well-formed");
        assert_eq!((token.prefix(), token.id()), ("rw", "0123456789abcdef"));
        assert_eq!(
            token.digest().to_string(),
            "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
        );
        assert_eq!(token.expose().expose_secret(), KNOWN);
    }

    #[test]
    fn a_stored_digest_matches_its_token_alone() {
        let token = ApiToken::generate("rw").expect("generated");
        let stored: TokenDigest = token.digest().to_string().parse().expect("a digest");
        let other = ApiToken::generate("rw").expect("generated");
        assert!(stored.matches(&token));
        assert!(!stored.matches(&other));
        assert_ne!(token.id(), other.id());
    }

    #[test]
    fn a_malformed_token_is_invalid() {
        let upper = KNOWN.to_uppercase();
        let more = format!("{KNOWN}_");
        let short = &KNOWN[..KNOWN.len() - 1];
        let bare = &KNOWN[2..];
        for text in ["", "rw", "__", short, &upper, &more, bare, &KNOWN[..20]] {
            let error = ApiToken::parse(text).expect_err(text);
            assert_eq!((error.status(), error.message()), (401, "Invalid token."));
        }
        assert_eq!("abc".parse::<TokenDigest>().err(), Some(ParseDigestError));
    }

    #[test]
    fn a_prefix_is_checked() {
        for prefix in ["", "r_w", "RW", "\u{e9}", "aaaaaaaaaaaaaaaaa"] {
            assert_eq!(ApiToken::generate(prefix).expect_err(prefix).status(), 500);
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let token = ApiToken::parse(KNOWN).expect("well-formed");
        assert_eq!(format!("{token:?}"), "ApiToken(rw_0123456789abcdef_…)");
        assert_eq!(format!("{:?}", token.digest()), "TokenDigest(…)");
    }

    proptest! {
        #[test]
        fn hostile_tokens_do_not_panic(text in "[a-z0-9_]{0,3}.{0,100}") {
            let _ = ApiToken::parse(&text);
            let _ = text.parse::<TokenDigest>();
        }

        #[test]
        fn a_token_has_one_spelling(id in "[0-9a-fA-F]{16}", secret in "[0-9a-fA-F]{64}") {
            let text = format!("rw_{id}_{secret}");
            let parsed = ApiToken::parse(&text).ok();
            prop_assert_eq!(parsed.is_some(), text == text.to_lowercase());
        }
    }
}
