//! Where a request comes from, when proxies stand before the application.

mod forwarded;

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use crate::hosts::host_of;
use crate::{Headers, Network, NetworkError};

/// The proxies whose word on the origin of a request is taken; none by default.
///
/// A proxy adds the address that it was called from to `X-Forwarded-For` or `Forwarded` (RFC 7239).
/// The addresses are therefore read from the right end, as long as they are those of trusted
/// proxies; the first other one is the client's. What stands further left is the client's own
/// invention. From a peer that is not trusted, these headers change nothing; `X-Real-IP` never
/// does.
///
/// A proxy writes one of the two headers and passes the other on as the client sent it. Where a
/// request has both and they disagree, neither is believed.
///
/// ```
/// use restwell_core::{Headers, TrustedProxies};
/// let proxies: TrustedProxies = "10.0.0.0/8, 192.0.2.1".parse()?;
/// let mut headers = Headers::default();
/// headers.add("X-Forwarded-For", "6.6.6.6, 203.0.113.9, 10.0.0.2");
/// let source = proxies.source(Some([10, 0, 0, 1].into()), &headers);
/// assert_eq!(source.client, Some([203, 0, 113, 9].into()));
/// # Ok::<(), restwell_core::NetworkError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<Network>,
}

/// Where a request comes from, and how the client addressed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source<'a> {
    /// The address of the client.
    pub client: Option<IpAddr>,
    /// `http` or `https`, if a trusted proxy says so.
    pub scheme: Option<&'static str>,
    /// The authority that the client asked for, if a trusted proxy says so.
    pub host: Option<Cow<'a, str>>,
}

impl TrustedProxies {
    /// No proxy: the peer is the client.
    pub fn none() -> Self {
        Self::default()
    }

    /// The proxies in `networks`.
    pub fn new(networks: impl IntoIterator<Item = Network>) -> Self {
        Self {
            networks: networks.into_iter().collect(),
        }
    }

    /// Whether `address` is that of a trusted proxy.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(address))
    }

    /// Where a request from `peer` comes from.
    pub fn source<'a>(&self, peer: Option<IpAddr>, headers: &'a Headers) -> Source<'a> {
        let peer = peer.map(|peer| peer.to_canonical());
        let itself = Source {
            client: peer,
            ..Source::default()
        };
        let Some(proxy) = peer.filter(|peer| self.contains(*peer)) else {
            return itself;
        };
        let customary = Source {
            client: self.customary_client(proxy, headers),
            scheme: last(headers, "x-forwarded-proto").and_then(scheme),
            host: last(headers, "x-forwarded-host")
                .filter(|host| host_of(host).is_some())
                .map(Cow::Borrowed),
        };
        match (customary.client, self.standard(proxy, headers)) {
            (Some(_), None) => customary,
            (None, Some(standard)) => standard,
            (Some(client), Some(standard)) if standard.client == Some(client) => Source {
                scheme: customary
                    .scheme
                    .filter(|_| customary.scheme == standard.scheme),
                host: customary
                    .host
                    .clone()
                    .filter(|_| customary.host == standard.host),
                ..customary
            },
            (Some(_), Some(_)) => itself,
            (None, None) => Source {
                client: peer,
                ..customary
            },
        }
    }

    /// The client of `X-Forwarded-For`, if there is one.
    fn customary_client(&self, proxy: IpAddr, headers: &Headers) -> Option<IpAddr> {
        let lines: Vec<&str> = headers.get_all("x-forwarded-for").collect();
        let mut client = None;
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let before = client.unwrap_or(proxy);
            let hop = address(hop);
            client = Some(hop.unwrap_or(before));
            if hop.is_none_or(|hop| !self.contains(hop)) {
                break;
            }
        }
        client
    }

    /// What `Forwarded` says, if it is there.
    fn standard<'a>(&self, proxy: IpAddr, headers: &'a Headers) -> Option<Source<'a>> {
        let mut source: Option<Source<'a>> = None;
        let lines: Vec<&str> = headers.get_all("forwarded").collect();
        for line in lines.into_iter().rev() {
            let before = source.as_ref().and_then(|source| source.client);
            let Some(elements) = forwarded::elements(line) else {
                return Some(source.unwrap_or_else(|| Source {
                    client: Some(proxy),
                    ..Source::default()
                }));
            };
            let mut before = before.unwrap_or(proxy);
            for element in elements.into_iter().rev() {
                let hop = element.node.as_deref().and_then(address);
                before = hop.unwrap_or(before);
                source = Some(Source {
                    client: Some(before),
                    scheme: element.scheme.as_deref().and_then(scheme),
                    host: element.host.filter(|host| host_of(host).is_some()),
                });
                if hop.is_none_or(|hop| !self.contains(hop)) {
                    return source;
                }
            }
        }
        source
    }
}

/// Networks and addresses with commas between them.
impl FromStr for TrustedProxies {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(|networks| Self { networks })
    }
}

/// An address as proxies write it: with a port or without, IPv6 in brackets or without.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .map(|address: IpAddr| address.to_canonical())
}

/// What the nearest proxy says.
fn last<'a>(headers: &'a Headers, name: &'a str) -> Option<&'a str> {
    let line = headers.get_all(name).last()?;
    line.rsplit(',').next().map(str::trim)
}

fn scheme(text: &str) -> Option<&'static str> {
    ["http", "https"]
        .into_iter()
        .find(|scheme| scheme.eq_ignore_ascii_case(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PEER: &str = "10.0.0.1";

    fn from<'a>(peer: &str, headers: &'a Headers) -> Source<'a> {
        let proxies: TrustedProxies = "10.0.0.0/8, 2001:db8:1::/48".parse().expect("networks");
        proxies.source(Some(peer.parse().expect("an address")), headers)
    }

    fn headers(fields: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.add(name, *value);
        }
        headers
    }

    #[track_caller]
    fn assert_client(fields: &[(&str, &str)], expected: &str) {
        let headers = headers(fields);
        let client = from(PEER, &headers).client.expect("an address");
        assert_eq!(client.to_string(), expected, "{fields:?}");
    }

    #[test]
    fn the_first_untrusted_address_from_the_right_is_the_client() {
        for (value, client) in [
            ("203.0.113.9", "203.0.113.9"),
            ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
            ("6.6.6.6, 203.0.113.9, 10.0.0.2,10.9.9.9", "203.0.113.9"),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8:2::1]:443", "2001:db8:2::1"),
            ("2001:db8:2::1, 2001:db8:1::7", "2001:db8:2::1"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("6.6.6.6, unknown, 10.0.0.2", "10.0.0.2"),
            ("6.6.6.6, unknown", PEER),
            ("", PEER),
        ] {
            assert_client(&[("X-Forwarded-For", value)], client);
        }
        assert_client(
            &[
                ("X-Forwarded-For", "6.6.6.6"),
                ("X-Forwarded-For", "203.0.113.9, 10.0.0.2"),
            ],
            "203.0.113.9",
        );
    }

    #[test]
    fn forwarded_is_read_in_the_same_way() {
        for (value, client) in [
            ("for=203.0.113.9", "203.0.113.9"),
            (
                "for=6.6.6.6, for=203.0.113.9;proto=https, For=10.0.0.2",
                "203.0.113.9",
            ),
            ("for=\"[2001:db8:2::1]:443\"", "2001:db8:2::1"),
            ("for=6.6.6.6, for=_hidden, for=10.0.0.2", "10.0.0.2"),
            ("for=6.6.6.6, proto=https", PEER),
            ("for=\"6.6.6.6, for=203.0.113.9", PEER),
        ] {
            assert_client(&[("Forwarded", value)], client);
        }
    }

    #[test]
    fn headers_that_disagree_are_both_disbelieved() {
        let fields = [
            ("X-Forwarded-For", "203.0.113.9"),
            ("Forwarded", "for=6.6.6.6;host=evil"),
        ];
        assert_client(&fields, PEER);
        let headers = headers(&fields);
        assert_eq!(from(PEER, &headers).host, None);
        assert_client(
            &[
                ("X-Forwarded-For", "203.0.113.9"),
                ("Forwarded", "for=203.0.113.9"),
            ],
            "203.0.113.9",
        );
    }

    #[test]
    fn scheme_and_host_are_those_that_the_client_asked_for() {
        let forwarded = headers(&[(
            "Forwarded",
            "for=6.6.6.6;host=evil, for=203.0.113.9;proto=HTTPS;host=\"shop.example:8443\", for=10.0.0.2;proto=http;host=inner",
        )]);
        let source = from(PEER, &forwarded);
        assert_eq!(source.scheme, Some("https"));
        assert_eq!(source.host.as_deref(), Some("shop.example:8443"));
        let customary = headers(&[
            ("X-Forwarded-Proto", "gopher, https"),
            ("X-Forwarded-Host", "shop.example"),
        ]);
        let source = from(PEER, &customary);
        assert_eq!(
            (source.scheme, source.host.as_deref()),
            (Some("https"), Some("shop.example"))
        );
        let hostile = headers(&[
            ("X-Forwarded-Host", "a\"><script>"),
            ("X-Forwarded-Proto", "x"),
        ]);
        let source = from(PEER, &hostile);
        assert_eq!((source.scheme, source.host), (None, None));
    }

    #[test]
    fn no_proxy_is_trusted_by_default() {
        let headers = headers(&[("X-Forwarded-For", "6.6.6.6"), ("X-Real-IP", "6.6.6.6")]);
        let peer = Some([127, 0, 0, 1].into());
        assert_eq!(TrustedProxies::none().source(peer, &headers).client, peer);
    }

    #[test]
    fn a_list_of_networks_is_read_and_a_mistake_refused() {
        assert_eq!(" ".parse(), Ok(TrustedProxies::none()));
        assert!("10.0.0.0/8,proxy".parse::<TrustedProxies>().is_err());
    }

    const NAMES: [&str; 5] = [
        "X-Forwarded-For",
        "Forwarded",
        "X-Real-IP",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
    ];

    proptest! {
        #[test]
        fn from_an_untrusted_peer_they_change_nothing(
            fields in prop::collection::vec((0usize..NAMES.len(), "\\PC{0,40}"), 0..6),
            peer: [u8; 4],
        ) {
            prop_assume!(peer[0] != 10);
            let mut headers = Headers::default();
            for (name, value) in fields {
                headers.add(NAMES[name], value);
            }
            let peer = IpAddr::from(peer);
            let source = from(&peer.to_string(), &headers);
            prop_assert_eq!(source, Source { client: Some(peer), ..Source::default() });
        }

        #[test]
        fn what_stands_left_of_the_proxys_word_changes_nothing(sent in "[ -~]{0,60}", lines: bool) {
            let added = "203.0.113.9";
            let mut headers = Headers::default();
            if lines {
                headers.add("X-Forwarded-For", sent);
                headers.add("X-Forwarded-For", added);
            } else {
                headers.add("X-Forwarded-For", format!("{sent}, {added}"));
            }
            let client = from(PEER, &headers).client;
            prop_assert_eq!(client, Some(added.parse().expect("an address")));
        }

        #[test]
        fn with_both_headers_a_client_reaches_its_address_or_the_proxys(forged in "[ -~]{0,60}") {
            let mut headers = Headers::default();
            headers.add("X-Forwarded-For", "203.0.113.9");
            headers.add("Forwarded", forged);
            let client = from(PEER, &headers).client.expect("an address").to_string();
            prop_assert!(client == "203.0.113.9" || client == PEER, "{}", client);
        }
    }
}
