//! Where the mails of the application go.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use restwell::auth::PasswordResetMail;

/// The mails that were sent.
pub(crate) struct Mails {
    receiver: Mutex<Receiver<PasswordResetMail>>,
    gate: Arc<Mutex<()>>,
}

/// What sends them, as long as nobody holds it.
pub(crate) struct Post {
    sender: Mutex<Sender<PasswordResetMail>>,
    gate: Arc<Mutex<()>>,
}

pub(crate) fn post() -> (Post, Mails) {
    let (sender, receiver) = channel();
    let gate = Arc::new(Mutex::new(()));
    let post = Post {
        sender: Mutex::new(sender),
        gate: gate.clone(),
    };
    let mails = Mails {
        receiver: Mutex::new(receiver),
        gate,
    };
    (post, mails)
}

impl Post {
    pub(crate) fn deliver(&self, mail: PasswordResetMail) {
        let _open = locked(&self.gate);
        locked(&self.sender).send(mail).expect("a test that waits");
    }
}

impl Mails {
    /// Waits for the next one.
    pub(crate) fn next(&self) -> PasswordResetMail {
        let patience = Duration::from_secs(30);
        locked(&self.receiver)
            .recv_timeout(patience)
            .expect("a mail")
    }

    /// The next one, if it is there.
    pub(crate) fn now(&self) -> Result<PasswordResetMail, TryRecvError> {
        locked(&self.receiver).try_recv()
    }

    /// Lets no mail through until the value is dropped.
    pub(crate) fn hold(&self) -> MutexGuard<'_, ()> {
        locked(&self.gate)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
