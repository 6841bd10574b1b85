use std::fmt::Display;

use chrono::{DateTime, Utc};
use restwell_core::{Error, Result};
use restwell_db::{Changes, Context, Model as _, QuerySet};
use restwell_macros::Model;
use serde::Serialize;
use serde_json::Value;

diesel::table! {
    outbox (id) {
        id -> Int8,
        topic -> Text,
        key -> Nullable<Text>,
        payload -> Json,
        request_id -> Text,
        created_at -> Timestamptz,
        due_at -> Timestamptz,
        attempts -> Int4,
        last_error -> Nullable<Text>,
        dead_at -> Nullable<Timestamptz>,
    }
}

/// A message that waits for its delivery, or has been given up.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(
    crate = restwell_db,
    table = outbox,
    verbose_name = "message",
    verbose_name_plural = "messages"
)]
pub struct Message {
    /// The number, which counts up and is never used again. A receiver that gets one twice tells by
    /// it.
    pub id: i64,
    /// What it is about, such as `order.shipped`.
    pub topic: String,
    /// Messages with one key are delivered in order.
    pub key: Option<String>,
    /// What it says.
    pub payload: Value,
    /// The request in which it was written.
    pub request_id: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it is to be delivered, or when the lease of the relay ends that works on it.
    pub due_at: DateTime<Utc>,
    /// How often relays have taken it up.
    pub attempts: i32,
    /// Why it was not delivered the last time.
    pub last_error: Option<String>,
    /// When it was given up.
    pub dead_at: Option<DateTime<Utc>>,
}

/// A message to be written.
#[derive(Clone, Debug)]
#[must_use]
pub struct Outgoing {
    topic: String,
    key: Option<String>,
    payload: Value,
}

impl Outgoing {
    /// A message about `topic` without a key: it waits for no other.
    ///
    /// # Errors
    /// 500 when `payload` is nothing that JSON can say.
    pub fn new(topic: impl Into<String>, payload: &impl Serialize) -> Result<Self> {
        Ok(Self {
            topic: topic.into(),
            key: None,
            payload: serde_json::to_value(payload).map_err(Error::internal)?,
        })
    }

    /// Delivers it behind the earlier messages with the same key, whatever their topics: the key of
    /// the row that it tells of, say.
    pub fn key(mut self, key: impl Display) -> Self {
        self.key = Some(key.to_string());
        self
    }
}

/// Writes messages, in one statement, in the transaction that is open.
///
/// # Errors
/// 500 outside a transaction, where they could tell of what is then undone; 503 when the database
/// is away.
pub fn publish(cx: &mut Context, messages: impl IntoIterator<Item = Outgoing>) -> Result<()> {
    if !cx.in_transaction() {
        return Err(Error::internal(
            "a message for the outbox is written in the transaction of what it tells",
        ));
    }
    let (now, request_id) = (cx.now(), cx.request().id.to_string());
    let row = |message: Outgoing| {
        Changes::new()
            .with(Message::F.topic, message.topic)
            .with(Message::F.key, message.key)
            .with(Message::F.payload, message.payload)
            .with(Message::F.request_id, request_id.as_str())
            .with(Message::F.created_at, now)
            .with(Message::F.due_at, now)
    };
    let rows: Vec<_> = messages.into_iter().map(row).collect();
    Message::objects().create_many(cx, rows).map(drop)
}

/// The messages that were given up, the oldest first.
pub fn dead_letters() -> QuerySet<Message> {
    Message::objects()
        .filter(Message::F.dead_at.is_null(false))
        .order_by([Message::F.id.asc()])
}

/// Lets those of `messages` that were given up be delivered again, as if they had never been tried,
/// and returns how many they were.
///
/// # Errors
/// 503 when the database is away.
pub fn requeue(cx: &mut Context, messages: QuerySet<Message>) -> Result<usize> {
    let fresh = Changes::new()
        .with(Message::F.dead_at, None::<DateTime<Utc>>)
        .with(Message::F.due_at, cx.now())
        .with(Message::F.attempts, 0);
    let dead = messages.filter(Message::F.dead_at.is_null(false));
    dead.update(cx, fresh)
}
