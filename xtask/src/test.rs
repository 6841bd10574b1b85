//! All tests of the workspace.

use std::ffi::OsString;

use crate::{disk, error::Error, features, process, services::Services};

/// Unit tests, integration tests, examples and documentation tests.
const EVERYTHING: [&str; 2] = ["--workspace", "--no-fail-fast"];

pub(crate) fn run(arguments: &[OsString]) -> Result<(), Error> {
    if arguments.is_empty() {
        disk::check()?;
    }
    let features = features::arguments(arguments)?;
    let services = Services::start()?;
    let mut cargo = process::cargo(["test"]);
    cargo.args(features).envs(services.variables());
    if arguments.is_empty() {
        cargo.args(EVERYTHING);
    } else {
        cargo.args(arguments);
    }
    process::run(&mut cargo)
}
