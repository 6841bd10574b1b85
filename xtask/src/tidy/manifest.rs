//! Rules for the manifests of members: what is the same everywhere stands in the root alone.

use super::Finding;

const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];

/// One `key = value`, brought onto a single line, in its section. The head of a section is an entry
/// without a key.
struct Entry<'a> {
    line: usize,
    section: &'a str,
    key: &'a str,
    value: String,
}

pub(super) fn check(text: &str) -> Vec<Finding> {
    let entries = entries(text);
    if entries
        .iter()
        .any(|entry| top(entry.section) == "workspace")
    {
        return Vec::new(); // A workspace of its own, such as a fixture, inherits from nobody.
    }
    let mut findings = Vec::new();
    for field in INHERITED {
        if !inherits(&entries, "package", field) {
            let rule = format!("[package] lacks `{field}.workspace = true`");
            findings.push(Finding::new(1, rule));
        }
    }
    if !inherits(&entries, "", "lints") {
        findings.push(Finding::new(1, "[lints] lacks `workspace = true`"));
    }
    findings.extend(entries.iter().filter_map(dependency));
    findings
}

/// `name.workspace = true` in a section, or `workspace = true` in the section of that name.
fn inherits(entries: &[Entry<'_>], section: &str, name: &str) -> bool {
    let dotted = format!("{name}.workspace");
    entries.iter().any(|entry| {
        let inline = entry.section == section && entry.key == dotted;
        let table = section.is_empty() && entry.section == name && entry.key == "workspace";
        (inline || table) && entry.value == "true"
    })
}

fn dependency(entry: &Entry<'_>) -> Option<Finding> {
    let (kind, name) = split_dependency(entry.section)?;
    let inherited = match name {
        None if entry.key.is_empty() => return None,
        // In a table of its own, other keys such as `features` stand beside the one that counts.
        Some(_) if !matches!(entry.key, "version" | "git" | "path") => return None,
        Some(_) => false,
        None if entry.key.ends_with(".workspace") => entry.value == "true",
        None => {
            let value = entry.value.replace(' ', "");
            value.contains("workspace=true") || is_member_for_tests(kind, &value)
        }
    };
    let key = entry.key.split('.').next().unwrap_or(entry.key);
    let name = name.unwrap_or(key);
    let rule = format!("[{kind}] {name} must use `workspace = true`");
    (!inherited).then(|| Finding::new(entry.line, rule))
}

/// Members may test with each other in a circle. A path alone keeps the circle out of what is
/// published: cargo leaves such a dependency out.
fn is_member_for_tests(kind: &str, value: &str) -> bool {
    kind == "dev-dependencies" && value.contains("path=\"../") && !value.contains("version")
}

/// The kind of dependencies that a section lists, and the one it is all about, if any.
fn split_dependency(section: &str) -> Option<(&str, Option<&str>)> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let last = section.rsplit_once('.').map_or(section, |(_, last)| last);
    if KINDS.contains(&last) {
        return Some((section, None));
    }
    let (kind, name) = section.rsplit_once('.')?;
    let kind_alone = kind.rsplit_once('.').map_or(kind, |(_, last)| last);
    KINDS.contains(&kind_alone).then_some((kind, Some(name)))
}

fn top(section: &str) -> &str {
    section.split('.').next().unwrap_or(section)
}

/// Reads as much of TOML as a manifest in the style of this workspace has.
fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut section = "";
    let mut open = 0;
    for (index, line) in text.lines().enumerate() {
        let line = without_comment(line);
        if open > 0 {
            open += nesting(line);
            if let Some(entry) = entries.last_mut() {
                entry.value.push_str(line);
            }
            continue;
        }
        let (key, value) = match line.split_once('=') {
            _ if line.starts_with('[') => ("", ""),
            Some((key, value)) => (key.trim(), value.trim()),
            None => continue,
        };
        if key.is_empty() {
            section = line.trim_matches(['[', ']', ' ']);
        }
        open = nesting(value);
        entries.push(Entry {
            line: index + 1,
            section,
            key,
            value: value.to_owned(),
        });
    }
    entries
}

fn without_comment(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with('#') {
        return "";
    }
    line.split(" #").next().unwrap_or(line).trim_end()
}

fn nesting(value: &str) -> i32 {
    let count = |brackets: [char; 2]| value.matches(brackets).count() as i32;
    count(['[', '{']) - count([']', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[package]
name = "one"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true # as all

[features]
# Not a dependency = "1".
postgres = [
    "dep:diesel",
]

[dependencies]
serde.workspace = true
diesel = { workspace = true, features = [
    "postgres",
] }

[target.'cfg(unix)'.dependencies]
rustix = { workspace = true }

[dev-dependencies.tempfile]
workspace = true
features = ["nightly"]

[lints]
workspace = true
"#;

    fn rules(text: &str) -> Vec<String> {
        check(text).into_iter().map(|found| found.rule).collect()
    }

    #[test]
    fn a_manifest_that_inherits_everything_is_good() {
        assert_eq!(rules(GOOD), [""; 0]);
    }

    #[test]
    fn every_field_that_is_not_inherited_is_named() {
        for field in INHERITED {
            let own = GOOD.replace(&format!("\n{field}.workspace = true"), "\nx = 1");
            let expected = format!("[package] lacks `{field}.workspace = true`");
            assert_eq!(rules(&own), [expected]);
        }
        let unchecked = GOOD.replace("[lints]", "[other]");
        assert_eq!(rules(&unchecked), ["[lints] lacks `workspace = true`"]);
    }

    #[test]
    fn dependencies_with_versions_or_paths_of_their_own_are_named() {
        for (section, own) in [
            ("dependencies", "rand = \"0.9\""),
            ("dependencies", "rand = { path = \"../rand\" }"),
            ("build-dependencies", "rand = {\nversion = \"0.9\"\n}"),
            ("target.'cfg(unix)'.dependencies", "rand.workspace = false"),
            ("dependencies", "rand.version = \"0.9\""),
        ] {
            let found = check(&format!("{GOOD}\n[{section}]\n{own}\n"));
            let line = GOOD.lines().count() + 3;
            let rule = format!("[{section}] rand must use `workspace = true`");
            assert_eq!(found, [Finding::new(line, rule)]);
        }
        let table = format!("{GOOD}\n[dependencies.rand]\nversion = \"0.9\"\n");
        assert_eq!(
            rules(&table),
            ["[dependencies] rand must use `workspace = true`"]
        );
    }

    #[test]
    fn tests_may_use_other_members_by_their_path_alone() {
        let with = |own: &str| check(&format!("{GOOD}\n[dev-dependencies]\n{own}\n"));
        assert_eq!(with("other = { path = \"../other\" }"), []);
        assert_ne!(with("other = { path = \"../other\", version = \"1\" }"), []);
    }

    #[test]
    fn a_workspace_of_its_own_is_left_alone() {
        assert_eq!(
            rules("[package]\nname = \"fixture\"\n\n[workspace]\n"),
            [""; 0]
        );
    }
}
