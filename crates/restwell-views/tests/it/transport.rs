//! What only shows on the wire: HEAD without a body, chunks, lengths that lie.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::web;

use crate::site::Site;

/// What the server says to each of `requests`, each on a connection of its own.
pub(crate) async fn wire(site: Site, requests: Vec<String>) -> Vec<String> {
    let (address, handle) = site.serve();
    let heard = web::block(move || requests.iter().map(|text| ask(address, text)).collect())
        .await
        .expect("answers");
    handle.stop(false).await;
    heard
}

pub(crate) fn ask(address: SocketAddr, request: &str) -> String {
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

/// The status and the body of each answer.
async fn answers(site: Site, requests: &[&str]) -> Vec<(u16, String)> {
    let requests = requests.iter().map(|text| (*text).to_owned()).collect();
    let heard = wire(site, requests).await;
    let split = |answer: &String| {
        let (head, body) = answer.split_once("\r\n\r\n").expect("an end of the head");
        let status = head.split(' ').nth(1).expect("a status");
        (status.parse().expect("a number"), body.to_owned())
    };
    heard.iter().map(split).collect()
}

#[actix_web::test]
async fn a_host_that_is_not_declared_is_refused() {
    let hosts = [
        "evil.com",
        "a\"><script>",
        "library.evil.com",
        "evil.com/x?y=",
        "user@library:99999",
        "library:99999",
        "user@library",
        "",
    ];
    let requests: Vec<String> = hosts
        .iter()
        .map(|host| format!("GET /books/ HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"))
        .collect();
    let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
    for (host, (status, body)) in hosts.iter().zip(answers(Site::new(), &requests).await) {
        assert_eq!(status, 400, "{host}: {body}");
        assert!(body.contains("\"code\":\"invalid_host\""), "{host}: {body}");
        assert!(!body.contains("evil"), "{body}");
    }
}

#[actix_web::test]
async fn the_target_says_more_than_the_header() {
    let end = "connection: close\r\n\r\n";
    let requests = [
        format!("GET http://books.example/books/ HTTP/1.1\r\nhost: library\r\n{end}"),
        format!("GET http://evil.com/books/ HTTP/1.1\r\nhost: library\r\n{end}"),
        format!("GET http://a@library/books/ HTTP/1.1\r\nhost: library\r\n{end}"),
        format!("GET http://books.example/books/ HTTP/1.1\r\nhost: evil.com\r\n{end}"),
    ];
    let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
    let answers = answers(Site::new(), &requests).await;
    let link = "http://books.example/books/?page=2";
    assert!(answers[0].1.contains(link), "{:?}", answers[0]);
    assert_eq!((answers[1].0, answers[2].0), (400, 400), "{answers:?}");
    assert!(answers[3].1.contains(link), "{:?}", answers[3]);
}

#[actix_web::test]
async fn who_looks_after_the_service_names_no_host_that_it_knows() {
    let site = Site::of(restwell_views::health_routes());
    let requests = [
        "GET /health/ready/ HTTP/1.1\r\nhost: 10.0.0.7:8000\r\nconnection: close\r\n\r\n",
        "GET /health/live HTTP/1.0\r\n\r\n",
    ];
    let answers = answers(site, &requests).await;
    assert_eq!((answers[0].0, answers[1].0), (200, 200), "{answers:?}");
}

#[actix_web::test]
async fn a_body_has_its_time() {
    let site = Site::with(|api| {
        let api = api.routes(crate::library::router());
        api.body_timeout(Duration::from_millis(300))
    });
    let head = "POST /authors/ HTTP/1.1\r\nhost: library\r\ncontent-type: application/json\r\n";
    let announced = format!("{head}content-length: 40\r\n\r\n{{\"name\"");
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n4\r\n{{\"na\r\n");
    let expecting = format!("{head}expect: 100-continue\r\ncontent-length: 40\r\n\r\n");
    let heard = wire(site, vec![announced, chunked, expecting]).await;
    let rest = heard[2].strip_prefix("HTTP/1.1 100 Continue\r\n\r\n");
    for answer in [&heard[0], &heard[1], rest.expect("an invitation")] {
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}

#[actix_web::test]
async fn a_body_that_comes_in_drops_is_not_waited_for() {
    let site = Site::with(|api| {
        let api = api.routes(crate::library::router());
        api.body_timeout(Duration::from_millis(700))
    });
    let (address, handle) = site.serve();
    let heard = web::block(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let head = "POST /authors/ HTTP/1.1\r\nhost: library\r\ncontent-length: 4000\r\n\r\n";
        stream.write_all(head.as_bytes()).expect("a head");
        let wait = Some(Duration::from_millis(100));
        stream.set_read_timeout(wait).expect("a timeout");
        let mut chunk = [0; 4_096];
        for _ in 0..50 {
            let _ = stream.write_all(b" ");
            if let Ok(length) = stream.read(&mut chunk) {
                return String::from_utf8_lossy(&chunk[..length]).into_owned();
            }
        }
        String::new()
    })
    .await
    .expect("an answer");
    handle.stop(false).await;
    assert!(heard.starts_with("HTTP/1.1 408"), "{heard}");
}
