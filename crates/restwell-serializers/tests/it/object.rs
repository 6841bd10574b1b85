//! The object as a whole: order of the checks, sight of the row behind a change, taken values.

use restwell_core::{Error, FieldErrors, Result};
use restwell_db::{Context, Model as _};
use restwell_macros::serializer;
use restwell_serializers::{Attrs, Mode, Validated};

use crate::blog::{Category, Post, Status, Tag, category, post, tag, user, user_key};
use crate::database::{Database, read};

#[serializer(model = Post, validate(dated_when_published, not_too_popular))]
struct PostSerializer {
    #[validate(length(max = 10))]
    title: String,
    #[validate(slug)]
    slug: String,
    #[field(default = Status::Draft)]
    status: Status,
    #[field(required = false)]
    views: i32,
    published_at: Option<chrono::DateTime<chrono::Utc>>,
    #[field(related, required = false)]
    tags: Vec<Tag>,
}

fn dated_when_published(attrs: &Attrs<'_, PostSerializerInput>, _: &mut Context) -> Result<()> {
    let published = attrs.get(Post::F.status) == Some(Status::Published);
    if published && attrs.get(Post::F.published_at).flatten().is_none() {
        return Err(Error::field("published_at", "required", "Say when."));
    }
    Ok(())
}

fn not_too_popular(attrs: &Attrs<'_, PostSerializerInput>, cx: &mut Context) -> Result<()> {
    match attrs.get(Post::F.views) {
        Some(1_000) => Err(Error::conflict("busy", "Come back later.")),
        Some(500) => Err(Error::permission_denied()),
        Some(views) if views > 100 => {
            assert_eq!(cx.now().timestamp(), 1_768_473_000);
            let mut errors = FieldErrors::new();
            errors.add_non_field("popular", "Too popular.");
            errors.add("views", "popular", "Fewer.");
            Err(errors.into())
        }
        _ => Ok(()),
    }
}

#[serializer(model = Category)]
struct CategorySerializer {
    name: String,
    slug: String,
}

fn attempt(
    cx: &mut Context,
    body: &str,
    row: Option<&Post>,
) -> Result<Result<Validated<PostSerializerInput>, FieldErrors>> {
    let mode = if row.is_some() {
        Mode::PartialUpdate
    } else {
        Mode::Create
    };
    read(cx, body, row, mode)
}

fn errors(cx: &mut Context, body: &str, row: Option<&Post>) -> String {
    match attempt(cx, body, row).expect("JSON") {
        Ok(_) => "{}".to_owned(),
        Err(errors) => errors.to_json().to_string(),
    }
}

#[test]
fn the_object_is_judged_when_nothing_else_is_wrong() {
    let database = Database::new();
    let mut cx = database.context();
    for (body, expected) in [
        (
            r#"{"title":"T","slug":"s","status":"published"}"#,
            r#"{"published_at":["Say when."]}"#,
        ),
        (
            r#"{"title":"Too long a title","slug":"s","status":"published"}"#,
            r#"{"title":["Ensure this field has no more than 10 characters."]}"#,
        ),
        (
            r#"{"title":"T","slug":"s","status":"published","tags":[7]}"#,
            r#"{"tags":{"0":["Invalid pk \"7\" - object does not exist."]}}"#,
        ),
        (
            r#"{"slug":"s","status":"published"}"#,
            r#"{"title":["This field is required."]}"#,
        ),
        (
            r#"{"title":"T","slug":"s","views":101}"#,
            r#"{"views":["Fewer."],"non_field_errors":["Too popular."]}"#,
        ),
        (
            r#"{"title":"T","slug":"s","views":101,"status":"published"}"#,
            concat!(
                r#"{"views":["Fewer."],"published_at":["Say when."],"#,
                r#""non_field_errors":["Too popular."]}"#
            ),
        ),
    ] {
        assert_eq!(errors(&mut cx, body, None), expected, "{body}");
    }
}

#[test]
fn a_check_may_fail_with_any_status() {
    let database = Database::new();
    let mut cx = database.context();
    for (views, status) in [(500, 403), (1_000, 409)] {
        let body = format!(r#"{{"title":"T","slug":"s","views":{views}}}"#);
        let error = attempt(&mut cx, &body, None).expect_err("a failure");
        assert_eq!(error.status(), status);
    }
}

#[test]
fn a_change_is_judged_with_the_row_behind_it() {
    let database = Database::new();
    let mut cx = database.context();
    user(&mut cx, 1, "ann");
    let row = post(&mut cx, "Old", user_key(1), None);
    assert_eq!(
        errors(&mut cx, r#"{"status":"published"}"#, Some(&row)),
        r#"{"published_at":["Say when."]}"#
    );
    let dated = r#"{"status":"published","published_at":"2024-01-02T00:00:00Z"}"#;
    let change = attempt(&mut cx, dated, Some(&row))
        .expect("JSON")
        .expect("a sound body");
    let change = change.for_row(Post::objects(), row.id, None);
    let row = change.save(&mut cx).expect("a change");
    assert_eq!(errors(&mut cx, r#"{"title":"New"}"#, Some(&row)), "{}");
    assert_eq!(
        errors(&mut cx, r#"{"published_at":null}"#, Some(&row)),
        r#"{"published_at":["Say when."]}"#
    );
    assert_eq!(
        errors(
            &mut cx,
            r#"{"published_at":null,"status":"draft"}"#,
            Some(&row)
        ),
        "{}"
    );
}

#[test]
fn taken_values_are_reported_with_the_other_errors() {
    let database = Database::new();
    let mut cx = database.context();
    category(&mut cx, "News");
    let row = category(&mut cx, "Sport");
    let mut check = |body: &str, row: Option<&Category>| {
        let mode = if row.is_some() {
            Mode::PartialUpdate
        } else {
            Mode::Create
        };
        let read = read::<CategorySerializerInput>(&mut cx, body, row, mode).expect("JSON");
        match read {
            Err(errors) => errors.to_json().to_string(),
            Ok(sound) => {
                let sound = match row {
                    Some(row) => sound.for_row(Category::objects(), row.id, None),
                    None => sound,
                };
                let saved = sound.save(&mut cx);
                saved.map_or_else(
                    |error| format!("{} {}", error.status(), error.fields().to_json()),
                    |row| format!("{} {}", row.name, row.slug),
                )
            }
        }
    };
    let taken = "category with this";
    assert_eq!(
        check(r#"{"name":"News","slug":""}"#, None),
        format!(
            r#"{{"name":["{taken} name already exists."],"slug":["This field may not be blank."]}}"#
        )
    );
    // The database alone can tell in a race, so a sound input is left to it.
    assert_eq!(
        check(r#"{"name":"News","slug":"n"}"#, None),
        format!(r#"400 {{"name":["{taken} name already exists."]}}"#)
    );
    assert_eq!(
        check(r#"{"slug":"news"}"#, Some(&row)),
        format!(r#"400 {{"slug":["{taken} slug already exists."]}}"#)
    );
    assert_eq!(
        check(r#"{"name":"Sport","slug":""}"#, Some(&row)),
        r#"{"slug":["This field may not be blank."]}"#
    );
    assert_eq!(check(r#"{"name":"Sport"}"#, Some(&row)), "Sport sport");
}

#[test]
fn a_sound_create_asks_nothing_before_it_inserts() {
    let database = Database::new();
    let mut cx = database.context();
    tag(&mut cx, "rust");
    let before = cx.statements();
    let body = r#"{"name":"Art","slug":"art"}"#;
    let read = read::<CategorySerializerInput>(&mut cx, body, None, Mode::Create);
    let sound = read.expect("JSON").expect("a sound body");
    assert_eq!(cx.statements() - before, 0);
    sound.save(&mut cx).expect("a row");
    assert_eq!(cx.statements() - before, 1);
}

#[test]
fn a_stale_version_is_told_by_where_it_was_named() {
    let database = Database::new();
    let mut cx = database.context();
    user(&mut cx, 1, "ann");
    let row = post(&mut cx, "Old", user_key(1), None);
    let mut change = |body: &str, precondition| {
        let read = attempt(&mut cx, body, Some(&row))
            .expect("JSON")
            .expect("a sound body");
        let change = read.for_row(Post::objects(), row.id, precondition);
        change
            .save(&mut cx)
            .map_or_else(|error| error.status().into(), |row| row.version)
    };
    assert_eq!(change(r#"{"title":"A","version":9}"#, None), 409);
    assert_eq!(change(r#"{"title":"A"}"#, Some(9)), 412);
    assert_eq!(change(r#"{"title":"A","version":1}"#, Some(1)), 2);
    assert_eq!(change(r#"{"title":"B"}"#, None), 3);
}
