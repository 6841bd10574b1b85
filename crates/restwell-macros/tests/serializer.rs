#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(unused_qualifications, clippy::pedantic)]
#![allow(
    clippy::ptr_arg,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "functions have the signatures that the macros ask for"
)]
#![deny(clippy::allow_attributes_without_reason)]

//! Serializers with everything that serializers can have.

extern crate self as restwell;

#[doc(hidden)]
pub mod __private {
    pub use restwell_macros::serializer;
    pub use restwell_serializers::__private::*;
}

/// The tables.
mod schema {
    diesel::table! {
        users (id) { id -> Uuid, name -> Text, password -> Text }
    }
    diesel::table! {
        posts (id) {
            id -> Int8,
            title -> Text,
            #[sql_name = "type"]
            type_ -> Text,
            price -> Nullable<Numeric>,
            author_id -> Uuid,
            editor_id -> Nullable<Uuid>,
        }
    }
    diesel::table! {
        tags (id) { id -> Int8, name -> Text }
    }
    diesel::table! {
        post_tags (post_id, tag_id) { post_id -> Int8, tag_id -> Int8 }
    }
}

/// The models.
pub mod models {
    use bigdecimal::BigDecimal;
    use restwell_macros::{Choices, Model};
    use uuid::Uuid;

    use crate::schema::{post_tags, posts, tags, users};

    /// What a post is.
    #[derive(Choices, Clone, Copy, Debug)]
    pub enum Kind {
        /// Prose.
        Essay,
        /// Instructions.
        HowTo,
    }

    /// A user.
    #[derive(Model, Clone, Debug)]
    #[model(table = users, has_many(posts: Post, column = author_id))]
    pub struct User {
        /// The key.
        pub id: Uuid,
        /// The name.
        pub name: String,
        /// The hash.
        pub password: String,
    }

    /// A post.
    #[derive(Model, Clone, Debug)]
    #[model(table = posts, belongs_to(author: User), belongs_to(editor: User),
            many_to_many(tags: Tag, through = post_tags))]
    pub struct Post {
        /// The key.
        pub id: i64,
        /// The title.
        pub title: String,
        /// What it is.
        #[model(column = type_)]
        pub r#type: Kind,
        /// What it costs.
        pub price: Option<BigDecimal>,
        /// Who wrote it.
        pub author_id: Uuid,
        /// Who corrected it.
        pub editor_id: Option<Uuid>,
    }

    /// A tag.
    #[derive(Model, Clone, Debug)]
    #[model(table = tags)]
    pub struct Tag {
        /// The key.
        pub id: i64,
        /// The name.
        pub name: String,
    }
}

/// Groups of fields.
pub mod bases {
    use restwell_core::Result;
    use restwell_db::Context;
    use restwell_macros::serializer;

    /// What has a key.
    #[serializer(group)]
    pub struct Keyed {
        #[field(read_only)]
        id: i64,
    }

    /// What has a title.
    #[serializer(group, extends(Keyed), validate(check, check))]
    pub struct Titled {
        /// The title.
        pub title: String,
        #[field(write_only, no_column, default = true)]
        loud: bool,
    }

    fn check(titled: &Titled, _: &mut Context) -> Result<()> {
        let _ = (&titled.title, titled.loud, titled.id);
        Ok(())
    }

    #[serializer(group)]
    struct Unused {
        title: String,
    }
}

use bases::Titled;
use bigdecimal::BigDecimal;
use models::{Kind, Post, Tag, User};
use restwell_core::Result;
use restwell_db::Context;
use restwell_macros::serializer;
use restwell_serializers::{Attrs, Input, Invalid, Representation};
use uuid::Uuid;

#[serializer(model = User, read_only)]
struct UserBrief {
    id: Uuid,
    name: String,
}

/// A user with a password.
#[serializer(model = User, write_only, unknown = "refuse")]
#[derive(Clone, Copy, Debug)]
pub struct Registration {
    #[validate(length(min = 3, max = 150, message = "Between 3 and 150."), slug)]
    #[field(validate = fine)]
    name: String,
    /// Kept as a hash.
    #[field(write_only, trim = false, help_text = "Eight at least.")]
    #[validate(length(min = 8), must_match(other = again))]
    password: String,
    #[field(write_only, no_column)]
    again: String,
}

fn fine(name: &mut String, _: &Context) -> Result<(), Invalid> {
    name.make_ascii_lowercase();
    Ok(())
}

#[serializer(model = Tag)]
struct TagSerializer {
    #[field(read_only)]
    id: i64,
    #[validate(does_not_contain(pattern = ","))]
    name: String,
}

/// A post.
#[serializer(model = Post, extends(Titled), validate = whole)]
pub struct PostSerializer {
    #[field(default_on_create = Kind::Essay)]
    r#type: Kind,
    #[field(name = "Typ", read_only, source = r#type)]
    kind: Kind,
    #[field(max_digits = 6, decimal_places = 2)]
    #[validate(range(min = BigDecimal::from(0)))]
    price: Option<BigDecimal>,
    #[field(nested)]
    author: UserBrief,
    #[field(source = editor.name)]
    editor_name: Option<String>,
    #[field(related, create_only)]
    editor: Option<User>,
    #[field(related, slug = name, as = data, required = false)]
    tags: Vec<TagSerializer>,
    #[field(related, source = tags, read_only, slug = name)]
    labels: Vec<Tag>,
    #[field(count = tags)]
    tag_count: i64,
    #[field(method = shout)]
    shout: String,
}

fn shout(post: &Post, _: &Context) -> String {
    post.title.to_uppercase()
}

fn whole(attrs: &Attrs<'_, PostSerializerInput>, _: &mut Context) -> Result<()> {
    let _ = attrs.changes(Post::F.title);
    Ok(())
}

#[test]
fn serializers_with_everything_compile() {
    assert_eq!(PostSerializer::FIELDS.len(), 12);
    assert_eq!(PostSerializerInput::FIELDS.len(), 13);
    assert_eq!(TagSerializerInput::FIELDS.len(), 2);
    let input = RegistrationInput {
        password: restwell_core::Patch::Value("secret".into()),
        ..RegistrationInput::default()
    };
    assert!(!format!("{input:?}").contains("secret"));
}
