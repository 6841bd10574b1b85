//! Which passwords are refused.

mod common;
mod similarity;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use restwell_core::{FieldErrors, Path};

use super::LONGEST_PASSWORD;

pub use common::CommonPassword;
pub use similarity::{TooSimilar, UserAttributes};

/// A reason to refuse a password.
pub trait PasswordValidator: fmt::Debug + Send + Sync + 'static {
    /// Refuses `password` for the user with these attributes, or does not.
    ///
    /// # Errors
    /// The code and the message for the client.
    fn validate(&self, password: &str, user: &UserAttributes) -> Result<(), Rejection>;
}

/// Why a password is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The stable machine code.
    pub code: Cow<'static, str>,
    /// What a person reads.
    pub message: Cow<'static, str>,
}

impl Rejection {
    /// A rejection with this code and message.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

/// The validators that a new password must pass, all of which have their say.
///
/// The default is Django's: not similar to the user's attributes, at least eight characters, not
/// common, not entirely numeric.
///
/// ```
/// use restwell_auth::{PasswordPolicy, UserAttributes};
/// let policy = PasswordPolicy::default();
/// let ada = UserAttributes::new().with("username", "ada.lovelace");
/// assert!(policy.validate("password", "analytical engine", &ada).is_ok());
/// let errors = policy.validate("password", "1234", &ada).expect_err("weak in every way");
/// let codes: Vec<_> = errors.iter().map(|error| error.code.as_ref()).collect();
/// assert_eq!(
///     codes,
///     ["password_too_short", "password_too_common", "password_entirely_numeric"]
/// );
/// ```
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    validators: Vec<Arc<dyn PasswordValidator>>,
}

impl PasswordPolicy {
    /// A policy that refuses only what cannot be hashed: passwords over 1,024 bytes.
    pub fn permissive() -> Self {
        Self {
            validators: Vec::new(),
        }
    }

    /// The same policy with one more validator.
    #[must_use]
    pub fn with(mut self, validator: impl PasswordValidator) -> Self {
        self.validators.push(Arc::new(validator));
        self
    }

    /// Lets every validator judge `password`.
    ///
    /// # Errors
    /// Everything that is wrong with it, under `field`.
    pub fn validate(
        &self,
        field: impl Into<Path>,
        password: &str,
        user: &UserAttributes,
    ) -> Result<(), FieldErrors> {
        let field = field.into();
        if password.len() > LONGEST_PASSWORD {
            return Err(FieldErrors::one(
                field,
                "password_too_long",
                too_long_message(),
            ));
        }
        let mut errors = FieldErrors::new();
        for validator in &self.validators {
            if let Err(rejection) = validator.validate(password, user) {
                errors.add(field.clone(), rejection.code, rejection.message);
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::permissive()
            .with(TooSimilar::default())
            .with(MinimumLength::default())
            .with(CommonPassword)
            .with(EntirelyNumeric)
    }
}

/// Refuses passwords of too few characters.
#[derive(Clone, Copy, Debug)]
pub struct MinimumLength(usize);

impl MinimumLength {
    /// Refuses passwords of fewer than `characters`.
    pub fn new(characters: usize) -> Self {
        Self(characters)
    }
}

impl Default for MinimumLength {
    /// Eight characters.
    fn default() -> Self {
        Self(8)
    }
}

impl PasswordValidator for MinimumLength {
    fn validate(&self, password: &str, _: &UserAttributes) -> Result<(), Rejection> {
        if password.chars().count() >= self.0 {
            return Ok(());
        }
        let unit = if self.0 == 1 {
            "character"
        } else {
            "characters"
        };
        Err(Rejection::new(
            "password_too_short",
            format!(
                "This password is too short. It must contain at least {} {unit}.",
                self.0
            ),
        ))
    }
}

/// Refuses passwords that consist of digits.
#[derive(Clone, Copy, Debug, Default)]
pub struct EntirelyNumeric;

impl PasswordValidator for EntirelyNumeric {
    fn validate(&self, password: &str, _: &UserAttributes) -> Result<(), Rejection> {
        if password.is_empty() || !password.chars().all(char::is_numeric) {
            return Ok(());
        }
        Err(Rejection::new(
            "password_entirely_numeric",
            "This password is entirely numeric.",
        ))
    }
}

pub(super) fn too_long_message() -> String {
    format!("This password is too long. It must contain at most {LONGEST_PASSWORD} bytes.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn messages(password: &str, user: &UserAttributes) -> Vec<String> {
        PasswordPolicy::default()
            .validate("new_password", password, user)
            .err()
            .unwrap_or_default()
            .details()
            .as_array()
            .expect("a list")
            .iter()
            .map(|error| {
                assert_eq!(error["pointer"], "/new_password");
                error["message"].as_str().expect("text").to_owned()
            })
            .collect()
    }

    #[test]
    fn the_messages_are_djangos() {
        let user = UserAttributes::new().with("username", "12345");
        assert_eq!(
            messages("12345", &user),
            [
                "The password is too similar to the username.",
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric.",
            ]
        );
        let one = MinimumLength::new(1).validate("", &user);
        assert_eq!(
            one.expect_err("empty").message,
            "This password is too short. It must contain at least 1 character."
        );
    }

    #[test]
    fn a_good_password_passes() {
        let user = UserAttributes::new().with("username", "ada");
        assert!(messages("analytical engine", &user).is_empty());
        assert!(
            messages(
                "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}-\u{44e}\u{436}",
                &user
            )
            .is_empty()
        );
    }

    #[test]
    fn length_counts_characters() {
        let validate =
            |password| MinimumLength::default().validate(password, &UserAttributes::new());
        assert!(validate("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}").is_err());
        assert!(validate("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}").is_ok());
    }

    #[test]
    fn digits_of_every_script_are_numeric() {
        let validate = |password| EntirelyNumeric.validate(password, &UserAttributes::new());
        assert!(validate("0918273645").is_err());
        assert!(validate("\u{661}\u{662}\u{663}\u{664}").is_err());
        assert!(validate("091827364x").is_ok());
        assert!(validate("").is_ok());
    }

    #[test]
    fn a_password_that_cannot_be_hashed_is_refused_by_every_policy() {
        let errors = PasswordPolicy::permissive()
            .validate("password", &"x".repeat(1025), &UserAttributes::new())
            .expect_err("too long");
        assert_eq!(
            errors.to_json().to_string(),
            r#"{"password":["This password is too long. It must contain at most 1024 bytes."]}"#
        );
    }

    #[test]
    fn an_application_adds_its_own_validator() {
        #[derive(Debug)]
        struct NoSpaces;
        impl PasswordValidator for NoSpaces {
            fn validate(&self, password: &str, _: &UserAttributes) -> Result<(), Rejection> {
                match password.contains(' ') {
                    true => Err(Rejection::new("password_spaces", "No spaces.")),
                    false => Ok(()),
                }
            }
        }
        let policy = PasswordPolicy::permissive().with(NoSpaces);
        assert!(
            policy
                .validate("password", "a b", &UserAttributes::new())
                .is_err()
        );
        assert!(
            policy
                .validate("password", "ab", &UserAttributes::new())
                .is_ok()
        );
    }

    proptest! {
        #[test]
        fn no_password_makes_a_policy_panic(password in ".{0,80}", name in ".{0,80}") {
            let user = UserAttributes::new().with("username", name);
            let _ = PasswordPolicy::default().validate("password", &password, &user);
        }
    }
}
