use restwell_core::{Error, Result, RowErrors};

/// The rows of a request, each with its place: those that are still to be done, and what is wrong
/// with the others.
pub(crate) struct Rows<T> {
    live: Vec<(usize, T)>,
    errors: RowErrors,
}

impl<T> Rows<T> {
    /// All of them.
    pub(crate) fn new(rows: Vec<T>) -> Self {
        Self {
            live: rows.into_iter().enumerate().collect(),
            errors: RowErrors::new(),
        }
    }

    /// Goes on with what `work` makes of each row. What it fails with is wrong with that row, a
    /// failure of the server's own with the request.
    pub(crate) fn try_map<U>(self, mut work: impl FnMut(T) -> Result<U>) -> Result<Rows<U>> {
        let mut errors = self.errors;
        let mut live = Vec::with_capacity(self.live.len());
        for (place, row) in self.live {
            match work(row) {
                Ok(row) => live.push((place, row)),
                Err(error) if error.is_server_error() => return Err(error),
                Err(error) => errors.add(place, error),
            }
        }
        Ok(Rows { live, errors })
    }

    /// Goes on with what `work` makes of all rows together.
    pub(crate) fn try_map_all<U>(
        self,
        work: impl FnOnce(Vec<T>) -> Result<Vec<Result<U>>>,
    ) -> Result<Rows<U>> {
        let (places, rows): (Vec<usize>, Vec<T>) = self.live.into_iter().unzip();
        let rows = Rows {
            live: places.into_iter().zip(work(rows)?).collect(),
            errors: self.errors,
        };
        rows.try_map(|outcome| outcome)
    }

    /// The rows, if nothing is wrong with any.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn all(self) -> Result<Vec<T>> {
        self.errors.into_result()?;
        Ok(self.live.into_iter().map(|(_, row)| row).collect())
    }
}

/// The failure of the row at `place`.
pub(crate) fn named(place: usize, error: Error) -> Error {
    RowErrors::from_iter([(place, error)]).into()
}
