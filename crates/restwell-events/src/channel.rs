use std::any::Any;
use std::sync::Arc;

use restwell_core::{Error, Result};
use restwell_db::{Context, Occasion, Write};

use crate::Event;
use crate::event::Source;
use crate::receiver::{Receiver, When};

/// How deep events may lie in each other, a receiver of one sending the next.
const DEEPEST: u8 = 8;

/// How many events this context is in the middle of telling.
#[derive(Clone, Copy)]
struct Depth(u8);

/// The receivers of one type of event, in the order in which they were registered.
pub(crate) struct Channel<E> {
    source: Option<Source<E>>,
    pub(crate) receivers: Vec<Arc<Receiver<E>>>,
}

/// A channel without the type of its event.
pub(crate) trait Feed: Any + Send + Sync {
    /// Of which writes its events tell: the table and the name of the model, and when.
    fn writes(&self) -> Option<(&'static str, &'static str, Occasion)>;

    /// Tells of a write.
    fn feed(&self, cx: &mut Context, write: &Write<'_>) -> Result<()>;
}

impl<E: Event> Channel<E> {
    pub(crate) fn new() -> Self {
        Self {
            source: E::source(),
            receivers: Vec::new(),
        }
    }

    /// Tells every receiver, whatever becomes of the others.
    ///
    /// # Errors
    /// That of the first required receiver that failed, or of a transaction that must be begun
    /// again.
    pub(crate) fn send(&self, cx: &mut Context, event: E) -> Result<()> {
        let Depth(depth) = cx.local().copied().unwrap_or(Depth(0));
        if depth == DEEPEST {
            return Err(Error::internal(format!(
                "{} is sent by a receiver of itself, again and again",
                std::any::type_name::<E>()
            )));
        }
        cx.set_local(Depth(depth + 1));
        let told = self.tell(cx, &Arc::new(event));
        cx.set_local(Depth(depth));
        told
    }

    fn tell(&self, cx: &mut Context, event: &Arc<E>) -> Result<()> {
        let mut refused = None;
        for receiver in &self.receivers {
            if receiver.when == When::AfterCommit {
                defer(cx, receiver, event);
                continue;
            }
            let Err(error) = cx.atomic(|cx| receiver.receive(cx, event)) else {
                continue;
            };
            if Context::is_undone_by(&error) {
                return Err(error);
            }
            receiver.report(&error, cx);
            if receiver.when == When::Required {
                refused.get_or_insert(error);
            }
        }
        refused.map_or(Ok(()), Err)
    }
}

/// Tells the receiver when what happened is sure.
fn defer<E: Event>(cx: &mut Context, receiver: &Arc<Receiver<E>>, event: &Arc<E>) {
    let (receiver, event) = (Arc::clone(receiver), Arc::clone(event));
    let mut next = cx.successor();
    // What it sends lies in this event, too.
    if let Some(depth) = cx.local::<Depth>() {
        next.set_local(*depth);
    }
    cx.on_commit(move || {
        if let Err(error) = receiver.receive(&mut next, &event) {
            receiver.report(&error, &next);
        }
    });
}

impl<E: Event> Feed for Channel<E> {
    fn writes(&self) -> Option<(&'static str, &'static str, Occasion)> {
        let source = self.source.as_ref()?;
        Some((source.meta.table, source.meta.name, source.occasion))
    }

    fn feed(&self, cx: &mut Context, write: &Write<'_>) -> Result<()> {
        let event = match &self.source {
            Some(source) => (source.read)(write)?,
            None => None,
        };
        event.map_or(Ok(()), |event| self.send(cx, event))
    }
}
