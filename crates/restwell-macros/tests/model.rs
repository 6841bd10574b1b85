#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(unused_qualifications, clippy::pedantic)]

//! A model with everything that a model can have.

/// The tables.
mod schema {
    diesel::table! {
        users (id) { id -> Uuid, name -> Text }
    }
    diesel::table! {
        posts (id) {
            id -> Uuid,
            title -> Text,
            #[sql_name = "type"]
            type_ -> Text,
            author_id -> Uuid,
            editor -> Nullable<Uuid>,
            created_at -> Timestamptz,
            updated_at -> Timestamptz,
            created_by -> Nullable<Uuid>,
            updated_by -> Nullable<Uuid>,
            version -> Int8,
            deleted_at -> Nullable<Timestamptz>,
        }
    }
    diesel::table! {
        tags (code) { code -> Text }
    }
    diesel::table! {
        post_tags (post_id, tag) { post_id -> Uuid, tag -> Text }
    }
    diesel::table! {
        private (id) { id -> Int4 }
    }
}

use chrono::{DateTime, Utc};
use restwell_db::{Context, Model as _, Q};
use restwell_macros::{Choices, Model};
use schema::{post_tags, tags};
use uuid::Uuid;

/// What a post is.
#[derive(Choices, Clone, Copy, Debug)]
#[choices(crate = restwell_db, rename_all = "kebab-case")]
pub enum Kind {
    /// Prose.
    Essay,
    /// Instructions.
    #[choice("how_to")]
    HowTo,
}

/// A user.
#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = schema::users,
        has_many(posts: Post, column = author_id), has_one(edited: Post, column = editor))]
pub struct User {
    /// The key.
    pub id: Uuid,
    name: String,
}

/// A post.
#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = crate::schema::posts, unique(title),
        unique(author_id, editor, name = "a", message = "b", ignore_case))]
#[model(soft_delete, version, timestamps, user_actions, scope = visible, primary_key = id)]
#[model(verbose_name = "article", verbose_name_plural = "articles")]
#[model(belongs_to(author: User), belongs_to(editor: User, column = editor, on_delete = set_null))]
#[model(many_to_many(tags: Tag, through = post_tags, source = post_id, target = tag))]
pub struct Post {
    /// The key.
    pub id: Uuid,
    /// The title.
    #[model(sensitive)]
    pub title: String,
    #[model(column = type_)]
    r#type: Kind,
    author_id: Uuid,
    editor: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    created_by: Option<Uuid>,
    updated_by: Option<Uuid>,
    version: i64,
    deleted_at: Option<DateTime<Utc>>,
}

fn visible(cx: &Context) -> Q<Post> {
    Post::F.author_id.is_current_user(cx)
}

/// A tag.
#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = tags, primary_key = code,
        many_to_many(posts: Post, through = post_tags, source = tag, target = post_id))]
pub struct Tag {
    code: String,
}

/// A model that nobody else sees.
#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = schema::private)]
struct Private {
    id: i32,
}

#[test]
fn a_model_with_everything_compiles() {
    let meta = Post::META;
    assert_eq!(meta.table, "posts");
    assert_eq!(meta.columns[2].name, "type");
    assert!(meta.columns[1].sensitive);
    assert_eq!(meta.verbose_name_plural, "articles");
    assert_eq!(User::META.verbose_name_plural, "users");
    assert_eq!(meta.stamps.deleted_at, Some(10));
    assert_eq!(meta.relations.len(), 3);
    assert_eq!((meta.relations[0].target)().name, "User");
    assert_eq!(meta.unique[1].columns, [3, 4]);
    assert_eq!(Post::relation_tags().link().source, "post_id");
    assert_eq!(Private::META.pk().name, "id");
    assert_eq!(<Kind as library::Choices>::VALUES, ["essay", "how_to"]);
}

/// Where the trait is found without the facade.
mod library {
    pub(crate) use restwell_db::__private::Choices;
}
