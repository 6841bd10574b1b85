use restwell_core::{Error, FieldErrors, QueryString, Result, nearest};

/// How many unknown parameters one answer names.
const MOST_UNKNOWN: usize = 10;

/// Refuses a query that names anything but the parameters `allowed`: for endpoints without
/// [`Filters`](crate::Filters).
///
/// # Errors
/// 400 that names what is unknown, and what is allowed.
pub fn refuse_unknown(query: &QueryString, allowed: &[&str]) -> Result<()> {
    let mut unknown = names(query);
    unknown.retain(|name| !allowed.contains(name));
    let mut errors = FieldErrors::new();
    refuse(&unknown, allowed.to_vec(), &mut errors);
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::validation(errors)),
    }
}

/// The names of the parameters, each once.
pub(crate) fn names(query: &QueryString) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in query.iter() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Says of each parameter that it is unknown, and which are not.
pub(crate) fn refuse(unknown: &[&str], mut allowed: Vec<&str>, errors: &mut FieldErrors) {
    allowed.sort_unstable();
    allowed.dedup();
    for name in unknown.iter().take(MOST_UNKNOWN) {
        let meant = nearest(name, allowed.iter().copied())
            .map(|meant| format!(" Did you mean \"{meant}\"?"))
            .unwrap_or_default();
        let allowed = allowed.join(", ");
        errors.add(
            (*name).to_owned(),
            "unknown_filter",
            format!("Unknown filter.{meant} Allowed: {allowed}."),
        );
    }
}
