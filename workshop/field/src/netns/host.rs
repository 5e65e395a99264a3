//! A client host of a lab, and its cable.

use std::net::{IpAddr, Ipv4Addr};

use super::Netns;
use super::tools::{ip, nft};

/// A client host. Clones are the same host.
#[derive(Clone, Debug)]
pub struct Host {
    name: String,
    netns: Netns,
    servers: Netns,
    /// The servers' end of the cable.
    device: String,
    address: Ipv4Addr,
    gateway: Ipv4Addr,
}

/// The host's end of the cable.
const OWN_DEVICE: &str = "eth0";

impl Host {
    pub(super) fn new(name: &str, number: u8, netns: Netns, servers: Netns) -> Self {
        Self {
            name: name.to_owned(),
            netns,
            servers,
            device: format!("host{number}"),
            address: Ipv4Addr::new(10, 231, number, 2),
            gateway: Ipv4Addr::new(10, 231, number, 1),
        }
    }

    pub(super) fn make(&self) -> Result<(), String> {
        let (servers, own) = (self.servers.name(), self.netns.name());
        let (device, address, gateway) = (&self.device, self.address, self.gateway);
        ip(&format!("netns add {own}"))?;
        // Both ends are made inside, so that the machine itself never has them.
        ip(&format!(
            "-n {servers} link add {device} type veth peer name {OWN_DEVICE} netns {own}"
        ))?;
        ip(&format!(
            "-n {servers} address add {gateway}/30 dev {device}"
        ))?;
        ip(&format!("-n {servers} link set {device} up"))?;
        ip(&format!("-n {own} link set lo up"))?;
        ip(&format!(
            "-n {own} address add {address}/30 dev {OWN_DEVICE}"
        ))?;
        self.raise()
    }

    pub(super) fn device(&self) -> &str {
        &self.device
    }

    /// The name given to [`Lab::host`](super::Lab::host).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The host's namespace, to start processes in.
    #[must_use]
    pub fn netns(&self) -> &Netns {
        &self.netns
    }

    /// The host's own address, as servers see it.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address.into()
    }

    /// Cuts both ways, as a black hole: packets vanish, and no socket gets an error.
    #[track_caller]
    pub fn cut(&self) {
        self.cut_to_server();
        self.cut_from_server();
    }

    /// Cuts one way: packets of the host vanish; packets of the servers arrive.
    #[track_caller]
    pub fn cut_to_server(&self) {
        self.nft(&format!(
            "add element inet lab cut_to_server {{ {} }}",
            self.device
        ));
    }

    /// Cuts one way: packets of the servers vanish; packets of the host arrive.
    #[track_caller]
    pub fn cut_from_server(&self) {
        self.nft(&format!(
            "add element inet lab cut_from_server {{ {} }}",
            self.device
        ));
    }

    /// Ends all cuts of this host.
    #[track_caller]
    pub fn heal(&self) {
        // Adding first makes it possible to delete an element that may be missing.
        let script: String = ["cut_to_server", "cut_from_server"]
            .iter()
            .map(|set| {
                let element = format!("inet lab {set} {{ {} }}", self.device);
                format!("add element {element}\ndelete element {element}\n")
            })
            .collect();
        self.nft(&script);
    }

    /// Drops this many packets in a hundred, each way, by chance; 0 ends it.
    ///
    /// # Panics
    /// When there are more than a hundred in a hundred, and when it cannot be done.
    #[track_caller]
    pub fn lose(&self, percent: u8) {
        assert!(percent <= 100, "{percent} packets in a hundred");
        let device = &self.device;
        let element = format!("element inet lab lossy {{ {device} : jump loss_{device} }}");
        // Adding first makes it possible to clear and delete elements that may be missing.
        let mut script = format!("add chain inet lab loss_{device}\nadd {element}\n");
        if percent == 0 {
            script += &format!("delete {element}\ndelete chain inet lab loss_{device}\n");
        } else {
            script += &format!(
                "flush chain inet lab loss_{device}\n\
                 add rule inet lab loss_{device} numgen random mod 100 < {percent} drop\n"
            );
        }
        self.nft(&script);
    }

    /// Takes the host's own device down: its programs get "network is unreachable", as on a machine
    /// whose cable is pulled at its own end.
    #[track_caller]
    pub fn link_down(&self) {
        let own = self.netns.name();
        ip(&format!("-n {own} link set {OWN_DEVICE} down"))
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// Ends [`link_down`](Self::link_down).
    #[track_caller]
    pub fn link_up(&self) {
        self.raise().unwrap_or_else(|error| panic!("{error}"));
    }

    /// Routes vanish with the device, so they are added again with it.
    fn raise(&self) -> Result<(), String> {
        let (own, gateway) = (self.netns.name(), self.gateway);
        ip(&format!("-n {own} link set {OWN_DEVICE} up"))?;
        ip(&format!("-n {own} route replace default via {gateway}"))
    }

    #[track_caller]
    fn nft(&self, script: &str) {
        nft(self.servers.name(), script).unwrap_or_else(|error| panic!("{error}"));
    }
}
