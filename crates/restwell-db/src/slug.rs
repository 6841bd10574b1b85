//! Slugs: the part of a URL that says in words what it leads to.

use restwell_core::Result;
use uuid::Uuid;

use crate::{Context, Field, Model, QuerySet};

mod fill;
mod foresight;

pub(crate) use fill::blanks;
pub(crate) use foresight::Foresight;

/// How many numbered slugs are tried before a random one.
const NUMBERED: usize = 20;
/// The room that a suffix may need.
const SUFFIX: usize = 10;

/// `text` as Django's `slugify` writes it: in lower-case ASCII letters, digits, underscores and
/// hyphens, which stand for white space, without the other marks, at most `max` of them. Other
/// scripts are transliterated, where Django drops them; a text of which nothing remains becomes
/// `item`.
///
/// ```
/// use restwell_db::slugify;
/// assert_eq!(slugify("Crème brûlée, à la maison!", 220), "creme-brulee-a-la-maison");
/// assert_eq!(slugify("snake_case -- isn't 1.0", 220), "snake_case-isnt-10");
/// assert_eq!(slugify("Привет, мир", 220), "privet-mir");
/// assert_eq!(slugify("!!!", 220), "item");
/// ```
pub fn slugify(text: &str, max: usize) -> String {
    const ENDS: [char; 2] = ['-', '_'];
    let mut slug = String::with_capacity(text.len());
    for letter in deunicode::deunicode(text).chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            slug.push(letter.to_ascii_lowercase());
        } else if (letter == '-' || letter.is_ascii_whitespace()) && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_start_matches(ENDS);
    let slug = slug[..slug.len().min(max)].trim_end_matches(ENDS);
    if slug.is_empty() {
        "item".to_owned()
    } else {
        slug.to_owned()
    }
}

/// `text` as a slug that none of `rows` has in `field`: the slug itself, or one with a number
/// behind it, or, where many are taken, one with a random suffix. One query, or one for the whole
/// batch where a request makes many rows at once.
///
/// It is for slugs of what is no column of the row, made by `default_with`. Those of a column are
/// made by `#[model(slug(source = title))]`.
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
    let mut candidates = candidates(text, max);
    let asked = rows.clone().subselect(field);
    if cx
        .foresight()
        .notes(M::META, field.column(), &asked, &candidates)
    {
        return Ok(candidates.swap_remove(0));
    }
    let taken = match cx.foresight().taken(&asked, &candidates) {
        Some(taken) => taken,
        None => rows
            .filter(field.in_(candidates.clone()))
            .values(field, cx)?,
    };
    let slug = first_free(candidates, |candidate| taken.contains(candidate));
    cx.foresight().give(field.column(), &slug);
    Ok(slug)
}

/// The slug of `text`, and the same with numbers behind it.
fn candidates(text: &str, max: usize) -> Vec<String> {
    let base = slugify(text, max.saturating_sub(SUFFIX));
    let numbered = (2..=NUMBERED).map(|number| [base.as_str(), "-", &number.to_string()].concat());
    std::iter::once(base.clone()).chain(numbered).collect()
}

/// The first candidate that is not taken, or the slug with something random behind it.
fn first_free(candidates: Vec<String>, is_taken: impl Fn(&String) -> bool) -> String {
    let base = candidates.first().cloned().unwrap_or_default();
    let free = candidates.into_iter().find(|slug| !is_taken(slug));
    free.unwrap_or_else(|| {
        let random = Uuid::new_v4().simple().to_string();
        format!("{base}-{}", &random[..SUFFIX - 1])
    })
}
