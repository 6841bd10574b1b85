//! A private PostgreSQL server.

use std::{fs, path::PathBuf, process::Command};

use super::{home::Home, server::Server};
use crate::error::Error;

const USER: &str = "restwell";
const DATABASE: &str = "restwell";

/// Nothing here outlives the tests, so nothing has to survive a power cut. An empty list of socket
/// directories leaves loopback as the only way in.
const SETTINGS: [&str; 8] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "timezone=UTC",
    "log_timezone=UTC",
];

/// The files of a server that need not run.
pub(super) struct Cluster {
    binaries: PathBuf,
    home: Home,
}

impl Cluster {
    pub(super) fn create(binaries: PathBuf, home: Home) -> Result<Self, Error> {
        let cluster = Self { binaries, home };
        cluster.run(
            cluster
                .command("initdb")
                .args(["--username", USER, "--auth=trust", "--no-sync"])
                // Sorts the same on every machine, yet knows the letters of all scripts.
                .args(["--encoding=UTF8", "--locale=C.UTF-8"])
                .arg(cluster.data()),
        )?;
        Ok(cluster)
    }

    pub(super) fn start(&self, port: u16) -> Result<Server, Error> {
        let binary = self.binaries.join("postgres");
        let mut arguments = vec!["-D".to_owned(), self.data().display().to_string()];
        arguments.extend(["-p".to_owned(), port.to_string()]);
        for setting in SETTINGS {
            arguments.extend(["-c".to_owned(), setting.to_owned()]);
        }
        let mut server = Server::spawn("PostgreSQL", &self.home, &binary, &arguments)?;
        server.wait_until(|server| self.is_ready(server))?;
        Ok(server)
    }

    /// Creates the database of the tests and returns its URL.
    pub(super) fn create_database(&self, port: u16) -> Result<String, Error> {
        let port = port.to_string();
        self.run(
            self.command("createdb")
                .args(["--host", "127.0.0.1", "--port", &port])
                .args(["--username", USER, "--no-password", DATABASE]),
        )?;
        Ok(format!("postgres://{USER}@127.0.0.1:{port}/{DATABASE}"))
    }

    /// The server itself notes its state in this file. An answer on the port might come from
    /// another server.
    fn is_ready(&self, server: &Server) -> bool {
        let notes = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        says_ready(&notes, server.id())
    }

    fn data(&self) -> PathBuf {
        self.home.path("data")
    }

    fn command(&self, name: &str) -> Command {
        self.home.command(&self.binaries.join(name))
    }

    fn run(&self, command: &mut Command) -> Result<(), Error> {
        let program = PathBuf::from(command.get_program());
        let output = command
            .output()
            .map_err(Error::io(format!("start {}", program.display())))?;
        if output.status.success() {
            return Ok(());
        }
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        Err(Error::new(format!(
            "{} has failed ({})",
            program.display(),
            output.status
        )))
    }
}

/// Line 1 is the process id, line 8 the state.
fn says_ready(notes: &str, id: u32) -> bool {
    let mut lines = notes.lines().map(str::trim);
    lines.next() == Some(id.to_string().as_str()) && lines.nth(6) == Some("ready")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_server_in_the_ready_state_is_ready() {
        let notes = "12\n/data\n1700000000\n5555\n\n127.0.0.1\n  99  3\nready   \n";
        assert!(says_ready(notes, 12));
        assert!(!says_ready(notes, 13));
        assert!(!says_ready(&notes.replace("ready", "starting"), 12));
        assert!(!says_ready("12\n/data\n", 12));
        assert!(!says_ready("", 12));
    }
}
