//! Throttles as the settings of an application describe them.

use restwell_core::settings::{Settings, SettingsError};
#[cfg(feature = "redis")]
use secrecy::{ExposeSecret, SecretString};

use crate::{Rate, Rates, StoreError, Throttles};

/// The rates that an application takes from its settings, and where it counts.
///
/// ```
/// use restwell_core::Settings;
/// use restwell_throttling::ThrottleSettings;
///
/// let mut settings = Settings::from_pairs([("THROTTLE_USER", "10/s, 5000/day")]);
/// let throttles = ThrottleSettings::read(&mut settings)?.open("shop")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ThrottleSettings {
    /// `THROTTLE_ANON`: those of clients that are not authenticated, by address; 20/min.
    pub anon: Rates,
    /// `THROTTLE_USER`: those of users, and of other clients by address; 100/min.
    pub user: Rates,
    /// `THROTTLE_LOGIN`: those of the scope `login`; 5/min.
    pub login: Rates,
    #[cfg(feature = "redis")]
    redis_url: Option<SecretString>,
}

impl ThrottleSettings {
    /// Reads `THROTTLE_ANON`, `THROTTLE_USER` and `THROTTLE_LOGIN`, each of them a rate, several
    /// with commas between them, or `off`; and with the feature `redis` the `REDIS_URL`.
    ///
    /// # Errors
    /// When one of them is malformed.
    pub fn read(settings: &mut Settings) -> Result<Self, SettingsError> {
        let standard = Self::default();
        Ok(Self {
            anon: settings.get_or("THROTTLE_ANON", standard.anon)?,
            user: settings.get_or("THROTTLE_USER", standard.user)?,
            login: settings.get_or("THROTTLE_LOGIN", standard.login)?,
            #[cfg(feature = "redis")]
            redis_url: settings
                .secret("REDIS_URL")
                .map(well_formed_url)
                .transpose()?,
        })
    }

    /// The throttles. They count in Redis where `REDIS_URL` says so, under keys that begin with the
    /// name of the `application`, and else in memory.
    ///
    /// # Errors
    /// When the system gives the store no thread.
    pub fn open(&self, application: &str) -> Result<Throttles, StoreError> {
        let throttles = Throttles::new()
            .anon(self.anon.clone())
            .user(self.user.clone())
            .scope("login", self.login.clone());
        #[cfg(feature = "redis")]
        if let Some(url) = &self.redis_url {
            let store = crate::RedisStore::new(url.expose_secret()).map_err(StoreError::new)?;
            return Ok(throttles.store(store.prefix(application)));
        }
        #[cfg(not(feature = "redis"))]
        let _ = application;
        Ok(throttles)
    }
}

/// The defaults, counted in memory.
impl Default for ThrottleSettings {
    fn default() -> Self {
        Self {
            anon: Rate::per_minute(20).into(),
            user: Rate::per_minute(100).into(),
            login: Rate::per_minute(5).into(),
            #[cfg(feature = "redis")]
            redis_url: None,
        }
    }
}

/// The URL may have a password in it, and is not shown.
#[cfg(feature = "redis")]
fn well_formed_url(url: SecretString) -> Result<SecretString, SettingsError> {
    match crate::RedisStore::check_url(url.expose_secret()) {
        Ok(()) => Ok(url),
        Err(error) => Err(SettingsError::Malformed {
            name: "REDIS_URL",
            value: "…".to_owned(),
            reason: error.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use restwell_core::Throttle;

    fn read<const N: usize>(
        pairs: [(&'static str, &'static str); N],
    ) -> Result<ThrottleSettings, SettingsError> {
        let mut settings = Settings::from_pairs(pairs);
        let read = ThrottleSettings::read(&mut settings)?;
        settings.finish().map(|()| read)
    }

    fn described(settings: &ThrottleSettings) -> String {
        settings
            .open("test")
            .expect("throttles")
            .describe(&["login"])
    }

    #[test]
    fn what_is_not_set_has_a_default() {
        let expected = "anon 20/min, user 100/min, login 5/min";
        assert_eq!(described(&read([]).expect("settings")), expected);
        assert_eq!(Throttles::default().describe(&["login"]), expected);
    }

    #[test]
    fn rates_are_set_and_switched_off() {
        let settings = read([
            ("THROTTLE_ANON", "off"),
            ("THROTTLE_USER", "10/s, 5000/day"),
            ("THROTTLE_LOGIN", "3/10min"),
        ]);
        let settings = settings.expect("settings");
        assert_eq!(
            described(&settings),
            "user 10/s, user 5000/day, login 3/10min"
        );
    }

    #[test]
    fn a_malformed_rate_is_named_with_its_setting() {
        let error = read([("THROTTLE_LOGIN", "often")]).expect_err("no rate");
        assert_eq!(
            error.to_string(),
            "the setting THROTTLE_LOGIN has the value \"often\": \"often\" is no rate; \
             write one like 5/min, 100/hour or 5/10min, or off for no limit"
        );
    }

    #[cfg(feature = "redis")]
    #[test]
    fn a_malformed_url_is_not_shown() {
        let error = read([("REDIS_URL", "http://:secret@localhost/")]).expect_err("no URL");
        assert_eq!(
            error.to_string(),
            "the setting REDIS_URL has the value \"…\": it is no URL of a Redis server; \
             write one like redis://127.0.0.1:6379/0"
        );
    }
}
