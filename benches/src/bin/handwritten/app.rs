//! What all requests share.

use std::env;
use std::error::Error;
use std::time::Duration;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use jsonwebtoken::{DecodingKey, Validation};

use crate::auth::{self, Roles};

/// The pool, the key of the tokens, and the roles that are known.
pub(crate) struct Shared {
    pub(crate) pool: Pool<ConnectionManager<PgConnection>>,
    pub(crate) key: DecodingKey,
    pub(crate) validation: Validation,
    pub(crate) roles: Roles,
}

impl Shared {
    pub(crate) fn from_environment() -> Result<Self, Box<dyn Error>> {
        let manager = ConnectionManager::new(variable("DATABASE_URL")?);
        let pool = Pool::builder()
            .max_size(variable("DATABASE_POOL_SIZE")?.parse()?)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(5))
            .test_on_check_out(false)
            .max_lifetime(None)
            .connection_customizer(Box::new(SetUp))
            .build(manager)?;
        Ok(Self {
            pool,
            key: DecodingKey::from_secret(variable("JWT_SECRET")?.as_bytes()),
            validation: auth::validation(),
            roles: Roles::default(),
        })
    }
}

pub(crate) fn variable(name: &'static str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("{name} must be set"))
}

#[derive(Debug)]
struct SetUp;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for SetUp {
    fn on_acquire(&self, connection: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        connection
            .batch_execute(
                "SET statement_timeout = 30000; SET lock_timeout = 10000; \
                 SET idle_in_transaction_session_timeout = 60000; SET TIME ZONE 'UTC'",
            )
            .map_err(diesel::r2d2::Error::QueryError)
    }
}
