//! What is kept of the log outside of it.

use std::fmt;
use std::str::FromStr;

use diesel::connection::SimpleConnection;
use restwell_core::{Error, Result};
use restwell_db::{Context, Model as _};
use restwell_macros::Model;
use sha2::{Digest, Sha256};

use crate::chain::in_hexadecimal;

/// How many entries are in memory at a time.
const CHUNK: i64 = 1_000;

diesel::table! {
    audit_log (id) {
        id -> Int8,
        hash -> Text,
    }
}

#[derive(Model, Clone)]
#[model(crate = restwell_db, table = audit_log)]
struct Sealed {
    id: i64,
    hash: String,
}

/// The log up to one of its entries, in a line of text that is kept where those who may write to
/// the database cannot.
///
/// Whoever removes the last entries of a row, or writes its whole chain anew, leaves chains in which
/// [`verify`](crate::verify) finds no fault. They are found out by a seal that was taken before.
///
/// ```
/// use restwell_audit::Seal;
///
/// let kept = format!("1200:{}", "0".repeat(64));
/// assert_eq!(kept.parse::<Seal>()?.to_string(), kept);
/// assert!("1200".parse::<Seal>().is_err());
/// # Ok::<(), restwell_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The number of the last entry that it covers.
    last: i64,
    /// The SHA-256 of the numbers and hashes of all entries so far.
    digest: String,
}

impl Seal {
    /// Seals the log as it is, when those who are just writing to it are done.
    ///
    /// # Errors
    /// 503 when the database is away or they take too long.
    pub fn of_log(cx: &mut Context) -> Result<Self> {
        let last = cx.atomic(|cx| {
            // A smaller number may be committed later. SQLite has one writer, which is this.
            if cx.dialect()?.is_postgres() {
                let lock = "LOCK TABLE audit_log IN SHARE MODE";
                cx.own_connection()?.batch_execute(lock)?;
            }
            let last = Sealed::objects()
                .order_by([Sealed::F.id.desc()])
                .first(cx)?;
            Ok(last.map_or(0, |entry| entry.id))
        })?;
        let digest = digest(cx, last)?;
        Ok(Self { last, digest })
    }

    /// Whether the log begins with what was sealed.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub fn holds(&self, cx: &mut Context) -> Result<bool> {
        Ok(digest(cx, self.last)? == self.digest)
    }
}

fn digest(cx: &mut Context, last: i64) -> Result<String> {
    let mut hash = Sha256::new();
    let entries = Sealed::objects().filter(Sealed::F.id.lte(last));
    entries.chunks(cx, CHUNK, |_, entries| {
        for entry in entries {
            hash.update(entry.id.to_be_bytes());
            hash.update((entry.hash.len() as u64).to_be_bytes());
            hash.update(entry.hash);
        }
        Ok(())
    })?;
    Ok(in_hexadecimal(&hash.finalize()))
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.last, self.digest)
    }
}

impl FromStr for Seal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (last, digest) = text.split_once(':')?;
            let is_digest = digest.len() == 64 && digest.bytes().all(|it| it.is_ascii_hexdigit());
            Some(Self {
                last: last.parse().ok()?,
                digest: is_digest.then(|| digest.to_ascii_lowercase())?,
            })
        };
        read().ok_or_else(|| Error::parse("A seal is a number, a colon and 64 hexadecimal digits."))
    }
}
