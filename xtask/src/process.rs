//! Commands that speak for themselves on the terminal.

use std::{
    env,
    ffi::OsStr,
    io::{self, IsTerminal},
    iter,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::{error::Error, interrupt};

const POLL: Duration = Duration::from_millis(30);

/// How long an interrupted command may take to end.
const GRACE: Duration = Duration::from_secs(10);

/// The directory of the workspace.
pub(crate) fn root() -> PathBuf {
    let mut directory = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    directory.pop();
    directory
}

/// The cargo that started this task, in the directory of the workspace.
pub(crate) fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command to its end, or to the end that a signal asks for.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let line = line(command);
    eprintln!("$ {line}");
    forget_the_package(command);

    // A terminal sends Ctrl-C to all of its foreground processes, and lets only these read. Without
    // one, a group of its own lets a signal reach what the command has started, too.
    let on_terminal = io::stdin().is_terminal();
    if !on_terminal {
        command.process_group(0);
    }
    let mut child = command
        .spawn()
        .map_err(Error::io(format!("start `{line}`")))?;
    let status = wait(&mut child, on_terminal)?;
    if let Some(signal) = status.signal().and_then(Signal::from_named_raw) {
        return Err(Error::Interrupted(signal));
    }
    match status.code() {
        Some(0) => Ok(()),
        code => Err(Error::Exit {
            command: name(command),
            code: code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
        }),
    }
}

/// `cargo run` describes its own package in the environment; build scripts that look at these
/// variables would be run again by the next cargo.
fn forget_the_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
}

fn wait(child: &mut Child, on_terminal: bool) -> Result<ExitStatus, Error> {
    let mut ending: Option<(Signal, Instant)> = None;
    loop {
        let status = child.try_wait().map_err(Error::io("wait for a command"))?;
        match (status, ending) {
            (Some(_), Some((signal, _))) => return Err(Error::Interrupted(signal)),
            (Some(status), None) => return Ok(status),
            (None, Some((_, deadline))) if Instant::now() > deadline => {
                pass_on(Signal::KILL, child, on_terminal);
            }
            (None, _) => {}
        }
        match interrupt::take() {
            // The command has it from the terminal, and may live on: a database client does.
            Some(Signal::INT) if on_terminal => {}
            Some(signal) => {
                pass_on(signal, child, on_terminal);
                ending = Some((signal, Instant::now() + GRACE));
            }
            None => thread::sleep(POLL),
        }
    }
}

/// A failure means that the command has just ended, which is as good.
fn pass_on(signal: Signal, child: &Child, on_terminal: bool) {
    let id = Pid::from_child(child);
    let _ = if on_terminal {
        kill_process(id, signal)
    } else {
        kill_process_group(id, signal)
    };
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words: Vec<_> = iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    words.join(" ")
}

/// The start of the line, as far as it says what failed: `cargo clippy`.
fn name(command: &Command) -> String {
    let line = line(command);
    let words: Vec<_> = line
        .split(' ')
        .take(2)
        .take_while(|word| !word.starts_with('-'))
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<(), Error> {
        run(Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn the_exit_code_of_a_command_is_kept() {
        assert!(shell("exit 0").is_ok());
        let Err(Error::Exit { code, command }) = shell("exit 101") else {
            panic!("a failure was expected");
        };
        assert_eq!((code, command.as_str()), (101, "sh"));
    }

    #[test]
    fn a_command_ended_by_a_signal_is_no_success() {
        assert!(matches!(
            shell("kill -TERM $$"),
            Err(Error::Interrupted(Signal::TERM))
        ));
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program")).unwrap_err();
        assert!(
            error.to_string().contains("start `no-such-program`"),
            "{error}"
        );
    }

    #[test]
    fn the_root_is_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }
}
