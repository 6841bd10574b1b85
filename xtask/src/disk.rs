//! Room for what a build writes: a full disk is reported by whoever happens to write next, and
//! hardly ever as what it is.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use rustix::fs::statvfs;

use crate::{error::Error, process};

const GIB: u64 = 1 << 30;

/// Twice what `.ci/run` was seen to leave in the target directory of a clean clone: debug
/// information, which it builds without, and the data of the servers take as much again.
const NEEDED: u64 = 4 * GIB;

/// Fails when a run of everything could not end for want of room.
pub(crate) fn check() -> Result<(), Error> {
    let target = target();
    let reading = || format!("read how much room there is for {}", target.display());
    let there = held(&target).map_err(Error::io(reading()))?;
    let free = free(&target).map_err(Error::io(reading()))?;
    enough(&target, there, free)
}

fn enough(target: &Path, there: u64, free: u64) -> Result<(), Error> {
    let missing = NEEDED.saturating_sub(there);
    if free >= missing {
        return Ok(());
    }
    let gib = |bytes: u64| bytes as f64 / GIB as f64;
    Err(Error::new(format!(
        "{:.1} GiB are free for {}, which may grow by {:.1}: make room, or let CARGO_TARGET_DIR name \
         a directory on another disk",
        gib(free),
        target.display(),
        gib(missing),
    )))
}

fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| process::root().join("target"), PathBuf::from)
}

/// The bytes that files below a directory occupy. What goes away meanwhile counts nothing.
fn held(directory: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        match entry.metadata() {
            Ok(found) if found.is_dir() => bytes += held(&entry.path())?,
            Ok(found) => bytes += found.len(),
            Err(_) => {}
        }
    }
    Ok(bytes)
}

/// The bytes that this user may still write where the directory is, or will be.
fn free(directory: &Path) -> io::Result<u64> {
    let place = directory.ancestors().find(|place| place.is_dir());
    let system = statvfs(place.unwrap_or(Path::new(".")))?;
    Ok(system.f_bavail.saturating_mul(system.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_already_needs_no_room() {
        let target = Path::new("/there");
        assert!(enough(target, 0, NEEDED).is_ok());
        assert!(enough(target, NEEDED, 0).is_ok());
        assert!(enough(target, NEEDED - GIB, GIB).is_ok());
    }

    #[test]
    fn one_line_says_how_much_is_missing() {
        let error = enough(Path::new("/there"), NEEDED - 3 * GIB, 2 * GIB).unwrap_err();
        assert_eq!(
            error.to_string(),
            "2.0 GiB are free for /there, which may grow by 3.0: make room, or let CARGO_TARGET_DIR \
             name a directory on another disk"
        );
    }

    #[test]
    fn files_are_counted_at_every_depth() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(held(&root.path().join("none")).unwrap(), 0);
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        fs::write(root.path().join("one"), [0; 10]).unwrap();
        fs::write(root.path().join("a/b/two"), [0; 32]).unwrap();
        assert_eq!(held(root.path()).unwrap(), 42);
    }

    #[test]
    fn a_directory_that_is_still_to_come_has_room() {
        let root = tempfile::tempdir().unwrap();
        assert!(free(&root.path().join("not/yet")).unwrap() > 0);
    }
}
