//! Slugs: the part of a URL that says in words what it leads to.

use restwell_core::Result;
use uuid::Uuid;

use crate::{Context, Field, Model, QuerySet};

/// How many numbered slugs are tried before a random one.
const NUMBERED: usize = 20;
/// The room that a suffix may need.
const SUFFIX: usize = 10;

/// `text` in lower-case ASCII letters, digits and hyphens, at most `max` of them. Other scripts
/// are transliterated; a text of which nothing remains becomes `item`.
///
/// ```
/// use restwell_db::slugify;
/// assert_eq!(slugify("Crème brûlée, à la maison!", 220), "creme-brulee-a-la-maison");
/// assert_eq!(slugify("Привет, мир", 220), "privet-mir");
/// assert_eq!(slugify("!!!", 220), "item");
/// ```
pub fn slugify(text: &str, max: usize) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in deunicode::deunicode(text).chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') && letter != '\'' {
            slug.push('-');
        }
    }
    slug.truncate(max);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "item".to_owned()
    } else {
        slug.to_owned()
    }
}

/// `text` as a slug that none of `rows` has in `field`: the slug itself, or one with a number
/// behind it, or, where many are taken, one with a random suffix. One query.
///
/// Between this and the insert another may take it; the unique constraint decides.
///
/// # Errors
/// 503 when the database is away.
pub fn unique_slug<M: Model>(
    cx: &mut Context,
    rows: QuerySet<M>,
    field: Field<M, String>,
    text: &str,
    max: usize,
) -> Result<String> {
    let base = slugify(text, max.saturating_sub(SUFFIX));
    let numbered = (2..=NUMBERED).map(|number| format!("{base}-{number}"));
    let mut candidates: Vec<String> = std::iter::once(base.clone()).chain(numbered).collect();
    let taken = rows
        .filter(field.in_(candidates.clone()))
        .values(field, cx)?;
    candidates.retain(|candidate| !taken.contains(candidate));
    Ok(candidates.into_iter().next().unwrap_or_else(|| {
        let random = Uuid::new_v4().simple().to_string();
        format!("{base}-{}", &random[..SUFFIX - 1])
    }))
}
