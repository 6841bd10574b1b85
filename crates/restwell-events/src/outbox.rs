//! Messages for other systems, kept in the transactions of what they tell until a broker has them.
//!
//! [`publish`] writes a message into the table `outbox`: it is there if and only if what it tells
//! was committed. A [`Relay`] hands it to a [`Publisher`] and removes it when that has succeeded. So
//! a message is delivered **at least once**: when the process ends between the two, or a publisher
//! takes longer than the lease, it is delivered again, under the same [id](Message::id).
//!
//! Messages with one [key](Outgoing::key) are delivered **in order**, one after the other: while one
//! cannot be delivered, those behind it wait. The order is that in which they were written, which is
//! that of the changes where the transactions wait for each other, as those do that write one row.
//! A message that is given up after too many attempts, or refused for good, stays as a
//! [dead letter](dead_letters) and holds nobody up; [`requeue`] tries it again.
//!
//! ```
//! use restwell_db::{Context, DatabaseUrl, PoolOptions, migrate};
//! use restwell_events::outbox::{Message, Outgoing, PublishError, Publisher, Relay, publish};
//!
//! struct Printer;
//!
//! impl Publisher for Printer {
//!     fn publish(&self, message: &Message) -> Result<(), PublishError> {
//!         println!("{}: {}", message.topic, message.payload);
//!         Ok(())
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pool = PoolOptions::default().open(DatabaseUrl::memory())?;
//! let mut cx = Context::detached(pool);
//! # migrate(&mut cx, &[&restwell_events::MIGRATIONS])?;
//! cx.atomic(|cx| {
//!     // … what the message tells …
//!     let shipped = Outgoing::new("order.shipped", &[7])?.key("order 7");
//!     publish(cx, [shipped])
//! })?;
//! let round = Relay::new(Printer).round(&mut cx)?;
//! assert_eq!(round.delivered, 1);
//! # Ok(())
//! # }
//! ```

mod claim;
mod message;
mod publisher;
mod relay;

pub use message::{Message, MessageFields, Outgoing, dead_letters, publish, requeue};
pub use publisher::{PublishError, Publisher};
pub use relay::{Relay, Round};
