//! The compact form: `header.claims.signature`.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use restwell_core::{Error, Result};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::{Claims, KeyRing, SigningKey, TokenError, VerifyingKey};

/// The longest token in bytes that is looked at.
const LONGEST_TOKEN: usize = 8 * 1024;

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

/// What of a header matters. Keys that a header brings along (`jwk`, `jku`, `x5c`) are ignored.
#[derive(Deserialize)]
struct UntrustedHeader<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow, default)]
    kid: Option<Cow<'a, str>>,
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

pub(super) fn sign(key: &SigningKey, claims: &Claims) -> Result<String> {
    let header = Header {
        alg: key.verifying_key().algorithm().name(),
        typ: "JWT",
        kid: key.verifying_key().id(),
    };
    let mut token = encode(&header)?;
    token.push('.');
    token.push_str(&encode(claims)?);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// The claims of `token`, which are authentic and not yet checked.
pub(super) fn open(keys: &KeyRing, token: &str) -> Result<Claims, TokenError> {
    if token.len() > LONGEST_TOKEN {
        return Err(TokenError::Malformed);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
    let (header, claims) = message.split_once('.').ok_or(TokenError::Malformed)?;
    if claims.contains('.') {
        return Err(TokenError::Malformed);
    }
    let (header, signature) = (decode(header)?, decode(signature)?);
    let header = serde_json::from_slice(&header).map_err(|_| TokenError::Malformed)?;
    let candidates = candidates(keys, &header)?;
    if !candidates
        .iter()
        .any(|key| key.verifies(message.as_bytes(), &signature))
    {
        return Err(TokenError::BadSignature);
    }
    serde_json::from_slice(&decode(claims)?).map_err(|_| TokenError::Malformed)
}

/// The keys that may have signed: the one that the header names, or any where it names none. The
/// algorithm of a token selects nothing, it must be that of the key.
fn candidates<'a>(
    keys: &'a KeyRing,
    header: &UntrustedHeader<'_>,
) -> Result<Vec<&'a VerifyingKey>, TokenError> {
    if header.crit.is_some() {
        return Err(TokenError::Malformed);
    }
    let kid = header.kid.as_deref();
    let mut candidates: Vec<_> = keys
        .keys()
        .filter(|key| kid.is_none() || key.id() == kid)
        .collect();
    if candidates.is_empty() {
        return Err(TokenError::UnknownKey);
    }
    candidates.retain(|key| key.algorithm().name() == header.alg);
    match candidates.is_empty() {
        true => Err(TokenError::WrongAlgorithm),
        false => Ok(candidates),
    }
}

fn encode(part: &impl Serialize) -> Result<String> {
    let json = serde_json::to_vec(part).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenError::Malformed)
}
