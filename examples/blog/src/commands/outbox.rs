//! What can be done with the messages for other systems.

use std::io::Write;
use std::time::Duration;

use clap::Subcommand;
use restwell::Context;
use restwell::events::outbox::{Message, PublishError, Publisher, Relay, dead_letters, requeue};
use serde_json::json;

use super::{Outcome, tell};
use crate::{Settings, app};

/// What can be done with the messages for other systems.
#[derive(Clone, Debug, Subcommand)]
pub enum Task {
    /// Deliver messages as they come: each is written to the standard output as a line of JSON, for
    /// the program of a broker to read.
    Relay {
        /// Deliver what is due, and end.
        #[arg(long)]
        once: bool,
        /// How long to wait when there is nothing to deliver, in milliseconds.
        #[arg(long, default_value_t = 1_000)]
        poll: u64,
    },
    /// List the messages that were given up.
    Dead,
    /// Let messages that were given up be delivered again.
    Requeue {
        /// Their numbers; all of them by default.
        ids: Vec<i64>,
    },
}

pub(super) fn run(settings: &Settings, task: Task) -> Outcome {
    let pool = app::pool(settings)?;
    let mut cx = Context::detached(pool.clone());
    match task {
        Task::Relay { once, poll } => {
            let relay = Relay::new(Lines).poll(Duration::from_millis(poll));
            if once {
                let round = relay.drain(&mut cx)?;
                return complain(round.failed + round.dead);
            }
            drop(cx);
            relay.run(&pool, || false);
        }
        Task::Dead => list(&dead_letters().load(&mut cx)?),
        Task::Requeue { ids } => {
            let chosen = match ids.is_empty() {
                true => dead_letters(),
                false => dead_letters().filter(Message::F.id.in_(ids)),
            };
            let count = requeue(&mut cx, chosen)?;
            tell(&format!("Messages that are delivered again: {count}"));
        }
    }
    Ok(())
}

fn complain(undelivered: usize) -> Outcome {
    match undelivered {
        0 => Ok(()),
        count => Err(format!("messages that could not be delivered: {count}").into()),
    }
}

fn list(messages: &[Message]) {
    for message in messages {
        let error = message.last_error.as_deref().unwrap_or_default();
        tell(&format!("{} {} {error}", message.id, message.topic));
    }
}

/// Writes a line for each message.
struct Lines;

impl Publisher for Lines {
    fn publish(&self, message: &Message) -> Result<(), PublishError> {
        let line = json!({
            "message": message.id,
            "topic": message.topic,
            "key": message.key,
            "request_id": message.request_id,
            "payload": message.payload,
        });
        let mut out = std::io::stdout();
        writeln!(out, "{line}")
            .and_then(|()| out.flush())
            .map_err(|error| PublishError::Away(error.into()))
    }
}
