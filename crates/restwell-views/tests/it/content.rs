//! Answers of any length, which are sent from files.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;

use actix_web::test::TestRequest;
use actix_web::web;
use restwell_core::envelope::{Plain, Problem, Service, Standard};
use restwell_core::{Envelope, Result};
use restwell_permissions::allow_any;
use restwell_views::{Content, ContentWriter, Reply, Router, View};

use crate::library;
use crate::site::Site;
use crate::transport::{ask, wire};

/// More than sockets take by themselves: 25 MB.
const LINES: usize = 400_000;

fn line(number: usize) -> String {
    format!("{number:062}\r\n")
}

/// All lines, a thousand at a time.
fn export() -> Result<Content> {
    let mut writer = ContentWriter::new();
    for thousand in 0..LINES / 1_000 {
        for number in 0..1_000 {
            let line = line(1_000 * thousand + number);
            writer.buffer().extend_from_slice(line.as_bytes());
        }
        writer.spill()?;
    }
    Ok(writer.finish())
}

fn exported() -> String {
    (0..LINES).fold(String::new(), |mut all, number| {
        let _ = write!(all, "{}", line(number));
        all
    })
}

/// A JSON text of two megabytes and a bit, `long` from a file or else from memory.
fn text(long: bool) -> Result<Content> {
    let mut writer = ContentWriter::new();
    for _ in 0..2_100 {
        writer.buffer().extend_from_slice(&[b'x'; 1_000]);
        if long {
            writer.spill()?;
        }
    }
    Ok(writer.finish().between(vec![b'"'], b"\""))
}

fn router() -> Router {
    let export = |_: &mut _| Ok(Reply::raw("text/csv", export()?));
    let of_text = |long| move |_: &mut _| Ok(Reply::data(text(long)?).header("etag", "\"t\""));
    library::router()
        .view(
            "export",
            View::new("export", allow_any())
                .get(export)
                .renders("text/csv"),
        )
        .view("long", View::new("long", allow_any()).get(of_text(true)))
        .view("short", View::new("short", allow_any()).get(of_text(false)))
}

fn site() -> Site {
    Site::of(router())
}

fn request(method: &str, path: &str, connection: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: library\r\nconnection: {connection}\r\n\r\n")
}

/// The head of an answer, and what is behind it.
fn parts(answer: &str) -> (&str, &str) {
    answer.split_once("\r\n\r\n").expect("the end of a head")
}

fn assert_exported(answer: &str) {
    let (head, body) = parts(answer);
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("content-type: text/csv"), "{head}");
    assert!(
        head.contains(&format!("content-length: {}", 64 * LINES)),
        "{head}"
    );
    assert!(body == exported(), "{} bytes", body.len());
}

#[actix_web::test]
async fn an_export_arrives_whole() {
    let heard = wire(site(), vec![request("GET", "/export/", "close")]).await;
    assert_exported(&heard[0]);
}

#[actix_web::test]
async fn head_has_the_length_alone() {
    let heard = wire(site(), vec![request("HEAD", "/export/", "close")]).await;
    let (head, rest) = parts(&heard[0]);
    let length = format!("content-length: {}", 64 * LINES);
    assert!(head.contains(&length), "{head}");
    assert_eq!(rest, "");
}

#[actix_web::test]
async fn the_next_answer_comes_behind_a_long_one() {
    let both = request("GET", "/export/", "keep-alive") + &request("GET", "/authors/1/", "close");
    let heard = wire(site(), vec![both]).await;
    let (_, rest) = parts(&heard[0]);
    let (answer, next) = rest.split_at(64 * LINES);
    assert!(answer == exported());
    assert!(next.starts_with("HTTP/1.1 200"), "{next}");
    assert!(next.contains("Ursula"), "{next}");
}

#[actix_web::test]
async fn what_is_in_a_file_looks_as_what_is_in_memory() {
    async fn compare(envelope: impl Envelope) {
        let site = Site::with(|api| api.routes(router()).envelope(envelope));
        let get = |path: &str| {
            site.send(
                TestRequest::get()
                    .uri(path)
                    .insert_header(("x-request-id", "r")),
            )
        };
        let (long, short) = (get("/long/").await, get("/short/").await);
        assert_eq!((long.status, short.status), (200, 200));
        assert!(long.body == short.body);
        for name in ["content-type", "x-request-id", "etag", "vary", "allow"] {
            assert_eq!(long.header(name), short.header(name), "{name}");
        }
        let known = TestRequest::get()
            .uri("/long/")
            .insert_header(("if-none-match", "\"t\""));
        let known = site.send(known).await;
        assert_eq!((known.status, known.body.len()), (304, 0));
    }
    compare(Standard).await;
    compare(Plain).await;
    compare(Problem::default()).await;
    compare(Service::new("library")).await;
}

#[actix_web::test]
async fn who_reads_slowly_keeps_nobody_waiting() {
    const SLOW: usize = 5;
    // One connection to the database, and one thread for what blocks.
    let site = site();
    let (address, handle) = site.serve();
    let (other, exports) = web::block(move || {
        let mut slow: Vec<(TcpStream, Vec<u8>)> = (0..SLOW)
            .map(|_| {
                let mut stream = TcpStream::connect(address).expect("a connection");
                let request = request("GET", "/export/", "close");
                stream.write_all(request.as_bytes()).expect("a request");
                let mut begin = vec![0; 100];
                stream
                    .read_exact(&mut begin)
                    .expect("the begin of an answer");
                (stream, begin)
            })
            .collect();
        let other = ask(address, &request("GET", "/authors/1/", "close"));
        for (stream, heard) in &mut slow {
            stream.read_to_end(heard).expect("the rest of an answer");
        }
        let exports = slow
            .into_iter()
            .map(|(_, heard)| String::from_utf8(heard).expect("UTF-8"));
        (other, exports.collect::<Vec<_>>())
    })
    .await
    .expect("answers");
    handle.stop(false).await;
    assert!(other.contains("Ursula"), "{other}");
    exports.iter().for_each(|answer| assert_exported(answer));
}
