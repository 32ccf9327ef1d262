//! Which addresses are nobody's business: everything that is not a plain public unicast address.
//!
//! After the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates). Forms that
//! carry an IPv4 address inside an IPv6 one are refused whatever they carry: where the packet goes is
//! decided by somebody else's translator.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Range {
    /// "This host", 0.0.0.0/8 and `::`.
    Unspecified,
    Loopback,
    /// RFC 1918, unique local and the old site-local addresses.
    Private,
    /// Shared address space of carriers, 100.64.0.0/10.
    CarrierNat,
    LinkLocal,
    /// Where clouds hand secrets to their machines.
    Metadata,
    Multicast,
    Broadcast,
    Documentation,
    Benchmarking,
    /// Set aside for protocols or for later.
    Reserved,
    /// An IPv4 address written as IPv6 (mapped, compatible, translated).
    Mapped,
    Nat64,
    /// 6to4, Teredo, ISATAP.
    Tunnel,
}

impl Range {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::CarrierNat => "carrier-nat",
            Self::LinkLocal => "link-local",
            Self::Metadata => "metadata",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Documentation => "documentation",
            Self::Benchmarking => "benchmarking",
            Self::Reserved => "reserved",
            Self::Mapped => "mapped",
            Self::Nat64 => "nat64",
            Self::Tunnel => "tunnel",
        }
    }
}

/// The range an address lies in; `None` for a public unicast address.
#[must_use]
pub fn range(address: IpAddr) -> Option<Range> {
    match address {
        IpAddr::V4(address) => range_v4(address),
        IpAddr::V6(address) => range_v6(address),
    }
}

fn range_v4(address: Ipv4Addr) -> Option<Range> {
    Some(match address.octets() {
        [169, 254, 169, 254] | [168, 63, 129, 16] | [100, 100, 100, 200] | [192, 0, 0, 192] => {
            Range::Metadata
        }
        [0, ..] => Range::Unspecified,
        [127, ..] => Range::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Range::Private,
        [100, 64..=127, ..] => Range::CarrierNat,
        [169, 254, ..] => Range::LinkLocal,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Range::Documentation,
        // 6to4 relays, withdrawn.
        [192, 88, 99, _] => Range::Tunnel,
        [198, 18 | 19, ..] => Range::Benchmarking,
        [192, 0, 0, _] => Range::Reserved,
        [224..=239, ..] => Range::Multicast,
        [255, 255, 255, 255] => Range::Broadcast,
        [240..=255, ..] => Range::Reserved,
        _ => return None,
    })
}

fn range_v6(address: Ipv6Addr) -> Option<Range> {
    Some(match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Range::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Range::Loopback,
        // ::a.b.c.d, ::ffff:a.b.c.d and ::ffff:0:a.b.c.d
        [0, 0, 0, 0, 0, 0 | 0xffff, _, _] | [0, 0, 0, 0, 0xffff, 0, _, _] => Range::Mapped,
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] | [0x64, 0xff9b, 1, ..] => Range::Nat64,
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => {
            Range::Metadata
        }
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => Range::Private,
        [0xfe80..=0xfebf, ..] => Range::LinkLocal,
        [0xff00..=0xffff, ..] => Range::Multicast,
        [0x2001, 0, ..] | [0x2002, ..] => Range::Tunnel,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Range::Documentation,
        [0x2001, 2, 0, ..] => Range::Benchmarking,
        [0x2001, 0..=0x1ff, ..] => Range::Reserved,
        // ISATAP, under any prefix.
        [_, _, _, _, 0 | 0x200, 0x5efe, _, _] => Range::Tunnel,
        [0x2000..=0x3fff, ..] => return None,
        _ => Range::Reserved,
    })
}
