//! Rules of the workspace that no other tool knows.

mod manifest;
mod source;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{error::Error, process};

/// Where the code of the workspace is.
const DIRECTORIES: [&str; 5] = ["benches", "crates", "examples", "tests", "xtask"];

/// Something against the rules, at a line.
#[derive(Debug, PartialEq)]
struct Finding {
    line: usize,
    rule: String,
}

impl Finding {
    fn new(line: usize, rule: impl Into<String>) -> Self {
        let rule = rule.into();
        Self { line, rule }
    }
}

pub(crate) fn run() -> Result<(), Error> {
    eprintln!("$ tidy");
    let root = process::root();
    let findings = check(&root).map_err(Error::io("read the workspace"))?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        count => Err(Error::new(format!("tidy: {count} findings"))),
    }
}

fn check(root: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for directory in DIRECTORIES {
        collect(&root.join(directory), &mut files)?;
    }
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let shown = file.strip_prefix(root).unwrap_or(&file).display();
        for Finding { line, rule } in check_file(&file, &text) {
            lines.push(format!("{shown}:{line}: {rule}"));
        }
    }
    Ok(lines)
}

fn check_file(file: &Path, text: &str) -> Vec<Finding> {
    let mut findings = source::check(text, file.extension().is_some_and(|end| end == "rs"));
    if file.ends_with("Cargo.toml") {
        findings.extend(manifest::check(text));
    }
    findings
}

/// The text files below a directory, which need not exist. Build output and hidden directories are
/// left out.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !directory.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            collect(&path, files)?;
        } else if path.is_file() && is_checked(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_checked(file: &Path) -> bool {
    let end = file.extension().and_then(|end| end.to_str());
    matches!(end, Some("md" | "rs" | "sh" | "sql" | "toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_name_file_and_line() {
        let root = tempfile::tempdir().unwrap();
        let crate_directory = root.path().join("crates/one");
        fs::create_dir_all(crate_directory.join("target")).unwrap();
        let unfinished = concat!("// TO", "DO: later\n");
        fs::write(crate_directory.join("lib.rs"), format!("\n{unfinished}")).unwrap();
        fs::write(crate_directory.join("target/out.rs"), unfinished).unwrap();
        fs::write(crate_directory.join("logo.svg"), [0xFF]).unwrap();
        let findings = check(root.path()).unwrap();
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(
            findings[0].starts_with("crates/one/lib.rs:2: "),
            "{findings:?}"
        );
    }
}
