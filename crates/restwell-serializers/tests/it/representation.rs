//! What clients see of rows.

use chrono::{DateTime, Utc};
use restwell_db::Context;
use restwell_macros::serializer;

use crate::blog::{
    Category, Post, Status, Tag, User, category, comment, post, tag, user, user_key,
};
use crate::database::{Database, all, shown};

#[serializer(model = User, read_only)]
pub(crate) struct UserBrief {
    pub(crate) id: uuid::Uuid,
    pub(crate) username: String,
}

#[serializer(model = Tag)]
pub(crate) struct TagSerializer {
    #[field(read_only)]
    pub(crate) id: i64,
    pub(crate) name: String,
}

/// A post in full.
#[serializer(model = Post)]
pub(crate) struct PostSerializer {
    #[field(read_only)]
    pub(crate) id: i64,
    /// What it is about.
    #[validate(length(min = 3, max = 200))]
    pub(crate) title: String,
    #[field(name = "text", source = body)]
    pub(crate) contents: String,
    #[field(default = Status::Draft)]
    pub(crate) status: Status,
    #[field(nested, read_only)]
    pub(crate) author: UserBrief,
    #[field(source = author.email)]
    pub(crate) author_email: String,
    #[field(related)]
    pub(crate) category: Option<Category>,
    #[field(related, slug = slug, source = category, read_only)]
    pub(crate) category_slug: Option<Category>,
    #[field(related, as = data, required = false)]
    pub(crate) tags: Vec<TagSerializer>,
    #[field(related, source = tags, read_only)]
    pub(crate) tag_ids: Vec<Tag>,
    #[field(count = comments)]
    pub(crate) comment_count: i64,
    #[field(method = excerpt, needs(body))]
    pub(crate) excerpt: String,
    #[field(write_only, no_column)]
    pub(crate) notify: Option<bool>,
    #[field(default_with = slug)]
    pub(crate) slug: String,
    #[field(read_only)]
    pub(crate) created_at: DateTime<Utc>,
}

fn excerpt(post: &Post, _: &Context) -> String {
    post.body.chars().take(3).collect()
}

fn slug(input: &PostSerializerInput, _: &mut Context) -> restwell_core::Result<String> {
    Ok(input
        .title
        .value()
        .map(|title| title.to_lowercase())
        .unwrap_or_default())
}

#[test]
fn a_page_is_shown_with_its_relations() {
    let database = Database::new();
    let mut cx = database.context();
    user(&mut cx, 1, "ann");
    let news = category(&mut cx, "News");
    let rust = tag(&mut cx, "rust");
    let first = post(&mut cx, "First", user_key(1), Some(news.id));
    post(&mut cx, "Second", user_key(1), None);
    comment(&mut cx, first.id, user_key(1), "Yes.");
    Post::relation_tags()
        .set(&mut cx, &first.id, &[rust.id])
        .expect("a link");
    let mut cx = database.context();
    let rows = all::<Post>(&mut cx);
    let (text, statements) = shown::<PostSerializer>(&mut cx, &rows, "");
    assert_eq!(
        text,
        concat!(
            r#"[{"id":1,"title":"First","text":"Text.","status":"draft","#,
            r#""author":{"id":"00000000-0000-0000-0000-000000000001","username":"ann"},"#,
            r#""author_email":"ann@example.org","category":1,"category_slug":"news","#,
            r#""tags":[{"id":1,"name":"rust"}],"tag_ids":[1],"comment_count":1,"excerpt":"Tex","#,
            r#""slug":"first","created_at":"2026-01-15T10:30:00.123456Z"},"#,
            r#"{"id":2,"title":"Second","text":"Text.","status":"draft","#,
            r#""author":{"id":"00000000-0000-0000-0000-000000000001","username":"ann"},"#,
            r#""author_email":"ann@example.org","category":null,"category_slug":null,"#,
            r#""tags":[],"tag_ids":[],"comment_count":0,"excerpt":"Tex","#,
            r#""slug":"second","created_at":"2026-01-15T10:30:00.123456Z"}]"#
        )
    );
    assert_eq!(statements, 6);
}
