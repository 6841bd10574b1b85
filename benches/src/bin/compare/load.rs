//! Loading a server.

use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::client::Client;
use crate::database::Database;
use crate::endpoint::Endpoint;
use crate::server::{CONNECTIONS, Server};

/// What a load of one server has shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Requests in each second.
    pub(crate) rate: f64,
    /// Processor seconds of the server for 1,000 requests.
    pub(crate) server: f64,
    /// Processor seconds of the database for 1,000 requests.
    pub(crate) database: Option<f64>,
}

/// Sends requests for `duration`, one after the other on each connection.
pub(crate) fn run(
    server: &Server,
    endpoint: &Endpoint,
    duration: Duration,
    database: &Database,
) -> Result<Sample> {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(Client::connect(server.address)?);
    }
    let before = (server.processor_time()?, database.processor_time());
    let start = Instant::now();
    let deadline = start + duration;
    let counts: Vec<Result<usize>> = thread::scope(|scope| {
        let running: Vec<_> = clients
            .into_iter()
            .enumerate()
            .map(|(number, client)| scope.spawn(move || repeat(client, number, endpoint, deadline)))
            .collect();
        running
            .into_iter()
            .map(|client| {
                let outcome = client.join();
                outcome.unwrap_or_else(|_| Err("a client panicked".into()))
            })
            .collect()
    });
    let elapsed = start.elapsed().as_secs_f64();
    let after = (server.processor_time()?, database.processor_time());
    let count: usize = counts.into_iter().sum::<Result<usize>>()?;
    #[allow(clippy::cast_precision_loss, reason = "a load has few requests")]
    let count = count as f64;
    let each_thousand = |seconds: f64| seconds / count * 1_000.0;
    Ok(Sample {
        rate: count / elapsed,
        server: each_thousand((after.0 - before.0).0),
        database: before
            .1
            .zip(after.1)
            .map(|(before, after)| each_thousand((after - before).0)),
    })
}

/// Returns how many requests were answered as they should be.
fn repeat(
    mut client: Client,
    number: usize,
    endpoint: &Endpoint,
    deadline: Instant,
) -> Result<usize> {
    let mut count = 0;
    while Instant::now() < deadline {
        send(&mut client, endpoint, &endpoint.request(number, count))?;
        count += 1;
    }
    Ok(count)
}

/// Sends a request, which must be answered as it should be.
pub(crate) fn send(client: &mut Client, endpoint: &Endpoint, request: &[u8]) -> Result<()> {
    let response = client.send(request)?;
    if response.status != endpoint.status {
        let body = String::from_utf8_lossy(response.body);
        return Err(format!("{}: {} {body}", endpoint.name, response.status).into());
    }
    Ok(())
}
