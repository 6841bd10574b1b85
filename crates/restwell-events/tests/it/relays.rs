//! What relays deliver, and when.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use chrono::TimeDelta;
use restwell_db::statement::Lock;
use restwell_db::{Changes, Context, Model as _};
use restwell_events::Events;
use restwell_events::outbox::{
    Message, Outgoing, PublishError, Publisher, Relay, Round, dead_letters, publish, requeue,
};
use restwell_testing::{TestDatabase, on_both_databases, race};

use crate::desk::Desk;

type Told = (Option<String>, i64);

/// A broker that keeps what it is told, and does to some messages what their payload says.
#[derive(Clone, Default)]
struct Broker {
    /// Keys and ids.
    has: Arc<Mutex<Vec<Told>>>,
    mended: Arc<AtomicBool>,
}

impl Publisher for Broker {
    fn publish(&self, message: &Message) -> Result<(), PublishError> {
        let mended = self.mended.load(Ordering::SeqCst);
        match message.payload.as_str() {
            Some("away") if !mended => return Err(PublishError::Away("nobody\0there".into())),
            Some("never") => return Err(PublishError::Rejected("too long".into())),
            Some("panic") if !mended => panic!("a publisher that panics"),
            Some("slow") => thread::sleep(Duration::from_millis(60)),
            _ => {}
        }
        let mut has = self.has.lock().expect("no panic");
        has.push((message.key.clone(), message.id));
        Ok(())
    }
}

impl Broker {
    /// The ids of what it was told since the last time.
    fn ids(&self) -> Vec<i64> {
        let has = std::mem::take(&mut *self.has.lock().expect("no panic"));
        has.into_iter().map(|(_, id)| id).collect()
    }
}

fn empty(db: TestDatabase) -> Desk {
    Desk::with(db, |_| Events::new())
}

/// Writes messages with these keys and payloads. Their ids begin with 1.
fn put(desk: &Desk, messages: &[(Option<&str>, &str)]) {
    let messages = messages.iter().map(|(key, payload)| {
        let message = Outgoing::new("a.topic", payload).expect("JSON");
        key.iter().fold(message, |message, key| message.key(key))
    });
    let messages: Vec<Outgoing> = messages.collect();
    let mut cx = desk.context();
    cx.atomic(|cx| publish(cx, messages)).expect("messages");
}

fn of_key(desk: &Desk, payloads: &[&str]) {
    let messages: Vec<_> = payloads
        .iter()
        .map(|payload| (Some("k"), *payload))
        .collect();
    put(desk, &messages);
}

fn drained(desk: &Desk, relay: &Relay<Broker>) -> Round {
    relay.drain(&mut desk.context()).expect("a database")
}

fn left(cx: &mut Context) -> i64 {
    Message::objects().count(cx).expect("a count")
}

fn relay(broker: &Broker) -> Relay<Broker> {
    Relay::new(broker.clone())
        .backoff(Duration::from_secs(10), Duration::from_secs(60))
        .attempts(3)
}

on_both_databases! {
    with empty;

    fn each_message_once_in_its_order(desk) {
        put(desk, &[(None, "a"), (Some("k"), "b"), (Some("k"), "c"), (Some("l"), "d")]);
        let broker = Broker::default();
        let round = drained(desk, &relay(&broker));
        assert_eq!((round.delivered, round.failed), (4, 0));
        // The second of a key goes when the first has gone.
        assert_eq!(broker.ids(), [1, 2, 4, 3]);
        assert_eq!(left(&mut desk.context()), 0);
        assert_eq!(drained(desk, &relay(&broker)), Round::default());
        put(desk, &[(None, "e")]);
        drained(desk, &relay(&broker));
        assert_eq!(broker.ids(), [5]);
    }

    fn in_batches_of_a_bounded_size(desk) {
        put(desk, &[(None, "a"); 25]);
        let broker = Broker::default();
        let relay = relay(&broker).batch(10);
        let mut cx = desk.context();
        let sizes = [(); 4].map(|()| relay.round(&mut cx).expect("a round").delivered);
        assert_eq!(sizes, [10, 10, 5, 0]);
        assert_eq!(broker.ids(), Vec::from_iter(1..=25));
    }

    fn what_fails_waits_and_holds_its_key_up(desk) {
        of_key(desk, &["away", "b"]);
        put(desk, &[(Some("l"), "c"), (None, "d")]);
        let broker = Broker::default();
        let relay = relay(&broker);
        let round = drained(desk, &relay);
        assert_eq!((round.delivered, round.failed), (2, 1));
        assert_eq!(broker.ids(), [3, 4]);
        let message = Message::objects().find(&mut desk.context(), &1).expect("a message");
        assert_eq!(message.last_error.as_deref(), Some("the broker is away: nobodythere"));
        let pause = message.due_at - desk.clock_now();
        assert!(pause >= TimeDelta::seconds(5) && pause <= TimeDelta::seconds(10), "{pause}");
        assert_eq!(drained(desk, &relay), Round::default());
        desk.clock.advance(TimeDelta::seconds(10));
        assert_eq!(drained(desk, &relay).failed, 1);
        let message = Message::objects().find(&mut desk.context(), &1).expect("a message");
        let pause = message.due_at - desk.clock_now();
        assert!(pause >= TimeDelta::seconds(10) && pause <= TimeDelta::seconds(20), "{pause}");
        broker.mended.store(true, Ordering::SeqCst);
        assert_eq!(drained(desk, &relay), Round::default());
        desk.clock.advance(TimeDelta::seconds(20));
        assert_eq!(drained(desk, &relay).delivered, 2);
        assert_eq!(broker.ids(), [1, 2]);
    }

    fn what_fails_too_often_is_a_dead_letter(desk) {
        of_key(desk, &["panic", "b"]);
        let broker = Broker::default();
        let relay = relay(&broker);
        for _ in 0..2 {
            assert_eq!(drained(desk, &relay).failed, 1);
            desk.clock.advance(TimeDelta::minutes(1));
        }
        let round = drained(desk, &relay);
        assert_eq!((round.dead, round.delivered), (1, 1));
        // It holds nobody up.
        assert_eq!(broker.ids(), [2]);
        desk.clock.advance(TimeDelta::days(100));
        assert_eq!(drained(desk, &relay), Round::default());
        let mut cx = desk.context();
        let dead = dead_letters().load(&mut cx).expect("messages");
        assert_eq!((dead.len(), dead[0].id, dead[0].attempts), (1, 1, 3));
        assert_eq!(dead[0].last_error.as_deref(), Some("the broker is away: the publisher panicked"));
        broker.mended.store(true, Ordering::SeqCst);
        assert_eq!(requeue(&mut cx, dead_letters()).expect("a number"), 1);
        assert_eq!(requeue(&mut cx, dead_letters()).expect("a number"), 0);
        drop(cx);
        assert_eq!(drained(desk, &relay).delivered, 1);
        assert_eq!(broker.ids(), [1]);
    }

    fn what_processes_ended_over_too_often_is_a_dead_letter(desk) {
        of_key(desk, &["a", "b"]);
        desk.db.execute("UPDATE outbox SET attempts = 3 WHERE id = 1");
        let broker = Broker::default();
        let round = drained(desk, &relay(&broker));
        assert_eq!((round.dead, round.delivered), (1, 1));
        assert_eq!(broker.ids(), [2]);
    }

    fn what_is_refused_is_a_dead_letter_at_once(desk) {
        of_key(desk, &["never", "b"]);
        let broker = Broker::default();
        let round = drained(desk, &relay(&broker));
        assert_eq!((round.dead, round.delivered), (1, 1));
        assert_eq!(broker.ids(), [2]);
    }

    fn what_there_is_no_time_for_is_given_back(desk) {
        put(desk, &[(None, "slow"); 4]);
        let broker = Broker::default();
        let relay = relay(&broker).lease(Duration::from_millis(200));
        let round = relay.round(&mut desk.context()).expect("a round");
        assert_eq!((round.delivered, round.postponed), (2, 2));
        let rest = Message::objects().load(&mut desk.context()).expect("messages");
        assert!(rest.iter().all(|message| message.attempts == 0));
        assert_eq!(drained(desk, &relay).delivered, 2);
        assert_eq!(broker.ids(), [1, 2, 3, 4]);
    }

    fn many_at_once_deliver_each_message_once(desk) {
        let keys: Vec<String> = (0..8).map(|key| format!("key {key}")).collect();
        let messages: Vec<_> = (0..200).map(|i| (Some(keys[i % 8].as_str()), "x")).collect();
        put(desk, &messages);
        put(desk, &[(None, "x"); 50]);
        let broker = Broker::default();
        let relay = relay(&broker).batch(7);
        race(4, |_| {
            while left(&mut desk.context()) > 0 {
                drained(desk, &relay);
            }
        });
        let has = broker.has.lock().expect("no panic").clone();
        let mut ids: Vec<i64> = has.iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        assert_eq!(ids, Vec::from_iter(1..=250));
        let mut last: HashMap<&str, i64> = HashMap::new();
        for (key, id) in &has {
            if let Some(key) = key {
                let before = last.insert(key, *id).unwrap_or_default();
                assert!(before < *id, "{key}: {before} before {id}");
            }
        }
    }

    fn a_relay_that_is_too_slow_notes_nothing(desk) {
        put(desk, &[(None, "away")]);
        /// While it is asked, the lease ends and another relay takes the message.
        struct Slow<'a>(&'a Desk);
        impl Publisher for Slow<'_> {
            fn publish(&self, _: &Message) -> Result<(), PublishError> {
                let taken = Changes::new().with(Message::F.attempts, 2);
                let mut cx = self.0.context();
                Message::objects().update(&mut cx, taken).expect("an update");
                Err(PublishError::Rejected("too late".into()))
            }
        }
        Relay::new(Slow(desk)).round(&mut desk.context()).expect("a round");
        let message = Message::objects().find(&mut desk.context(), &1).expect("a message");
        assert_eq!((message.attempts, message.dead_at, message.last_error), (2, None, None));
    }

    fn works_on_until_it_is_stopped(desk) {
        let broker = Broker::default();
        let relay = relay(&broker).poll(Duration::from_millis(10));
        let stopped = AtomicBool::new(false);
        thread::scope(|scope| {
            let pool = desk.db.pool();
            let (relay, stopped) = (&relay, &stopped);
            scope.spawn(move || relay.run(&pool, || stopped.load(Ordering::SeqCst)));
            for _ in 0..3 {
                put(desk, &[(Some("k"), "a")]);
                while left(&mut desk.context()) > 0 {
                    thread::sleep(Duration::from_millis(5));
                }
            }
            stopped.store(true, Ordering::SeqCst);
        });
        assert_eq!(broker.ids(), [1, 2, 3]);
    }

    fn works_outside_transactions(desk) {
        let relay = relay(&Broker::default());
        let inside = desk.context().atomic(|cx| relay.round(cx));
        assert_eq!(inside.expect_err("a transaction").status(), 500);
    }
}

#[test]
fn what_another_transaction_has_locked_is_passed_over() {
    let desk = empty(TestDatabase::postgres());
    put(&desk, &[(None, "a"), (None, "b")]);
    let broker = Broker::default();
    let mut cx = desk.context();
    cx.atomic(|cx| {
        let first = Message::objects().filter(Message::F.id.eq(1));
        first.select_for_update(Lock::Wait).get(cx)?;
        drained(&desk, &relay(&broker));
        assert_eq!(broker.ids(), [2]);
        Ok(())
    })
    .expect("a lock");
    drained(&desk, &relay(&broker));
    assert_eq!(broker.ids(), [1]);
}
