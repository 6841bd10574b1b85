use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use restwell_core::{Error, Result};
use restwell_db::Context;

type Function<E> = dyn Fn(&mut Context, &E) -> Result<()> + Send + Sync;

/// Who is told of events of one type.
pub(crate) struct Receiver<E> {
    name: &'static str,
    pub(crate) when: When,
    function: Box<Function<E>>,
}

/// When a receiver is told, and what becomes of its failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// In the transaction; a failure undoes what the receiver did.
    InTransaction,
    /// In the transaction; a failure is one of what it was told of.
    Required,
    /// After the commit.
    AfterCommit,
}

impl<E: 'static> Receiver<E> {
    pub(crate) fn new(
        name: &'static str,
        when: When,
        function: impl Fn(&mut Context, &E) -> Result<()> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            name,
            when,
            function: Box::new(function),
        })
    }

    /// Tells it. A panic of it is a failure.
    pub(crate) fn receive(&self, cx: &mut Context, event: &E) -> Result<()> {
        let told = catch_unwind(AssertUnwindSafe(|| (self.function)(cx, event)));
        told.unwrap_or_else(|_| Err(Error::internal("the receiver panicked")))
    }

    pub(crate) fn report(&self, error: &Error, cx: &Context) {
        tracing::error!(
            request_id = %cx.request().id,
            receiver = self.name,
            event = std::any::type_name::<E>(),
            code = error.code(),
            cause = std::error::Error::source(error).map(ToString::to_string),
            "a receiver failed: {}",
            error.message(),
        );
    }
}
