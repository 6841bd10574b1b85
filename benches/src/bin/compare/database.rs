//! The database that both programs work on.

use std::env;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
// Links libpq.
use pq_sys as _;
use uuid::Uuid;

use crate::Result;
use crate::processor::{self, Seconds};
use crate::server::Program;

/// A connection to the database, and its server where that runs on this machine.
pub(crate) struct Database {
    connection: PgConnection,
    server: Option<u32>,
}

impl Database {
    pub(crate) fn connect() -> Result<Self> {
        let url = env::var("DATABASE_URL").map_err(
            |_| "DATABASE_URL must name a PostgreSQL database; benches/compare.sh starts one",
        )?;
        let mut connection = PgConnection::establish(&url)?;
        let server = server_of(&mut connection)?;
        Ok(Self { connection, server })
    }

    /// Brings the database up to date and to at least `posts` posts.
    pub(crate) fn fill(&mut self, posts: i64) -> Result<()> {
        run(&["migrate"])?;
        let there: i64 = diesel::dsl::sql::<BigInt>("SELECT count(*) FROM posts")
            .get_result(&mut self.connection)?;
        if there < posts {
            run(&["seed", "--posts", &(posts - there).to_string()])?;
        }
        Ok(self.connection.batch_execute("VACUUM ANALYZE")?)
    }

    /// The key of the user of the demo with this name.
    pub(crate) fn user(&mut self, name: &str) -> Result<Uuid> {
        let query = "SELECT id FROM users WHERE username = ";
        let query = diesel::dsl::sql::<diesel::sql_types::Uuid>(query).bind::<Text, _>(name);
        Ok(query.get_result(&mut self.connection)?)
    }

    /// The processor time of all its processes, if it runs on this machine.
    pub(crate) fn processor_time(&self) -> Option<Seconds> {
        processor::of_family(self.server?)
    }
}

/// The process that started the one at the other end of the connection.
fn server_of(connection: &mut PgConnection) -> Result<Option<u32>> {
    let process: i32 =
        diesel::dsl::sql::<Integer>("SELECT pg_backend_pid()").get_result(connection)?;
    let process = u32::try_from(process)?;
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    Ok(processor::parent_of(process).filter(|_| name.trim() == "postgres"))
}

/// Runs a command of the blog.
fn run(arguments: &[&str]) -> Result<()> {
    let status = Command::new(Program::Library.path()?)
        .args(arguments)
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("blog {arguments:?}: {status}").into())
    }
}
