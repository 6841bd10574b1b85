//! How often somebody may make requests.
//!
//! An application gives its [`Throttles`] to `ApiBuilder::throttle`. A [`Rate`] is written as in
//! DRF, `100/hour`, or with a number before the period, `5/10min`; several hold together as
//! [`Rates`]. Requests are counted [`By`] user, by address or by any key, in a [`Store`]: in the
//! memory of the process, or in Redis for all processes together. What happens while Redis is
//! [`Away`] is declared.
//!
//! ```
//! use restwell_core::{Method, Principal, Request, Throttle};
//! use restwell_throttling::{Rate, Throttles};
//!
//! let throttles = Throttles::new().anon(Rate::per_minute(1));
//! let (request, now) = (Request::new(Method::Get, "/"), chrono::Utc::now());
//! let headers = throttles.check(&request, &Principal::Anonymous, &[], now)?;
//! assert_eq!(headers[0], ("ratelimit-policy", "\"anon\";q=1;w=60".to_owned()));
//!
//! let refused = throttles.check(&request, &Principal::Anonymous, &[], now).unwrap_err();
//! assert_eq!(refused.message(), "Request was throttled. Expected available in 60 seconds.");
//! # Ok::<(), restwell_core::Error>(())
//! ```
//!
//! Applications depend on the `restwell` facade, which re-exports all of it.

mod away;
mod by;
mod fields;
mod rate;
mod settings;
mod store;
mod throttles;

pub use away::Away;
pub use by::By;
pub use rate::{Rate, RateError, Rates};
pub use settings::ThrottleSettings;
#[cfg(feature = "redis")]
pub use store::{InvalidRedisUrl, RedisStore};
pub use store::{MemoryStore, Store, StoreError, Usage, Verdict, Window};
pub use throttles::Throttles;
