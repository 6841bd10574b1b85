//! The keys that tokens are signed and verified with.

use std::fmt;

use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::jwk::EllipticCurve;
use jsonwebtoken::{DecodingKey, DecodingKeyKind, EncodingKey};
use restwell_core::{Error, Result};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error as ThisError;

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256: one secret signs and verifies.
    Hs256,
    /// Ed25519: who verifies cannot sign.
    EdDsa,
    /// RSA (PKCS #1 v1.5) with SHA-256, of 2,048 bits or more.
    Rs256,
}

impl Algorithm {
    /// The name in a token's header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }

    fn inner(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
        }
    }
}

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum KeyError {
    /// The secret is shorter than the hash, so that it could be guessed.
    #[error(
        "the HS256 secret has {length} bytes and needs at least {}",
        SigningKey::SHORTEST_SECRET
    )]
    ShortSecret {
        /// How many bytes it has.
        length: usize,
    },
    /// The text is not the PEM of such a key, or the key is too weak.
    #[error("this is not the PEM of a key for {}{}", .0.name(), hint(*.0))]
    Unusable(Algorithm),
    /// Two keys of a ring have the same id, so that a token would not say which one it means.
    #[error("the key id {0:?} is given to two keys")]
    DuplicateId(String),
}

fn hint(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => " of 2,048 to 8,192 bits",
        Algorithm::Hs256 | Algorithm::EdDsa => "",
    }
}

/// A key that signs, together with the one that verifies what it signed.
///
/// ```
/// use restwell_auth::SigningKey;
/// let key = SigningKey::hs256(&"a secret of 32 bytes or more, please".into())?.with_id("2026-01");
/// assert!(SigningKey::hs256(&"short".into()).is_err());
/// # Ok::<(), restwell_auth::KeyError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    encoding: EncodingKey,
    verifying: VerifyingKey,
}

impl SigningKey {
    /// The fewest bytes that an HS256 secret may have (RFC 7518, section 3.2).
    pub const SHORTEST_SECRET: usize = 32;

    /// A shared secret.
    ///
    /// # Errors
    /// When it is shorter than [`SHORTEST_SECRET`](Self::SHORTEST_SECRET) bytes.
    pub fn hs256(secret: &SecretString) -> Result<Self, KeyError> {
        Ok(Self {
            verifying: VerifyingKey::hs256(secret)?,
            encoding: EncodingKey::from_secret(secret.expose_secret().as_bytes()),
        })
    }

    /// An Ed25519 private key, as PKCS #8 PEM.
    ///
    /// # Errors
    /// When the text is something else.
    pub fn eddsa_pem(pem: &SecretString) -> Result<Self, KeyError> {
        let unusable = |_| KeyError::Unusable(Algorithm::EdDsa);
        let encoding =
            EncodingKey::from_ed_pem(pem.expose_secret().as_bytes()).map_err(unusable)?;
        let derive = DEFAULT_PROVIDER
            .key_utils
            .ed_pub_components_from_private_key;
        let public = derive(encoding.as_bytes(), &EllipticCurve::Ed25519).map_err(unusable)?;
        Self::proven(
            encoding,
            Algorithm::EdDsa,
            DecodingKey::from_ed_der(&public),
        )
    }

    /// An RSA private key, as PKCS #8 or PKCS #1 PEM.
    ///
    /// # Errors
    /// When the text is something else, or the key has fewer than 2,048 bits.
    pub fn rs256_pem(pem: &SecretString) -> Result<Self, KeyError> {
        let unusable = |_| KeyError::Unusable(Algorithm::Rs256);
        let encoding =
            EncodingKey::from_rsa_pem(pem.expose_secret().as_bytes()).map_err(unusable)?;
        let derive = DEFAULT_PROVIDER
            .key_utils
            .rsa_pub_components_from_private_key;
        let (modulus, exponent) = derive(encoding.as_bytes()).map_err(unusable)?;
        let decoding = DecodingKey::from_rsa_raw_components(&modulus, &exponent);
        Self::proven(encoding, Algorithm::Rs256, decoding)
    }

    /// Tries the pair, so that a bad key stops the start and not the first login.
    fn proven(
        encoding: EncodingKey,
        algorithm: Algorithm,
        decoding: DecodingKey,
    ) -> Result<Self, KeyError> {
        let key = Self {
            encoding,
            verifying: VerifyingKey {
                id: None,
                algorithm,
                decoding,
            },
        };
        let unusable = KeyError::Unusable(algorithm);
        let signature = key.sign(b"proof").map_err(|_| unusable.clone())?;
        match key.verifying.verifies(b"proof", &signature) {
            true => Ok(key),
            false => Err(unusable),
        }
    }

    /// Names the key. Its tokens carry the id, and are verified with the key of that id alone.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.verifying.id = Some(id.into());
        self
    }

    /// The other half, with the same id: what stays in the ring when another key signs.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        // Straight from the provider: the library's default one is a global that panics when
        // another crate in the tree enables a second backend.
        let sign = DEFAULT_PROVIDER.signer_factory;
        sign(&self.verifying.algorithm.inner(), &self.encoding)
            .map_err(Error::internal)?
            .try_sign(message)
            .map_err(Error::internal)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug("SigningKey", &self.verifying, f)
    }
}

/// A key that verifies.
#[derive(Clone)]
pub struct VerifyingKey {
    id: Option<String>,
    algorithm: Algorithm,
    decoding: DecodingKey,
}

impl VerifyingKey {
    /// A shared secret.
    ///
    /// # Errors
    /// When it is shorter than [`SigningKey::SHORTEST_SECRET`] bytes.
    pub fn hs256(secret: &SecretString) -> Result<Self, KeyError> {
        let secret = secret.expose_secret().as_bytes();
        if secret.len() < SigningKey::SHORTEST_SECRET {
            return Err(KeyError::ShortSecret {
                length: secret.len(),
            });
        }
        Ok(Self {
            id: None,
            algorithm: Algorithm::Hs256,
            decoding: DecodingKey::from_secret(secret),
        })
    }

    /// An Ed25519 public key, as PEM.
    ///
    /// # Errors
    /// When the text is something else.
    pub fn eddsa_pem(pem: &str) -> Result<Self, KeyError> {
        const PUBLIC_KEY_LENGTH: usize = 32;
        let algorithm = Algorithm::EdDsa;
        DecodingKey::from_ed_pem(pem.as_bytes())
            .ok()
            .filter(|key| der(key).is_some_and(|der| der.len() == PUBLIC_KEY_LENGTH))
            .map(|decoding| Self {
                id: None,
                algorithm,
                decoding,
            })
            .ok_or(KeyError::Unusable(algorithm))
    }

    /// An RSA public key, as PEM.
    ///
    /// # Errors
    /// When the text is something else, or the key does not have 2,048 to 8,192 bits.
    pub fn rs256_pem(pem: &str) -> Result<Self, KeyError> {
        let algorithm = Algorithm::Rs256;
        DecodingKey::from_rsa_pem(pem.as_bytes())
            .ok()
            .filter(|key| der(key).is_some_and(is_strong_rsa))
            .map(|decoding| Self {
                id: None,
                algorithm,
                decoding,
            })
            .ok_or(KeyError::Unusable(algorithm))
    }

    /// Names the key: it then verifies the tokens that carry this id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The name of the key, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The one algorithm of the key.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &Vec<u8>) -> bool {
        let verifier = DEFAULT_PROVIDER.verifier_factory;
        verifier(&self.algorithm.inner(), &self.decoding)
            .is_ok_and(|verifier| verifier.verify(message, signature).is_ok())
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug("VerifyingKey", self, f)
    }
}

fn debug(name: &str, key: &VerifyingKey, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_struct(name)
        .field("id", &key.id)
        .field("algorithm", &key.algorithm)
        .finish_non_exhaustive()
}

fn der(key: &DecodingKey) -> Option<&[u8]> {
    match key.kind() {
        DecodingKeyKind::SecretOrDer(der) => Some(der),
        DecodingKeyKind::RsaModulusExponent { .. } => None,
    }
}

fn is_strong_rsa(der: &[u8]) -> bool {
    let components = DEFAULT_PROVIDER
        .key_utils
        .rsa_pub_components_from_public_key;
    components(der).is_ok_and(|(modulus, _)| (2_048 / 8..=8_192 / 8).contains(&modulus.len()))
}

/// The keys of an application: one signs, and several may verify.
///
/// A key is replaced without logging anybody out: the new one signs, the old one stays for
/// verifying until the last token that it signed has expired.
///
/// ```
/// use restwell_auth::{KeyRing, SigningKey};
/// let old = SigningKey::hs256(&"the secret of last year, 32 bytes long".into())?.with_id("2025");
/// let new = SigningKey::hs256(&"the secret of this year, 32 bytes long".into())?.with_id("2026");
/// let keys = KeyRing::new(new).with_retired(old.verifying_key().clone())?;
/// # Ok::<(), restwell_auth::KeyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeyRing {
    signing: SigningKey,
    retired: Vec<VerifyingKey>,
}

impl KeyRing {
    /// A ring with one key.
    pub fn new(signing: SigningKey) -> Self {
        Self {
            signing,
            retired: Vec::new(),
        }
    }

    /// Adds a key whose tokens are still accepted.
    ///
    /// # Errors
    /// When another key of the ring has the same id.
    pub fn with_retired(mut self, key: VerifyingKey) -> Result<Self, KeyError> {
        match key.id() {
            Some(id) if self.keys().any(|own| own.id() == Some(id)) => {
                return Err(KeyError::DuplicateId(id.to_owned()));
            }
            _ => self.retired.push(key),
        }
        Ok(self)
    }

    pub(super) fn signing(&self) -> &SigningKey {
        &self.signing
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &VerifyingKey> {
        [&self.signing.verifying].into_iter().chain(&self.retired)
    }
}
