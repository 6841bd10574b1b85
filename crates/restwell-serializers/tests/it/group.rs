//! Fields that several serializers take in.

/// The groups, apart from where they are taken in.
mod bases {
    use chrono::{DateTime, Utc};
    use restwell_core::{Error, Result};
    use restwell_db::Context;
    use restwell_macros::serializer;

    /// When a row was made and changed.
    #[serializer(group, last)]
    pub struct Timestamps {
        /// When it was made.
        #[field(read_only)]
        pub created_at: DateTime<Utc>,
        #[field(read_only, name = "changed_at")]
        pub updated_at: DateTime<Utc>,
    }

    #[serializer(group, validate = no_shouting, unknown = "refuse")]
    pub(crate) struct Titled {
        #[validate(length(max = 20))]
        #[field(validate = crate::group::bases::capital)]
        pub title: String,
        #[field(required = false)]
        pub views: i32,
    }

    pub(crate) fn capital(title: &mut String, _: &Context) -> Result<(), crate::Invalid> {
        if title.starts_with(char::is_lowercase) {
            return Err("Begin with a capital letter.".into());
        }
        *title = title.replace('!', ".");
        Ok(())
    }

    fn no_shouting(titled: &Titled, _: &mut Context) -> Result<()> {
        let loud = titled
            .title
            .as_ref()
            .is_some_and(|title| title.to_uppercase() == *title);
        if loud && titled.views > Some(10) {
            return Err(Error::field("title", "loud", "Do not shout."));
        }
        Ok(())
    }

    #[serializer(group, extends(Titled, Timestamps), validate = of_some_length)]
    pub(crate) struct Article {
        #[field(read_only)]
        pub id: i64,
        #[field(write_only, no_column)]
        pub notify: Option<bool>,
    }

    fn of_some_length(article: &Article, _: &mut Context) -> Result<()> {
        if article.notify == Some(true) && article.title.as_ref().is_some_and(|t| t.len() < 4) {
            return Err(Error::field("notify", "short", "Too short to tell of."));
        }
        Ok(())
    }
}

use restwell_core::{Error, Result};
use restwell_db::Context;
use restwell_macros::serializer;
use restwell_serializers::{Attrs, Mode, Representation};

use self::bases::{Article, Timestamps};
use crate::blog::{Post, Status, post, user, user_key};
use crate::database::{Database, all, read, refused, shown};

#[serializer(model = Post, extends(Article), validate = not_closed)]
pub(crate) struct PostSerializer {
    #[field(default = Status::Draft)]
    pub(crate) status: Status,
}

fn not_closed(attrs: &Attrs<'_, PostSerializerInput>, _: &mut Context) -> Result<()> {
    if attrs.get(Post::F.status) == Some(Status::InReview) {
        return Err(Error::field("status", "closed", "In review."));
    }
    Ok(())
}

#[serializer(model = Post, extends(bases::Titled, Timestamps), read_only)]
pub(crate) struct PostBrief {
    /// Shown as it is.
    #[field(source = slug)]
    pub(crate) title: String,
}

#[test]
fn the_fields_of_groups_come_first_or_last_and_can_be_declared_anew() {
    let names = |fields: &[restwell_serializers::FieldMeta]| -> Vec<&str> {
        fields.iter().map(|field| field.name).collect()
    };
    assert_eq!(
        names(PostSerializer::FIELDS),
        ["title", "views", "id", "created_at", "changed_at", "status"]
    );
    assert_eq!(
        names(PostBrief::FIELDS),
        ["views", "title", "created_at", "changed_at"]
    );
    let database = Database::new();
    let mut cx = database.context();
    user(&mut cx, 1, "ann");
    post(&mut cx, "One Two", user_key(1), None);
    let rows = all::<Post>(&mut cx);
    let (text, _) = shown::<PostBrief>(&mut cx, &rows, "");
    assert_eq!(
        text,
        concat!(
            r#"[{"views":0,"title":"one-two","created_at":"2026-01-15T10:30:00.123456Z","#,
            r#""changed_at":"2026-01-15T10:30:00.123456Z"}]"#
        )
    );
}

#[test]
fn the_checks_and_options_of_groups_apply() {
    let database = Database::new();
    let mut cx = database.context();
    assert_eq!(
        refused::<PostSerializerInput>(&mut cx, r#"{"title":"abc","other":1}"#),
        r#"{"title":["Begin with a capital letter."],"other":["Unexpected field."]}"#
    );
    assert_eq!(
        refused::<PostSerializerInput>(
            &mut cx,
            r#"{"title":"ABC","views":11,"notify":true,"status":"in-review"}"#
        ),
        concat!(
            r#"{"title":["Do not shout."],"notify":["Too short to tell of."],"#,
            r#""status":["In review."]}"#
        )
    );
}

#[test]
fn a_group_checks_the_row_and_the_change_together() {
    let database = Database::new();
    let mut cx = database.context();
    user(&mut cx, 1, "ann");
    let row = post(&mut cx, "LOUD", user_key(1), None);
    let change = |cx: &mut Context, body: &str| {
        read::<PostSerializerInput>(cx, body, Some(&row), Mode::PartialUpdate).expect("JSON")
    };
    let errors = change(&mut cx, r#"{"views":50}"#).expect_err("a loud title");
    assert_eq!(
        errors.to_json().to_string(),
        r#"{"title":["Do not shout."]}"#
    );
    let quiet = change(&mut cx, r#"{"views":50,"title":"Quiet!"}"#).expect("a quiet title");
    assert_eq!(quiet.get(Post::F.title).as_deref(), Some("Quiet."));
    assert_eq!(quiet.get(Post::F.status), None);
}
