//! The blog as a process of its own.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use restwell_testing::{Client, TestDatabase};

const LISTENING: &str = "Listening on ";

/// The blog, serving.
pub(crate) struct Process {
    child: Child,
    pub(crate) client: Client,
    /// A process whose output nobody takes may stop.
    _output: BufReader<ChildStdout>,
}

impl Process {
    /// Serves `db`, with more settings.
    pub(crate) fn start(db: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_blog"))
            .current_dir(env::temp_dir())
            .env_remove("REDIS_URL")
            .env("DATABASE_URL", db.url())
            .envs([("PORT", "0"), ("LOG_LEVEL", "warn")])
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let lines = output.by_ref().lines().map_while(Result::ok);
        let url = lines
            .filter_map(|line| line.strip_prefix(LISTENING).map(str::to_owned))
            .next()
            .expect("a server that starts");
        Self {
            child,
            client: Client::new(&url),
            _output: output,
        }
    }

    /// Ends it in the middle of what it does: `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a process that runs");
        self.child.wait().expect("the end of the process");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
