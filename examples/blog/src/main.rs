//! The blog's program: `serve`, and commands beside it.

use std::process::ExitCode;

use blog::commands::{self, Command};
use clap::Parser;

/// A blog on restwell.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Program {
    #[command(subcommand)]
    command: Option<Command>,
}

fn main() -> ExitCode {
    let command = Program::parse().command.unwrap_or_default();
    match commands::run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::report(&*error);
            ExitCode::FAILURE
        }
    }
}
