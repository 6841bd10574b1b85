//! Query strings, cursors and bodies that are changed at random: each is answered or refused, and
//! none of them is the server's fault.
//!
//! `MUTATION_SECONDS` says how long each test goes on, two seconds unless told. The changes are the
//! same in every run, and a test that fails names the request.

mod mutator;
mod thing;

use std::env;
use std::time::{Duration, Instant};

use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped, on_both_databases};

use mutator::Mutator;

const QUERIES: [&str; 9] = [
    "name=a&name__in=a,b&name__contains=%25&name__istartswith=caf%C3%A9&search=a+b",
    "state=new&state__in=new,old&is_open=true&small=1&small__gt=-32768",
    "number=1&number__in=1,2&number__gte=-5&number__range=1,2&ordering=-number,name",
    "ratio=1.5&ratio__gte=1e3&ratio__range=0,1&price=1.50&price__gte=-0.01&price__range=1,2",
    "code=6f1f6b1e-7e0e-4c1e-8a57-7c2a4f7d8d10&code__isnull=true",
    "day=2026-02-28&day__gte=2026-02-28&day__year=2026&day__month=2",
    "hour=12:30&hour__gte=23:59:59.999999",
    "moment__gte=2026-02-28T12:30:00Z&moment__lt=2026-02-28T12:30:00%2B01:00&moment__date=2026-02-28&moment__year=2026&moment__range=2026-02-01,2026-03-01",
    "page=1&page_size=2&fields=id,name&ordering=moment",
];

const BODIES: [&str; 3] = [
    r#"{"name":"a","state":"new","small":1,"number":2,"ratio":1.5,"price":"1.50","is_open":true,"code":"6f1f6b1e-7e0e-4c1e-8a57-7c2a4f7d8d10","day":"2026-02-28","hour":"12:30:00","moment":"2026-02-28T12:30:00Z","extra":{"a":[1,null,"\u00e9"]}}"#,
    r#"{"name":"b","state":"old","small":"-32768","number":-5,"ratio":1e300,"price":-0.01,"is_open":"false","code":null,"day":null,"hour":null,"moment":"2026-02-28 12:30+01:00","extra":[1.0e-7,"",false]}"#,
    r#"[{"name":"c"},{"id":1,"version":1,"price":"1e5"},{}]"#,
];

fn opened(db: TestDatabase) -> (TestDatabase, TestServer) {
    db.execute(&thing::table(db.context().dialect().expect("a connection")));
    let api = thing::api(db.pool()).expect("an api");
    let server = TestServer::start(&api);
    for body in &BODIES[..2] {
        send(
            &server.client(),
            "POST",
            "/things/",
            body.as_bytes(),
            &[201],
        );
    }
    (db, server)
}

/// Calls `request` with a source of changes until the time is over.
fn repeat(mut request: impl FnMut(&mut Mutator)) {
    let seconds = env::var("MUTATION_SECONDS").ok();
    let seconds = seconds.map_or(2, |text| text.parse().expect("a number of seconds"));
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut mutator = Mutator::default();
    while Instant::now() < end {
        request(&mut mutator);
    }
}

fn send(client: &Client, method: &str, path: &str, body: &[u8], allowed: &[u16]) {
    let client = client.header("Content-Type", "application/json");
    let answer = client.send(method, path, Some(body));
    assert!(
        allowed.contains(&answer.status),
        "{method} {path} {}: {} {}",
        body.escape_ascii(),
        answer.status,
        answer.text()
    );
    assert_enveloped(&answer);
}

/// `bytes` as they may stand in a URL: what may not is escaped.
fn url(bytes: &[u8]) -> String {
    let may_stand =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"%&=+,;:-_.~!*'()/?@$".contains(byte);
    let pieces = bytes.iter().map(|byte| match byte {
        byte if may_stand(byte) => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    pieces.collect()
}

on_both_databases! {
    with opened;

    fn changed_query_strings_are_answered_or_refused((_db, server)) {
        let client = server.client().always(assert_enveloped);
        repeat(|mutator| {
            let query = url(&mutator.change(&QUERIES));
            for path in ["/things/", "/positions/"] {
                let answer = client.get(&format!("{path}?{query}"));
                assert!([200, 400, 404].contains(&answer.status), "{query}: {}", answer.text());
            }
        });
    }

    fn changed_cursors_are_followed_or_refused((_db, server)) {
        let client = server.client().always(assert_enveloped);
        let next = client.get("/positions/?page_size=1").expect(200).data()["next"].clone();
        let next = next.as_str().and_then(|link| link.split_once('?')).expect("a link");
        repeat(|mutator| {
            let query = url(&mutator.change(&[next.1]));
            let answer = client.get(&format!("/positions/?{query}"));
            assert!([200, 400, 404].contains(&answer.status), "{query}: {}", answer.text());
        });
    }

    fn changed_bodies_are_stored_or_refused((_db, server)) {
        let client = server.client();
        repeat(|mutator| {
            let body = mutator.change(&BODIES);
            send(&client, "POST", "/things/", &body, &[201, 400]);
            send(&client, "PATCH", "/things/1/", &body, &[200, 400, 412]);
        });
    }
}
