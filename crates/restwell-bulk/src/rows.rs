use restwell_core::{Error, Result, RowErrors};
use restwell_db::Context;
use restwell_serializers::input::{Saved, undone_if_refused};

/// The rows of a request, each with its place: those that are still to be done, and what is wrong
/// with the others.
pub(crate) struct Rows<T> {
    live: Vec<(usize, T)>,
    errors: RowErrors,
}

impl<T> Rows<T> {
    /// All of them.
    pub(crate) fn new(rows: Vec<T>) -> Self {
        Self::at(0, rows)
    }

    /// Those from a place on.
    pub(crate) fn at(place: usize, rows: Vec<T>) -> Self {
        Self {
            live: (place..).zip(rows).collect(),
            errors: RowErrors::new(),
        }
    }

    /// Those that a request names in its member `list`.
    pub(crate) fn named_in(list: &'static str, rows: Vec<T>) -> Self {
        Self {
            errors: RowErrors::named_in(list),
            ..Self::new(rows)
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

    /// The rows that are to be done.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.live.iter().map(|(_, row)| row)
    }

    /// Whether something of this kind is wrong with any row.
    pub(crate) fn has_error(&self, is_meant: impl Fn(&Error) -> bool) -> bool {
        self.errors.any(is_meant)
    }

    /// Whether no row is to be done.
    pub(crate) fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    /// Takes out the rows that are to be done and for which `is_meant` holds.
    pub(crate) fn extract(&mut self, is_meant: impl Fn(&T) -> bool) -> Self {
        let rows = self.live.extract_if(.., |(_, row)| is_meant(row));
        Self {
            live: rows.collect(),
            errors: RowErrors::new(),
        }
    }

    /// Takes over what is wrong with other rows of the request.
    pub(crate) fn take_errors<U>(&mut self, other: &mut Rows<U>) {
        for (place, error) in std::mem::take(&mut other.errors) {
            self.errors.add(place, error);
        }
    }

    /// Takes in other rows of the request.
    pub(crate) fn join(&mut self, mut other: Self) {
        self.take_errors(&mut other);
        self.live.append(&mut other.live);
    }

    /// The same rows, unless something is wrong with any and `partial` is not enough.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn unless_wrong(mut self, partial: bool) -> Result<Self> {
        self.stop_if_wrong(partial)?;
        Ok(self)
    }

    /// Fails if something is wrong with any row and `partial` is not enough.
    fn stop_if_wrong(&mut self, partial: bool) -> Result<()> {
        if partial || self.errors.is_empty() {
            return Ok(());
        }
        std::mem::take(&mut self.errors).into_result()
    }

    /// The rows, each in its place, or what is wrong with it.
    pub(crate) fn into_outcomes(self) -> Vec<Result<T>> {
        let errors = self.errors.into_iter();
        let mut outcomes: Vec<(usize, Result<T>)> =
            errors.map(|(place, error)| (place, Err(error))).collect();
        outcomes.extend(self.live.into_iter().map(|(place, row)| (place, Ok(row))));
        outcomes.sort_by_key(|(place, _)| *place);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }
}

/// How rows are written together: all of them or none, and if none, for which of them.
pub(crate) trait Write<T> {
    /// What becomes of a row.
    type Output;

    /// Whether rows can be written together. Those of a viewset that writes by itself cannot.
    const TOGETHER: bool;

    fn write(&self, rows: &mut [&mut T], cx: &mut Context) -> Result<Saved<Self::Output>>;
}

impl<T> Rows<T> {
    /// Writes the rows, in a transaction that is open: all of them, or, if `partial`, those that can
    /// be.
    ///
    /// # Errors
    /// What is wrong with the rows, unless `partial`; failures of the server's own.
    pub(crate) fn write<W: Write<T>>(
        self,
        writer: &W,
        partial: bool,
        cx: &mut Context,
    ) -> Result<Rows<W::Output>> {
        let mut done = Rows {
            live: Vec::with_capacity(self.live.len()),
            errors: self.errors,
        };
        let size = if W::TOGETHER { self.live.len() } else { 1 };
        let mut rest = self.live.into_iter().peekable();
        while rest.peek().is_some() {
            let part: Vec<_> = rest.by_ref().take(size).collect();
            done.settle(part, writer, partial, cx)?;
        }
        done.live.sort_by_key(|(place, _)| *place);
        Ok(done)
    }

    /// Writes `rows` in a savepoint, again without those that are refused, and, where nobody says
    /// which is, half by half.
    fn settle<U, W: Write<U, Output = T>>(
        &mut self,
        mut rows: Vec<(usize, U)>,
        writer: &W,
        partial: bool,
        cx: &mut Context,
    ) -> Result<()> {
        while !rows.is_empty() {
            let mut errors = match write_together(&mut rows, writer, cx) {
                Ok(Ok(written)) => {
                    let places = rows.into_iter().map(|(place, _)| place);
                    self.live.extend(places.zip(written));
                    return Ok(());
                }
                Ok(Err(errors)) => errors,
                Err(error) if error.is_server_error() => return Err(error),
                Err(error) if rows.len() == 1 => RowErrors::from_iter([(0, error)]),
                Err(_) => {
                    let later = rows.split_off(rows.len() / 2);
                    self.settle(rows, writer, partial, cx)?;
                    return self.settle(later, writer, partial, cx);
                }
            };
            let mut place_in_part = 0;
            rows.retain(|(place, _)| {
                let error = errors.take(place_in_part);
                place_in_part += 1;
                error.map(|error| self.errors.add(*place, error)).is_none()
            });
            self.stop_if_wrong(partial)?;
        }
        Ok(())
    }
}

/// Writes rows in a savepoint, which is undone when some are refused.
fn write_together<U, W: Write<U>>(
    rows: &mut [(usize, U)],
    writer: &W,
    cx: &mut Context,
) -> Result<Saved<W::Output>> {
    let mut rows: Vec<&mut U> = rows.iter_mut().map(|(_, row)| row).collect();
    undone_if_refused(cx, |cx| writer.write(&mut rows, cx))
}
