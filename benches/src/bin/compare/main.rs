//! Loads the blog and the program written by hand in alternation and compares what they cost.
//!
//! `benches/compare.sh` builds both and runs this on a PostgreSQL of its own.

mod check;
mod client;
mod database;
mod endpoint;
mod instructions;
mod load;
mod processor;
mod report;
mod server;
mod token;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use crate::database::Database;
use crate::endpoint::Endpoint;
use crate::load::Sample;
use crate::report::Report;
use crate::server::{Program, Server};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Loads the blog and the program written by hand in alternation and compares what they cost.
///
/// DATABASE_URL names a PostgreSQL database, which is filled with posts unless it has them.
#[derive(Debug, Parser)]
struct Options {
    /// How often each program is loaded with each kind of request.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How many seconds each load lasts.
    #[arg(long, default_value_t = 2.5)]
    seconds: f64,
    /// How many posts the database has at least.
    #[arg(long, default_value_t = 100_000)]
    posts: i64,
    /// Measures these kinds of requests alone: list, authenticated, deep, detail, create, bulk.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Counts the instructions of requests in place of measuring times, under valgrind.
    #[arg(long)]
    instructions: bool,
}

impl Options {
    fn means(&self, endpoint: &Endpoint) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == endpoint.name)
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let mut database = Database::connect()?;
    database.fill(options.posts)?;
    let programs = [Program::Library, Program::Handwritten];
    let [library, handwritten] = programs.map(Server::start);
    let servers = [library?, handwritten?];
    let endpoints = Endpoint::all(
        &servers[0],
        database.user("author")?,
        database.user("editor")?,
    )?;
    for endpoint in &endpoints {
        check::same_answers(&servers, endpoint)?;
    }
    tell("Both programs answer alike.");
    let endpoints = endpoints.iter().filter(|endpoint| options.means(endpoint));
    if options.instructions {
        return count(endpoints);
    }
    let mut report = Report::default();
    for endpoint in endpoints {
        report.add(
            endpoint.name,
            measure(options, &servers, endpoint, &database)?,
        );
    }
    let [library, handwritten] = servers.each_ref().map(Server::peak_memory);
    report.remember_memory([library?, handwritten?]);
    tell(&report.to_string());
    Ok(())
}

/// One pair of samples for each round; the program that goes first changes.
fn measure(
    options: &Options,
    servers: &[Server; 2],
    endpoint: &Endpoint,
    database: &Database,
) -> Result<Vec<[Sample; 2]>> {
    const WARM_UP: Duration = Duration::from_millis(500);
    for server in servers {
        load::run(server, endpoint, WARM_UP, database)?;
    }
    let duration = Duration::from_secs_f64(options.seconds);
    let mut rounds = Vec::new();
    for round in 0..options.rounds {
        let sample = |server| load::run(server, endpoint, duration, database);
        rounds.push(if round % 2 == 0 {
            let library = sample(&servers[0])?;
            [library, sample(&servers[1])?]
        } else {
            let handwritten = sample(&servers[1])?;
            [sample(&servers[0])?, handwritten]
        });
    }
    Ok(rounds)
}

fn count<'a>(endpoints: impl Iterator<Item = &'a Endpoint>) -> Result<()> {
    for endpoint in endpoints {
        let library = instructions::of_request(Program::Library, endpoint)?;
        let handwritten = instructions::of_request(Program::Handwritten, endpoint)?;
        let percent = 100 * library / handwritten.max(1);
        tell(&format!(
            "{:<14} {library:>12} {handwritten:>12} {percent:>4} %",
            endpoint.name
        ));
    }
    Ok(())
}

/// Writes a line for the person at the terminal.
fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
