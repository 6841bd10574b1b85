use std::io::{self, BufRead, Read};

use restwell_core::{Error, ErrorBudget, Result};
use restwell_serializers::{Draft, Input, parse_one};

/// How many bytes a line may have.
const LONGEST: u64 = 1_048_576;
/// How many bytes of lines are read together.
const MOST_BYTES: usize = 1_048_576;

/// How many nested rows lines may have that are read together: each takes more memory than bytes.
const MOST_NESTED: usize = 10_000;

/// The lines of a body of newline-delimited JSON, part by part.
pub(crate) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    /// Which line of the body that is, counted from 1, those without content too.
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            line: Vec::new(),
            number: 0,
        }
    }

    /// The next rows, at most so many, and none at the end alone. Lines without content are passed
    /// over.
    ///
    /// # Errors
    /// 413 when a line is too long to be a row; 503 when the body cannot be read.
    pub(crate) fn next_rows<I: Input>(&mut self, most: usize) -> Result<Vec<Result<Draft<I>>>> {
        let mut rows = Vec::new();
        let (mut bytes, mut nested) = (0, 0);
        let mut budget = ErrorBudget::new();
        let is_full =
            |rows, bytes, nested| rows >= most || bytes >= MOST_BYTES || nested >= MOST_NESTED;
        while !is_full(rows.len(), bytes, nested) && self.read()? {
            // Without content a line counts for nothing: no rows are the end.
            if !self.line.is_empty() {
                bytes += self.line.len();
                let mut row = parse_one(&self.line).map_err(|error| self.unread(&error));
                if let Ok(draft) = &mut row {
                    nested += draft.nested_rows();
                    draft.charge(&mut budget);
                }
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// Whether there is another line.
    fn read(&mut self) -> Result<bool> {
        self.line.clear();
        self.number += 1;
        let mut reader = self.reader.by_ref().take(LONGEST + 1);
        let length = reader.read_until(b'\n', &mut self.line).map_err(away)?;
        if length as u64 > LONGEST {
            let number = self.number;
            let message =
                format!("Line {number} of the request body is longer than {LONGEST} bytes.");
            return Err(Error::new(413, "payload_too_large", message));
        }
        // Where a parser finds fault is then in its first line.
        self.line.truncate(self.line.trim_ascii_end().len());
        Ok(length > 0)
    }

    /// What is wrong with a line that is not JSON, whose parser knows no other line.
    fn unread(&self, error: &Error) -> Error {
        let message = error.message().replace(" at line 1 column ", " at column ");
        Error::parse(format!("Line {}: {message}", self.number))
    }
}

fn away(error: io::Error) -> Error {
    Error::unavailable().with_source(error)
}
