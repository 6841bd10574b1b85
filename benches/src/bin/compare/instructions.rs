//! The instructions that requests take, which no other program on the machine changes.

use std::{env, fs, process};

use crate::Result;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::load;
use crate::server::{Program, Server};

/// The instructions of `program` for a request, those of the kernel not counted.
pub(crate) fn of_request(program: Program, endpoint: &Endpoint) -> Result<u64> {
    let requests = endpoint.repetitions();
    let before = of_run(program, endpoint, requests)?;
    let all = of_run(program, endpoint, 2 * requests)?;
    Ok(all.saturating_sub(before) / requests as u64)
}

/// The instructions of `program` from its start to its end, with so many requests between.
fn of_run(program: Program, endpoint: &Endpoint, requests: usize) -> Result<u64> {
    let counts = env::temp_dir().join(format!("instructions-{}", process::id()));
    let server = Server::start_counted(program, &counts)?;
    let mut client = Client::connect(server.address)?;
    for count in 0..requests {
        load::send(&mut client, endpoint, &endpoint.request(0, count))?;
    }
    drop(client);
    server.stop()?;
    let text = fs::read_to_string(&counts)?;
    fs::remove_file(&counts)?;
    let mut lines = text.lines();
    let summary = lines.find_map(|line| line.strip_prefix("summary: "));
    Ok(summary
        .ok_or("valgrind has counted nothing")?
        .trim()
        .parse()?)
}
