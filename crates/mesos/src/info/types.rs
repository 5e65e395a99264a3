//! The messages, field by field as in Mesos's `mesos.proto`.

use super::ip::{ip_from_number, ip_to_number};
use super::{DecodeError, Unknown};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{Ipv4Addr, SocketAddrV4};

/// A Mesos master: who it is, and where it listens.
///
/// `==` compares everything; [`is_same_master`](Self::is_same_master) compares as Mesos does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MasterInfo {
    /// Unique for each start of a master; Mesos writes a random UUID.
    pub id: String,
    /// The IPv4 address in Mesos's byte order: [`ip_to_number`]. Superseded by `address`.
    pub ip: u32,
    /// The TCP port. Superseded by `address`. (Mesos has 32 bits for it; a number that is no port is
    /// refused.)
    pub port: u16,
    /// The address for messages, `master@IP:PORT`.
    pub pid: Option<String>,
    /// The host name. Superseded by `address`.
    pub hostname: Option<String>,
    /// The version of the master, for example `1.12.0`.
    pub version: Option<String>,
    /// Where the master listens, since Mesos 0.24.
    pub address: Option<Address>,
    /// The fault domain of the master.
    pub domain: Option<Domain>,
    /// What the master can do, beyond the oldest masters.
    pub capabilities: Vec<Capability>,
    /// Everything else.
    pub unknown: Unknown,
}

/// Where a master listens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Address {
    /// The host name.
    pub hostname: Option<String>,
    /// The IP address as text.
    pub ip: Option<String>,
    /// The TCP port.
    pub port: u16,
    /// Everything else.
    pub unknown: Unknown,
}

/// The domain of a master (Mesos: `DomainInfo`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Domain {
    /// The part of the data centre that fails as one.
    pub fault_domain: Option<FaultDomain>,
    /// Everything else.
    pub unknown: Unknown,
}

/// A fault domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultDomain {
    /// The region.
    pub region: Place,
    /// The zone in that region.
    pub zone: Place,
    /// Everything else.
    pub unknown: Unknown,
}

/// A region or a zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Everything else.
    pub unknown: Unknown,
}

/// A capability of a master.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capability {
    /// Mesos's field `type`; `None` if it is not set or not known here, as Mesos reads it. A value that is
    /// not known is in `unknown`, and is written again.
    pub kind: Option<CapabilityKind>,
    /// Everything else.
    pub unknown: Unknown,
}

/// The capabilities that Mesos 1.12.0 knows, with its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CapabilityKind {
    /// Mesos's `UNKNOWN`, which a master may write.
    Unknown = 0,
    /// It handles agents whose state changed while they were away.
    AgentUpdate = 1,
    /// It can drain agents.
    AgentDraining = 2,
    /// It has the second API of quotas.
    QuotaV2 = 3,
}

impl CapabilityKind {
    const ALL: [Self; 4] = [
        Self::Unknown,
        Self::AgentUpdate,
        Self::AgentDraining,
        Self::QuotaV2,
    ];

    /// The capabilities of a master of Mesos 1.12.0 (Mesos `master/constants.cpp`).
    pub const OF_MESOS: [Self; 3] = [Self::AgentUpdate, Self::AgentDraining, Self::QuotaV2];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::AgentUpdate => "AGENT_UPDATE",
            Self::AgentDraining => "AGENT_DRAINING",
            Self::QuotaV2 => "QUOTA_V2",
        }
    }

    pub(super) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(super) fn number(self) -> i32 {
        self as i32
    }

    pub(super) fn by_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

impl From<CapabilityKind> for Capability {
    fn from(kind: CapabilityKind) -> Self {
        Self {
            kind: Some(kind),
            ..Self::default()
        }
    }
}

impl Place {
    /// A place of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

impl Domain {
    /// The fault domain `zone` in `region`, by name.
    pub fn of(region: impl Into<String>, zone: impl Into<String>) -> Self {
        Self {
            fault_domain: Some(FaultDomain {
                region: Place::new(region),
                zone: Place::new(zone),
                ..FaultDomain::default()
            }),
            ..Self::default()
        }
    }
}

impl MasterInfo {
    /// A master with every field that each reader of Mesos's znodes relies on: new and deprecated ones,
    /// with the same content. `id` must be another one at each start of the master. It has no domain and
    /// no capability; add those that it has ([`CapabilityKind::OF_MESOS`]).
    pub fn new(
        id: impl Into<String>,
        address: SocketAddrV4,
        hostname: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        let hostname = hostname.into();
        let mut info = Self::at(&pid(address), address, Some(&hostname));
        info.id = id.into();
        info.version = Some(version.into());
        info
    }

    /// A master of which only the address is known: from `host:port`, `file://` or the oldest znodes. As
    /// Mesos makes it, it has the id `master@IP:PORT-UNIQUE`, no version, and the capabilities of this
    /// version (Mesos `common/protobuf_utils.cpp`).
    ///
    /// Mesos takes a random UUID for `unique`, so each one is another master. Without `unique` the id is
    /// `master@IP:PORT`, and the same address is the same master. Look up `hostname` beforehand, or leave
    /// it out.
    pub fn synthesized(
        address: SocketAddrV4,
        hostname: Option<&str>,
        unique: Option<&str>,
    ) -> Self {
        let mut info = Self::of_pid(&pid(address), address, hostname);
        if let Some(unique) = unique {
            info.id = format!("{}-{unique}", info.id);
        }
        info
    }

    /// A master at a fixed address, `HOST:PORT`, as an agent is given it. Nothing is looked up: a host that
    /// is no IPv4 address is in `hostname`, or in `address` if it is an IPv6 address in brackets, and `ip`
    /// is then 0.0.0.0, which no master has.
    ///
    /// # Errors
    /// If the text has no host, or no port from 1 to 65535.
    pub fn at_address(text: &str) -> Result<Self, DecodeError> {
        if let Ok(address) = text.parse::<SocketAddrV4>() {
            return Ok(Self::synthesized(address, None, None));
        }
        let wrong = || {
            let text = super::error::shown(text);
            DecodeError::malformed(format!("must be an address HOST:PORT, and is {text}"))
        };
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port: u16 = port.parse().map_err(|_| wrong())?;
        let unspecified = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port);
        let ipv6 = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        if host.is_empty() || port == 0 || (ipv6.is_none() && host.contains([':', '@', '/'])) {
            return Err(wrong());
        }
        let pid = format!("master@{text}");
        let name = ipv6.is_none().then_some(host);
        let mut info = Self::of_pid(&pid, unspecified, name);
        if let Some(address) = &mut info.address {
            address.ip = ipv6.map(str::to_owned);
        }
        Ok(info)
    }

    /// The same for any PID of a master at that address.
    pub(super) fn of_pid(pid: &str, address: SocketAddrV4, hostname: Option<&str>) -> Self {
        let mut info = Self::at(pid, address, hostname);
        info.id = pid.to_owned();
        info.capabilities = CapabilityKind::OF_MESOS.map(Capability::from).into();
        info
    }

    fn at(pid: &str, address: SocketAddrV4, hostname: Option<&str>) -> Self {
        let hostname = hostname.map(str::to_owned);
        Self {
            ip: ip_to_number(*address.ip()),
            port: address.port(),
            pid: Some(pid.to_owned()),
            hostname: hostname.clone(),
            address: Some(Address {
                hostname,
                ip: Some(address.ip().to_string()),
                port: address.port(),
                unknown: Unknown::default(),
            }),
            ..Self::default()
        }
    }

    /// The address of the field `ip`.
    pub fn ipv4(&self) -> Ipv4Addr {
        ip_from_number(self.ip)
    }

    /// The host to reach the master at: the host name or else the IP address of `address`, or else those
    /// of the deprecated fields.
    pub fn host(&self) -> String {
        let address = self.address.as_ref();
        let host = address
            .and_then(|address| named(&address.hostname).or_else(|| named(&address.ip)))
            .or_else(|| named(&self.hostname));
        host.map_or_else(|| self.ipv4().to_string(), str::to_owned)
    }

    /// The port to reach the master at: that of `address`, or else the deprecated one.
    pub fn tcp_port(&self) -> u16 {
        self.address
            .as_ref()
            .map_or(self.port, |address| address.port)
    }

    /// The address from which its messages come, as Mesos compares it: the part of the PID behind `@`, or
    /// else `IP:PORT` of the deprecated fields. The roles compare senders by it.
    pub fn sender_address(&self) -> String {
        let pid = self.pid.as_deref().and_then(|pid| pid.split_once('@'));
        match pid {
            Some((_, address)) if !address.is_empty() => address.to_owned(),
            _ => SocketAddrV4::new(self.ipv4(), self.port).to_string(),
        }
    }

    /// Whether Mesos takes the two for the same master: everything but `address` and `capabilities` is
    /// equal, and a field that is not set is equal to an empty one (Mesos `common/type_utils.cpp`).
    /// Because of the id, a master that was started again is another one.
    pub fn is_same_master(&self, other: &Self) -> bool {
        fn text(value: &Option<String>) -> &str {
            value.as_deref().unwrap_or_default()
        }
        let domain = |info: &Self| info.domain.clone().unwrap_or_default();
        self.id == other.id
            && self.ip == other.ip
            && self.port == other.port
            && text(&self.pid) == text(&other.pid)
            && text(&self.hostname) == text(&other.hostname)
            && text(&self.version) == text(&other.version)
            && domain(self) == domain(other)
    }
}

fn pid(address: SocketAddrV4) -> String {
    format!("master@{address}")
}

fn named(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test may panic
mod tests {
    use super::*;

    #[test]
    fn the_host_and_the_port_are_the_preferred_ones() {
        let mut info = MasterInfo::new("i", "10.0.0.1:5050".parse().unwrap(), "new", "1");
        info.hostname = Some("old".to_owned());
        info.port = 1;
        assert_eq!((&*info.host(), info.tcp_port()), ("new", 5050));
        info.address.as_mut().unwrap().hostname = None;
        assert_eq!(info.host(), "10.0.0.1");
        info.address.as_mut().unwrap().ip = Some(String::new());
        assert_eq!(info.host(), "old");
        info.address = None;
        assert_eq!((&*info.host(), info.tcp_port()), ("old", 1));
        info.hostname = None;
        assert_eq!(info.host(), "10.0.0.1");
    }

    #[test]
    fn a_fixed_address_is_a_master() {
        let known = |text: &str| MasterInfo::at_address(text).unwrap();
        let info = known("10.0.0.1:5050");
        assert_eq!(
            (info.sender_address(), info.host()),
            ("10.0.0.1:5050".to_owned(), "10.0.0.1".to_owned())
        );
        let info = known("m1.example.com:5050");
        assert_eq!(
            (info.sender_address(), info.host()),
            (
                "m1.example.com:5050".to_owned(),
                "m1.example.com".to_owned()
            )
        );
        assert_eq!(
            (info.ipv4(), info.tcp_port()),
            (Ipv4Addr::UNSPECIFIED, 5050)
        );
        let info = known("[::1]:5050");
        assert_eq!(
            (info.sender_address(), info.host()),
            ("[::1]:5050".to_owned(), "::1".to_owned())
        );
        for text in [
            "", "h", ":1", "h:", "h:0", "h:65536", "a:b:1", "u@h:1", "h/x:1",
        ] {
            assert!(MasterInfo::at_address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_sender_is_the_address_of_the_pid() {
        let mut info = MasterInfo::new("i", "10.0.0.1:5050".parse().unwrap(), "h", "1");
        info.port = 7;
        assert_eq!(info.sender_address(), "10.0.0.1:5050");
        for pid in [None, Some(String::new()), Some("master@".to_owned())] {
            info.pid = pid;
            assert_eq!(info.sender_address(), "10.0.0.1:7");
        }
    }

    #[test]
    fn masters_are_the_same_as_mesos_compares_them() {
        let address = "10.0.0.1:5050".parse().unwrap();
        let own = MasterInfo::new("i", address, "h", "1");
        let with = |change: fn(&mut MasterInfo)| {
            let mut other = own.clone();
            change(&mut other);
            own.is_same_master(&other)
        };
        assert!(with(|_| {}));
        assert!(with(|info| info.address = None));
        assert!(with(|info| info
            .capabilities
            .push(CapabilityKind::QuotaV2.into())));
        assert!(with(|info| info.domain = Some(Domain::default())));
        assert!(!with(|info| info.id.push('x')));
        assert!(!with(|info| info.ip += 1));
        assert!(!with(|info| info.port += 1));
        assert!(!with(|info| info.pid = None));
        assert!(!with(|info| info.hostname = Some(String::new())));
        assert!(!with(|info| info.version = None));
        assert!(!with(|info| info.domain = Some(Domain::of("r", "z"))));
        let mut empty = own.clone();
        empty.pid = Some(String::new());
        let mut unset = own;
        unset.pid = None;
        assert!(empty.is_same_master(&unset));
    }

    #[test]
    fn a_master_from_an_address_has_the_id_that_mesos_makes() {
        let address = "10.10.1.105:8088".parse().unwrap();
        let info = MasterInfo::synthesized(address, None, Some("uuid"));
        assert_eq!(info.id, "master@10.10.1.105:8088-uuid");
        assert_eq!(info.pid.as_deref(), Some("master@10.10.1.105:8088"));
        assert_eq!((info.ip, info.port), (1_761_675_786, 8088));
        assert_eq!((&info.version, &info.hostname), (&None, &None));
        let address = info.address.as_ref().unwrap();
        assert_eq!(address.ip.as_deref(), Some("10.10.1.105"));
        assert_eq!((address.port, &address.hostname), (8088, &None));
        let again = MasterInfo::synthesized("10.10.1.105:8088".parse().unwrap(), None, Some("2"));
        assert!(!info.is_same_master(&again));
    }
}
