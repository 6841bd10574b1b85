//! The commands of the program, run as a program.

use std::process::{Command, Output};

use blog::posts::{Post, Status};
use blog::users::User;
use restwell::Changes;
use restwell::blocks::Block;
use restwell::db::Model;
use restwell_testing::TestDatabase;
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
    for command in ["routes", "errors", "blocks"] {
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

/// What `blog blocks` prints with these arguments.
fn printed(arguments: &[&str]) -> String {
    let folder = TempDir::new().expect("a folder");
    let output = blog(&folder, &[&["blocks"], arguments].concat(), &[]);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_migrations_that_are_printed_make_the_tables_of_the_models() {
    for (name, db) in [
        ("sqlite", TestDatabase::sqlite()),
        ("postgres", TestDatabase::postgres()),
    ] {
        for table in ["users", "categories", "tags", "posts", "comments"] {
            db.execute(&printed(&[table, "--database", name]));
        }
        db.migrate(&[&restwell::audit::MIGRATIONS]);
        let mut cx = db.context();
        let post = |title: &str| {
            Changes::new()
                .with(Post::F.title, title)
                .with(Post::F.body, "text")
                .with(Post::F.status, Status::Draft)
                .with(Post::F.views, 0)
        };
        let author = Changes::new()
            .with(User::F.username, "ada")
            .with(User::F.email, "ada@example.com")
            .with(User::F.password, "")
            .with(User::F.first_name, "")
            .with(User::F.last_name, "")
            .with(User::F.is_active, true)
            .with(User::F.is_staff, false)
            .with(User::F.is_superuser, false)
            .with(User::F.date_joined, cx.now());
        let author = User::objects().create(&mut cx, author).expect("a user").id;
        let made = Post::objects().create_many(
            &mut cx,
            vec![
                post("Same").with(Post::F.author_id, author),
                post("Same").with(Post::F.author_id, author),
            ],
        );
        let slugs: Vec<String> = made.expect("posts").into_iter().map(|it| it.slug).collect();
        assert_eq!(slugs, ["same", "same-2"], "{name}");
        let orphan = post("Same").with(Post::F.author_id, uuid::Uuid::nil());
        let refused = Post::objects().create(&mut cx, orphan).expect_err(name);
        assert!(
            refused.fields().contains("author_id"),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn a_block_is_printed_as_lines_of_a_table_and_its_indexes() {
    for (name, db) in [
        ("sqlite", TestDatabase::sqlite()),
        ("postgres", TestDatabase::postgres()),
    ] {
        for block in Block::ALL {
            let text = printed(&[block.name(), "--database", name]);
            let (lines, indexes) = text.split_once("\n\n").unwrap_or((&text, ""));
            let table = format!("of_{}", block.name());
            let indexes = indexes.replace("your_table", &table);
            db.execute(&format!("CREATE TABLE {table} (\n{lines}\n);\n{indexes}"));
        }
    }
    let all = printed(&[]);
    for block in Block::ALL {
        assert!(all.contains(&format!("-- {}\n", block.name())), "{all}");
    }
}

#[test]
fn an_unknown_block_is_answered_with_those_that_there_are() {
    let folder = TempDir::new().expect("a folder");
    let output = blog(&folder, &["blocks", "slugs"], &[]);
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(
        text.contains("slug, metadata, identity") && text.contains("posts"),
        "{text}"
    );
}
