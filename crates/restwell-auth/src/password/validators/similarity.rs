//! Passwords that repeat what everybody knows of the user.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{PasswordValidator, Rejection};

/// What is known of a user, by the names that messages show.
///
/// ```
/// use restwell_auth::UserAttributes;
/// let ada = UserAttributes::new()
///     .with("username", "ada")
///     .with("email address", "ada@example.org");
/// ```
#[derive(Clone, Debug, Default)]
pub struct UserAttributes {
    attributes: Vec<(Cow<'static, str>, String)>,
}

impl UserAttributes {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the value of an attribute.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }
}

/// Refuses passwords that consist of nearly the same characters as an attribute of the user or a
/// word of one.
#[derive(Clone, Copy, Debug)]
pub struct TooSimilar {
    limit: f64,
}

impl TooSimilar {
    /// Refuses from this share of common characters on: 1.0 refuses anagrams only, and what is
    /// below 0.1 is taken for 0.1.
    pub fn new(limit: f64) -> Self {
        Self {
            limit: limit.max(0.1),
        }
    }

    fn is_similar(&self, password: &str, word: &str) -> bool {
        let (long, short) = (password.chars().count(), word.chars().count());
        !self.is_out_of_proportion(long, short) && ratio(password, word) >= self.limit
    }

    /// Whether the password is so much longer than the word that containing it means nothing.
    fn is_out_of_proportion(&self, password: usize, word: usize) -> bool {
        password >= 10 * word && (word as f64) < self.limit / 2.0 * password as f64
    }
}

impl Default for TooSimilar {
    /// 0.7, as in Django.
    fn default() -> Self {
        Self::new(0.7)
    }
}

impl PasswordValidator for TooSimilar {
    fn validate(&self, password: &str, user: &UserAttributes) -> Result<(), Rejection> {
        let password = password.to_lowercase();
        for (name, value) in &user.attributes {
            let value = value.to_lowercase();
            let mut words = value
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .chain([value.as_str()])
                .filter(|word| !word.is_empty());
            if words.any(|word| self.is_similar(&password, word)) {
                return Err(Rejection::new(
                    "password_too_similar",
                    format!("The password is too similar to the {name}."),
                ));
            }
        }
        Ok(())
    }
}

/// How many of the characters of both texts the two have in common, wherever they stand: the quick
/// ratio of Python's `difflib`.
fn ratio(a: &str, b: &str) -> f64 {
    let mut counts: HashMap<char, usize> = HashMap::new();
    for c in b.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let mut common = 0_usize;
    for c in a.chars() {
        if let Some(count) = counts.get_mut(&c).filter(|count| **count > 0) {
            *count -= 1;
            common += 1;
        }
    }
    let total = a.chars().count() + b.chars().count();
    if total == 0 {
        return 1.0;
    }
    2.0 * common as f64 / total as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(password: &str, name: &'static str, value: &str) -> Option<String> {
        let user = UserAttributes::new().with(name, value);
        TooSimilar::default()
            .validate(password, &user)
            .err()
            .map(|rejection| rejection.message.into_owned())
    }

    #[test]
    fn the_ratio_is_difflibs() {
        assert_eq!(ratio("abcd", "bcde"), 0.75);
        assert_eq!(ratio("aab", "abb"), 2.0 / 3.0);
        assert_eq!(ratio("", ""), 1.0);
    }

    #[test]
    fn a_password_like_an_attribute_is_refused() {
        let username = "The password is too similar to the username.";
        assert_eq!(
            refusal("TestClient", "username", "testclient").as_deref(),
            Some(username)
        );
        assert_eq!(
            refusal("tneilctset", "username", "testclient").as_deref(),
            Some(username)
        );
        let email = "The password is too similar to the email address.";
        assert_eq!(
            refusal("example.com", "email address", "ada@example.com").as_deref(),
            Some(email)
        );
        assert_eq!(
            refusal("lovelace1", "email address", "ada.lovelace@x.org").as_deref(),
            Some(email)
        );
    }

    #[test]
    fn a_password_unlike_the_attributes_passes() {
        assert_eq!(refusal("analytical engine", "username", "ada"), None);
        assert_eq!(refusal("analytical engine", "first name", ""), None);
        assert_eq!(refusal("analytical engine", "email address", "@.@"), None);
    }

    #[test]
    fn a_long_password_may_contain_a_short_attribute() {
        assert_eq!(refusal(&"a".repeat(100), "username", "a"), None);
    }
}
