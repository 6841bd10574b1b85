use chrono::{DateTime, Utc};
use restwell::blocks::{TimestampFields, VersionField};
use restwell::prelude::*;
use uuid::Uuid;

use super::{Post, Status};
use crate::categories::CategorySerializer;
use crate::tags::TagSerializer;
use crate::users::UserBrief;

/// A post in a list.
#[serializer(model = Post, read_only)]
pub struct PostListSerializer {
    id: Uuid,
    title: String,
    slug: String,
    status: Status,
    views: i32,
    published_at: Option<DateTime<Utc>>,
    #[field(nested)]
    author: UserBrief,
    #[field(nested)]
    category: Option<CategorySerializer>,
    #[field(nested)]
    tags: Vec<TagSerializer>,
    #[field(count = comments)]
    comment_count: i64,
}

/// A post alone, and what clients may write of it. Its status is changed by publishing,
/// unpublishing and archiving, once it is there.
#[serializer(model = Post, extends(TimestampFields, VersionField), validate = only_editors_publish)]
pub struct PostSerializer {
    #[field(read_only)]
    id: Uuid,
    #[validate(length(max = 200))]
    title: String,
    #[field(required = false)]
    #[validate(length(max = 220), slug)]
    slug: String,
    #[field(create_only, default_on_create = Status::Draft)]
    status: Status,
    #[field(read_only)]
    views: i32,
    #[field(read_only)]
    published_at: Option<DateTime<Utc>>,
    #[field(nested)]
    author: UserBrief,
    #[field(related, as = data)]
    category: Option<CategorySerializer>,
    #[field(related, as = data, required = false)]
    tags: Vec<TagSerializer>,
    #[field(count = comments)]
    comment_count: i64,
    body: String,
}

fn only_editors_publish(attrs: &Attrs<'_, PostSerializerInput>, cx: &mut Context) -> Result<()> {
    let publishes =
        attrs.changes(Post::F.status) && attrs.get(Post::F.status) == Some(Status::Published);
    if publishes && !crate::users::roles::is_editor(cx) {
        return Err(Error::permission_denied());
    }
    Ok(())
}
