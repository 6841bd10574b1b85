//! Why a task has failed, and the exit code that says so.

use std::{io, process::ExitCode};

use rustix::process::Signal;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Something is wrong, and this line says what, and what to do.
    #[error("{0}")]
    Message(String),
    /// A command ran and was not content; what it had to say, it has said.
    #[error("`{command}` ended with exit code {code}")]
    Exit { command: String, code: u8 },
    /// A signal has ended the task, or a command of it.
    #[error("ended by signal {}", .0.as_raw())]
    Interrupted(Signal),
    /// Another process was quicker to take the port chosen for a server.
    #[error("the port chosen for {0} was taken by another process")]
    PortTaken(&'static str),
}

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// For `map_err`: tells what was being done when the system refused.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |error| Self::Message(format!("cannot {doing}: {error}"))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Exit { code, .. } => ExitCode::from(*code),
            Self::Interrupted(signal) => ExitCode::from(128 | signal.as_raw() as u8),
            Self::Message(_) | Self::PortTaken(_) => ExitCode::FAILURE,
        }
    }
}
