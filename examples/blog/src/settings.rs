//! What the environment says.

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::str::FromStr;

use restwell::settings::{Settings as Source, SettingsError};
use restwell::throttling::ThrottleSettings;
use restwell::{AllowedHosts, DatabaseUrl, TrustedProxies};
use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::EnvFilter;

/// The key of a development server. It is public: nothing that it signs is safe.
const DEVELOPMENT_KEY: &str = "development-key-that-everybody-can-read-in-the-source";

/// The settings of the blog, with their types.
#[derive(Debug)]
pub struct Settings {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on.
    pub port: u16,
    /// The hosts that requests may name.
    pub allowed_hosts: AllowedHosts,
    /// Where the database is.
    pub database_url: DatabaseUrl,
    /// How many connections the pool has at most.
    pub pool_size: u32,
    /// What cursors and single-use tokens are signed with.
    pub secret_key: SecretString,
    /// What access and refresh tokens are signed with.
    pub jwt_secret: SecretString,
    /// How often somebody may make requests, and where that is counted.
    pub throttles: ThrottleSettings,
    /// The proxies whose word on the client's address is taken.
    pub trusted_proxies: TrustedProxies,
    /// How many bytes a request body may have.
    pub max_request_size: usize,
    /// Which log lines are written, such as `info` or `blog=debug,info`.
    pub log_level: String,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// The name of the service in its logs.
    pub service_name: String,
    /// The version of the service in its logs.
    pub service_version: String,
    /// Where the service runs.
    pub environment: Environment,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Where the service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On a developer's machine: nothing needs to be set.
    Development,
    /// For others to use: the key and the hosts must be set.
    Production,
}

macro_rules! parse_words {
    ($type:ty, $($word:literal => $value:expr),+) => {
        impl std::str::FromStr for $type {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok($value),)+
                    _ => Err(format!("expected one of: {}", [$($word),+].join(", "))),
                }
            }
        }
    };
}
parse_words!(LogFormat, "text" => Self::Text, "json" => Self::Json);
parse_words!(Environment, "development" => Self::Development, "production" => Self::Production);

impl Settings {
    /// Reads the environment and the `.env` file.
    ///
    /// # Errors
    /// When a value is malformed, a required one is missing, or the file has an unknown one.
    pub fn load() -> Result<Self, SettingsError> {
        Self::read(Source::load(".env")?)
    }

    /// Reads `source`.
    ///
    /// # Errors
    /// As for [`load`](Self::load).
    pub fn read(mut source: Source) -> Result<Self, SettingsError> {
        let environment = source.get_or("ENVIRONMENT", Environment::Development)?;
        let secret_key = match (source.secret("SECRET_KEY"), environment) {
            (Some(key), _) => key,
            (None, Environment::Development) => SecretString::from(DEVELOPMENT_KEY),
            (None, Environment::Production) => return Err(SettingsError::Missing("SECRET_KEY")),
        };
        let host = source.get_or("HOST", IpAddr::V4(Ipv4Addr::LOCALHOST))?;
        let jwt_secret = source
            .secret("JWT_SECRET")
            .unwrap_or_else(|| secret_key.clone());
        if environment == Environment::Production || !host.is_loopback() {
            refuse_public_key("SECRET_KEY", &secret_key)?;
            refuse_public_key("JWT_SECRET", &jwt_secret)?;
        }
        let log_filter = source.get_or("LOG_LEVEL", EnvFilter::new("info"))?;
        let default_url = source.get::<DatabaseUrl>("DATABASE_URL")?;
        let settings = Self {
            host,
            port: number(&mut source, "PORT", 8000, 0..=u16::MAX)?,
            allowed_hosts: match (source.get("ALLOWED_HOSTS")?, environment) {
                (Some(hosts), _) => hosts,
                (None, Environment::Development) => AllowedHosts::loopback(),
                (None, Environment::Production) => {
                    return Err(SettingsError::Missing("ALLOWED_HOSTS"));
                }
            },
            database_url: match default_url {
                Some(url) => url,
                None => DatabaseUrl::sqlite("blog.sqlite3"),
            },
            pool_size: number(&mut source, "DATABASE_POOL_SIZE", 10, 1..=1_000)?,
            jwt_secret,
            secret_key,
            throttles: ThrottleSettings::read(&mut source)?,
            trusted_proxies: source.get_or("TRUSTED_PROXIES", TrustedProxies::none())?,
            max_request_size: number(
                &mut source,
                "MAX_REQUEST_SIZE",
                2_621_440,
                1..=1_073_741_824,
            )?,
            log_level: log_filter.to_string(),
            log_format: source.get_or("LOG_FORMAT", LogFormat::Text)?,
            service_name: source.get_or("SERVICE_NAME", "blog".to_owned())?,
            service_version: source
                .get_or("SERVICE_VERSION", env!("CARGO_PKG_VERSION").to_owned())?,
            environment,
        };
        source.finish()?;
        Ok(settings)
    }
}

fn refuse_public_key(name: &'static str, key: &SecretString) -> Result<(), SettingsError> {
    if key.expose_secret() != DEVELOPMENT_KEY {
        return Ok(());
    }
    Err(SettingsError::Malformed {
        name,
        value: "[the key of development]".to_owned(),
        reason: "everybody can read it in the source; only a development server that listens on \
                 this machine alone may have it"
            .to_owned(),
    })
}

/// The number in the setting `name`, which must be in `range`.
fn number<T>(
    source: &mut Source,
    name: &'static str,
    default: T,
    range: RangeInclusive<T>,
) -> Result<T, SettingsError>
where
    T: Copy + Display + FromStr + PartialOrd,
{
    let Some(value) = source.get::<String>(name)? else {
        return Ok(default);
    };
    match value.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(SettingsError::Malformed {
            name,
            value,
            reason: format!(
                "it must be a number from {} to {}",
                range.start(),
                range.end()
            ),
        }),
    }
}
