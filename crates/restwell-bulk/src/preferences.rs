use restwell_core::{Error, Request, Result, split_unquoted, unquoted};
use restwell_db::Context;

use crate::conflict::ON_CONFLICT;

/// The parameter that says what becomes of sound rows beside others.
const MODE: &str = "mode";
/// The parameter that asks for a rehearsal.
const DRY_RUN: &str = "dry_run";
/// What that may be.
const REHEARSALS: [&str; 2] = ["false", "true"];

/// The parameters of every bulk action, and those where upserts are declared.
pub(crate) const PARAMETERS: &[&str] = &[MODE, DRY_RUN];
pub(crate) const PARAMETERS_OF_UPSERTS: &[&str] = &[MODE, DRY_RUN, ON_CONFLICT];

/// How a client wants a bulk action to be done and answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preferences {
    /// Whether sound rows are done where others are not.
    pub(crate) partial: bool,
    /// Whether all is undone in the end.
    pub(crate) dry_run: bool,
    /// Whether the answer is without the rows (RFC 7240 §4.2).
    pub(crate) minimal: bool,
}

impl Preferences {
    /// What the request says.
    ///
    /// # Errors
    /// 400 when a parameter has another value than those it may have, or stands twice.
    pub(crate) fn of(request: &Request) -> Result<Self> {
        Ok(Self {
            partial: chosen(request, MODE, ["atomic", "partial"])?,
            dry_run: chosen(request, DRY_RUN, REHEARSALS)?,
            minimal: is_minimal(request),
        })
    }

    /// Does `work` in a transaction, which a rehearsal undoes.
    pub(crate) fn transaction<T>(
        self,
        cx: &mut Context,
        work: impl FnOnce(&mut Context) -> Result<T>,
    ) -> Result<T> {
        if self.dry_run {
            cx.rehearse(work)
        } else {
            cx.atomic(work)
        }
    }

    /// The status of what is done with `status`, were it done.
    pub(crate) fn status(self, status: u16) -> u16 {
        match status {
            201 if self.dry_run => 200,
            status => status,
        }
    }

    /// What a person is told of it.
    pub(crate) fn message(self, message: String) -> String {
        if self.dry_run {
            format!("{message} in a dry run")
        } else {
            message
        }
    }
}

/// Whether the request is a rehearsal, or would be if it were sound.
pub(crate) fn is_rehearsal(request: &Request) -> bool {
    chosen(request, DRY_RUN, REHEARSALS).unwrap_or(true)
}

/// The value of a parameter that decides what is done: nobody should have to know which of two
/// counts.
///
/// # Errors
/// 400 when it stands twice.
pub(crate) fn once<'a>(request: &'a Request, name: &'static str) -> Result<Option<&'a str>> {
    let mut values = request.query.iter().filter(|(own, _)| *own == name);
    let value = values.next().map(|(_, value)| value);
    if values.next().is_some() {
        let message = "This parameter may stand only once.";
        return Err(Error::field(name, "invalid", message));
    }
    Ok(value)
}

/// Whether a parameter has the second of its two values; the first is that of none.
fn chosen(request: &Request, name: &'static str, values: [&str; 2]) -> Result<bool> {
    match once(request, name)? {
        None => Ok(false),
        Some(value) if value == values[1] => Ok(true),
        Some(value) if value == values[0] => Ok(false),
        Some(_) => {
            let message = format!("Must be {} or {}.", values[0], values[1]);
            Err(Error::field(name, "invalid", message))
        }
    }
}

/// Whether `Prefer` asks for as little as possible. Of a preference that stands twice the first
/// counts (RFC 7240 §2), and a line that breaks the grammar says nothing.
fn is_minimal(request: &Request) -> bool {
    let lines = request.headers.get_all("prefer");
    let mut preferences = lines.filter_map(|line| split_unquoted(line, ',')).flatten();
    let wanted = preferences.find_map(|preference| {
        let preference = split_unquoted(preference, ';')?.into_iter().next()?;
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        let is_return = name.trim().eq_ignore_ascii_case("return");
        is_return.then(|| unquoted(value.trim()))
    });
    let wanted = wanted.flatten();
    wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case("minimal"))
}
