//! Ranges of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// The addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`.
///
/// ```
/// use restwell_core::Network;
/// let private: Network = "10.0.0.0/8".parse()?;
/// assert!(private.contains([10, 1, 2, 3].into()));
/// # Ok::<(), restwell_core::NetworkError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

/// Why a text is no network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// What stands before the slash is no address.
    #[error("{0:?} is no address; write one like 10.0.0.1, or a network like 10.0.0.0/8")]
    Address(String),
    /// What stands behind the slash is no length that a prefix may have.
    #[error("{0:?} has no prefix from 0 to 32, or to 128 for IPv6, behind the slash")]
    Prefix(String),
    /// Bits are set behind the prefix.
    #[error("{written} has bits behind its prefix; the network is {meant}")]
    HostBits {
        /// The text.
        written: String,
        /// The network that the address lies in.
        meant: Network,
    },
}

impl Network {
    /// An IPv6 customer gets a whole /64 at least, and may use another address of it each time.
    const CLIENT_PREFIX: u8 = 64;

    /// What one client has to itself: an IPv4 address, the /64 of an IPv6 address.
    pub fn of_client(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::masked(address.into(), 32),
            IpAddr::V6(address) => Self::masked(address.into(), Self::CLIENT_PREFIX),
        }
    }

    /// Whether `address` lies in it. An IPv4 address that is written as an IPv6 one counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4() && Self::masked(address, self.prefix) == *self
    }

    fn masked(address: IpAddr, prefix: u8) -> Self {
        let first = match address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                Ipv4Addr::from_bits(v4.to_bits() & mask).into()
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                Ipv6Addr::from_bits(v6.to_bits() & mask).into()
            }
        };
        Self { first, prefix }
    }

    fn longest(address: IpAddr) -> u8 {
        if address.is_ipv4() { 32 } else { 128 }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address
            .parse()
            .map_err(|_| NetworkError::Address(text.to_owned()))?;
        let longest = Self::longest(address);
        let prefix = prefix.map_or(Some(longest), |prefix| prefix.parse().ok());
        let prefix = prefix
            .filter(|prefix| *prefix <= longest)
            .ok_or_else(|| NetworkError::Prefix(text.to_owned()))?;
        let network = Self::masked(address, prefix);
        if network.first != address {
            return Err(NetworkError::HostBits {
                written: text.to_owned(),
                meant: network,
            });
        }
        Ok(network)
    }
}

/// An address for a network of one address, else the first address and the prefix.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == Self::longest(self.first) {
            self.first.fmt(f)
        } else {
            write!(f, "{}/{}", self.first, self.prefix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn network(text: &str) -> Network {
        text.parse().expect("a network")
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_network_has_the_addresses_of_its_prefix() {
        for (text, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("127.0.0.1", "::ffff:127.0.0.1", "127.0.0.2"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
        ] {
            assert!(network(text).contains(address(inside)), "{text}");
            assert!(!network(text).contains(address(outside)), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_named_with_what_is_meant() {
        let message = |text: &str| text.parse::<Network>().expect_err("no network").to_string();
        assert!(message("localhost").starts_with("\"localhost\" is no address"));
        assert!(message("10.0.0.0/33").contains("no prefix from 0 to 32"));
        assert!(message("10.0.0.0/").contains("no prefix"));
        assert_eq!(
            message("10.1.0.0/8"),
            "10.1.0.0/8 has bits behind its prefix; the network is 10.0.0.0/8"
        );
    }

    #[test]
    fn a_client_has_an_address_or_a_64() {
        let of = |text| Network::of_client(address(text)).to_string();
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2::"), of("2001:db8:1:2:ffff::"));
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(bits: u128, v4: bool, prefix in 0u8..=128) {
            let any: IpAddr = if v4 {
                Ipv4Addr::from_bits(bits as u32).into()
            } else {
                Ipv6Addr::from_bits(bits).into()
            };
            let prefix = prefix.min(Network::longest(any));
            let network = Network::masked(any, prefix);
            prop_assert_eq!(network.to_string().parse::<Network>(), Ok(network));
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = text.parse::<Network>();
        }
    }
}
