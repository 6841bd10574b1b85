use restwell_core::Result;
use restwell_db::Context;

/// What of a request that writes is in its transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Atomicity {
    /// The write: the hooks around it, what it writes, and the answer that is made of it. Input is
    /// read and validated before.
    #[default]
    Write,
    /// Everything behind permission and throttle: what the validation reads is what the write
    /// meets. An SQLite database has no other writer meanwhile.
    Request,
    /// Nothing: every statement is kept as it succeeds, and nothing is tried again.
    Off,
}

impl Atomicity {
    /// Does the write of a request.
    pub(crate) fn write<T>(
        self,
        cx: &mut Context,
        work: impl FnOnce(&mut Context) -> Result<T>,
    ) -> Result<T> {
        match self {
            Self::Write => cx.atomic(work),
            Self::Request | Self::Off => work(cx),
        }
    }

    /// Does the whole of a request that writes.
    pub(crate) fn request<T>(
        self,
        cx: &mut Context,
        work: impl FnOnce(&mut Context) -> Result<T>,
    ) -> Result<T> {
        match self {
            Self::Request => cx.atomic(work),
            Self::Write | Self::Off => work(cx),
        }
    }
}
