//! Bodies that are kept in files.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek};
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// A body, of a request or an answer, that may be longer than memory should be: a file that nobody
/// else knows, and that is gone with the last clone.
#[derive(Clone)]
pub struct Spool(Arc<File>);

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spool")
    }
}

impl Spool {
    /// What was written to `file`.
    pub fn new(file: File) -> Self {
        Self(Arc::new(file))
    }

    /// What tells its contents from others (SHA-256).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn digest(&self) -> io::Result<Vec<u8>> {
        let mut hash = Sha256::new();
        let mut reader = self.reader()?;
        loop {
            let piece = reader.fill_buf()?;
            if piece.is_empty() {
                return Ok(hash.finalize().to_vec());
            }
            hash.update(piece);
            let length = piece.len();
            reader.consume(length);
        }
    }

    /// Reads it from its beginning. It has one reader at a time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn reader(&self) -> io::Result<BufReader<&File>> {
        let mut file = &*self.0;
        file.rewind()?;
        Ok(BufReader::with_capacity(65_536, file))
    }

    /// The file, from its beginning.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn into_file(self) -> io::Result<File> {
        let mut file = Arc::try_unwrap(self.0).or_else(|shared| shared.try_clone())?;
        file.rewind()?;
        Ok(file)
    }
}
