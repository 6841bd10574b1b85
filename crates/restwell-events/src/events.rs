use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;

use restwell_core::{Error, Result};
use restwell_db::{Context, Listener, ModelMeta, Occasion, Write};

use crate::Event;
use crate::channel::{Channel, Feed};
use crate::receiver::{Receiver, When};

/// The receivers of an application, which it gives to its pool.
///
/// Receivers of an event are told in the order in which they are registered. None of them stops
/// another, whether it fails or panics.
///
/// ```
/// # use restwell_core::{Error, Result};
/// # use restwell_db::Context;
/// # use restwell_events::{Event, Events, send};
/// # struct Shipped;
/// # impl Event for Shipped {}
/// # fn stock(_: &mut Context, _: &Shipped) -> Result<()> { Ok(()) }
/// # fn count(_: &mut Context, _: &Shipped) -> Result<()> { Err(Error::internal("cannot count")) }
/// # fn mail(_: &mut Context, _: &Shipped) -> Result<()> { Ok(()) }
/// let events = Events::new()
///     .required("take it out of stock", stock) // or it is not shipped
///     .in_transaction("count it", count) // with what is shipped, but not at its expense
///     .after_commit("write a mail", mail); // when it is sure
/// # use restwell_db::{DatabaseUrl, PoolOptions};
/// # let pool = PoolOptions::default().listener(events).open(DatabaseUrl::memory())?;
/// # send(&mut Context::detached(pool), Shipped)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct Events {
    channels: HashMap<TypeId, Box<dyn Feed>>,
    /// By table and name of the model.
    sources: HashMap<(&'static str, &'static str, Occasion), Vec<TypeId>>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("channels", &self.channels.len())
            .finish_non_exhaustive()
    }
}

impl Events {
    /// No receivers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells `receiver` inside the transaction of what happens, in a savepoint of its own. When it
    /// fails, what it did is undone and the failure is logged; what happened stands.
    pub fn in_transaction<E: Event>(
        self,
        name: &'static str,
        receiver: impl Fn(&mut Context, &E) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.with(name, When::InTransaction, receiver)
    }

    /// Like [`in_transaction`](Self::in_transaction), but what happens fails with the receiver, when
    /// the others have been told: with its error, as the client sees it.
    pub fn required<E: Event>(
        self,
        name: &'static str,
        receiver: impl Fn(&mut Context, &E) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.with(name, When::Required, receiver)
    }

    /// Tells `receiver` after the commit, with a context and a connection of its own; never of what
    /// is undone. A failure is logged. When the process ends before, the receiver is not told: what
    /// must not be lost goes through the [`outbox`](crate::outbox).
    pub fn after_commit<E: Event>(
        self,
        name: &'static str,
        receiver: impl Fn(&mut Context, &E) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.with(name, When::AfterCommit, receiver)
    }

    fn with<E: Event>(
        mut self,
        name: &'static str,
        when: When,
        receiver: impl Fn(&mut Context, &E) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        let id = TypeId::of::<E>();
        let mut channel = match self.channels.remove(&id).map(|feed| feed as Box<dyn Any>) {
            Some(channel) => channel
                .downcast()
                .unwrap_or_else(|_| Box::new(Channel::new())),
            None => Box::new(Channel::<E>::new()),
        };
        channel.receivers.push(Receiver::new(name, when, receiver));
        if let Some(writes) = channel.writes() {
            let sources = self.sources.entry(writes).or_default();
            if !sources.contains(&id) {
                sources.push(id);
            }
        }
        self.channels.insert(id, channel);
        self
    }

    fn channel<E: Event>(&self) -> Option<&Channel<E>> {
        let channel: &dyn Any = &**self.channels.get(&TypeId::of::<E>())?;
        channel.downcast_ref()
    }
}

impl Listener for Events {
    fn listens(&self, meta: &ModelMeta, occasion: Occasion) -> bool {
        let writes = (meta.table, meta.name, occasion);
        self.sources.contains_key(&writes)
    }

    fn tell(&self, cx: &mut Context, write: &Write<'_>) -> Result<()> {
        let meta = write.meta();
        let writes = (meta.table, meta.name, write.occasion());
        let channels = self.sources.get(&writes).into_iter().flatten();
        for channel in channels.filter_map(|id| self.channels.get(id)) {
            channel.feed(cx, write)?;
        }
        Ok(())
    }
}

/// Tells the receivers of `E` that it happened.
///
/// # Errors
/// That of the first required receiver that failed; 500 when the pool has no [`Events`]; 503 when
/// the database is away.
pub fn send<E: Event>(cx: &mut Context, event: E) -> Result<()> {
    let listener = cx.listener()?;
    let events = listener.as_deref().map(|listener| listener as &dyn Any);
    let events = events.and_then(|events| events.downcast_ref::<Events>());
    let events = events.ok_or_else(|| {
        Error::internal("the pool has no events; give it some with `PoolOptions::listener`")
    })?;
    match events.channel::<E>() {
        Some(channel) => channel.send(cx, event),
        None => Ok(()),
    }
}
