//! Streams of rows below another row: how long they may be, and what is refused before they come.

use restwell_testing::{TestResponse, on_both_databases};
use serde_json::json;

use crate::tasks::{Office, office};

const BULK: &str = "/lists/1/tasks/bulk/";

fn send(office: &Office, path: &str, body: &str) -> TestResponse {
    let client = office.ann().header("Content-Type", "application/x-ndjson");
    client.send("POST", path, Some(body.as_bytes()))
}

/// So many rows.
fn lines(count: usize) -> String {
    let line = |number| format!("{}\n", json!({"title": format!("task {number}")}));
    (0..count).map(line).collect()
}

/// What a stream is answered of which nothing comes but its head and `begin`.
fn announce(office: &Office, path: &str, headers: &str, begin: &str) -> TestResponse {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer 1\r\nContent-Type: application/x-ndjson\r\n{headers}\r\n{begin}"
    );
    let heard = office.nobody().raw(request.as_bytes());
    TestResponse::parse(&heard).unwrap_or_else(|| panic!("no answer to {path}"))
}

on_both_databases! {
    with office;

    fn a_stream_has_so_many_rows_and_bytes(office) {
        let errors = send(office, BULK, &lines(6)).expect(400).errors();
        assert_eq!(errors, json!({"non_field_errors": ["Ensure this list has no more than 5 rows."]}));
        let blank = "\n".repeat(400 - lines(5).len());
        send(office, &format!("{BULK}?dry_run=true"), &(lines(5) + &blank)).expect(200);
        let told = send(office, BULK, &(lines(5) + &blank + "\n")).expect(413).message();
        assert_eq!(told, "The request body is larger than 400 bytes.");
        // A length that is announced is believed at once, and one that is not is counted.
        announce(office, BULK, "Content-Length: 401\r\n", "").expect(413);
        let chunk = format!("191\r\n{}\r\n", "\n".repeat(401));
        announce(office, BULK, "Transfer-Encoding: chunked\r\n", &chunk).expect(413);
        assert!(office.rows().is_empty());
        send(office, BULK, &lines(5)).expect(201);
        assert_eq!(office.rows().len(), 5);
    }

    fn what_no_stream_can_do_is_refused_before_it_comes(office) {
        let length = "Content-Length: 300\r\n";
        let only_new = json!({"on_conflict": ["A stream makes new rows alone."]});
        for way in ["update", "ignore"] {
            let path = format!("{BULK}?on_conflict={way}");
            assert_eq!(announce(office, &path, length, "").expect(400).errors(), only_new);
        }
        let twice = json!({"on_conflict": ["This parameter may stand only once."]});
        let path = format!("{BULK}?on_conflict=update&on_conflict=ignore");
        assert_eq!(announce(office, &path, length, "").expect(400).errors(), twice);
        let rows = json!([{"title": "a"}]);
        assert_eq!(office.ann().post(&path, &rows).expect(400).errors(), twice);
        announce(office, "/lists/2/tasks/bulk/", length, "").expect(404);
        announce(office, "/lists/x/tasks/", length, "").expect(404);
        // Where none is declared it is another media type.
        assert_eq!(send(office, "/tasks/bulk/", &lines(1)).expect(415).code(), "unsupported_media_type");
        assert!(office.rows().is_empty());
    }
}
