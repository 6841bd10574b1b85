//! The header fields that tell a client of its rates.
//!
//! `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10 (27 September
//! 2025): lists of structured-field strings (RFC 9651) with a quota `q` and a window `w` in seconds,
//! and with what remains `r` and the seconds `t` until more of it is available.

use std::fmt::Write;
use std::time::Duration;

use crate::store::{Usage, Window};

/// A window, and what clients call it.
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) window: Window,
}

pub(crate) fn rate_headers(policies: &[Policy], usages: &[Usage]) -> Vec<(&'static str, String)> {
    let (mut policy, mut state) = (String::new(), String::new());
    for (Policy { name, window }, usage) in policies.iter().zip(usages) {
        if !policy.is_empty() {
            policy.push_str(", ");
            state.push_str(", ");
        }
        let name = quoted(name);
        let (limit, period) = (window.limit, window.period.as_secs());
        // Writing to a text does not fail.
        let _ = write!(policy, "{name};q={limit};w={period}");
        let remaining = limit.saturating_sub(usage.used);
        let _ = write!(state, "{name};r={remaining};t={}", seconds(usage.reset));
    }
    vec![("ratelimit-policy", policy), ("ratelimit", state)]
}

/// Whole seconds, rounded up: who waits as long is welcome.
pub(crate) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// A string as structured fields have it; what it cannot have becomes an underscore.
fn quoted(name: &str) -> String {
    let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    let inner: String = name
        .chars()
        .map(|c| if allowed(c) { c } else { '_' })
        .collect();
    format!("\"{inner}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_form_of_the_draft() {
        let policy = |name: &str, limit, seconds| Policy {
            name: name.to_owned(),
            window: Window::new("key", limit, Duration::from_secs(seconds)),
        };
        let usage = |used, millis| Usage {
            used,
            reset: Duration::from_millis(millis),
        };
        let headers = rate_headers(
            &[policy("anon", 20, 60), policy("od\"d", 1, 86_400)],
            &[usage(1, 59_001), usage(2, 1_000)],
        );
        let expected = [
            (
                "ratelimit-policy",
                "\"anon\";q=20;w=60, \"od_d\";q=1;w=86400",
            ),
            ("ratelimit", "\"anon\";r=19;t=60, \"od_d\";r=0;t=1"),
        ];
        assert_eq!(
            headers,
            expected.map(|(name, value)| (name, value.to_owned()))
        );
    }
}
