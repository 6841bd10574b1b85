//! Suggestions for mistyped names.

/// The candidate that `word` was most likely meant to be, if any is close enough to name.
///
/// ```
/// use restwell_core::nearest;
/// assert_eq!(nearest("statsu", ["status", "title"]), Some("status"));
/// assert_eq!(nearest("colour", ["status", "title"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
