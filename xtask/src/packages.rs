//! Debian packages of the servers.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    process::{Command, Stdio},
};

use crate::{binary, error::Error, process};

/// Asked by the installation scripts of packages whether they may start a service.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// A server that this machine may lack.
#[derive(Clone, Copy)]
pub(crate) struct Need {
    /// What stands in for the server when it is set.
    pub(crate) variable: &'static str,
    pub(crate) package: &'static str,
}

/// Installs the packages, where that is possible; else says how to.
pub(crate) fn install(needs: &[Need]) -> Result<(), Error> {
    if needs.is_empty() {
        return Ok(());
    }
    if !rustix::process::geteuid().is_root() || binary::on_path("apt-get").is_none() {
        return Err(missing(needs));
    }
    let _policy = StartNothing::install();
    // An unreachable source of other packages is no reason to stop: the installation will tell.
    match process::run(apt_get().arg("update")) {
        Ok(()) | Err(Error::Exit { .. }) => {}
        Err(error) => return Err(error),
    }
    let packages = needs.iter().map(|need| need.package);
    let mut install = apt_get();
    install.args(["install", "--yes", "--no-install-recommends"]);
    match process::run(install.args(packages)) {
        Err(Error::Exit { .. }) => Err(missing(needs)),
        other => other,
    }
}

/// One line that says what to do about missing servers.
pub(crate) fn missing(needs: &[Need]) -> Error {
    let packages: Vec<_> = needs.iter().map(|need| need.package).collect();
    let variables: Vec<_> = needs.iter().map(|need| need.variable).collect();
    Error::new(format!(
        "a server is missing: run `apt-get install {}` as root, or set {} to the URL of a running one",
        packages.join(" "),
        variables.join(" and "),
    ))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .args(["-qq", "-o", "Acquire::Retries=3"])
        .args(["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    command
}

/// While this lives, installed packages start no services: the private servers are enough.
struct StartNothing {
    ours: bool,
}

impl StartNothing {
    /// A machine that has a policy already keeps it. Without one, a service may start, which does
    /// no harm.
    fn install() -> Self {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o755)
            .open(Path::new(POLICY));
        let ours = file.is_ok_and(|mut file| file.write_all(b"#!/bin/sh\nexit 101\n").is_ok());
        Self { ours }
    }
}

impl Drop for StartNothing {
    fn drop(&mut self) {
        if self.ours {
            let _ = fs::remove_file(POLICY);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_in_one_line() {
        let needs = [
            Need {
                variable: "DATABASE_URL",
                package: "postgresql",
            },
            Need {
                variable: "REDIS_URL",
                package: "redis-server",
            },
        ];
        assert_eq!(
            missing(&needs).to_string(),
            "a server is missing: run `apt-get install postgresql redis-server` as root, \
             or set DATABASE_URL and REDIS_URL to the URL of a running one"
        );
    }
}
