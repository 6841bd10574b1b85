//! What only shows on the wire: HEAD without a body, chunks, lengths that lie.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::{App, HttpServer, web};

use crate::site::Site;

/// What the server says to each of `requests`, each on a connection of its own.
async fn wire(site: Site, requests: Vec<String>) -> Vec<String> {
    let api = site.api.clone();
    let server = HttpServer::new(move || App::new().configure(|config| api.configure(config)))
        .workers(1)
        .bind(("127.0.0.1", 0))
        .expect("a port");
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let heard = web::block(move || requests.iter().map(|text| ask(address, text)).collect())
        .await
        .expect("answers");
    handle.stop(false).await;
    heard
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .expect("a timeout");
    stream.write_all(request.as_bytes()).expect("a request");
    let mut heard = Vec::new();
    let mut chunk = [0; 4_096];
    while let Ok(length) = stream.read(&mut chunk) {
        heard.extend_from_slice(&chunk[..length]);
        if length == 0 {
            break;
        }
    }
    String::from_utf8(heard).expect("UTF-8")
}

#[actix_web::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let request = |method: &str| {
        format!(
            "{method} /books/1/ HTTP/1.1\r\nhost: library\r\nx-request-id: r\r\nconnection: close\r\n\r\n"
        )
    };
    let heard = wire(Site::new(), vec![request("GET"), request("HEAD")]).await;
    let (get, body) = heard[0].split_once("\r\n\r\n").expect("a body");
    let (head, rest) = heard[1].split_once("\r\n\r\n").expect("an end");
    let fields = |text: &str| {
        let mut lines: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with("date"))
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(fields(get), fields(head));
    assert!(head.contains(&format!("content-length: {}", body.len())));
    assert_eq!(rest, "");
}

#[actix_web::test]
async fn chunks_are_counted() {
    let site = Site::with(|api| api.routes(crate::library::router()).max_body(64));
    let start = "POST /authors/ HTTP/1.1\r\nhost: library\r\ncontent-type: application/json\r\n\
                 connection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    let short = format!("{start}d\r\n{{\"name\": \"Ed\"\r\n1\r\n}}\r\n0\r\n\r\n");
    let long = format!(
        "{start}{}",
        "20\r\n01234567890123456789012345678901\r\n".repeat(8)
    );
    let heard = wire(site, vec![short, long]).await;
    assert!(heard[0].starts_with("HTTP/1.1 201"), "{}", heard[0]);
    assert!(heard[1].starts_with("HTTP/1.1 413"), "{}", heard[1]);
    assert!(heard[1].contains("payload_too_large"), "{}", heard[1]);
}

#[actix_web::test]
async fn links_are_those_that_the_client_can_follow() {
    let request = "GET /books/ HTTP/1.1\r\nhost: books.example:81\r\nx-forwarded-host: evil\r\n\
                   forwarded: host=evil\r\nconnection: close\r\n\r\n";
    let heard = wire(Site::new(), vec![request.to_owned()]).await;
    assert!(heard[0].contains("http://books.example:81/books/?page=2"));
    assert!(!heard[0].contains("evil"));
}
