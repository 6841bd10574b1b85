//! The tasks of the restwell workspace, started as `cargo xtask TASK`.
#![allow(
    clippy::print_stderr,
    reason = "a command line tool speaks on the terminal"
)]

mod binary;
mod disk;
mod error;
mod features;
mod interrupt;
mod lint;
mod packages;
mod process;
mod services;
mod test;
mod tidy;

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::error::Error;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about, version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run all tests of the workspace, with PostgreSQL and Redis
    ///
    /// The servers are those of DATABASE_URL and REDIS_URL. For a variable that is not set, a
    /// private server is started and removed again; as root on Debian, missing packages are
    /// installed first.
    Test {
        /// Arguments for `cargo test`, in place of `--workspace --no-fail-fast`
        ///
        /// All features of the chosen packages are on that need no more than a C compiler, unless
        /// these arguments choose features.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Run a command with DATABASE_URL and REDIS_URL set, on servers chosen as for `test`
    Services {
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// Check tidiness, format, clippy and documentation
    Lint,
    /// Check the rules of the workspace that no other tool knows
    Tidy,
    /// Run `lint`, then `test`
    Ci,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match interrupt::listen().and_then(|()| run(&cli.task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    }
}

fn run(task: &Task) -> Result<(), Error> {
    match task {
        Task::Test { arguments } => test::run(arguments),
        Task::Services { command } => services::run(command),
        Task::Lint => lint::run(),
        Task::Tidy => tidy::run(),
        Task::Ci => lint::run().and_then(|()| test::run(&[])),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_second_double_dash_belongs_to_cargo_test() {
        let cli = Cli::parse_from(["xtask", "test", "--", "-p", "a", "--", "--nocapture"]);
        let Task::Test { arguments } = cli.task else {
            panic!("not the test task");
        };
        assert_eq!(arguments, ["-p", "a", "--", "--nocapture"]);
    }
}
