use crate::{FieldErrors, MOST_ERRORS};

/// How many errors of the rows of one request may still be told, so that no more of them are kept.
///
/// ```
/// use restwell_core::{ErrorBudget, FieldErrors, Path};
/// let mut budget = ErrorBudget::new();
/// let mut told = 0;
/// for _ in 0..100 {
///     let mut row = FieldErrors::new();
///     (0..100).for_each(|at| row.add(Path::from("tags").join(at), "blank", "Blank."));
///     budget.charge(&mut row);
///     told += row.iter().filter(|error| error.code == "blank").count();
/// }
/// assert_eq!(told, 1_000 + 90, "ten rows with all of theirs, the others with their first");
/// ```
#[derive(Debug)]
pub struct ErrorBudget(usize);

impl ErrorBudget {
    /// That of a whole request.
    pub fn new() -> Self {
        Self(MOST_ERRORS)
    }

    /// Keeps of the errors of one row as many as may be told, at least the first.
    pub fn charge(&mut self, row: &mut FieldErrors) {
        self.charge_except(row, |_| false);
    }

    /// Keeps of the errors of one row as many as may be told, at least the first, and beyond them the
    /// first of each member that `is_needed`.
    pub fn charge_except(&mut self, row: &mut FieldErrors, is_needed: impl Fn(&str) -> bool) {
        row.thin(self.0.max(1), is_needed);
        self.0 = self.0.saturating_sub(row.len());
    }
}

impl Default for ErrorBudget {
    fn default() -> Self {
        Self::new()
    }
}
