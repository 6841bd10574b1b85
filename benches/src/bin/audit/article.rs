//! Two tables that differ in one thing: the writes to one of them are audited.

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use restwell::prelude::*;
use uuid::Uuid;

use crate::Result;

macro_rules! article {
    ($model:ident, $table:ident $(, $audited:ident)?) => {
        diesel::table! {
            $table (id) {
                id -> Uuid,
                title -> Text,
                slug -> Text,
                body -> Text,
                views -> Int4,
                author_id -> Nullable<Uuid>,
                published_at -> Nullable<Timestamptz>,
                created_at -> Timestamptz,
                updated_at -> Timestamptz,
                version -> Int8,
            }
        }

        #[derive(Model, Clone, Debug)]
        #[model(table = $table, version, timestamps, unique(slug) $(, $audited)?)]
        pub(crate) struct $model {
            id: Uuid,
            title: String,
            slug: String,
            body: String,
            views: i32,
            author_id: Option<Uuid>,
            published_at: Option<DateTime<Utc>>,
            created_at: DateTime<Utc>,
            updated_at: DateTime<Utc>,
            version: i64,
        }

        impl $model {
            /// Rows that were never there before.
            pub(crate) fn new_rows(count: usize) -> Vec<Changes<Self>> {
                let row = |number| {
                    Changes::new()
                        .with(Self::F.title, format!("Article number {number}"))
                        .with(Self::F.slug, Uuid::new_v4().to_string())
                        .with(Self::F.body, "A sentence of some length. ".repeat(8))
                        .with(Self::F.views, 0)
                        .with(Self::F.author_id, Uuid::new_v4())
                };
                (0..count).map(row).collect()
            }
        }
    };
}

article!(Plain, plain_articles);
article!(Audited, audited_articles, audited);

/// Makes both tables.
pub(crate) fn make_tables(cx: &mut Context) -> Result<()> {
    for table in ["plain_articles", "audited_articles"] {
        let (id, time) = if cx.dialect()?.is_postgres() {
            ("UUID", "TIMESTAMPTZ")
        } else {
            ("BLOB", "TEXT")
        };
        cx.connection()?.batch_execute(&format!(
            "DROP TABLE IF EXISTS {table};
             CREATE TABLE {table} (
                 id {id} NOT NULL PRIMARY KEY, title TEXT NOT NULL, slug TEXT NOT NULL UNIQUE,
                 body TEXT NOT NULL, views INTEGER NOT NULL, author_id {id},
                 published_at {time}, created_at {time} NOT NULL, updated_at {time} NOT NULL,
                 version BIGINT NOT NULL
             );"
        ))?;
    }
    Ok(())
}
