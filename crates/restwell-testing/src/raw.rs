use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::TestResponse;

/// How long an answer may take to go on.
const SILENCE: Duration = Duration::from_secs(5);

/// Sends `request` to `address`, and returns what comes back: one whole answer, or whatever there
/// is when the server hangs up or falls silent.
pub(crate) fn exchange(address: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).expect("a server that listens");
    stream
        .set_read_timeout(Some(SILENCE))
        .expect("a timeout that a socket may have");
    // A server may answer and hang up before it has read everything.
    let _ = stream.write_all(request);
    let mut received = Vec::new();
    let mut chunk = [0; 4_096];
    while TestResponse::parse(&received).is_none() {
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => break,
            Ok(length) => received.extend_from_slice(&chunk[..length]),
        }
    }
    received
}
