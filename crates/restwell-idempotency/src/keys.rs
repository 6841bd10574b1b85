use chrono::TimeDelta;
use restwell_core::{Claim, Error, IdempotencyStore, KeptAnswer, Result};
use restwell_db::Context;

use crate::record;

/// Keeps answers in the database of the application, for 24 hours unless told otherwise.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct IdempotencyKeys {
    lifetime: TimeDelta,
}

impl Default for IdempotencyKeys {
    fn default() -> Self {
        Self::new()
    }
}

impl IdempotencyKeys {
    /// Keys that are good for 24 hours.
    pub fn new() -> Self {
        Self {
            lifetime: TimeDelta::hours(24),
        }
    }

    /// How long an answer is kept: clients try again within this time. Not less than a second.
    pub fn lifetime(mut self, lifetime: TimeDelta) -> Self {
        self.lifetime = lifetime.max(TimeDelta::seconds(1));
        self
    }
}

impl IdempotencyStore<Context> for IdempotencyKeys {
    fn claim(&self, cx: &mut Context, claim: &Claim) -> Result<Option<KeptAnswer>> {
        if !record::lock(cx, claim)? {
            return Err(in_use());
        }
        let now = cx.now().timestamp();
        let expires_at = now.saturating_add(self.lifetime.num_seconds());
        if record::insert(cx, claim, now, expires_at)? {
            return Ok(None);
        }
        // Between the two statements it may have been cleared away.
        let record = record::find(cx, claim)?.ok_or_else(in_use)?;
        if record.fingerprint != claim.fingerprint() {
            return Err(reused());
        }
        record.answer()?.ok_or_else(in_use).map(Some)
    }

    fn keep(&self, cx: &mut Context, claim: &Claim, answer: &KeptAnswer) -> Result<()> {
        record::keep(cx, claim, answer)
    }
}

fn in_use() -> Error {
    Error::conflict(
        "idempotency_key_in_use",
        "A request with this Idempotency-Key is being answered.",
    )
    .with_header("retry-after", "1")
}

fn reused() -> Error {
    Error::new(
        422,
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request.",
    )
}
