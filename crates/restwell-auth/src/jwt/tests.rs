mod keys;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use proptest::prelude::*;
use restwell_core::ManualClock;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

// Made with another library: {"token_type": "access", "exp": 1768474500, "iat": 1768473600,
// "jti": "019bc146-1c00-7000-8000-000000000001", "user_id": 7}.
const KNOWN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxNzY4NDc0NTAwLCJpYXQiOjE3Njg0NzM2MDAsImp0aSI6IjAxOWJjMTQ2LTFjMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMSIsInVzZXJfaWQiOjd9.eAXqCoRoD5BKeqjMXZN1FXL-5dqfU2qCiopty99_PKA";

/// 1768473600 in the tokens.
fn clock() -> ManualClock {
    ManualClock::at("2026-01-15T10:40:00Z".parse().expect("a time"))
}

fn secret_key() -> SigningKey {
    SigningKey::hs256(&SECRET.into()).expect("32 bytes")
}

fn jwt() -> Jwt {
    Jwt::new(KeyRing::new(secret_key()))
}

/// A token with this header and these claims, signed with the secret.
fn signed(header: &str, claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", part(header), part(claims));
    let signature = secret_key().sign(message.as_bytes()).expect("signed");
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn access(token: &str) -> Result<Claims, TokenError> {
    jwt().verify(token, TokenType::Access, &clock())
}

fn claims_with(more: &str) -> String {
    format!(
        r#"{{"token_type":"access","exp":1768474500,"iat":1768473600,"jti":"019bc146-1c00-7000-8000-000000000001","user_id":7{more}}}"#
    )
}

#[test]
fn a_token_of_another_library_is_verified() {
    let claims = access(KNOWN).expect("authentic");
    assert_eq!(claims.user_id, Key::Int(7));
    assert_eq!(
        claims.id.to_string(),
        "019bc146-1c00-7000-8000-000000000001"
    );
    assert_eq!(signed(HEADER, &claims_with("")), KNOWN);
}

#[test]
fn a_pair_has_the_declared_lifetimes() {
    let pair = jwt().issue_pair(&Key::Int(7), &clock()).expect("issued");
    let (access, refresh) = (pair.access.claims(), pair.refresh.claims());
    assert_eq!(access.expires_at - access.issued_at, TimeDelta::minutes(15));
    assert_eq!(refresh.expires_at - refresh.issued_at, TimeDelta::days(7));
    assert_eq!(access.token_type, TokenType::Access);
    assert_eq!(refresh.token_type, TokenType::Refresh);
    assert!(refresh.family.is_some());
    assert_eq!(access.family, refresh.family);
    assert_ne!(access.id, refresh.id);
    assert_eq!(access.id.get_version_num(), 7);
}

#[test]
fn what_was_issued_is_verified() {
    for user in [
        Key::Int(-7),
        Key::Uuid(Uuid::nil()),
        Key::Text("ada".into()),
    ] {
        let pair = jwt().issue_pair(&user, &clock()).expect("issued");
        let claims = access(pair.access.as_str()).expect("authentic");
        assert_eq!(&claims, pair.access.claims());
        let refresh = jwt().verify(pair.refresh.as_str(), TokenType::Refresh, &clock());
        assert_eq!(refresh.as_ref(), Ok(pair.refresh.claims()));
    }
}

#[test]
fn a_token_of_the_other_type_is_refused() {
    let pair = jwt().issue_pair(&Key::Int(7), &clock()).expect("issued");
    let verify = |token: &IssuedToken, expected| jwt().verify(token.as_str(), expected, &clock());
    let wrong = Err(TokenError::WrongType);
    assert_eq!(verify(&pair.refresh, TokenType::Access), wrong);
    assert_eq!(verify(&pair.access, TokenType::Refresh), wrong);
}

#[test]
fn a_rotated_token_stays_in_its_family() {
    let clock = clock();
    let first = jwt().issue_pair(&Key::Int(7), &clock).expect("issued");
    clock.advance(TimeDelta::hours(1));
    let next = jwt()
        .rotate(first.refresh.claims(), &clock)
        .expect("rotated");
    let (old, new) = (first.refresh.claims(), next.refresh.claims());
    assert_eq!((new.family, &new.user_id), (old.family, &old.user_id));
    assert_ne!(new.id, old.id);
    assert_eq!(new.expires_at - old.expires_at, TimeDelta::hours(1));
    let error = jwt()
        .rotate(first.access.claims(), &clock)
        .expect_err("no refresh token");
    assert_eq!(error.status(), 401);
}

#[test]
fn a_refresh_token_without_a_family_is_malformed() {
    let token = signed(HEADER, &claims_with("").replace("access", "refresh"));
    let verified = jwt().verify(&token, TokenType::Refresh, &clock());
    assert_eq!(verified, Err(TokenError::Malformed));
}

#[test]
fn a_token_ends_at_its_expiry_by_the_clock_that_was_passed_in() {
    let clock = clock();
    let lenient = jwt().leeway(Duration::from_secs(5));
    let strict = || jwt().verify(KNOWN, TokenType::Access, &clock).err();
    let lenient = || lenient.verify(KNOWN, TokenType::Access, &clock).err();
    clock.advance(TimeDelta::seconds(899));
    assert_eq!(strict(), None);
    clock.advance(TimeDelta::seconds(1));
    assert_eq!((strict(), lenient()), (Some(TokenError::Expired), None));
    clock.advance(TimeDelta::seconds(5));
    assert_eq!(lenient(), Some(TokenError::Expired));
}

#[test]
fn a_token_does_not_begin_before_its_time() {
    let begin = |nbf: i64| access(&signed(HEADER, &claims_with(&format!(r#","nbf":{nbf}"#)))).err();
    assert_eq!(begin(1_768_473_600), None);
    assert_eq!(begin(1_768_473_601), Some(TokenError::NotYetValid));

    let clock = clock();
    clock.advance(TimeDelta::seconds(-3));
    let early = |jwt: Jwt| jwt.verify(KNOWN, TokenType::Access, &clock).err();
    assert_eq!(early(jwt()), Some(TokenError::NotYetValid));
    assert_eq!(early(jwt().leeway(Duration::from_secs(3))), None);
}

#[test]
fn endless_durations_do_not_overflow() {
    let endless = jwt()
        .access_lifetime(Duration::MAX)
        .refresh_lifetime(Duration::ZERO)
        .leeway(Duration::MAX);
    let pair = endless.issue_pair(&Key::Int(7), &clock()).expect("issued");
    assert!(
        endless
            .verify(pair.access.as_str(), TokenType::Access, &clock())
            .is_ok()
    );
}

#[test]
fn issuer_and_audience_are_checked_where_they_are_configured() {
    let blog = jwt().issuer("blog").audience("readers");
    let token = blog.issue_access(&Key::Int(7), &clock()).expect("issued");
    let verify = |jwt: Jwt, token: &str| jwt.verify(token, TokenType::Access, &clock()).err();
    assert_eq!(verify(blog.clone(), token.as_str()), None);
    assert_eq!(verify(blog, KNOWN), Some(TokenError::WrongIssuer));
    assert_eq!(
        verify(jwt().audience("readers"), KNOWN),
        Some(TokenError::WrongAudience)
    );
    assert_eq!(
        verify(jwt(), token.as_str()),
        Some(TokenError::WrongAudience)
    );
    let both = signed(HEADER, &claims_with(r#","aud":["writers","readers"]"#));
    assert_eq!(verify(jwt().audience("readers"), &both), None);
}

#[test]
fn a_changed_token_is_refused() {
    let pieces: Vec<&str> = KNOWN.split('.').collect();
    let forged = URL_SAFE_NO_PAD.encode(claims_with("").replace(":7", ":1"));
    let (header, claims, signature) = (pieces[0], pieces[1], pieces[2]);
    let bad = Some(TokenError::BadSignature);
    assert_eq!(access(&format!("{header}.{forged}.{signature}")).err(), bad);
    assert_eq!(access(&format!("{header}.{claims}.")).err(), bad);
    assert_eq!(
        access(&format!("{header}.{claims}.{}", &signature[..20])).err(),
        bad
    );
}

#[test]
fn a_token_without_a_signature_is_refused() {
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS384", "HS512", "ES256",
    ] {
        let header = format!(r#"{{"alg":"{alg}"}}"#);
        let token = signed(&header, &claims_with(""));
        let (message, _) = token.rsplit_once('.').expect("three parts");
        let wrong = Some(TokenError::WrongAlgorithm);
        assert_eq!(access(&token).err(), wrong, "{alg}");
        assert_eq!(access(&format!("{message}.")).err(), wrong, "{alg}");
    }
}

#[test]
fn a_malformed_token_is_refused() {
    let long = format!("{KNOWN}.{}", "a".repeat(8_192));
    let padded = format!("{KNOWN}=");
    let more = format!("{KNOWN}.e30");
    for token in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "e30.e30.e30",
        KNOWN,
        &long,
        &padded,
        &more,
    ] {
        let expected = (token != KNOWN).then_some(TokenError::Malformed);
        assert_eq!(access(token).err(), expected, "{token}");
    }
    for claims in ["", "[]", "{}", "null", "7", "\u{0}"] {
        let token = signed(HEADER, claims);
        assert_eq!(
            access(&token).err(),
            Some(TokenError::Malformed),
            "{claims}"
        );
    }
    for header in [
        "[]",
        "{}",
        r#"{"alg":7}"#,
        r#"{"alg":"HS256","crit":["exp"]}"#,
    ] {
        let token = signed(header, &claims_with(""));
        assert_eq!(
            access(&token).err(),
            Some(TokenError::Malformed),
            "{header}"
        );
    }
}

#[test]
fn claims_that_stand_twice_are_refused() {
    let token = signed(HEADER, &claims_with(r#","user_id":1"#));
    assert_eq!(access(&token).err(), Some(TokenError::Malformed));
}

#[test]
fn a_token_is_not_printed() {
    let pair = jwt().issue_pair(&Key::Int(7), &clock()).expect("issued");
    let printed = format!("{pair:?} {:?}", jwt());
    assert!(!printed.contains("eyJ") && !printed.contains(SECRET));
}

proptest! {
    #[test]
    fn hostile_tokens_are_refused(token in "([A-Za-z0-9_-]{0,40}\\.?){0,5}|.{0,100}") {
        prop_assert!(access(&token).is_err());
    }

    #[test]
    fn hostile_parts_are_refused(header in ".{0,40}", claims in ".{0,40}") {
        prop_assert!(access(&signed(&header, &claims)).is_err());
    }

    #[test]
    fn a_changed_character_is_noticed(at in 0_usize..KNOWN.len(), with in "[A-Za-z0-9_.-]") {
        let mut changed = KNOWN.to_owned();
        changed.replace_range(at..=at, &with);
        prop_assert_eq!(access(&changed).is_ok(), changed == KNOWN);
    }
}
