//! The commands of the program, run as a program.

use std::process::{Command, Output};

use tempfile::TempDir;

/// What `blog` with these arguments says, in an empty folder.
fn blog(folder: &TempDir, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blog"));
    command.current_dir(folder.path()).args(arguments);
    for name in ["DATABASE_URL", "REDIS_URL"] {
        command.env_remove(name);
    }
    let settings = settings.iter().copied();
    command.envs(settings).output().expect("a program")
}

#[test]
fn listings_need_no_database_and_make_none() {
    let folder = TempDir::new().expect("a folder");
    for command in ["routes", "errors"] {
        for settings in [
            &[][..],
            &[("DATABASE_URL", "postgres://nobody@127.0.0.1:9/nothing")],
        ] {
            let output = blog(&folder, &[command], settings);
            assert!(output.status.success(), "{output:?}");
            assert!(output.stdout.len() > 500, "{output:?}");
        }
    }
    let files = std::fs::read_dir(folder.path()).expect("the folder");
    assert_eq!(files.count(), 0);
}

#[test]
fn a_nested_route_shows_its_own_rule_and_that_of_its_parent_as_what_it_is() {
    let folder = TempDir::new().expect("a folder");
    let output = blog(&folder, &["routes"], &[]);
    let listing = String::from_utf8(output.stdout).expect("text");
    let rule = |method: &str, path: &str| {
        let mut lines = listing.lines().map(str::split_whitespace);
        let line = lines.find_map(|mut words| {
            let found = words.next() == Some(method) && words.next() == Some(path);
            found.then(|| words.skip(1).collect::<Vec<_>>().join(" "))
        });
        line.unwrap_or_else(|| panic!("no {method} {path} in {listing}"))
    };
    let own = "(read_only | (grants(comments) & ((has_role(editor) | has_role(admin)) | is_owner(author_id))))";
    let parent = "retrieve(posts: (read_only | (grants(posts) & ((has_role(editor) | has_role(admin)) | is_owner(author_id)))))";
    let nested = rule("POST", "/api/v1/posts/{parent}/comments/");
    assert!(nested.starts_with(&format!("{own} & {parent}")), "{nested}");
    let detail = rule("PATCH", "/api/v1/comments/{pk}/");
    assert!(detail.starts_with(own), "{detail}");
}
