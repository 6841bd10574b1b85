use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};

use super::slow;

/// What a query may take before it is logged as slow.
const SLOW: Duration = Duration::from_millis(200);

/// Counts the statements of one connection and logs the slow ones. Transaction control is not
/// counted.
pub(super) struct StatementCounter {
    count: Arc<AtomicU64>,
    started: Option<Instant>,
    /// Whether the next statement is transaction control.
    control: bool,
}

impl StatementCounter {
    pub(super) fn new(count: Arc<AtomicU64>) -> Self {
        Self {
            count,
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
                    self.count.fetch_add(1, Ordering::Relaxed);
                }
                self.finish(&query);
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
