//! The `Forwarded` header (RFC 7239).

use std::borrow::Cow;

use crate::quoted::{split_unquoted, unquoted};

/// What one proxy says of the request that it received.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) node: Option<Cow<'a, str>>,
    pub(super) scheme: Option<Cow<'a, str>>,
    pub(super) host: Option<Cow<'a, str>>,
}

/// The elements of one field line, or `None` where it breaks the grammar: a quote that a client
/// opens would swallow what the proxy behind it adds, so nothing in such a line is believed.
pub(super) fn elements(line: &str) -> Option<Vec<Element<'_>>> {
    split_unquoted(line, ',')?
        .into_iter()
        .filter(|element| !element.trim().is_empty())
        .map(element)
        .collect()
}

fn element(text: &str) -> Option<Element<'_>> {
    let mut element = Element::default();
    for pair in split_unquoted(text, ';')? {
        if pair.trim().is_empty() {
            continue;
        }
        let (name, value) = pair.trim().split_once('=')?;
        let value = Some(unquoted(value)?);
        let place = match name.to_ascii_lowercase().as_str() {
            "for" => &mut element.node,
            "proto" => &mut element.scheme,
            "host" => &mut element.host,
            _ => continue,
        };
        // A parameter occurs once in an element (RFC 7239 §4).
        if place.is_some() {
            return None;
        }
        *place = value;
    }
    Some(element)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nodes(line: &str) -> Option<Vec<String>> {
        let nodes = elements(line)?
            .into_iter()
            .map(|element| element.node.unwrap_or_default().into_owned());
        Some(nodes.collect())
    }

    #[test]
    fn elements_have_their_parameters_in_any_case_and_order() {
        let line = "For=192.0.2.43, proto=https;by=_x;for=\"[2001:db8::1]:80\";HOST=\"a,b\"";
        let found = elements(line).expect("well-formed");
        assert_eq!(found[0].node.as_deref(), Some("192.0.2.43"));
        assert_eq!(found[1].node.as_deref(), Some("[2001:db8::1]:80"));
        assert_eq!(found[1].scheme.as_deref(), Some("https"));
        assert_eq!(found[1].host.as_deref(), Some("a,b"));
    }

    #[test]
    fn an_open_quote_spoils_the_line() {
        for line in [
            "for=\"192.0.2.1, for=198.51.100.7",
            "for=\"192.0.2.1\\\", for=198.51.100.7",
            "for=\"x, for=\"[2001:db8::1]\"",
            "for=a\"b\", for=198.51.100.7",
            "for=1.1.1.1;for=2.2.2.2",
            "for",
        ] {
            assert_eq!(nodes(line), None, "{line}");
        }
    }

    proptest! {
        /// Whatever a client sends, either nothing is believed or the proxy's own element is the
        /// last.
        #[test]
        fn a_client_cannot_hide_what_the_proxy_adds(sent in "[ -~]{0,40}", v6: bool) {
            let added = if v6 { "[2001:db8::1]" } else { "198.51.100.7" };
            let quote = if v6 { "\"" } else { "" };
            if let Some(found) = nodes(&format!("{sent}, for={quote}{added}{quote}")) {
                prop_assert_eq!(found.last().map(String::as_str), Some(added));
            }
        }
    }
}
