//! `ClientAddress`: what counts as one client before it is known who asks.

use std::net::{IpAddr, Ipv6Addr};

use serde::Serialize;

/// An address of IPv4, or the 64 bits of one of IPv6 that a provider gives to one customer, who has all that begin so.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct ClientAddress(IpAddr);

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & (u128::MAX << 64);
                Ipv6Addr::from_bits(network).into()
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_customer_are_one() {
        let of = |text: &str| ClientAddress::from(text.parse::<IpAddr>().unwrap());
        assert!(of("2001:db8:1:2::1") == of("2001:db8:1:2:ffff::9"));
        assert!(of("2001:db8:1:2::1") != of("2001:db8:1:3::1"));
        assert!(of("::ffff:192.0.2.1") == of("192.0.2.1"));
        assert!(of("192.0.2.1") != of("192.0.2.2"));
    }
}
