//! The servers that tests and benchmarks need: given ones, or private ones on loopback.

mod home;
mod postgres;
mod redis;
mod server;

use std::{env, ffi::OsString, io, net::TcpListener, process::Command};

use tempfile::TempDir;

use self::{home::Home, server::Server};
use crate::{
    binary,
    error::Error,
    packages::{self, Need},
    process,
};

const POSTGRES: Need = Need {
    variable: "DATABASE_URL",
    package: "postgresql",
};

const REDIS: Need = Need {
    variable: "REDIS_URL",
    package: "redis-server",
};

/// How often another port is tried when the one found free has been taken meanwhile.
const ATTEMPTS: u8 = 5;

/// Running servers. Dropping this stops the private ones and removes their files.
pub(crate) struct Services {
    variables: Vec<(&'static str, String)>,
    // Fields drop in order: no server may lose its directory before it has stopped.
    servers: Vec<Server>,
    directory: Option<TempDir>,
}

impl Services {
    /// Takes the servers of `DATABASE_URL` and `REDIS_URL`; starts a private one for each that is
    /// not set.
    pub(crate) fn start() -> Result<Self, Error> {
        let database = given(POSTGRES.variable, &["postgres://", "postgresql://"])?;
        let redis = given(REDIS.variable, &["redis://", "rediss://"])?;
        install_missing(database.is_none(), redis.is_none())?;

        let mut services = Self {
            variables: Vec::new(),
            servers: Vec::new(),
            directory: None,
        };
        match database {
            Some(url) => services.variables.push((POSTGRES.variable, url)),
            None => services.start_postgres()?,
        }
        match redis {
            Some(url) => services.variables.push((REDIS.variable, url)),
            None => services.start_redis()?,
        }
        Ok(services)
    }

    /// What a command needs in its environment to reach the servers.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.variables
            .iter()
            .map(|(name, url)| (*name, url.as_str()))
    }

    fn start_postgres(&mut self) -> Result<(), Error> {
        let binaries = binary::postgres().ok_or_else(|| packages::missing(&[POSTGRES]))?;
        let cluster = postgres::Cluster::create(binaries, self.home("postgres")?)?;
        let (server, port) = on_free_port(|port| cluster.start(port))?;
        self.servers.push(server);
        self.announce(POSTGRES.variable, cluster.create_database(port)?);
        Ok(())
    }

    fn start_redis(&mut self) -> Result<(), Error> {
        let binary = binary::redis().ok_or_else(|| packages::missing(&[REDIS]))?;
        let home = self.home("redis")?;
        let (server, port) = on_free_port(|port| redis::start(&binary, &home, port))?;
        self.servers.push(server);
        self.announce(REDIS.variable, redis::url(port));
        Ok(())
    }

    fn home(&mut self, name: &str) -> Result<Home, Error> {
        let directory = match self.directory.take() {
            Some(directory) => directory,
            None => home::shared_directory()?,
        };
        Home::create(self.directory.insert(directory).path().join(name))
    }

    fn announce(&mut self, variable: &'static str, url: String) {
        eprintln!("{variable}={url} (a private server)");
        self.variables.push((variable, url));
    }
}

/// Runs any command on the servers, in the directory where the task was started.
pub(crate) fn run(command: &[OsString]) -> Result<(), Error> {
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| Error::new("say which command to run: cargo xtask services -- COMMAND"))?;
    let services = Services::start()?;
    process::run(
        Command::new(program)
            .args(arguments)
            .envs(services.variables()),
    )
}

fn given(variable: &str, schemes: &[&str]) -> Result<Option<String>, Error> {
    match env::var(variable) {
        Ok(value) if !value.is_empty() => accept(variable, value, schemes).map(Some),
        Ok(_) | Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Error::new(format!("{variable} is not UTF-8"))),
    }
}

/// The value itself stays out of the message: it may hold a password.
fn accept(variable: &str, value: String, schemes: &[&str]) -> Result<String, Error> {
    if schemes.iter().any(|scheme| value.starts_with(scheme)) {
        return Ok(value);
    }
    let start = schemes.join(" or ");
    Err(Error::new(format!(
        "{variable} must start with {start}: correct it, or unset it to use a private server"
    )))
}

fn install_missing(postgres_wanted: bool, redis_wanted: bool) -> Result<(), Error> {
    let mut needs = Vec::new();
    if postgres_wanted && binary::postgres().is_none() {
        needs.push(POSTGRES);
    }
    if redis_wanted && binary::redis().is_none() {
        needs.push(REDIS);
    }
    packages::install(&needs)
}

/// Between the moment a port is found free and the moment a server binds it, any process of the
/// machine can take it.
fn on_free_port(start: impl Fn(u16) -> Result<Server, Error>) -> Result<(Server, u16), Error> {
    let mut attempt = 1;
    loop {
        let port = free_port().map_err(Error::io("find a free port"))?;
        match start(port) {
            Err(Error::PortTaken(_)) if attempt < ATTEMPTS => attempt += 1,
            other => return other.map(|server| (server, port)),
        }
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_can_be_bound() {
        let port = free_port().unwrap();
        assert!(port >= 1024);
        TcpListener::bind(("127.0.0.1", port)).unwrap();
    }

    #[test]
    fn a_sqlite_url_is_refused_without_being_shown() {
        let error = accept("DATABASE_URL", "sqlite://x".into(), &["postgres://"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "DATABASE_URL must start with postgres://: correct it, or unset it to use a private server"
        );
    }

    #[test]
    fn both_schemes_of_postgresql_are_accepted() {
        for url in ["postgres://h/d", "postgresql://h/d"] {
            let accepted = accept(
                "DATABASE_URL",
                url.into(),
                &["postgres://", "postgresql://"],
            );
            assert_eq!(accepted.unwrap(), url);
        }
    }

    #[test]
    fn a_taken_port_is_tried_again_a_few_times_only() {
        let calls = std::cell::Cell::new(0);
        let outcome = on_free_port(|_| {
            calls.set(calls.get() + 1);
            Err(Error::PortTaken("it"))
        });
        assert!(matches!(outcome, Err(Error::PortTaken("it"))));
        assert_eq!(calls.get(), ATTEMPTS);
    }
}
