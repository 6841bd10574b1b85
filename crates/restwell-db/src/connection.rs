//! One connection type for every database, chosen at run time by the scheme of the URL.

mod any;
#[cfg(feature = "sqlite")]
mod functions;
mod instrumentation;
mod manager;
mod session;
mod slow;
mod url;

pub use any::{AnyConnection, MultiBackend, MultiRawValue, MultiRow};
pub use manager::{ConnectError, Manager, Pool, PoolOptions};
pub use session::Session;
pub use url::{DatabaseUrl, DatabaseUrlError};

pub use crate::sql_types::{TextList, Texts};
