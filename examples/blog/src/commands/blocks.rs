use clap::ValueEnum;
use restwell::Dialect;
use restwell::blocks::Block;
use restwell::db::{Model, ModelMeta, ddl};

use super::{Outcome, tell};
use crate::Settings;
use crate::categories::Category;
use crate::comments::Comment;
use crate::posts::Post;
use crate::tags::Tag;
use crate::users::User;

/// The models whose tables are the blog's own, each behind those that it refers to.
const MODELS: [&ModelMeta; 5] = [
    User::META,
    Category::META,
    Tag::META,
    Post::META,
    Comment::META,
];

/// A database that migrations are written for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Database {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

impl From<Database> for Dialect {
    fn from(database: Database) -> Self {
        match database {
            Database::Postgres => Self::Postgres,
            Database::Sqlite => Self::Sqlite,
        }
    }
}

/// Prints the text of migrations: of one block or table, or of every block.
pub(super) fn run(settings: &Settings, name: Option<&str>, database: Option<Database>) -> Outcome {
    let dialect = database.map_or_else(|| settings.database_url.dialect(), Dialect::from);
    let block = |block: Block| ddl::block(block, "your_table", dialect);
    let Some(name) = name else {
        for own in Block::ALL {
            tell(&format!("-- {}\n{}", own.name(), block(own)));
        }
        return Ok(());
    };
    let model = MODELS.into_iter().find(|model| model.table == name);
    let text = match Block::ALL.into_iter().find(|own| own.name() == name) {
        Some(own) => block(own),
        None => model
            .map(|model| ddl::create_table(model, dialect))
            .ok_or_else(|| unknown(name))?,
    };
    tell(text.trim_end());
    Ok(())
}

fn unknown(name: &str) -> String {
    let blocks = Block::ALL.iter().map(|block| block.name());
    let tables = MODELS.iter().map(|model| model.table);
    let known: Vec<&str> = blocks.chain(tables).collect();
    format!(
        "there is no block or table `{name}`, only {}",
        known.join(", ")
    )
}
