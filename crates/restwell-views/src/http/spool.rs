use std::io;
use std::time::Duration;

use actix_web::rt::time::timeout;
use actix_web::web::Payload;
use futures_util::StreamExt;
use restwell_core::{Error, Result, Spool};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

/// How much is written to the file at once.
const BUFFER: usize = 262_144;

/// The body in a file, as long as it has at most `limit` bytes and no piece of it takes longer than
/// `time`. The client sends no faster than the file is written.
///
/// # Errors
/// 413 when it is longer; 408 when it is slower; 400 when it breaks off; 503 when there is no room
/// for it.
pub(super) async fn spool(mut payload: Payload, limit: u64, time: Duration) -> Result<Spool> {
    let file = tempfile::tempfile().map_err(no_room)?;
    let mut writer = BufWriter::with_capacity(BUFFER, File::from_std(file));
    let mut length = 0_u64;
    while let Some(piece) = next(&mut payload, time).await? {
        length = length.saturating_add(piece.len() as u64);
        if length > limit {
            return Err(too_large(limit));
        }
        writer.write_all(&piece).await.map_err(no_room)?;
    }
    writer.flush().await.map_err(no_room)?;
    Ok(Spool::new(writer.into_inner().into_std().await))
}

async fn next(payload: &mut Payload, time: Duration) -> Result<Option<actix_web::web::Bytes>> {
    let piece = timeout(time, payload.next())
        .await
        .map_err(|_| Error::request_timeout())?;
    piece
        .transpose()
        .map_err(|error| Error::parse("The request body broke off.").with_source(error.to_string()))
}

fn too_large(limit: u64) -> Error {
    Error::payload_too_large(usize::try_from(limit).unwrap_or(usize::MAX))
}

fn no_room(error: io::Error) -> Error {
    Error::unavailable().with_source(error)
}
