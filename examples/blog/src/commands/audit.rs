//! What can be done with the audit log.

use clap::Subcommand;
use restwell::Context;
use restwell::audit::{Fault, Seal, verify};

use super::{Outcome, tell};
use crate::{Settings, app};

/// What can be done with the audit log.
#[derive(Clone, Debug, Subcommand)]
pub enum Task {
    /// Make sure that no entry was changed, removed or inserted.
    Verify {
        /// What `seal` said earlier: entries that it covers and that are missing are found too.
        #[arg(long)]
        seal: Option<Seal>,
    },
    /// Print a line that covers all entries so far, to be kept out of the reach of those who may
    /// write to the database.
    Seal,
}

pub(super) fn run(settings: &Settings, task: Task) -> Outcome {
    let mut cx = Context::detached(app::pool(settings)?);
    match task {
        Task::Verify { seal } => {
            if let Some(seal) = seal
                && !seal.holds(&mut cx)?
            {
                tell("The audit log is not the one that was sealed.");
                return Err("entries are missing or were written anew since the seal".into());
            }
            report(&verify(&mut cx)?)
        }
        Task::Seal => {
            tell(&Seal::of_log(&mut cx)?.to_string());
            Ok(())
        }
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
