use std::io;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::web::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, TryStreamExt, future, stream};
use restwell_core::{RequestId, Spool};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::Response;

/// How much of a file is read at once.
const PIECE: usize = 65_536;

pub(super) fn into_actix(response: Response, id: RequestId) -> HttpResponse {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    // What is left of the body would be taken for the next request (RFC 9110 §15.5.9).
    if status == StatusCode::REQUEST_TIMEOUT {
        builder.force_close();
    }
    for (name, value) in response.headers {
        // What no header may be or have, such as a line break, is left out.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(&*name), HeaderValue::try_from(value))
        {
            builder.append_header((name, value));
        }
    }
    let Some(content) = response.body else {
        return builder.finish();
    };
    if let Ok(kind) = HeaderValue::try_from(&*response.content_type) {
        builder.insert_header((CONTENT_TYPE, kind));
    }
    let length = content.length();
    match content.file {
        None => builder.body(content.head),
        Some(file) => {
            let pieces = whole(content.head)
                .chain(pieces(file.spool, id))
                .chain(whole(content.tail));
            builder.body(SizedStream::new(length, pieces))
        }
    }
}

fn whole(bytes: Vec<u8>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::once(future::ok(bytes.into()))
}

/// What is in the file, each piece read when it is wanted. A failure breaks the answer off, which
/// the client knows by its length.
fn pieces(spool: Spool, id: RequestId) -> impl Stream<Item = io::Result<Bytes>> {
    let opened = future::ready(spool.into_file().map(File::from_std));
    let read = |mut file: File| async move {
        let mut piece = BytesMut::with_capacity(PIECE);
        let length = file.read_buf(&mut piece).await?;
        Ok((length > 0).then(|| (piece.freeze(), file)))
    };
    stream::once(opened)
        .map_ok(move |file| stream::try_unfold(file, read))
        .try_flatten()
        .inspect_err(move |error: &io::Error| {
            tracing::error!(request_id = %id, cause = %error, "an answer broke off");
        })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use actix_web::body::{BodySize, MessageBody, to_bytes};

    use super::*;
    use crate::Content;
    use crate::content::Written;

    /// An answer from `file`, which is said to have so many bytes.
    fn answer(file: fs::File, length: u64) -> HttpResponse {
        let spool = Spool::new(file);
        let content = Content {
            head: b"head ".to_vec(),
            file: Some(Written { spool, length }),
            tail: b" tail".to_vec(),
        };
        let response = Response {
            status: 200,
            content_type: "text/plain".into(),
            headers: Vec::new(),
            body: Some(content),
        };
        into_actix(response, RequestId::generate())
    }

    #[actix_web::test]
    async fn a_file_stands_between_bytes() {
        let mut file = tempfile::tempfile().expect("a file");
        io::Write::write_all(&mut file, b"file").expect("room");
        let body = answer(file, 4).into_body();
        assert_eq!(body.size(), BodySize::Sized(14));
        assert_eq!(to_bytes(body).await.expect("all of it"), "head file tail");
    }

    #[actix_web::test]
    async fn what_cannot_be_read_breaks_the_answer_off() {
        let named = tempfile::NamedTempFile::new().expect("a file");
        let write_only = fs::File::options().write(true).open(named.path());
        let body = answer(write_only.expect("the file"), 4).into_body();
        assert!(to_bytes(body).await.is_err());
    }
}
