//! Where a private server lives, and as whom.

use std::{
    env, fs, io,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::error::Error;

/// Who runs the servers when root starts them: PostgreSQL refuses to run as root.
const ACCOUNTS: [&str; 2] = ["postgres", "nobody"];

#[derive(Clone, Copy, Debug, PartialEq)]
struct Account {
    uid: u32,
    gid: u32,
}

/// The directory of one server and the account that owns it.
pub(super) struct Home {
    directory: PathBuf,
    account: Option<Account>,
}

impl Home {
    pub(super) fn create(directory: PathBuf) -> Result<Self, Error> {
        let doing = || format!("create {}", directory.display());
        let account = account()?;
        fs::create_dir(&directory).map_err(Error::io(doing()))?;
        if let Some(Account { uid, gid }) = account {
            chown(&directory, Some(uid), Some(gid)).map_err(Error::io(doing()))?;
        }
        Ok(Self { directory, account })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// A command in this home, as its owner. Of the environment only the PATH is kept: variables
    /// such as `PGOPTIONS` would change what the commands of PostgreSQL do.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.directory)
            .env_clear()
            .env("LC_ALL", "C.UTF-8");
        if let Some(path) = env::var_os("PATH") {
            command.env("PATH", path);
        }
        if let Some(Account { uid, gid }) = self.account {
            command.uid(uid).gid(gid);
        }
        command
    }
}

/// A new temporary directory that the accounts of the servers can enter.
pub(super) fn shared_directory() -> Result<TempDir, Error> {
    let parent = Some(env::temp_dir())
        .filter(|directory| is_open(directory))
        .unwrap_or_else(|| "/tmp".into());
    let doing = "create a temporary directory";
    let directory = tempfile::Builder::new()
        .prefix("restwell-")
        .tempdir_in(parent)
        .map_err(Error::io(doing))?;
    set_mode(directory.path(), 0o755).map_err(Error::io(doing))?;
    Ok(directory)
}

/// Of a directory that exists, because the umask would have its say on a new one.
fn set_mode(directory: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(directory, fs::Permissions::from_mode(mode))
}

/// Whether other accounts can pass through a directory and all above it.
fn is_open(directory: &Path) -> bool {
    directory.is_absolute()
        && directory
            .ancestors()
            .all(|part| fs::metadata(part).is_ok_and(|metadata| metadata.mode() & 0o001 != 0))
}

/// Nobody else, unless root is at work.
fn account() -> Result<Option<Account>, Error> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let table = fs::read_to_string("/etc/passwd").map_err(Error::io("read /etc/passwd"))?;
    let found = ACCOUNTS.iter().find_map(|name| find(&table, name));
    found.map(Some).ok_or_else(|| {
        Error::new("PostgreSQL does not run as root: create a user named postgres or nobody")
    })
}

fn find(table: &str, name: &str) -> Option<Account> {
    let line = table
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2);
    Some(Account {
        uid: numbers.next()?.parse().ok()?,
        gid: numbers.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "root:x:0:0:root:/root:/bin/bash\n\
                         postgresql:x:7:7::/:/bin/sh\n\
                         nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let nobody = Account {
            uid: 65534,
            gid: 65533,
        };
        assert_eq!(find(TABLE, "nobody"), Some(nobody));
        assert_eq!(find(TABLE, "postgres"), None);
    }

    #[test]
    fn a_directory_below_a_closed_one_is_closed() {
        let closed = tempfile::tempdir().unwrap();
        let inside = closed.path().join("inside");
        fs::create_dir(&inside).unwrap();
        set_mode(closed.path(), 0o700).unwrap();
        assert!(!is_open(&inside));
        assert!(is_open(Path::new("/")));
    }
}
