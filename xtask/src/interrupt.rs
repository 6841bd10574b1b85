//! Signals that ask for the end are noted and not obeyed at once, so that servers are stopped and
//! directories removed on the way out.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use rustix::process::Signal;

use crate::error::Error;

const SIGNALS: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];

static PENDING: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

pub(crate) fn listen() -> Result<(), Error> {
    let pending = PENDING.get_or_init(Arc::default);
    for (index, signal) in SIGNALS.iter().enumerate() {
        signal_hook::flag::register_usize(signal.as_raw(), Arc::clone(pending), index + 1)
            .map_err(Error::io("listen for signals"))?;
    }
    Ok(())
}

/// The last signal since the last call.
pub(crate) fn take() -> Option<Signal> {
    let index = PENDING.get()?.swap(0, Ordering::SeqCst);
    SIGNALS.get(index.checked_sub(1)?).copied()
}
