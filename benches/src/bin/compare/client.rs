//! As much of HTTP/1.1 as a load needs: keep-alive and bodies of known length.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::Result;

/// What both programs are addressed as, so that their links are alike.
pub(crate) const HOST: &str = "blog.example";

/// A connection that is kept.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    body: Vec<u8>,
}

/// An answer. The header fields are lower case, one to a line.
pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: &'a [u8],
}

impl Response<'_> {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream: BufReader::with_capacity(64 * 1024, stream),
            body: Vec::new(),
        })
    }

    /// Sends the bytes of a request and reads the answer.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<Response<'_>> {
        self.stream.get_mut().write_all(request)?;
        let mut headers = String::new();
        while !headers.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut headers)? == 0 {
                return Err("the server closed the connection".into());
            }
        }
        headers.make_ascii_lowercase();
        let status = headers.get(9..12).unwrap_or_default().parse()?;
        let mut response = Response {
            status,
            headers,
            body: &[],
        };
        let length = response.header("content-length").unwrap_or("0").parse()?;
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body)?;
        response.body = &self.body;
        Ok(response)
    }
}

/// The bytes of a request for `target`, with a body of JSON and a token where they are given.
pub(crate) fn request(
    method: &str,
    target: &str,
    token: Option<&str>,
    body: Option<&str>,
) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: {HOST}\r\nx-request-id: load\r\n");
    if let Some(token) = token {
        text.push_str(&format!("authorization: Bearer {token}\r\n"));
    }
    if let Some(body) = body {
        let length = body.len();
        text.push_str("content-type: application/json\r\n");
        text.push_str(&format!("content-length: {length}\r\n\r\n{body}"));
    } else {
        text.push_str("\r\n");
    }
    text.into_bytes()
}
