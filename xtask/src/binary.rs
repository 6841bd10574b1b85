//! Where the servers of this machine are installed.

use std::{
    cmp::Reverse,
    env, fs,
    path::{Path, PathBuf},
};

/// Debian keeps the server commands of PostgreSQL out of the PATH, one directory for each version.
const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";

/// What a private PostgreSQL server needs, from one and the same installation.
const POSTGRES_BINARIES: [&str; 3] = ["initdb", "postgres", "createdb"];

/// The directory of the PostgreSQL commands: one of the PATH, else the newest that Debian installed.
pub(crate) fn postgres() -> Option<PathBuf> {
    let candidates = path()
        .into_iter()
        .chain(newest_first(Path::new(POSTGRES_VERSIONS)));
    holding(candidates, &POSTGRES_BINARIES)
}

/// The Redis server.
pub(crate) fn redis() -> Option<PathBuf> {
    on_path("redis-server")
}

pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    holding(path(), &[name]).map(|directory| directory.join(name))
}

fn path() -> Vec<PathBuf> {
    env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect())
}

/// The `bin` directories of all versions. Versions are compared as numbers: 15 is newer than 9.6.
fn newest_first(versions: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(versions).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| Some((version(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    found.sort_by_key(|(version, _)| Reverse(version.clone()));
    found
        .into_iter()
        .map(|(_, directory)| directory.join("bin"))
        .collect()
}

fn version(name: &str) -> Option<Vec<u32>> {
    name.split('.').map(|part| part.parse().ok()).collect()
}

fn holding(directories: impl IntoIterator<Item = PathBuf>, names: &[&str]) -> Option<PathBuf> {
    directories
        .into_iter()
        .find(|directory| names.iter().all(|name| directory.join(name).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installation(directory: &Path, names: &[&str]) -> PathBuf {
        fs::create_dir_all(directory).unwrap();
        for name in names {
            fs::write(directory.join(name), "").unwrap();
        }
        directory.to_owned()
    }

    #[test]
    fn newer_versions_come_first() {
        let root = tempfile::tempdir().unwrap();
        for name in ["9.6", "15", "9.10", "17", "common"] {
            installation(&root.path().join(name).join("bin"), &[]);
        }
        let found = newest_first(root.path());
        let expected = ["17", "15", "9.10", "9.6"].map(|name| root.path().join(name).join("bin"));
        assert_eq!(found, expected);
    }

    #[test]
    fn no_installation_is_no_error() {
        assert!(newest_first(Path::new("/no/such/directory")).is_empty());
    }

    #[test]
    fn the_first_directory_with_every_command_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let client = installation(&root.path().join("client"), &["createdb"]);
        let server = installation(&root.path().join("server"), &POSTGRES_BINARIES);
        let other = installation(&root.path().join("other"), &POSTGRES_BINARIES);
        let found = holding([client.clone(), server.clone(), other], &POSTGRES_BINARIES);
        assert_eq!(found, Some(server));
        assert_eq!(holding([client], &POSTGRES_BINARIES), None);
    }
}
