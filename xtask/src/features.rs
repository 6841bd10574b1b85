//! The features that tests and lints switch on: code behind a feature that is off is not checked,
//! and its tests are left out without a word.

use std::{collections::BTreeMap, ffi::OsString, process::Stdio};

use serde::Deserialize;

use crate::{error::Error, process};

/// What needs more than a C compiler. A bundled libpq without TLS stands in for the one with it.
const LEFT_OUT: [&str; 2] = ["mysql", "postgres-bundled"];

/// Arguments of cargo that choose features themselves.
const CHOICES: [&str; 4] = [
    "-F",
    "--all-features",
    "--features",
    "--no-default-features",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    features: BTreeMap<String, Vec<String>>,
}

/// The `--features` of cargo for the packages that the other arguments choose, or for all.
pub(crate) fn arguments(others: &[OsString]) -> Result<Vec<String>, Error> {
    let others: Vec<_> = others
        .iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .take_while(|argument| argument != "--")
        .collect();
    let is_choice = |argument: &String| CHOICES.iter().any(|choice| argument.starts_with(choice));
    if others.iter().any(is_choice) {
        return Ok(Vec::new());
    }
    let wanted = wanted(&packages()?, &chosen(&others));
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec!["--features".to_owned(), wanted.join(",")])
}

/// The members of the workspace.
fn packages() -> Result<Vec<Package>, Error> {
    let output = process::cargo(["metadata", "--no-deps", "--format-version", "1"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(Error::io("run cargo metadata"))?;
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| Error::new(format!("cannot read what cargo metadata says: {error}")))?;
    Ok(metadata.packages)
}

/// What stands after `-p` and `--package`, in all their spellings.
fn chosen(arguments: &[String]) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "-p" | "--package" => names.extend(rest.next().map(String::as_str)),
            other => names.extend(
                other
                    .strip_prefix("--package=")
                    .or_else(|| other.strip_prefix("-p")),
            ),
        }
    }
    names
}

fn wanted(packages: &[Package], chosen: &[&str]) -> Vec<String> {
    packages
        .iter()
        .filter(|package| chosen.is_empty() || chosen.contains(&package.name.as_str()))
        .flat_map(|Package { name, features }| {
            features
                .keys()
                .filter(|feature| !LEFT_OUT.contains(&feature.as_str()))
                .map(move |feature| format!("{name}/{feature}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, features: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            features: features
                .iter()
                .map(|feature| ((*feature).to_owned(), Vec::new()))
                .collect(),
        }
    }

    #[test]
    fn every_feature_is_on_but_for_the_heavy_ones() {
        let packages = [
            package(
                "db",
                &[
                    "default",
                    "postgres",
                    "postgres-bundled",
                    "postgres-bundled-notls",
                ],
            ),
            package("core", &["diesel"]),
        ];
        let all = [
            "db/default",
            "db/postgres",
            "db/postgres-bundled-notls",
            "core/diesel",
        ];
        assert_eq!(wanted(&packages, &[]), all);
        assert_eq!(wanted(&packages, &["core"]), ["core/diesel"]);
    }

    #[test]
    fn packages_are_chosen_in_every_spelling() {
        let arguments = ["-p", "a", "-pb", "--package", "c", "--package=d", "filter"];
        let arguments = arguments.map(str::to_owned);
        assert_eq!(chosen(&arguments), ["a", "b", "c", "d"]);
    }

    #[test]
    fn who_chooses_features_gets_no_others() {
        let none = arguments(&["--features=x".into()]).unwrap();
        assert!(none.is_empty());
    }

    #[test]
    fn arguments_of_the_tests_are_not_read() {
        let some = arguments(&["--".into(), "--features".into()]).unwrap();
        assert_eq!(some.first().map(String::as_str), Some("--features"));
    }
}
