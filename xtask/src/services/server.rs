//! One running server.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::home::Home;
use crate::{error::Error, interrupt};

const POLL: Duration = Duration::from_millis(20);
const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// As many lines of a log as say why a server did not start.
const LOG_LINES: usize = 40;

/// Stopped when dropped.
pub(super) struct Server {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Server {
    pub(super) fn spawn(
        name: &'static str,
        home: &Home,
        binary: &Path,
        arguments: &[String],
    ) -> Result<Self, Error> {
        let log = home.path("log");
        let output = File::create(&log).map_err(Error::io("create a log"))?;
        let errors = output.try_clone().map_err(Error::io("create a log"))?;
        let child = bound_to_this_process(home, binary)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            // Ctrl-C is for the command under test: the servers end after it.
            .process_group(0)
            .spawn()
            .map_err(Error::io(format!("start {}", binary.display())))?;
        Ok(Self { name, child, log })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the server answers; shows its log when it does not.
    pub(super) fn wait_until(&mut self, ready: impl Fn(&Self) -> bool) -> Result<(), Error> {
        let deadline = Instant::now() + START_LIMIT;
        while !ready(self) {
            if let Some(signal) = interrupt::take() {
                return Err(Error::Interrupted(signal));
            }
            let ended = self.child.try_wait().map_err(Error::io("wait"))?;
            if let Some(status) = ended {
                return Err(self.failure(&format!("has ended ({status})")));
            }
            if Instant::now() > deadline {
                return Err(self.failure("does not answer"));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    fn failure(&self, what: &str) -> Error {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        if log.contains("Address already in use") {
            return Error::PortTaken(self.name);
        }
        let name = self.name;
        eprintln!("the end of the log of {name}:\n{}", last_lines(&log));
        Error::new(format!("the private {name} server {what}"))
    }

    fn stop(&mut self) {
        // PostgreSQL ends its sessions at once on this signal, and waits for them on SIGTERM.
        let _ = kill_process(Pid::from_child(&self.child), Signal::INT);
        let deadline = Instant::now() + STOP_LIMIT;
        while Instant::now() < deadline {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(POLL),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where the system can do it, the server ends even if this process is killed without a chance to
/// stop it.
fn bound_to_this_process(home: &Home, binary: &Path) -> Command {
    let bind = |program: &Path| {
        let mut command = home.command(Path::new("setpriv"));
        command.args(["--pdeathsig", "INT"]).arg(program);
        command
    };
    let possible = bind(Path::new("true")).output();
    if possible.is_ok_and(|output| output.status.success()) {
        bind(binary)
    } else {
        home.command(binary)
    }
}

fn last_lines(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(script: &str) -> (tempfile::TempDir, Server) {
        let directory = super::super::home::shared_directory().unwrap();
        let home = Home::create(directory.path().join("it")).unwrap();
        let arguments = ["-c".to_owned(), script.to_owned()];
        let server = Server::spawn("shell", &home, Path::new("/bin/sh"), &arguments).unwrap();
        (directory, server)
    }

    #[test]
    fn a_server_that_ends_early_is_a_failure() {
        let (_directory, mut server) = server("echo hello; exit 3");
        let error = server.wait_until(|_| false).unwrap_err();
        assert!(error.to_string().contains("has ended"), "{error}");
    }

    #[test]
    fn a_port_taken_by_another_is_told_from_other_failures() {
        let (_directory, mut server) = server("echo 'bind: Address already in use'; exit 1");
        let error = server.wait_until(|_| false).unwrap_err();
        assert!(matches!(error, Error::PortTaken("shell")), "{error}");
    }

    #[test]
    fn the_end_of_a_long_log_is_shown() {
        let log: Vec<_> = (1..=100).map(|line| line.to_string()).collect();
        let shown = last_lines(&log.join("\n"));
        assert!(shown.starts_with("61\n") && shown.ends_with("\n100"));
        assert_eq!(last_lines(""), "");
    }
}
