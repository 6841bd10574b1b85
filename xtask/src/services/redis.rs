//! A private Redis server.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    time::Duration,
};

use super::{home::Home, server::Server};
use crate::error::Error;

const ANSWER_LIMIT: Duration = Duration::from_secs(1);

pub(super) fn start(binary: &Path, home: &Home, port: u16) -> Result<Server, Error> {
    let arguments = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    let mut arguments = arguments.map(str::to_owned).to_vec();
    arguments.extend(["--port".to_owned(), port.to_string()]);
    let mut server = Server::spawn("Redis", home, binary, &arguments)?;
    server.wait_until(|server| is_ready(server, port))?;
    Ok(server)
}

pub(super) fn url(port: u16) -> String {
    format!("redis://127.0.0.1:{port}/")
}

/// Another Redis on the same port would answer too, so the process id has to be the right one.
fn is_ready(server: &Server, port: u16) -> bool {
    let expected = format!("process_id:{}\r\n", server.id());
    information(port).is_some_and(|answer| answer.contains(&expected))
}

fn information(port: u16) -> Option<String> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_LIMIT).ok()?;
    stream.set_read_timeout(Some(ANSWER_LIMIT)).ok()?;
    stream.write_all(b"INFO server\r\nQUIT\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
