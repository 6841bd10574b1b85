//! Reading the `Authorization` header.
//!
//! Each function looks for one scheme. A header of another scheme is none of its business and
//! gives `None`, so that authenticators can be tried in order; a header of its scheme that is
//! malformed is a 401 with DRF's message.
//!
//! ```
//! use restwell_auth::header;
//! assert_eq!(header::bearer("Bearer abc.def.ghi")?, Some("abc.def.ghi"));
//! assert_eq!(header::bearer("Basic YWRhOnNlY3JldA==")?, None);
//! assert!(header::bearer("Bearer").is_err());
//! # Ok::<(), restwell_core::Error>(())
//! ```

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use restwell_core::{Error, Result};
use secrecy::SecretString;

/// The longest credentials in bytes that are looked at.
pub(crate) const LONGEST_CREDENTIALS: usize = 8 * 1024;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a client sent under the scheme `Basic`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BasicCredentials {
    /// The name, which has no colon.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

/// The token of `Authorization: Bearer <token>` (RFC 6750).
///
/// # Errors
/// 401 when the scheme is not followed by exactly one word.
pub fn bearer(authorization: &str) -> Result<Option<&str>> {
    match parse(authorization, "Bearer") {
        Parsed::OtherScheme => Ok(None),
        Parsed::One(token) => Ok(Some(token)),
        Parsed::Nothing | Parsed::Several => Err(Error::new(
            401,
            "bad_authorization_header",
            "Authorization header must contain two space-delimited values",
        )),
    }
}

/// The token of `Authorization: Token <token>`, or of another `keyword` in the place of `Token`.
///
/// ```
/// use restwell_auth::header;
/// assert_eq!(header::token("token rw_12_34", "Token")?, Some("rw_12_34"));
/// assert_eq!(header::token("Api-Key rw_12_34", "Api-Key")?, Some("rw_12_34"));
/// # Ok::<(), restwell_core::Error>(())
/// ```
///
/// # Errors
/// 401 when the keyword is not followed by exactly one word of visible ASCII characters.
pub fn token<'a>(authorization: &'a str, keyword: &str) -> Result<Option<&'a str>> {
    let reason = match parse(authorization, keyword) {
        Parsed::OtherScheme => return Ok(None),
        Parsed::One(token) if token.bytes().all(|c| c.is_ascii_graphic()) => {
            return Ok(Some(token));
        }
        Parsed::One(_) => "Token string should not contain invalid characters.",
        Parsed::Nothing => "No credentials provided.",
        Parsed::Several => "Token string should not contain spaces.",
    };
    Err(Error::authentication_failed(format!(
        "Invalid token header. {reason}"
    )))
}

/// The name and password of `Authorization: Basic <base64>` (RFC 7617, in UTF-8).
///
/// # Errors
/// 401 when the scheme is not followed by exactly one word that is base64 of `name:password`
/// without control characters.
pub fn basic(authorization: &str) -> Result<Option<BasicCredentials>> {
    let reason = match parse(authorization, "Basic") {
        Parsed::OtherScheme => return Ok(None),
        Parsed::One(encoded) => match decode_basic(encoded) {
            Some(credentials) => return Ok(Some(credentials)),
            None => "Credentials not correctly base64 encoded.",
        },
        Parsed::Nothing => "No credentials provided.",
        Parsed::Several => "Credentials string should not contain spaces.",
    };
    Err(Error::authentication_failed(format!(
        "Invalid basic header. {reason}"
    )))
}

enum Parsed<'a> {
    OtherScheme,
    Nothing,
    One(&'a str),
    Several,
}

fn parse<'a>(authorization: &'a str, scheme: &str) -> Parsed<'a> {
    let mut words = authorization.split_ascii_whitespace();
    if !words
        .next()
        .is_some_and(|own| own.eq_ignore_ascii_case(scheme))
    {
        return Parsed::OtherScheme;
    }
    match (words.next(), words.next()) {
        (None, _) => Parsed::Nothing,
        (Some(word), None) => Parsed::One(word),
        (Some(_), Some(_)) => Parsed::Several,
    }
}

fn decode_basic(encoded: &str) -> Option<BasicCredentials> {
    if encoded.len() > LONGEST_CREDENTIALS {
        return None;
    }
    let decoded = String::from_utf8(BASE64.decode(encoded).ok()?).ok()?;
    if decoded.contains(char::is_control) {
        return None;
    }
    let (username, password) = decoded.split_once(':')?;
    Some(BasicCredentials {
        username: username.to_owned(),
        password: password.into(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    fn refusal<T: std::fmt::Debug>(result: Result<T>) -> (u16, String, String) {
        let error = result.expect_err("malformed");
        (error.status(), error.code().into(), error.message().into())
    }

    fn failed(message: &str) -> (u16, String, String) {
        (401, "authentication_failed".into(), message.into())
    }

    #[test]
    fn another_scheme_is_ignored() {
        for header in [
            "",
            "   ",
            "Digest a b c",
            "Bearerabc",
            "Negotiate",
            "\u{e9}",
        ] {
            assert_eq!(bearer(header).expect("ignored"), None);
            assert_eq!(token(header, "Token").expect("ignored"), None);
            assert!(basic(header).expect("ignored").is_none());
        }
    }

    #[test]
    fn the_case_of_a_scheme_and_the_kind_of_space_do_not_matter() {
        assert_eq!(bearer("bEARER \t abc ").expect("read"), Some("abc"));
        assert_eq!(token("TOKEN abc", "Token").expect("read"), Some("abc"));
        assert!(basic("basic YTpi").expect("read").is_some());
    }

    #[test]
    fn malformed_bearer_headers_get_the_message_of_simplejwt() {
        for header in ["Bearer", "bearer ", "Bearer a b"] {
            assert_eq!(
                refusal(bearer(header)),
                (
                    401,
                    "bad_authorization_header".into(),
                    "Authorization header must contain two space-delimited values".into()
                )
            );
        }
    }

    #[test]
    fn malformed_token_headers_get_the_messages_of_drf() {
        let refused = |header| refusal(token(header, "Token"));
        assert_eq!(
            refused("Token"),
            failed("Invalid token header. No credentials provided.")
        );
        assert_eq!(
            refused("Token a b"),
            failed("Invalid token header. Token string should not contain spaces.")
        );
        assert_eq!(
            refused("Token caf\u{e9}"),
            failed("Invalid token header. Token string should not contain invalid characters.")
        );
    }

    #[test]
    fn malformed_basic_headers_get_the_messages_of_drf() {
        let refused = |header: &str| refusal(basic(header));
        assert_eq!(
            refused("Basic"),
            failed("Invalid basic header. No credentials provided.")
        );
        assert_eq!(
            refused("Basic a b"),
            failed("Invalid basic header. Credentials string should not contain spaces.")
        );
        let too_long = "YWRh".repeat(3_000);
        // No base64, no colon, no UTF-8, a NUL in the name, beyond the limit.
        for encoded in ["%%%", "YWRh", "/zr/", "YQBiOmM=", &too_long] {
            assert_eq!(
                refused(&format!("Basic {encoded}")),
                failed("Invalid basic header. Credentials not correctly base64 encoded.")
            );
        }
    }

    #[test]
    fn basic_credentials_are_utf8_and_split_at_the_first_colon() {
        // The example of RFC 7617, section 2.1, and one whose padding is left out.
        let read = |header| {
            let credentials = basic(header).expect("read").expect("present");
            let password = credentials.password.expose_secret().to_owned();
            (credentials.username, password)
        };
        let of = |name: &str, password: &str| (name.to_owned(), password.to_owned());
        assert_eq!(read("Basic dGVzdDoxMjPCow=="), of("test", "123\u{a3}"));
        assert_eq!(read("Basic dGVzdDoxMjPCow"), of("test", "123\u{a3}"));
        assert_eq!(read("Basic YTpiOmM="), of("a", "b:c"));
        assert_eq!(read("Basic Og=="), of("", ""));
    }

    #[test]
    fn a_password_is_not_printed() {
        let credentials = basic("Basic dGVzdDpoaWRkZW4=").expect("read");
        assert!(!format!("{credentials:?}").contains("hidden"));
    }

    proptest! {
        #[test]
        fn hostile_headers_do_not_panic(
            scheme in "(?i)(bearer|basic|token|.{0,6})",
            rest in ".{0,60}",
        ) {
            let header = format!("{scheme} {rest}");
            let _ = (bearer(&header), token(&header, "Token"), basic(&header));
        }

        #[test]
        fn basic_credentials_come_back(name in "[^:\\p{Cc}]{0,20}", password in "\\PC{0,20}") {
            let encoded = BASE64.encode(format!("{name}:{password}"));
            let credentials = basic(&format!("Basic {encoded}")).expect("read").expect("present");
            prop_assert_eq!(credentials.username, name);
            prop_assert_eq!(credentials.password.expose_secret(), password);
        }
    }
}
