//! The commands of the blog's program.

mod activity;
mod audit;
mod blocks;
mod cleanup;
mod create_superuser;
mod errors;
mod outbox;
mod routes;
pub mod seed;
mod serve;

use std::error::Error;
use std::io::{IsTerminal, Write};

use clap::Subcommand;
use restwell::Context;
use tracing_subscriber::EnvFilter;

use crate::settings::LogFormat;
use crate::{Settings, app};

/// What the program can do.
#[derive(Debug, Default, Subcommand)]
pub enum Command {
    /// Bring the database up to date, fill an empty one with a small demo, and serve.
    #[default]
    Serve,
    /// Bring the database up to date.
    Migrate,
    /// Fill the database with users, tags, categories, posts and comments.
    Seed {
        /// How many posts.
        #[arg(long, default_value_t = 1_000)]
        posts: usize,
    },
    /// Create a user for whom every rule about roles holds.
    Createsuperuser(create_superuser::Options),
    /// Look after the audit log.
    Audit {
        /// What to do with it.
        #[command(subcommand)]
        task: audit::Task,
    },
    /// Look after the messages for other systems.
    Outbox {
        /// What to do with them.
        #[command(subcommand)]
        task: outbox::Task,
    },
    /// Show how much was written, day by day.
    Activity {
        /// How many lines.
        #[arg(long, default_value_t = 30)]
        lines: i64,
    },
    /// List every route with its method, path, action, rule and throttle.
    Routes,
    /// Print the text of the migrations of building blocks, or of the blog's tables as its models
    /// declare them.
    Blocks {
        /// A block such as `slug`, or a table such as `posts`; every block without it.
        name: Option<String>,
        /// The database, that of the settings by default.
        #[arg(long)]
        database: Option<blocks::Database>,
    },
    /// Delete what has expired: answers under idempotency keys, and logins.
    Cleanup,
    /// List every code that an answer may have, with its status and message.
    Errors,
}

/// The outcome of a command.
pub type Outcome = Result<(), Box<dyn Error>>;

/// Runs `command` with the settings of the environment.
///
/// # Errors
/// Whatever stops it.
pub fn run(command: Command) -> Outcome {
    let settings = Settings::load()?;
    log(&settings)?;
    match command {
        Command::Serve => serve::run(&settings),
        Command::Migrate => migrate(&settings),
        Command::Seed { posts } => seed::run(&settings, posts),
        Command::Createsuperuser(options) => create_superuser::run(&settings, options),
        Command::Audit { task } => audit::run(&settings, task),
        Command::Outbox { task } => outbox::run(&settings, task),
        Command::Activity { lines } => activity::run(&settings, lines),
        Command::Routes => routes::run(&settings),
        Command::Blocks { name, database } => blocks::run(&settings, name.as_deref(), database),
        Command::Cleanup => cleanup::run(&settings),
        Command::Errors => errors::run(&settings),
    }
}

/// Writes an error with its causes, each on a line.
pub fn report(error: &dyn Error) {
    say(std::io::stderr(), &format!("error: {error}"));
    let mut cause = error.source();
    while let Some(error) = cause {
        say(std::io::stderr(), &format!("  because: {error}"));
        cause = error.source();
    }
}

fn migrate(settings: &Settings) -> Outcome {
    let mut cx = Context::detached(app::pool(settings)?);
    let ran = app::migrate(&mut cx)?;
    tell(&match ran.len() {
        0 => "The database is up to date.".to_owned(),
        _ => format!("Ran: {}", ran.join(", ")),
    });
    Ok(())
}

fn log(settings: &Settings) -> Outcome {
    let mut filter = EnvFilter::try_new(&settings.log_level)?;
    // actix writes an error for whatever a port scanner sends that is no HTTP.
    if !settings.log_level.contains("actix_http") {
        filter = filter.add_directive("actix_http::h1::dispatcher=off".parse()?);
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}

/// Writes a line for the person at the terminal.
fn tell(line: &str) {
    say(std::io::stdout(), line);
}

/// A terminal that has gone away is no reason to fail.
fn say(mut out: impl Write, line: &str) {
    let _ = writeln!(out, "{line}");
}
