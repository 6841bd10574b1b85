use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::sleep;
use std::time::{Duration, Instant};

use restwell_core::{Error, Result};
use restwell_db::{Changes, Context, Model as _, Pool, QuerySet};
use uuid::Uuid;

use super::claim::{claim, later};
use super::{Message, PublishError, Publisher};

/// The longest text that is kept of a failure.
const LONGEST: usize = 1_000;

/// How long it takes at most to notice that a relay is to stop.
const NOTICE: Duration = Duration::from_millis(100);

/// Delivers what is in the outbox. Any number of them may be at work, in any number of processes.
#[derive(Clone, Debug)]
#[must_use]
pub struct Relay<P> {
    publisher: P,
    batch: u32,
    lease: Duration,
    attempts: u32,
    backoff: (Duration, Duration),
    poll: Duration,
}

/// What a relay did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How many messages the broker has.
    pub delivered: usize,
    /// How many it has not taken, and will be asked to again.
    pub failed: usize,
    /// How many are dead letters now.
    pub dead: usize,
    /// How many there was no time for.
    pub postponed: usize,
}

impl Round {
    fn taken(&self) -> usize {
        self.delivered + self.failed + self.dead + self.postponed
    }
}

impl<P: Publisher> Relay<P> {
    /// A relay to `publisher`.
    pub fn new(publisher: P) -> Self {
        Self {
            publisher,
            batch: 100,
            lease: Duration::from_secs(60),
            attempts: 10,
            backoff: (Duration::from_secs(1), Duration::from_secs(3_600)),
            poll: Duration::from_secs(1),
        }
    }

    /// How many messages it takes at once, 100 by default.
    pub fn batch(mut self, messages: u32) -> Self {
        self.batch = messages.max(1);
        self
    }

    /// How long the messages that it has taken are left to it, 60 s by default. What a process that
    /// ended had taken is delivered again after this time.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// How often a message is tried before it is given up, 10 times by default.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// How long a message waits after its first failure, 1 s by default. The time doubles with each
    /// further one up to `longest`, 1 h by default; up to half of it is taken off at random.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = (first, longest);
        self
    }

    /// How long it waits when there is nothing to deliver, 1 s by default.
    pub fn poll(mut self, time: Duration) -> Self {
        self.poll = time;
        self
    }

    /// Delivers one batch. No connection is kept while the broker is asked.
    ///
    /// # Errors
    /// 503 when the database is away, and what was delivered before may then be delivered again;
    /// 500 inside a transaction, which would take back what the relay notes.
    pub fn round(&self, cx: &mut Context) -> Result<Round> {
        if cx.in_transaction() {
            return Err(Error::internal("a relay works outside transactions"));
        }
        let end = Instant::now() + self.lease / 2;
        let messages = cx.retrying(|cx| claim(cx, self.batch, self.lease))?;
        let mut round = Round::default();
        let mut messages = messages.into_iter();
        for message in messages.by_ref() {
            cx.release();
            let attempts = u32::try_from(message.attempts).unwrap_or_default();
            match self.publish(&message, attempts) {
                Ok(()) => {
                    round.delivered += 1;
                    cx.retrying(|cx| by_id(message.id).purge(cx))?;
                }
                Err(error) => self.note(cx, &message, attempts, &error, &mut round)?,
            }
            if Instant::now() >= end {
                break;
            }
        }
        let rest: Vec<i64> = messages.map(|message| message.id).collect();
        round.postponed = rest.len();
        postpone(cx, rest)?;
        Ok(round)
    }

    /// Delivers all that is due.
    ///
    /// # Errors
    /// As for [`round`](Self::round).
    pub fn drain(&self, cx: &mut Context) -> Result<Round> {
        let mut all = Round::default();
        loop {
            let round = self.round(cx)?;
            all.delivered += round.delivered;
            all.failed += round.failed;
            all.dead += round.dead;
            if round.taken() == 0 {
                return Ok(all);
            }
        }
    }

    /// Delivers what becomes due, until `stopped` says so. While the database is away it waits.
    pub fn run(&self, pool: &Pool, stopped: impl Fn() -> bool) {
        while !stopped() {
            let round = self.round(&mut Context::detached(pool.clone()));
            if let Err(error) = &round {
                let cause = StdError::source(error).map(ToString::to_string);
                tracing::error!(code = error.code(), cause, "the relay has no database");
            }
            if !round.is_ok_and(|round| round.taken() > 0) {
                self.wait(&stopped);
            }
        }
    }

    fn wait(&self, stopped: &impl Fn() -> bool) {
        let end = Instant::now() + self.poll;
        while !stopped() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            sleep(left.min(NOTICE));
        }
    }

    /// One that was taken up too often without an outcome, by processes that ended over it, is not
    /// tried again.
    fn publish(&self, message: &Message, attempts: u32) -> Result<(), PublishError> {
        if attempts > self.attempts {
            return Err(PublishError::Rejected("it was tried too often".into()));
        }
        let published = catch_unwind(AssertUnwindSafe(|| self.publisher.publish(message)));
        published.unwrap_or_else(|_| Err(PublishError::Away("the publisher panicked".into())))
    }

    /// Notes the failure, unless the lease is over and another relay has taken the message since.
    fn note(
        &self,
        cx: &mut Context,
        message: &Message,
        attempts: u32,
        error: &PublishError,
        round: &mut Round,
    ) -> Result<()> {
        let now = cx.clock().now();
        let gives_up = matches!(error, PublishError::Rejected(_)) || attempts >= self.attempts;
        let text = with_causes(error);
        tracing::warn!(
            message = message.id,
            topic = message.topic,
            attempts,
            gives_up,
            error = text,
            "a message was not delivered"
        );
        let mut changes = Changes::new().with(Message::F.last_error, text);
        if gives_up {
            round.dead += 1;
            changes.set(Message::F.dead_at, now);
        } else {
            round.failed += 1;
            changes.set(Message::F.due_at, later(now, self.pause(attempts)));
        }
        let own = by_id(message.id).filter(Message::F.attempts.eq(message.attempts));
        cx.retrying(|cx| own.clone().update(cx, changes.clone()))?;
        Ok(())
    }

    /// Between half and all of what the attempts double.
    fn pause(&self, attempts: u32) -> Duration {
        let (first, longest) = self.backoff;
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let whole = first.saturating_mul(doubled).min(longest);
        let (random, _) = Uuid::new_v4().as_u64_pair();
        let share = 0.5 + (random % 1_000) as f64 / 2_000.0;
        whole.mul_f64(share)
    }
}

fn by_id(id: i64) -> QuerySet<Message> {
    Message::objects().filter(Message::F.id.eq(id))
}

/// Gives back what was taken and not tried.
fn postpone(cx: &mut Context, ids: Vec<i64>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let due = Changes::new().with(Message::F.due_at, cx.clock().now());
    let rows = Message::objects().filter(Message::F.id.in_(ids));
    cx.retrying(|cx| {
        cx.atomic(|cx| {
            rows.clone().increment(cx, Message::F.attempts, -1)?;
            rows.clone().update(cx, due.clone())
        })
    })?;
    Ok(())
}

fn with_causes(error: &PublishError) -> String {
    let mut text = error.to_string();
    let mut cause = StdError::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.chars().filter(|c| *c != '\0').take(LONGEST).collect()
}
