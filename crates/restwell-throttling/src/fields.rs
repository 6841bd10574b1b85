//! The header fields that tell a client of its rates.
//!
//! `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10 (27 September
//! 2025): lists of structured-field strings (RFC 9651) with a quota `q` and a window `w` in seconds,
//! and with what remains `r` and the seconds `t` until more of it is available.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use crate::store::{Usage, Window};

/// The windows that a request counts against, and what clients call them.
#[derive(Default)]
pub(crate) struct Policies<'a> {
    names: Vec<Cow<'a, str>>,
    pub(crate) windows: Vec<Window>,
}

impl<'a> Policies<'a> {
    pub(crate) fn push(&mut self, name: Cow<'a, str>, window: Window) {
        self.names.push(name);
        self.windows.push(window);
    }
}

pub(crate) fn rate_headers(
    policies: &Policies<'_>,
    usages: &[Usage],
) -> Vec<(&'static str, String)> {
    const LENGTH: usize = 32;
    let length = LENGTH * usages.len();
    let (mut policy, mut state) = (String::with_capacity(length), String::with_capacity(length));
    let windows = policies.names.iter().zip(&policies.windows);
    for ((name, window), usage) in windows.zip(usages) {
        if !policy.is_empty() {
            policy.push_str(", ");
            state.push_str(", ");
        }
        let begin = policy.len();
        push_quoted(name, &mut policy);
        state.push_str(&policy[begin..]);
        let (limit, period) = (window.limit, window.period.as_secs());
        // Writing to a text does not fail.
        let _ = write!(policy, ";q={limit};w={period}");
        let remaining = limit.saturating_sub(usage.used);
        let _ = write!(state, ";r={remaining};t={}", seconds(usage.reset));
    }
    vec![("ratelimit-policy", policy), ("ratelimit", state)]
}

/// Whole seconds, rounded up: who waits as long is welcome.
pub(crate) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// A string as structured fields have it; what it cannot have becomes an underscore.
fn push_quoted(name: &str, into: &mut String) {
    let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    into.push('"');
    into.extend(name.chars().map(|c| if allowed(c) { c } else { '_' }));
    into.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_form_of_the_draft() {
        let mut policies = Policies::default();
        for (name, limit, period) in [("anon", 20, 60), ("od\"d", 1, 86_400)] {
            let window = Window::new("key", limit, Duration::from_secs(period));
            policies.push(name.into(), window);
        }
        let usage = |used, millis| Usage {
            used,
            reset: Duration::from_millis(millis),
        };
        let headers = rate_headers(&policies, &[usage(1, 59_001), usage(2, 1_000)]);
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
