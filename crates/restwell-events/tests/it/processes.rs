//! A process that ends between the commit and the delivery, and one that ends over a delivery.

use std::env;
use std::process::{Command, Stdio, abort};
use std::sync::Mutex;

use chrono::TimeDelta;
use restwell_db::{Context, Model as _, PoolOptions};
use restwell_events::Events;
use restwell_events::outbox::{Message, Outgoing, PublishError, Publisher, Relay, Round, publish};
use restwell_testing::{TestDatabase, on_both_databases};

use crate::desk::Desk;

const DATABASE: &str = "RESTWELL_TEST_DATABASE";
const DELIVERS: &str = "RESTWELL_TEST_DELIVERS";

struct Deadly;

impl Publisher for Deadly {
    fn publish(&self, _: &Message) -> Result<(), PublishError> {
        abort()
    }
}

/// What the other process runs: it is this test alone, told to end.
#[test]
fn ends_when_told_to() {
    let Ok(url) = env::var(DATABASE) else {
        return;
    };
    let pool = PoolOptions::default().open(url.parse().expect("a URL"));
    let mut cx = Context::detached(pool.expect("a pool"));
    if env::var(DELIVERS).is_ok() {
        let _ = Relay::new(Deadly).round(&mut cx);
        return;
    }
    let message = Outgoing::new("a.topic", &"kept").expect("JSON");
    cx.atomic(|cx| publish(cx, [message.key("k")]))
        .expect("a message");
    abort();
}

fn ended(desk: &Desk, delivers: bool) {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command
        .args(["--exact", "processes::ends_when_told_to", "--nocapture"])
        .env(DATABASE, desk.db.url())
        .stdout(Stdio::null());
    if delivers {
        command.env(DELIVERS, "yes");
    }
    let status = command.status().expect("another process");
    assert!(!status.success());
}

#[derive(Default)]
struct Broker(Mutex<Vec<i32>>);

impl Publisher for &Broker {
    fn publish(&self, message: &Message) -> Result<(), PublishError> {
        assert_eq!(message.payload, "kept");
        self.0.lock().expect("no panic").push(message.attempts);
        Ok(())
    }
}

fn empty(db: TestDatabase) -> Desk {
    Desk::with(db, |_| Events::new())
}

on_both_databases! {
    with empty;

    fn lose_no_message(desk) {
        ended(desk, false);
        ended(desk, true);
        let broker = Broker::default();
        let relay = Relay::new(&broker);
        // The other process has the time of the machine.
        let mut cx = desk.db.context();
        assert_eq!(relay.drain(&mut cx).expect("a database"), Round::default());
        let taken = Message::objects().get(&mut cx).expect("a message");
        assert_eq!(taken.attempts, 1);
        // The lease of the process that ended is over.
        let later = taken.due_at - cx.now() + TimeDelta::seconds(1);
        let clock = restwell_testing::ManualClock::at(cx.now() + later);
        drop(cx);
        let mut cx = desk.db.context_at(std::sync::Arc::new(clock));
        assert_eq!(relay.drain(&mut cx).expect("a database").delivered, 1);
        assert_eq!(*broker.0.lock().expect("no panic"), [2]);
        assert_eq!(Message::objects().count(&mut cx).expect("a count"), 0);
    }
}
