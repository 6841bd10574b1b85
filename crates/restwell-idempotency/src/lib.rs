//! Idempotency keys: a client that does not know whether its request was done sends it again with
//! the same `Idempotency-Key`, and what was done once is not done twice.
//!
//! A key is claimed in the transaction of the write, and the answer is kept in it: a crash at any
//! moment leaves both or neither. An application lists [`MIGRATIONS`] beside its own, gives its API
//! an [`IdempotencyKeys`], and calls [`delete_expired`] now and then.
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod keys;
mod record;

pub use keys::IdempotencyKeys;
pub use record::{MIGRATIONS, delete_expired};
