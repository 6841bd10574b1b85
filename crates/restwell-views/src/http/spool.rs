use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;
use restwell_core::{Error, Result, Spool};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much is written to the file at once.
const BUFFER: usize = 262_144;

/// How bodies are received into files.
pub(crate) struct Spools {
    /// How many bytes must come in a second, on the whole.
    pub(crate) rate: u64,
    places: Arc<Semaphore>,
}

impl Spools {
    pub(crate) fn new(rate: u64, most: usize) -> Self {
        Self {
            rate: rate.max(1),
            places: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
        }
    }

    pub(crate) fn set_rate(&mut self, rate: u64) {
        self.rate = rate.max(1);
    }

    pub(crate) fn set_places(&mut self, most: usize) {
        *self = Self::new(self.rate, most);
    }

    /// A place for a body.
    ///
    /// # Errors
    /// 503 when all are taken.
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit> {
        let place = self.places.clone().try_acquire_owned();
        place.map_err(|_| Error::unavailable().with_source("too many bodies are in files"))
    }
}

/// How fast a body has to come.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// How long each piece of it may take.
    pub(super) patience: Duration,
    /// How many bytes must have come in each second, once that is over.
    pub(super) rate: u64,
}

impl Pace {
    /// How long to wait for more, `elapsed` after the begin, when `length` bytes are there.
    fn left(self, elapsed: Duration, length: u64) -> Duration {
        let earned = Duration::from_secs(length / self.rate);
        let left = self.patience.saturating_add(earned).saturating_sub(elapsed);
        left.min(self.patience)
    }
}

/// The body in a file, as long as it has at most `limit` bytes and keeps `pace`. The client sends no
/// faster than the file is written.
///
/// # Errors
/// 413 when it is longer; 408 when it is slower; 400 when it breaks off; 503 when there is no room
/// for it.
pub(super) async fn spool(mut payload: Payload, limit: u64, pace: Pace) -> Result<Spool> {
    let file = tempfile::tempfile().map_err(no_room)?;
    let mut writer = BufWriter::with_capacity(BUFFER, File::from_std(file));
    let (begin, mut length) = (Instant::now(), 0_u64);
    while let Some(piece) = next(&mut payload, pace.left(begin.elapsed(), length)).await? {
        length = length.saturating_add(piece.len() as u64);
        if length > limit {
            return Err(Error::payload_too_large(limit));
        }
        writer.write_all(&piece).await.map_err(no_room)?;
    }
    writer.flush().await.map_err(no_room)?;
    Ok(Spool::new(writer.into_inner().into_std().await))
}

async fn next(payload: &mut Payload, time: Duration) -> Result<Option<Bytes>> {
    let piece = timeout(time, payload.next())
        .await
        .map_err(|_| Error::request_timeout())?;
    piece
        .transpose()
        .map_err(|error| Error::parse("The request body broke off.").with_source(error.to_string()))
}

fn no_room(error: io::Error) -> Error {
    Error::unavailable().with_source(error)
}
