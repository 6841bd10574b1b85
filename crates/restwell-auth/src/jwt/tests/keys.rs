//! Keys and their rotation. The keys under `tests/keys` sign nothing but tests.

use super::*;

const ED: &str = include_str!("../../../tests/keys/ed25519.pem");
const ED_PUBLIC: &str = include_str!("../../../tests/keys/ed25519.pub.pem");
const RSA: &str = include_str!("../../../tests/keys/rsa2048.pem");
const RSA_PUBLIC: &str = include_str!("../../../tests/keys/rsa2048.pub.pem");
const WEAK_RSA: &str = include_str!("../../../tests/keys/rsa1024.pem");
const WEAK_RSA_PUBLIC: &str = include_str!("../../../tests/keys/rsa1024.pub.pem");

// The claims of `super::KNOWN`, signed by another library with the ids "ed" and "rs".
const KNOWN_ED: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzY4NDc0NTAwLCJpYXQiOjE3Njg0NzM2MDAsImp0aSI6IjAxOWJjMTQ2LTFjMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMSIsInVzZXJfaWQiOjd9.tA8nUbL2xcufNcTcB4yRZv0nlvtzTU4DRg1AiSuOa721ohrKMaLqSFxhsQMr6WLyMr_QVFs8xBy6xGKAqBrwDQ";
const KNOWN_RSA: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzIiwidHlwIjoiSldUIn0.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzY4NDc0NTAwLCJpYXQiOjE3Njg0NzM2MDAsImp0aSI6IjAxOWJjMTQ2LTFjMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMSIsInVzZXJfaWQiOjd9.RTkluYcHI0fOrG33FPdw63y8DQDduDlntf9KLk2Zfw3y-fHAhWCWpQrvzJyececod4gSegORukhNuFxBpLVbV-aCsyN2Nkc9905LkJyhOR46cLrR8d89Y7A6UggqBEn2WHtbPILJ6xAsy6E_jIzlYkzsu-PBy4zcIdrfq_ZQ0VnwbBW1TBMZ0A0n0LDRMLtiScEUPiYG8tADzOIyQwkZOgNiJP36XFxtzUksXc81KGAb7xFBxzOrzds__5kesd9vE6xCBzwLW0115MZB8QFQf47wimK9vh7F8dq3A5bG8oPe6opZt6XTzVdi42qRuYF0jRY9Zms_9EwupLcRdUQcOA";

fn ed() -> SigningKey {
    SigningKey::eddsa_pem(&ED.into())
        .expect("a key")
        .with_id("ed")
}

fn rsa() -> SigningKey {
    SigningKey::rs256_pem(&RSA.into())
        .expect("a key")
        .with_id("rs")
}

fn verify(keys: KeyRing, token: &str) -> Option<TokenError> {
    Jwt::new(keys)
        .verify(token, TokenType::Access, &clock())
        .err()
}

fn issue(key: &SigningKey) -> String {
    let token = Jwt::new(KeyRing::new(key.clone())).issue_access(&Key::Int(7), &clock());
    token.expect("issued").as_str().to_owned()
}

#[test]
fn tokens_of_another_library_are_verified_by_both_halves() {
    let ed_public = VerifyingKey::eddsa_pem(ED_PUBLIC)
        .expect("a key")
        .with_id("ed");
    let rsa_public = VerifyingKey::rs256_pem(RSA_PUBLIC)
        .expect("a key")
        .with_id("rs");
    let public = KeyRing::new(secret_key())
        .with_retired(ed_public)
        .and_then(|keys| keys.with_retired(rsa_public))
        .expect("three keys");
    for (key, token) in [(ed(), KNOWN_ED), (rsa(), KNOWN_RSA)] {
        assert_eq!(verify(KeyRing::new(key.clone()), token), None);
        assert_eq!(verify(public.clone(), token), None);
        assert_eq!(verify(public.clone(), &issue(&key)), None);
    }
}

#[test]
fn a_signature_is_the_one_of_another_library() {
    // Ed25519 and PKCS #1 v1.5 have one signature for a key and a message.
    for (key, token) in [(ed(), KNOWN_ED), (rsa(), KNOWN_RSA)] {
        let (message, signature) = token.rsplit_once('.').expect("three parts");
        let own = key.sign(message.as_bytes()).expect("signed");
        assert_eq!(URL_SAFE_NO_PAD.encode(own), signature);
    }
}

#[test]
fn a_retired_key_verifies_and_a_removed_one_does_not() {
    let old = secret_key().with_id("2025");
    let new = SigningKey::hs256(&SECRET.to_uppercase().into())
        .expect("32 bytes")
        .with_id("2026");
    let token = issue(&old);
    let rotated = KeyRing::new(new.clone())
        .with_retired(old.verifying_key().clone())
        .expect("two ids");
    assert_eq!(verify(rotated.clone(), &token), None);
    assert_eq!(verify(rotated, &issue(&new)), None);
    assert_eq!(
        verify(KeyRing::new(new), &token),
        Some(TokenError::UnknownKey)
    );
}

#[test]
fn a_token_names_its_key_or_none() {
    let other = SigningKey::hs256(&SECRET.to_uppercase().into())
        .expect("32 bytes")
        .with_id("new");
    let keys = KeyRing::new(other)
        .with_retired(secret_key().verifying_key().clone().with_id("old"))
        .expect("two ids");
    let header = |kid: &str| format!(r#"{{"alg":"HS256","kid":{kid}}}"#);
    let verify = |kid: &str| verify(keys.clone(), &signed(&header(kid), &claims_with("")));
    assert_eq!(verify("null"), None);
    assert_eq!(verify(r#""old""#), None);
    assert_eq!(verify(r#""new""#), Some(TokenError::BadSignature));
    assert_eq!(verify(r#""../../dev/null""#), Some(TokenError::UnknownKey));
    assert_eq!(verify("[]"), Some(TokenError::Malformed));
}

#[test]
fn a_public_key_is_no_secret() {
    // Algorithm confusion: HS256 with the public key of the server as the secret.
    let public = VerifyingKey::rs256_pem(RSA_PUBLIC)
        .expect("a key")
        .with_id("rs");
    let keys = KeyRing::new(ed()).with_retired(public).expect("two ids");
    let forged = SigningKey::hs256(&RSA_PUBLIC.into())
        .expect("long enough")
        .with_id("rs");
    assert_eq!(
        verify(keys.clone(), &issue(&forged)),
        Some(TokenError::WrongAlgorithm)
    );
    let nameless = SigningKey::hs256(&RSA_PUBLIC.into()).expect("long enough");
    assert_eq!(
        verify(keys, &issue(&nameless)),
        Some(TokenError::WrongAlgorithm)
    );
}

#[test]
fn an_id_belongs_to_one_key() {
    let error = KeyRing::new(ed())
        .with_retired(rsa().with_id("ed").verifying_key().clone())
        .expect_err("the same id");
    assert_eq!(error.to_string(), r#"the key id "ed" is given to two keys"#);
}

#[test]
fn a_short_secret_is_refused() {
    for error in [
        SigningKey::hs256(&SECRET[1..].into()).err(),
        VerifyingKey::hs256(&SECRET[1..].into()).err(),
    ] {
        assert_eq!(
            error.expect("31 bytes").to_string(),
            "the HS256 secret has 31 bytes and needs at least 32"
        );
    }
}

#[test]
fn a_wrong_or_weak_key_stops_the_start() {
    for pem in ["", "junk", RSA, ED_PUBLIC, SECRET] {
        let error = SigningKey::eddsa_pem(&pem.into()).expect_err("no Ed25519 private key");
        assert_eq!(error.to_string(), "this is not the PEM of a key for EdDSA");
    }
    for pem in ["", "junk", ED, RSA_PUBLIC, WEAK_RSA] {
        let error = SigningKey::rs256_pem(&pem.into()).expect_err("no RSA private key");
        assert_eq!(
            error.to_string(),
            "this is not the PEM of a key for RS256 of 2,048 to 8,192 bits"
        );
    }
    for pem in ["", "junk", ED, RSA_PUBLIC] {
        assert!(VerifyingKey::eddsa_pem(pem).is_err());
    }
    for pem in ["", "junk", RSA, ED_PUBLIC, WEAK_RSA_PUBLIC] {
        assert!(VerifyingKey::rs256_pem(pem).is_err());
    }
}

#[test]
fn a_key_is_not_printed() {
    assert_eq!(
        format!("{:?} {:?}", ed(), rsa().verifying_key()),
        "SigningKey { id: Some(\"ed\"), algorithm: EdDsa, .. } \
         VerifyingKey { id: Some(\"rs\"), algorithm: Rs256, .. }"
    );
}
