//! A lab: one namespace for servers, one for each client host.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Netns;
use super::host::Host;
use super::tools::{ip, nft};
use crate::leftovers::{leftovers, own_prefix};

/// The beginning of the name of every namespace of every lab; the PID follows.
const PREFIX: &str = "tenure-lab";

/// The servers' address: one for all hosts, on the loopback device of the
/// servers' namespace, so that a cut to one host is invisible to the others.
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 231, 0, 1);

/// Each host has a /30 of its own, 10.231.N.0, so N counts to 254.
const HOSTS_MAX: u8 = 254;

/// The cuts: two sets of devices whose packets vanish, and one of pairs; pairs whose connections
/// are reset; and devices that lose some packets, each with a chain of its own for their number. A
/// host's cut adds its device and does not affect the other hosts.
const RULES: &str = "
table inet lab {
    set cut_to_server { type ifname; }
    set cut_from_server { type ifname; }
    set cut_between { type ifname . ifname; }
    set reset_between { type ifname . ifname; }
    map lossy { type ifname : verdict; }
    chain input {
        type filter hook input priority 0; policy accept;
        iifname @cut_to_server drop
        iifname vmap @lossy
    }
    chain output {
        type filter hook output priority 0; policy accept;
        oifname @cut_from_server drop
        oifname vmap @lossy
    }
    chain forward {
        type filter hook forward priority 0; policy accept;
        iifname @cut_to_server drop
        oifname @cut_from_server drop
        iifname . oifname @cut_between drop
        iifname . oifname @reset_between meta l4proto tcp reject with tcp reset
        iifname vmap @lossy
        oifname vmap @lossy
    }
}";

/// A namespace for servers and one for each client host, joined by cables that can be cut. They are
/// removed with this value.
///
/// Hosts reach only the servers: not one another (unless [`connect_hosts`](Self::connect_hosts) is
/// called), not the machine, not the world. Several labs may exist at the same time.
#[derive(Debug)]
pub struct Lab {
    name: String,
    servers: Netns,
    hosts: Mutex<BTreeMap<String, Host>>,
}

impl Lab {
    /// Makes a lab with no hosts yet.
    ///
    /// # Errors
    /// When this machine does not allow it; the text has the reason. A test prints it and skips.
    pub fn new() -> Result<Self, String> {
        static LABS: AtomicU32 = AtomicU32::new(0);
        remove_leftovers();
        let number = LABS.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}{number}", own_prefix(PREFIX));
        let servers = Netns::named(&format!("{name}-servers"));
        // Made before the first step, so that a failure half way removes the parts that exist.
        let lab = Self {
            name,
            servers,
            hosts: Mutex::default(),
        };
        lab.make().map_err(|error| {
            format!(
                "no network namespaces here (root and iproute2 and nftables are needed): {error}"
            )
        })?;
        Ok(lab)
    }

    /// The client host called `name`, which is made at the first call.
    ///
    /// # Panics
    /// When the host cannot be made.
    #[track_caller]
    pub fn host(&self, name: &str) -> Host {
        let mut hosts = self
            .hosts
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(host) = hosts.get(name) {
            return host.clone();
        }
        let number = u8::try_from(hosts.len() + 1)
            .ok()
            .filter(|number| *number <= HOSTS_MAX);
        let number = number.unwrap_or_else(|| panic!("a lab has room for {HOSTS_MAX} hosts"));
        let netns = Netns::named(&format!("{}-{name}", self.name));
        let host = Host::new(name, number, netns, self.servers.clone());
        // Listed before it is complete, so that it is removed if a later step fails.
        hosts.insert(name.to_owned(), host.clone());
        if let Err(error) = host.make() {
            drop(hosts);
            panic!("cannot make the host {name}: {error}");
        }
        host
    }

    /// Lets hosts reach one another at [`Host::address`], so that the servers of an
    /// [`Ensemble`](crate::Ensemble) can run on hosts of their own. A host that is cut off no
    /// longer reaches the other hosts, either.
    ///
    /// # Errors
    /// When this machine does not allow it; the text has the reason.
    pub fn connect_hosts(&self) -> Result<(), String> {
        const FORWARD: &str = "/proc/sys/net/ipv4/ip_forward";
        self.servers
            .enter(|| std::fs::write(FORWARD, "1"))
            .map_err(|error| format!("hosts cannot be connected: {FORWARD}: {error}"))
    }

    /// Makes a black hole between two connected hosts, both ways; packets of other hosts still
    /// reach both.
    ///
    /// # Panics
    /// When it cannot be made.
    #[track_caller]
    pub fn cut_between(&self, one: &Host, other: &Host) {
        let pairs = pairs(one, other);
        self.nft(&format!("add element inet lab cut_between {pairs}"));
    }

    /// Makes packets from `from` to `to` vanish; packets in the other direction arrive.
    ///
    /// # Panics
    /// When it cannot be made.
    #[track_caller]
    pub fn cut_one_way(&self, from: &Host, to: &Host) {
        let (from, to) = (from.device(), to.device());
        self.nft(&format!(
            "add element inet lab cut_between {{ {from} . {to} }}"
        ));
    }

    /// Resets connections between two connected hosts: a host that sends to the other over TCP gets
    /// a reset, as from a firewall that has lost the connection. A host that does not send gets
    /// nothing.
    ///
    /// # Panics
    /// When it cannot be made.
    #[track_caller]
    pub fn reset_between(&self, one: &Host, other: &Host) {
        let pairs = pairs(one, other);
        self.nft(&format!("add element inet lab reset_between {pairs}"));
    }

    /// Ends all cuts and resets between two hosts.
    ///
    /// # Panics
    /// When they cannot be ended.
    #[track_caller]
    pub fn heal_between(&self, one: &Host, other: &Host) {
        let pairs = pairs(one, other);
        // Adding first makes it possible to delete an element that may be missing.
        let script = ["cut_between", "reset_between"].map(|set| {
            format!("add element inet lab {set} {pairs}\ndelete element inet lab {set} {pairs}\n")
        });
        self.nft(&script.concat());
    }

    #[track_caller]
    fn nft(&self, script: &str) {
        nft(self.servers.name(), script).unwrap_or_else(|error| panic!("{error}"));
    }

    /// The namespace for servers.
    #[must_use]
    pub fn servers(&self) -> &Netns {
        &self.servers
    }

    /// The address at which every host finds the servers; servers bind it.
    #[must_use]
    pub fn server_addr(&self) -> IpAddr {
        SERVER.into()
    }

    /// Gives the servers one more address, at which every host finds them too. A server for that
    /// address binds all addresses.
    ///
    /// # Panics
    /// When the address cannot be added.
    #[track_caller]
    pub fn add_server_addr(&self, address: Ipv4Addr) {
        self.address("add", address);
    }

    /// Removes such an address: connections to it fall silent, as when a server has moved to
    /// another machine.
    ///
    /// # Panics
    /// When there is no such address.
    #[track_caller]
    pub fn remove_server_addr(&self, address: Ipv4Addr) {
        self.address("delete", address);
    }

    #[track_caller]
    fn address(&self, verb: &str, address: Ipv4Addr) {
        let servers = self.servers.name();
        ip(&format!("-n {servers} address {verb} {address}/32 dev lo"))
            .unwrap_or_else(|error| panic!("{error}"));
    }

    fn make(&self) -> Result<(), String> {
        let servers = self.servers.name();
        ip(&format!("netns add {servers}"))?;
        ip(&format!("-n {servers} link set lo up"))?;
        ip(&format!("-n {servers} address add {SERVER}/32 dev lo"))?;
        nft(servers, RULES)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let hosts = self
            .hosts
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let namespaces = hosts
            .values()
            .map(|host| host.netns().clone())
            .chain([self.servers.clone()]);
        for netns in namespaces {
            // The namespace is missing if making it failed; there is nothing to do about that here.
            drop(ip(&format!("netns delete {}", netns.name())));
        }
    }
}

/// Both ways between two hosts, as elements of a set.
fn pairs(one: &Host, other: &Host) -> String {
    let (one, other) = (one.device(), other.device());
    format!("{{ {one} . {other}, {other} . {one} }}")
}

/// Removes the namespaces of test processes that were killed before they could do so.
fn remove_leftovers() {
    for name in leftovers(Path::new("/run/netns"), PREFIX) {
        drop(ip(&format!("netns delete {name}")));
    }
}
