//! What can be done with the audit log.

use clap::Subcommand;
use restwell::Context;
use restwell::audit::{Fault, verify};

use super::{Outcome, tell};
use crate::{Settings, app};

/// What can be done with the audit log.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Task {
    /// Make sure that no entry was changed, removed or inserted.
    Verify,
}

pub(super) fn run(settings: &Settings, task: Task) -> Outcome {
    let mut cx = Context::detached(app::pool(settings)?);
    match task {
        Task::Verify => report(&verify(&mut cx)?),
    }
}

fn report(faults: &[Fault]) -> Outcome {
    for fault in faults {
        tell(&fault.to_string());
    }
    match faults.len() {
        0 => {
            tell("The audit log is as it was written.");
            Ok(())
        }
        1 => Err("the audit log has 1 fault".into()),
        count => Err(format!("the audit log has {count} faults").into()),
    }
}
