//! Mails to users.

use std::error::Error as StdError;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

/// A mail with which somebody who forgot the password gets a new one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PasswordResetMail {
    /// The address, as the user's row has it.
    pub address: String,
    /// The name of the user.
    pub username: String,
    /// The token, which goes into a link. It is as good as the password.
    pub token: SecretString,
    /// When the token ends.
    pub expires_at: DateTime<Utc>,
}

/// Sends mails, in whatever way the application does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` sends no mails",
    note = "implement `Mailer`: `fn send_password_reset(&self, mail: PasswordResetMail)`"
)]
pub trait Mailer: Send + Sync + 'static {
    /// Sends `mail`. It may take its time: it runs in a thread of its own, after the answer and the
    /// commit are done.
    ///
    /// # Errors
    /// Whatever went wrong, for the log.
    fn send_password_reset(
        &self,
        mail: PasswordResetMail,
    ) -> Result<(), Box<dyn StdError + Send + Sync>>;
}

/// Mails that wait for their [`Mailer`], which sends one after the other. Handing one over takes
/// no time, so that an answer does not tell by its time that there was a mail to send.
#[derive(Clone)]
pub struct MailQueue {
    sender: SyncSender<PasswordResetMail>,
}

impl fmt::Debug for MailQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailQueue")
    }
}

impl MailQueue {
    /// How many mails wait at most; more are dropped, and their users ask again.
    pub const LONGEST: usize = 1_000;

    /// A queue before `mailer`. Its thread ends with the last clone of the queue.
    ///
    /// # Panics
    /// When the machine has no thread to give.
    pub fn new(mailer: impl Mailer) -> Self {
        let (sender, receiver) = sync_channel(Self::LONGEST);
        let worker = thread::Builder::new().name("mail".to_owned());
        if let Err(error) = worker.spawn(move || deliver(&mailer, &receiver)) {
            panic!("no thread for mails: {error}");
        }
        Self { sender }
    }

    /// Hands `mail` over.
    pub fn push(&self, mail: PasswordResetMail) {
        if self.sender.try_send(mail).is_err() {
            tracing::error!("the queue of mails is full: a mail was dropped");
        }
    }
}

/// Neither an error nor a panic keeps the next mail from being sent.
fn deliver(mailer: &impl Mailer, mails: &Receiver<PasswordResetMail>) {
    for mail in mails {
        let sent = catch_unwind(AssertUnwindSafe(|| mailer.send_password_reset(mail)));
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "a mail was not sent"),
            Err(_) => tracing::error!("the mailer panicked"),
        }
    }
}
