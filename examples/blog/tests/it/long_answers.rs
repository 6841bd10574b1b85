//! Answers that are too long for memory, and the files in which they wait to be read.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use restwell_testing::{TestResponse, on_both_databases};
use serde_json::json;

use crate::blog::{Blog, POSTS, started};
use crate::process::{Process, UNTHROTTLED};

const BULK: &str = "/api/v1/posts/bulk/?mode=partial";
/// What is told of these is more than sockets take by themselves: 14 MB.
const BAD_LINES: usize = 40_000;
/// 4 MiB, or twice as much: shells do not agree on what a block is.
const BLOCKS: usize = 8_192;

/// One row, and many lines that are none.
fn lines() -> String {
    "{\"title\": \"A title\", \"body\": \"x\"}\n".to_owned() + &"{}\n".repeat(BAD_LINES)
}

/// The blog with one connection to its database.
fn process(blog: &Blog) -> Process {
    let settings = [&UNTHROTTLED[..], &[("DATABASE_POOL_SIZE", "1")]].concat();
    Process::start(&blog.db, &settings)
}

/// Sends the lines, and reads the begin of the answer.
fn begin(process: &Process) -> (TcpStream, Vec<u8>) {
    let (token, lines) = (process.token(), lines());
    let mut stream = process.connect();
    let head = format!(
        "POST {BULK} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\n\
         Content-Length: {}\r\n\r\n{lines}",
        lines.len()
    );
    stream.write_all(head.as_bytes()).expect("a request");
    let mut heard = vec![0; 1_000];
    stream
        .read_exact(&mut heard)
        .expect("the begin of an answer");
    (stream, heard)
}

fn count(blog: &Blog) -> usize {
    blog.db.rows("posts").len()
}

#[cfg(target_os = "linux")]
fn await_nameless_files(process: &Process, wanted: usize) {
    for _ in 0..200 {
        if process.nameless_files() == wanted {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("{} files without a name", process.nameless_files());
}

on_both_databases! {
    with started;

    fn who_reads_slowly_holds_no_connection(blog) {
        let process = process(blog);
        let (mut stream, mut heard) = begin(&process);
        let post = json!({"title": "Meanwhile", "body": "x"});
        process.editor().post(POSTS, &post).expect(201);
        stream.read_to_end(&mut heard).expect("the rest of the answer");
        let answer = TestResponse::parse(&heard).expect("a whole answer").expect(207);
        let data = answer.data();
        assert_eq!((&data["succeeded"], &data["failed"]), (&json!(1), &json!(BAD_LINES)));
        let results = data["results"].as_array().expect("results");
        assert_eq!(results.len(), BAD_LINES + 1);
        assert_eq!(results[BAD_LINES]["index"], BAD_LINES);
        assert_eq!(count(blog), 2);
    }

    #[cfg(target_os = "linux")]
    fn who_hangs_up_leaves_no_file(blog) {
        let process = process(blog);
        let before = process.nameless_files();
        let (stream, heard) = begin(&process);
        assert!(heard.starts_with(b"HTTP/1.1 207"), "{}", String::from_utf8_lossy(&heard));
        // That of the request is gone, that of the answer is not.
        await_nameless_files(&process, before + 1);
        drop(stream);
        await_nameless_files(&process, before);
        assert_eq!(count(blog), 1);
    }

    fn where_there_is_no_room_for_the_answer_nothing_is_done(blog) {
        let process = Process::start_on_full_disk(BLOCKS, &blog.db, &UNTHROTTLED);
        let editor = process.editor();
        let stream = editor.header("Content-Type", "application/x-ndjson");
        let refused = stream.send("POST", BULK, Some(lines().as_bytes())).expect(503);
        assert_eq!(refused.code(), "unavailable");
        assert_eq!(count(blog), 0);
        editor.post(POSTS, &json!({"title": "Later", "body": "x"})).expect(201);
    }
}
