//! Tags of posts.

use restwell::prelude::*;

use crate::bases::BlogBase;
use crate::schema::tags;

/// A word that posts are found by.
#[derive(Model, Clone, Debug)]
#[model(table = tags, audited, unique(name))]
pub struct Tag {
    /// The key.
    pub id: i64,
    /// The word.
    pub name: String,
}

/// A tag as clients see and write it.
#[serializer(model = Tag)]
pub struct TagSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(length(max = 64))]
    name: String,
}

/// `/tags/`
#[derive(Clone, Copy, Debug)]
pub struct Tags;

/// Words by which posts are found.
#[viewset(base = BlogBase)]
impl ViewSet for Tags {
    type Model = Tag;
    type Serializer = TagSerializer;

    fn options() -> Options<Tag> {
        BlogBase::options()
            .filter(Tag::F.name, (Exact, IContains))
            .search([Tag::F.name])
            .order((Tag::F.name, Tag::F.id))
            .default_order([Tag::F.name.asc()])
    }
}
