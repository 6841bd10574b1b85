//! Errors of many rows, each at its place.

use std::collections::{BTreeMap, btree_map};

use crate::{Error, FieldErrors, Path, Segment};

/// What is wrong with some of many rows, by their places in the request.
///
/// ```
/// use restwell_core::{Error, RowErrors};
/// let mut errors = RowErrors::new();
/// errors.add(998, Error::field("title", "required", "This field is required."));
/// let error = Error::from(errors);
/// assert_eq!(error.status(), 400);
/// assert_eq!(
///     error.fields().to_json().to_string(),
///     r#"{"998":{"title":["This field is required."]}}"#
/// );
/// ```
#[derive(Debug, Default)]
pub struct RowErrors {
    errors: BTreeMap<usize, Error>,
    list: Option<&'static str>,
}

impl RowErrors {
    /// Nothing is wrong with the rows of a request, which is a list of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing is wrong with the rows of a request that names them in its member `list`, as in
    /// `{"ids": [7, 8]}`. What is wrong with one stands where it is named:
    ///
    /// ```
    /// use restwell_core::{Error, RowErrors};
    /// let mut errors = RowErrors::named_in("ids");
    /// errors.add(1, Error::permission_denied());
    /// let error = Error::from(errors);
    /// assert_eq!(
    ///     error.fields().to_json().to_string(),
    ///     r#"{"ids":{"1":["You do not have permission to perform this action."]}}"#
    /// );
    /// assert_eq!(error.fields().details()[0]["pointer"], "/ids/1");
    /// ```
    pub fn named_in(list: &'static str) -> Self {
        Self {
            errors: BTreeMap::new(),
            list: Some(list),
        }
    }

    /// Adds what is wrong with the row at `place`; of several failures of a row the first counts.
    pub fn add(&mut self, place: usize, error: Error) {
        self.errors.entry(place).or_insert(error);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Whether something is wrong with the row at `place`.
    pub fn contains(&self, place: usize) -> bool {
        self.errors.contains_key(&place)
    }

    /// Whether something of this kind is wrong with any row.
    pub fn any(&self, is_meant: impl Fn(&Error) -> bool) -> bool {
        self.errors.values().any(is_meant)
    }

    /// What is wrong with the row at `place`, taken out.
    pub fn take(&mut self, place: usize) -> Option<Error> {
        self.errors.remove(&place)
    }

    /// Where the row at `place` stands in the request.
    fn path(&self, place: usize) -> Path {
        match self.list {
            Some(list) => Path::from(list).join(place),
            None => Segment::Row(place).into(),
        }
    }

    /// Fails if anything is wrong.
    ///
    /// # Errors
    /// What is wrong.
    pub fn into_result(self) -> crate::Result<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.into())
        }
    }
}

impl IntoIterator for RowErrors {
    type Item = (usize, Error);
    type IntoIter = btree_map::IntoIter<usize, Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl FromIterator<(usize, Error)> for RowErrors {
    fn from_iter<T: IntoIterator<Item = (usize, Error)>>(rows: T) -> Self {
        let mut errors = Self::new();
        for (place, error) in rows {
            errors.add(place, error);
        }
        errors
    }
}

/// The failure of a request that is done for all of its rows or for none.
///
/// It names every row that is wrong, and no other. Its status is that of its rows where they share
/// one; otherwise what one row may not decides before what is wrong with another, as it would in
/// requests of their own. A row that is not there is wrong input of a request that is. A failure of
/// the server's own is that of the whole. Of the details beyond [`MOST_ERRORS`](crate::MOST_ERRORS)
/// each row has its first.
impl From<RowErrors> for Error {
    fn from(mut errors: RowErrors) -> Self {
        let mut fields = FieldErrors::new();
        let mut gravest: Option<Self> = None;
        for (place, mut error) in std::mem::take(&mut errors.errors) {
            if error.is_server_error() {
                return error;
            }
            fields.nest_row(&errors.path(place), of_row(&mut error));
            if gravest.as_ref().is_none_or(|own| rank(&error) < rank(own)) {
                gravest = Some(error);
            }
        }
        match gravest {
            Some(error) if ![400, 404].contains(&error.status()) => Self::new(
                error.status(),
                error.code().to_owned(),
                error.message().to_owned(),
            )
            .with_fields(fields),
            _ => Self::validation(fields),
        }
    }
}

/// What is wrong with the members of a row; where that is the row as a whole, the failure itself.
fn of_row(error: &mut Error) -> FieldErrors {
    if error.fields().is_empty() {
        error.members().into_owned()
    } else {
        error.take_fields()
    }
}

/// What a request about one row would meet first comes first.
fn rank(error: &Error) -> u8 {
    match error.status() {
        401 => 0,
        403 => 1,
        400 | 404 => 2,
        428 => 3,
        412 => 4,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(rows: Vec<(usize, Error)>) -> Error {
        RowErrors::from_iter(rows).into()
    }

    #[test]
    fn rows_that_fail_alike_share_their_failure() {
        let error = whole(vec![
            (4, Error::stale_version()),
            (1, Error::stale_version()),
        ]);
        assert_eq!((error.status(), error.code()), (409, "stale_version"));
        let places = error.fields().iter().map(|error| error.path.pointer());
        assert_eq!(places.collect::<Vec<_>>(), ["/1", "/4"]);
    }

    #[test]
    fn what_is_forbidden_comes_before_what_is_wrong() {
        let wrong = || Error::field("title", "blank", "This field may not be blank.");
        let error = whole(vec![(0, wrong()), (1, Error::permission_denied())]);
        assert_eq!(error.status(), 403);
        assert_eq!(error.fields().len(), 2);
        let error = whole(vec![(0, Error::stale_version()), (1, wrong())]);
        assert_eq!((error.status(), error.code()), (400, "validation_error"));
    }

    #[test]
    fn a_row_that_is_missing_is_wrong_input() {
        let missing =
            Error::not_found().with_fields(FieldErrors::one("id", "does_not_exist", "No."));
        let error = whole(vec![(2, missing)]);
        assert_eq!(error.status(), 400);
        assert_eq!(
            error.fields().to_json().to_string(),
            r#"{"2":{"id":["No."]}}"#
        );
    }

    #[test]
    fn of_many_errors_each_row_has_its_first() {
        for named_in_ids in [false, true] {
            let mut rows = RowErrors::new();
            if named_in_ids {
                rows = RowErrors::named_in("ids");
            }
            for place in 0..3_000 {
                let mut row = FieldErrors::one("a", "first", "First.");
                (0..100).for_each(|at| row.add(Path::from("tags").join(at), "blank", "Blank."));
                rows.add(place, Error::validation(row));
            }
            let error = Error::from(rows);
            let firsts = error.fields().iter().filter(|error| error.code == "first");
            assert_eq!(firsts.count(), 3_000);
            // Nine rows with all of theirs and a part of the tenth, the others with their first.
            assert_eq!(error.fields().len(), 1_000 + 2_990 + 1);
            let last = error.fields().iter().last().expect("an error");
            assert_eq!(
                (last.path.pointer(), &*last.code),
                (String::new(), "more_errors")
            );
        }
    }

    #[test]
    fn what_is_wrong_here_is_nobody_elses() {
        let error = whole(vec![
            (0, Error::permission_denied()),
            (1, Error::internal("x")),
        ]);
        assert_eq!(error.status(), 500);
        assert!(error.fields().is_empty());
    }
}
