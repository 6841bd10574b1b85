//! Configuration from the environment and a `.env` file.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use secrecy::SecretString;
use thiserror::Error;

use crate::nearest;

/// Settings by name, taken from the environment before the `.env` file.
///
/// A program reads each of its settings once, with its type, and then calls
/// [`finish`](Self::finish): whatever in the `.env` file nobody asked for is a mistake that stops
/// the start.
///
/// ```
/// use restwell_core::Settings;
/// let mut settings = Settings::from_pairs([("PORT", "8080")]);
/// let port: u16 = settings.get_or("PORT", 8000)?;
/// assert_eq!(port, 8080);
/// settings.finish()?;
/// # Ok::<(), restwell_core::settings::SettingsError>(())
/// ```
#[derive(Debug)]
pub struct Settings {
    values: BTreeMap<String, String>,
    from_file: Vec<String>,
    asked: Vec<&'static str>,
}

/// Why the settings do not admit a start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A setting without which the program cannot run is missing.
    #[error("the setting {0} is required and missing")]
    Missing(&'static str),
    /// A value is not of the right form.
    #[error("the setting {name} has the value {value:?}: {reason}")]
    Malformed {
        /// The setting.
        name: &'static str,
        /// Its value; a word in its place where it may hold a secret.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The `.env` file has a setting that nobody reads.
    #[error("the .env file has an unknown setting {name}{}", suggestion.as_ref().map(|s| format!("; did you mean {s}?")).unwrap_or_default())]
    Unknown {
        /// The setting.
        name: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// The `.env` file cannot be read.
    #[error("cannot read the .env file")]
    File(#[source] dotenvy::Error),
}

impl Settings {
    /// The environment, and below it the file at `path` if there is one.
    ///
    /// # Errors
    /// When the file exists and is malformed.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SettingsError> {
        let mut values = BTreeMap::new();
        let mut from_file = Vec::new();
        if path.as_ref().exists() {
            for pair in dotenvy::from_path_iter(path).map_err(SettingsError::File)? {
                let (name, value) = pair.map_err(SettingsError::File)?;
                from_file.push(name.clone());
                values.insert(name, value);
            }
        }
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        values.extend(environment);
        Ok(Self {
            values,
            from_file,
            asked: Vec::new(),
        })
    }

    /// Settings from `pairs` alone, each of which must be read by somebody.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values: BTreeMap<String, String> = pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self {
            from_file: values.keys().cloned().collect(),
            values,
            asked: Vec::new(),
        }
    }

    /// The value of `name`; an empty one counts as none.
    ///
    /// # Errors
    /// When the value is not a `T`.
    pub fn get<T>(&mut self, name: &'static str) -> Result<Option<T>, SettingsError>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.asked.push(name);
        let Some(value) = self.values.get(name).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        value
            .parse()
            .map(Some)
            .map_err(|reason: T::Err| SettingsError::Malformed {
                name,
                value: shown(name, value),
                reason: reason.to_string(),
            })
    }

    /// The value of `name`, or `default` where there is none.
    ///
    /// # Errors
    /// When the value is not a `T`.
    pub fn get_or<T>(&mut self, name: &'static str, default: T) -> Result<T, SettingsError>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        Ok(self.get(name)?.unwrap_or(default))
    }

    /// The value of `name`, which must be there.
    ///
    /// # Errors
    /// When it is missing or not a `T`.
    pub fn require<T>(&mut self, name: &'static str) -> Result<T, SettingsError>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.get(name)?.ok_or(SettingsError::Missing(name))
    }

    /// A value that is never printed.
    pub fn secret(&mut self, name: &'static str) -> Option<SecretString> {
        self.asked.push(name);
        let value = self.values.get(name).filter(|value| !value.is_empty())?;
        Some(SecretString::from(value.as_str()))
    }

    /// Checks that the `.env` file says nothing that nobody read.
    ///
    /// # Errors
    /// For the first unknown setting, with the nearest known one.
    pub fn finish(self) -> Result<(), SettingsError> {
        let unknown = self
            .from_file
            .iter()
            .find(|name| !self.asked.contains(&name.as_str()));
        match unknown {
            None => Ok(()),
            Some(name) => Err(SettingsError::Unknown {
                name: name.clone(),
                suggestion: nearest(name, self.asked.iter().copied()).map(str::to_owned),
            }),
        }
    }
}

/// A value as an error may show it: a password may stand in a URL, even in a misspelt one.
fn shown(name: &str, value: &str) -> String {
    let is_secret = ["URL", "KEY", "SECRET", "PASSWORD", "TOKEN"]
        .iter()
        .any(|word| name.ends_with(word));
    if is_secret || value.contains('@') {
        return "[hidden]".to_owned();
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_setting_is_named_with_its_likely_meaning() {
        let mut settings = Settings::from_pairs([("DATABSE_URL", "x")]);
        let url: Option<String> = settings.get("DATABASE_URL").expect("no value, no error");
        assert_eq!(url, None);
        let error = settings.finish().expect_err("nobody reads it").to_string();
        assert_eq!(
            error,
            "the .env file has an unknown setting DATABSE_URL; did you mean DATABASE_URL?"
        );
    }

    #[test]
    fn a_malformed_value_that_may_hold_a_secret_is_not_shown() {
        for name in ["DATABASE_URL", "SIGNING_KEY", "PLACE"] {
            let mut settings = Settings::from_pairs([(name, "postgress://u:s3cret@h/d")]);
            let error = settings.get::<u16>(name).expect_err("not a number");
            assert!(error.to_string().contains(name), "{error}");
            assert!(
                !format!("{error} {error:?}").contains("s3cret"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_malformed_value_is_named() {
        let mut settings = Settings::from_pairs([("PORT", "eighty")]);
        let error = settings
            .get::<u16>("PORT")
            .expect_err("not a number")
            .to_string();
        assert!(
            error.starts_with("the setting PORT has the value \"eighty\""),
            "{error}"
        );
    }
}
