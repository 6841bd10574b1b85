//! Cookies (RFC 6265).

use restwell_core::Request;

/// Who may read a cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The server alone.
    Server,
    /// The scripts of a page too.
    Script,
}

/// The value of the cookie `name` that a request brings.
pub(super) fn get<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut pairs = request
        .headers
        .get_all("cookie")
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value)
}

/// A `Set-Cookie` for the whole host. `value` is letters that a cookie can have.
pub(super) fn set(name: &str, value: &str, age: i64, is_secure: bool, reader: Reader) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    let http_only = if reader == Reader::Server {
        "; HttpOnly"
    } else {
        ""
    };
    format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Lax{http_only}{secure}")
}
