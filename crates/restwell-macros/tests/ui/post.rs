//! A model and a serializer that only shows its rows.

use restwell_core::Result;
use restwell_db::{ColumnSet, Context};
use restwell_macros::Model;
use restwell_serializers::{FieldMeta, Mask, Representation};

/// The tables.
mod schema {
    diesel::table! {
        posts (id) { id -> Int8, title -> Text }
    }
}

/// A post.
#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = schema::posts)]
pub struct Post {
    id: i64,
    title: String,
}

impl Post {
    /// A post with this title.
    #[allow(dead_code, reason = "not every test makes posts")]
    pub fn new(title: String) -> Self {
        Self { id: 1, title }
    }
}

/// Shows a post.
#[derive(Debug)]
pub struct PostSerializer;

impl Representation for PostSerializer {
    type Model = Post;
    type Loaded = ();
    const FIELDS: &'static [FieldMeta] = &[];

    fn columns(_: Mask) -> ColumnSet {
        ColumnSet::ALL
    }

    fn load(_: &[Post], _: Mask, _: &mut Context) -> Result<()> {
        Ok(())
    }

    fn write(row: &Post, _: usize, (): &(), _: Mask, _: &Context, out: &mut Vec<u8>) {
        out.extend_from_slice(row.title.as_bytes());
    }
}
