//! Slugs: the part of a URL that says in words what it leads to.

mod fill;

use uuid::Uuid;

pub(crate) use fill::blanks;

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
    free.unwrap_or_else(|| unlike_others(&base))
}

/// The slug with something random behind it.
fn unlike_others(base: &str) -> String {
    let random = Uuid::new_v4().simple().to_string();
    format!("{base}-{}", &random[..SUFFIX - 1])
}
