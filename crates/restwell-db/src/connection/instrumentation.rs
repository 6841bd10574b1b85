use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};

use super::slow;

/// What a query may take before it is logged as slow.
const SLOW: Duration = Duration::from_millis(200);

/// What one connection has done since it was opened.
#[derive(Default)]
pub(super) struct Counts {
    /// The statements that ran, transaction control not counted.
    pub(super) run: AtomicU64,
    /// The statements that were kept prepared.
    pub(super) prepared: AtomicU64,
}

/// Counts the statements of one connection and logs the slow ones.
pub(super) struct StatementCounter {
    counts: Arc<Counts>,
    started: Option<Instant>,
    /// Whether the next statement is transaction control.
    control: bool,
}

impl StatementCounter {
    pub(super) fn new(counts: Arc<Counts>) -> Self {
        Self {
            counts,
            started: None,
            control: false,
        }
    }

    fn finish(&mut self, query: &dyn std::fmt::Display) {
        let Some(elapsed) = self.started.take().map(|started| started.elapsed()) else {
            return;
        };
        if elapsed > SLOW {
            slow::log(&query.to_string(), elapsed);
        }
    }
}

impl Instrumentation for StatementCounter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => {
                self.started = Some(Instant::now());
            }
            InstrumentationEvent::FinishQuery { query, .. } => {
                if !std::mem::take(&mut self.control) {
                    self.counts.run.fetch_add(1, Ordering::Relaxed);
                }
                self.finish(&query);
            }
            InstrumentationEvent::CacheQuery { .. } => {
                self.counts.prepared.fetch_add(1, Ordering::Relaxed);
            }
            InstrumentationEvent::BeginTransaction { .. }
            | InstrumentationEvent::CommitTransaction { .. }
            | InstrumentationEvent::RollbackTransaction { .. } => {
                self.control = true;
            }
            _ => {}
        }
    }
}
