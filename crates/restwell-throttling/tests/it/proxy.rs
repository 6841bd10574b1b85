//! Clients that lie about where they are, and proxies that do not.

use restwell_testing::{Client, TestServer, clock_at};
use restwell_throttling::Rate;

use crate::app::{NOW, api, rateless};

/// The tests' own address is the peer of every request.
fn behind(proxies: &str) -> TestServer {
    let proxies = proxies.parse().expect("networks");
    let throttles = rateless().anon(Rate::per_minute(1));
    let api = api(throttles, |api| {
        api.clock(clock_at(NOW)).trusted_proxies(proxies)
    });
    TestServer::start(&api)
}

const FORGERIES: [(&str, &str); 8] = [
    ("X-Forwarded-For", "203.0.113.9"),
    ("X-Forwarded-For", "127.0.0.2, 127.0.0.1"),
    ("Forwarded", "for=203.0.113.10"),
    (
        "Forwarded",
        "for=\"[2001:db8::1]\";proto=https;host=evil.example",
    ),
    ("X-Real-IP", "203.0.113.11"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "https"),
    ("True-Client-IP", "203.0.113.12"),
];

#[test]
fn from_an_untrusted_peer_forwarding_headers_change_nothing() {
    for proxies in ["", "10.0.0.0/8"] {
        let server = behind(proxies);
        let first = server.client().get("/open/").expect(200).data();
        assert_eq!(first["client"], "127.0.0.1");
        for (name, value) in FORGERIES {
            server
                .client()
                .header(name, value)
                .get("/open/")
                .expect(429);
        }
        for (name, value) in FORGERIES {
            let server = behind(proxies);
            let answer = server
                .client()
                .header(name, value)
                .get("/open/")
                .expect(200);
            let data = answer.data();
            assert_eq!(data["client"], "127.0.0.1", "{name}: {value}");
            let url = format!("{}/open/", server.url());
            assert_eq!(data["url"], url, "{name}: {value}");
        }
    }
}

fn client_of(client: &Client) -> String {
    let data = client.get("/open/").expect(200).data();
    data["client"].as_str().expect("an address").to_owned()
}

#[test]
fn behind_trusted_proxies_each_client_has_a_rate() {
    let server = behind("127.0.0.1, 10.0.0.0/8");
    let from = |value| server.client().header("X-Forwarded-For", value);
    assert_eq!(
        client_of(&from("6.6.6.6, 203.0.113.9, 10.1.1.1")),
        "203.0.113.9"
    );
    from("7.7.7.7, 203.0.113.9").get("/open/").expect(429);
    server
        .client()
        .header("Forwarded", "for=203.0.113.9")
        .get("/open/")
        .expect(429);
    assert_eq!(client_of(&from("203.0.113.10")), "203.0.113.10");
}

#[test]
fn a_client_of_ipv6_has_one_rate_for_its_64() {
    let server = behind("127.0.0.1");
    let from = |value| server.client().header("X-Forwarded-For", value);
    assert_eq!(client_of(&from("2001:db8:1:2::1")), "2001:db8:1:2::1");
    from("2001:db8:1:2:ffff::9").get("/open/").expect(429);
    from("2001:db8:1:3::1").get("/open/").expect(200);
}

#[test]
fn links_have_the_scheme_and_host_that_a_trusted_proxy_tells() {
    let server = behind("127.0.0.1");
    let client = server.client().header("X-Forwarded-For", "203.0.113.9");
    let client = client.header("X-Forwarded-Proto", "https");
    let answer = client
        .header("X-Forwarded-Host", "shop.example")
        .get("/open/");
    assert_eq!(
        answer.expect(200).data()["url"],
        "https://shop.example/open/"
    );
}

#[test]
fn a_spoiled_header_does_not_hide_what_the_proxy_says() {
    let server = behind("127.0.0.1");
    let head =
        "GET /open/ HTTP/1.1\r\nHost: localhost\r\nForwarded: for=6.6.6.6\r\nX-Forwarded-For: ";
    let mut request = head.as_bytes().to_vec();
    request.extend_from_slice(b"\xff, 203.0.113.9\r\n\r\n");
    let answer = String::from_utf8_lossy(&server.client().raw(&request)).into_owned();
    // The two disagree, so that the request counts as the proxy's own.
    assert!(answer.contains("\"client\":\"127.0.0.1\""), "{answer}");
}
