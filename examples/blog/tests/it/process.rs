//! The blog as a process of its own.

use std::env;
#[cfg(target_os = "linux")]
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use restwell_testing::{Client, TestDatabase};
use serde_json::json;

use crate::blog::PASSWORD;

/// Settings for tests that send as much as they can.
pub(crate) const UNTHROTTLED: [(&str, &str); 4] = [
    ("LOG_LEVEL", "error"),
    ("THROTTLE_ANON", "off"),
    ("THROTTLE_USER", "off"),
    ("THROTTLE_LOGIN", "off"),
];

const BLOG: &str = env!("CARGO_BIN_EXE_blog");
const LISTENING: &str = "Listening on ";

/// The blog, serving.
pub(crate) struct Process {
    child: Child,
    pub(crate) client: Client,
    url: String,
    /// A process whose output nobody takes may stop.
    _output: BufReader<ChildStdout>,
}

impl Process {
    /// Serves `db`, with more settings.
    pub(crate) fn start(db: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        Self::run(&mut Command::new(BLOG), db, settings)
    }

    /// The same, where no file may become longer than so many blocks, as on a disk that is full.
    pub(crate) fn start_on_full_disk(
        blocks: usize,
        db: &TestDatabase,
        settings: &[(&str, &str)],
    ) -> Self {
        let script = "trap '' XFSZ; ulimit -f $1; exec \"$0\"";
        let mut shell = Command::new("sh");
        let shell = shell.args(["-c", script, BLOG]).arg(blocks.to_string());
        Self::run(shell, db, settings)
    }

    fn run(command: &mut Command, db: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        let mut child = command
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
            url,
            _output: output,
        }
    }

    /// The editor, logged in.
    pub(crate) fn editor(&self) -> Client {
        self.client.bearer(&self.token())
    }

    /// An access token of the editor.
    pub(crate) fn token(&self) -> String {
        let login = json!({"username": "editor", "password": PASSWORD});
        let tokens = self.client.post("/api/v1/auth/token/", &login).expect(200);
        let token = &tokens.data()["access"];
        token.as_str().expect("a token").to_owned()
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> TcpStream {
        let address = self.url.strip_prefix("http://").expect("an address");
        TcpStream::connect(address).expect("a connection")
    }

    /// How many files it has open that have no name.
    #[cfg(target_os = "linux")]
    pub(crate) fn nameless_files(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        let files = files.expect("its files").flatten();
        let names = files.filter_map(|file| fs::read_link(file.path()).ok());
        names
            .filter(|name| name.to_string_lossy().ends_with(" (deleted)"))
            .count()
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
