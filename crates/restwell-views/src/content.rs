use std::fs::File;
use std::io::{self, Write};

use restwell_core::{Error, Result, Spool};

/// What an answer consists of, in JSON or another format: bytes, and between them, where they are
/// many, a file. It is sent from there piece by piece, no faster than the client reads, when its
/// request has let go of connection and thread.
///
/// Bytes become content by [`into`](Into), and what is too long for memory by a [`ContentWriter`].
#[derive(Clone, Debug)]
pub struct Content {
    pub(crate) head: Vec<u8>,
    pub(crate) file: Option<Written>,
    /// Empty without a file.
    pub(crate) tail: Vec<u8>,
}

/// A file and its length.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) spool: Spool,
    pub(crate) length: u64,
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            head: bytes,
            file: None,
            tail: Vec::new(),
        }
    }
}

impl Content {
    /// The same between `head` and `tail`.
    #[must_use]
    pub fn between(self, head: Vec<u8>, tail: &[u8]) -> Self {
        let mut content = self.behind(head);
        content.end().extend_from_slice(tail);
        content
    }

    /// The same behind `head`.
    pub(crate) fn behind(mut self, mut head: Vec<u8>) -> Self {
        head.extend_from_slice(&self.head);
        self.head = head;
        self
    }

    /// Where more can be appended.
    pub(crate) fn end(&mut self) -> &mut Vec<u8> {
        if self.file.is_some() {
            &mut self.tail
        } else {
            &mut self.head
        }
    }

    /// All of it, where it is in memory.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        self.file.is_none().then_some(&self.head)
    }

    /// How many bytes it has.
    pub(crate) fn length(&self) -> u64 {
        let in_file = self.file.as_ref().map_or(0, |file| file.length);
        in_file + (self.head.len() + self.tail.len()) as u64
    }
}

/// Writes content whose length nobody knows beforehand, such as an export: what is appended to the
/// [`buffer`](Self::buffer) [spills](Self::spill) into a file once it is long, so that memory does
/// not grow with it. The file has no name, and is gone with the content or the writer. An answer in a
/// file is kept under no `Idempotency-Key`: with one it becomes 400 `answer_too_long`.
///
/// ```
/// # use restwell_views::{ContentWriter, Reply};
/// # fn pages() -> [Vec<i64>; 2] { [vec![1, 2], vec![3]] }
/// # fn main() -> restwell_core::Result<()> {
/// let mut writer = ContentWriter::new();
/// for page in pages() {
///     for number in page {
///         writer.buffer().extend_from_slice(format!("{number}\r\n").as_bytes());
///     }
///     writer.spill()?;
/// }
/// let reply = Reply::raw("text/csv", writer.finish());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct ContentWriter {
    buffer: Vec<u8>,
    file: Option<(File, u64)>,
}

impl ContentWriter {
    /// How many bytes are left in memory.
    const MOST: usize = 1 << 20;

    /// Nothing so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where the next bytes are appended.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Moves the bytes of the buffer into the file, where they are more than 1 MiB: to be called
    /// now and then.
    ///
    /// # Errors
    /// 503 when there is no room for them.
    pub fn spill(&mut self) -> Result<()> {
        if self.buffer.len() <= Self::MOST {
            return Ok(());
        }
        self.write_out()
            .map_err(|error| Error::unavailable().with_source(error))
    }

    fn write_out(&mut self) -> io::Result<()> {
        let (file, length) = match &mut self.file {
            Some(file) => file,
            none => none.insert((tempfile::tempfile()?, 0)),
        };
        file.write_all(&self.buffer)?;
        *length += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// What was written.
    #[must_use]
    pub fn finish(self) -> Content {
        let Some((file, length)) = self.file else {
            return self.buffer.into();
        };
        let spool = Spool::new(file);
        Content {
            head: Vec::new(),
            file: Some(Written { spool, length }),
            tail: self.buffer,
        }
    }
}
