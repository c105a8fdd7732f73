//! Which addresses a connection may lead to.
//!
//! What is fetched from the web is named by whoever writes messages, so it must not reach the machine's own network: neither by an address in the URL nor
//! by a name that resolves to one. The addresses that pass are those that are connected to: there is no second resolution, whose answer could be another.

use std::error::Error as StdError;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Which addresses a connection may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum Reach {
    /// Everywhere: AWS's endpoints are named by who configures the client.
    Everywhere,
    /// Private networks and this machine too, but not link-local addresses, where the services of instance metadata are.
    Private,
    /// The public Internet.
    Public,
}

impl Reach {
    /// # Errors
    /// An address that may not be connected to.
    fn check(self, address: IpAddr) -> Result<(), AddressRefused> {
        let is_within = match self {
            Self::Everywhere => true,
            Self::Private => is_public(address) || is_private(address),
            Self::Public => is_public(address),
        };
        if is_within { Ok(()) } else { Err(AddressRefused(address)) }
    }

    /// Checks a host that is an address, which no resolver sees.
    ///
    /// # Errors
    /// An address that may not be connected to.
    pub(super) fn check_host(self, host: &str) -> Result<(), AddressRefused> {
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        host.parse().map_or(Ok(()), |address| self.check(address))
    }
}

/// The address of a host may not be connected to.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not an address of the public Internet")]
pub(in crate::client) struct AddressRefused(pub(in crate::client) IpAddr);

/// Resolves names to addresses that may be connected to.
#[derive(Clone)]
pub(super) struct Resolver {
    pub(super) reach: Reach,
    pub(super) system: GaiResolver,
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (resolving, reach) = (self.system.call(name), self.reach);
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = resolving.await?.collect();
            // One wrong address is enough: no public host has one.
            for address in &addresses {
                reach.check(address.ip())?;
            }
            Ok(addresses.into_iter())
        })
    }
}

/// Sources: the IANA registries of special-purpose addresses for IPv4 and IPv6 (read 2026-11-26).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => embedded(address).map_or_else(|| is_public_v6(address), is_public_v4),
    }
}

/// Azure's `WireServer`, in a block of public addresses, is a service of the machine's host.
const AZURE_HOST: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_special = match address.octets() {
        [0 | 10 | 127 | 224.., ..]
        // Shared by carriers, in which Alibaba's metadata service is too.
        | [100, 64..=127, ..]
        | [169, 254, ..]
        | [172, 16..=31, ..]
        // Protocol assignments, in which Oracle's metadata service is too, and documentation.
        | [192, 0, 0 | 2, _]
        // The relays of 6to4, which are no more.
        | [192, 88, 99, _]
        | [192, 168, ..]
        // Benchmarks.
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => true,
        _ => false,
    };
    !is_special && address != AZURE_HOST
}

/// Only what is allocated for global unicast, without what is special in it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocol assignments (Teredo, ORCHID, benchmarks), documentation, 6to4, documentation.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

/// The IPv4 address that one of IPv6 leads to: IPv4-mapped, or of NAT64, by which a network without IPv4 reaches it (RFC 6052). Those of 6to4 and of other
/// translations are not public, whatever they lead to.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    }
}

/// Private networks and this machine.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_loopback(),
        IpAddr::V6(address) => match (embedded(address), address.segments()) {
            (Some(address), _) => address.is_private() || address.is_loopback(),
            // AWS's metadata services.
            (None, [0xfd00, 0x0ec2, ..]) => false,
            (None, _) => address.is_unique_local() || address.is_loopback(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reaches(reach: Reach, addresses: &[&str]) -> Vec<String> {
        let is_within = |address: &&&str| reach.check(address.parse().expect("an address")).is_ok();
        addresses.iter().filter(is_within).map(ToString::to_string).collect()
    }

    const PUBLIC: [&str; 9] = [
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.32.0.1",
        "192.0.1.1",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ];

    const PRIVATE: [&str; 12] = [
        "10.0.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "::1",
        "fc00::1",
        "fd12:3456::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::192.168.0.1",
    ];

    const NEVER: [&str; 44] = [
        "0.0.0.0",
        "0.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "169.254.170.2",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::127.0.0.1",
        "::a9fe:a9fe",
        "::ffff:169.254.169.254",
        "::ffff:0.0.0.0",
        "::ffff:0:127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::10.0.0.1",
        "100::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2002:808:808::",
        "3fff::1",
        "5f00::1",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];

    #[test]
    fn only_public_addresses_are_reached() {
        assert_eq!(reaches(Reach::Public, &PUBLIC), PUBLIC);
        assert!(reaches(Reach::Public, &PRIVATE).is_empty());
        assert!(reaches(Reach::Public, &NEVER).is_empty());
    }

    #[test]
    fn where_private_addresses_are_allowed_those_of_metadata_are_not() {
        assert_eq!(reaches(Reach::Private, &PUBLIC), PUBLIC);
        assert_eq!(reaches(Reach::Private, &PRIVATE), PRIVATE);
        assert!(reaches(Reach::Private, &NEVER).is_empty());
        assert_eq!(reaches(Reach::Everywhere, &NEVER), NEVER);
    }

    #[test]
    fn hosts_that_are_addresses_are_checked_without_a_resolver() {
        for host in ["127.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "169.254.169.254"] {
            assert!(Reach::Public.check_host(host).is_err(), "{host}");
        }
        for host in ["example.com", "1.1.1.1", "[2606:4700:4700::1111]", "127.0.0.1.example.com"] {
            assert!(Reach::Public.check_host(host).is_ok(), "{host}");
        }
    }

    /// `getaddrinfo` reads more forms of an address than a URL has.
    #[tokio::test]
    async fn names_are_checked_by_what_they_resolve_to() {
        let resolve = |name: &str, reach| {
            let mut resolver = Resolver {
                reach,
                system: GaiResolver::new(),
            };
            resolver.call(name.parse().expect("a name"))
        };
        for name in ["localhost", "127.1", "2130706433", "0x7f000001"] {
            let refused = resolve(name, Reach::Public).await.err();
            // Not every system reads all of them; none may reach this machine.
            let Some(error) = refused else { panic!("{name} passes") };
            assert!(name != "localhost" || error.is::<AddressRefused>(), "{name}: {error}");
        }
        assert!(resolve("localhost", Reach::Private).await.is_ok_and(|addresses| addresses.len() > 0));
    }
}
