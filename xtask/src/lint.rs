//! Everything that is checked without running the code.

use crate::{error::Error, features, process, tidy};

/// Runs every check, also after one has failed: who corrects one finding wants to know the others.
pub(crate) fn run() -> Result<(), Error> {
    let checks: [fn() -> Result<(), Error>; 4] = [tidy::run, format, clippy, documentation];
    let mut failures = Vec::new();
    for check in checks {
        match check() {
            Ok(()) => {}
            Err(error @ Error::Interrupted(_)) => return Err(error),
            Err(error) => failures.push(error.to_string()),
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(Error::new(failures.join("; ")))
}

fn format() -> Result<(), Error> {
    process::run(&mut process::cargo(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<(), Error> {
    let mut cargo = process::cargo(["clippy", "--workspace", "--all-targets"]);
    cargo.args(features::arguments(&[])?);
    process::run(cargo.args(["--", "-D", "warnings"]))
}

fn documentation() -> Result<(), Error> {
    let mut cargo = process::cargo(["doc", "--workspace", "--no-deps"]);
    cargo.args(features::arguments(&[])?);
    process::run(cargo.env("RUSTDOCFLAGS", "-D warnings"))
}
