//! Several real ZooKeeper servers that form an ensemble.

use std::net::SocketAddr;
use std::time::Duration;

use crate::netns::Host;
use crate::zookeeper::{Config, Quorum, StartError};
use crate::{Zookeeper, ports, wait_until};

/// How long an election and the synchronisation after it may take, JVMs that
/// start included.
const QUORUM_DEADLINE: Duration = Duration::from_secs(90);

/// How many times other ports are tried when another process took one of them first.
const START_ATTEMPTS_MAX: u32 = 5;

/// The options of an [`Ensemble`]'s servers.
///
/// ```
/// use tenure_field::ensemble::Options;
/// let forgiving = Options { sync_limit: 20, ..Options::default() };
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    /// The options of each server. Address and namespace are those of its host if there are
    /// [`hosts`](Self::hosts); its port is always a free one.
    pub server: Config,
    /// `initLimit`: the ticks a follower may take to connect and synchronise.
    pub init_limit: u32,
    /// `syncLimit`: the ticks after which leader and follower give each other up.
    pub sync_limit: u32,
    /// Whether a server without a quorum serves clients that only want to read
    /// (`readonlymode.enabled`). It also turns on local sessions, which become global ones when
    /// they create an ephemeral: a server without a quorum can grant no others.
    pub read_only: bool,
    /// The longest session timeout that each server grants, in milliseconds; servers beyond the
    /// list use that of `server`.
    pub max_session_timeouts_ms: Vec<u32>,
    /// The hosts of the servers, one each, so that each can be cut off from the others: see
    /// [`Lab::connect_hosts`](crate::Lab::connect_hosts). Without hosts they all run in the
    /// namespace of `server`.
    pub hosts: Vec<Host>,
}

impl Default for Options {
    /// Debian's servers on the loopback device, a tick of 500 ms, 10 s to
    /// synchronise, 5 s until a silent peer is given up, no read-only mode.
    fn default() -> Self {
        Self {
            server: Config::default(),
            init_limit: 20,
            sync_limit: 10,
            read_only: false,
            max_session_timeouts_ms: Vec::new(),
            hosts: Vec::new(),
        }
    }
}

/// ZooKeeper servers that form one ensemble, each in a process of its own with
/// data of its own. They end with this value.
///
/// ```no_run
/// let ensemble = tenure_field::Ensemble::start(3);
/// ensemble.server(ensemble.leader()).kill();
/// ensemble.wait_quorum(); // of the other two
/// println!("{}", ensemble.url("/group")); // zk://HOST:PORT,HOST:PORT,HOST:PORT/group
/// ```
///
/// Servers are counted from 0. Their own methods stop, kill and pause them; [`Zookeeper::restart`]
/// waits until the server serves, which takes a quorum, [`Zookeeper::start_again`] does not wait.
#[derive(Debug)]
pub struct Ensemble {
    servers: Vec<Zookeeper>,
}

impl Ensemble {
    /// Starts `count` servers with [`Options::default`] and waits until all serve.
    ///
    /// # Panics
    /// When they do not; the message holds the end of a log.
    #[must_use]
    #[track_caller]
    pub fn start(count: usize) -> Self {
        Self::start_with(count, &Options::default())
    }

    /// Starts `count` servers and waits until all serve.
    ///
    /// # Panics
    /// When they do not; the message holds the end of a log.
    #[must_use]
    #[track_caller]
    pub fn start_with(count: usize, options: &Options) -> Self {
        for _ in 0..START_ATTEMPTS_MAX {
            let ensemble = Self {
                servers: configs(count, options)
                    .into_iter()
                    .map(|(config, port, quorum)| Zookeeper::new(config, port, Some(quorum)))
                    .collect(),
            };
            match ensemble.launch() {
                Ok(()) => return ensemble,
                Err(StartError::PortTaken) => {}
                Err(error) => panic!("{error}"),
            }
        }
        panic!("ports were taken {START_ATTEMPTS_MAX} times before ZooKeeper could bind them");
    }

    /// How many servers there are, running or not.
    #[must_use]
    pub fn size(&self) -> usize {
        self.servers.len()
    }

    /// One of the servers, counted from 0.
    #[must_use]
    #[track_caller]
    pub fn server(&self, index: usize) -> &Zookeeper {
        &self.servers[index]
    }

    /// All servers.
    pub fn servers(&self) -> impl Iterator<Item = &Zookeeper> {
        self.servers.iter()
    }

    /// The addresses that clients connect to, in the order of the servers.
    #[must_use]
    pub fn addrs(&self) -> Vec<SocketAddr> {
        self.servers().map(Zookeeper::addr).collect()
    }

    /// `zk://` with all addresses, and `path`, which begins with a slash or is empty.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        url(&self.addrs(), path)
    }

    /// The same with one server's address alone.
    #[must_use]
    #[track_caller]
    pub fn url_of(&self, index: usize, path: &str) -> String {
        self.server(index).url(path)
    }

    /// Waits until one server leads, and returns it.
    ///
    /// # Panics
    /// When none leads in time, as without a quorum.
    #[must_use]
    #[track_caller]
    pub fn leader(&self) -> usize {
        wait_until("a ZooKeeper server to lead", QUORUM_DEADLINE, || {
            self.in_mode("leader").first().copied()
        })
    }

    /// The servers that follow the leader right now.
    #[must_use]
    pub fn followers(&self) -> Vec<usize> {
        self.in_mode("follower")
    }

    /// Waits until one server leads and all others that run follow it.
    ///
    /// # Panics
    /// When they do not in time.
    #[track_caller]
    pub fn wait_quorum(&self) {
        wait_until("all servers that run to agree", QUORUM_DEADLINE, || {
            let running = self.servers().filter(|server| server.is_running()).count();
            let agreed = self.in_mode("leader").len() == 1 && self.followers().len() + 1 == running;
            agreed.then_some(())
        });
    }

    fn in_mode(&self, mode: &str) -> Vec<usize> {
        let modes = self.servers().map(Zookeeper::mode).enumerate();
        let alike = modes.filter(|(_, is)| is.as_deref() == Some(mode));
        alike.map(|(index, _)| index).collect()
    }

    fn launch(&self) -> Result<(), StartError> {
        // All of them first: none serves before most are started.
        for server in self.servers() {
            server.spawn()?;
        }
        self.servers()
            .try_for_each(|server| server.wait_serving(QUORUM_DEADLINE))
    }
}

/// `zk://ADDRESS,ADDRESS` and `path`, which begins with a slash or is empty.
#[must_use]
pub fn url(addrs: &[SocketAddr], path: &str) -> String {
    let addrs: Vec<String> = addrs.iter().map(SocketAddr::to_string).collect();
    format!("zk://{}{path}", addrs.join(","))
}

/// The configuration, the client port and the place of each server.
#[track_caller]
fn configs(count: usize, options: &Options) -> Vec<(Config, u16, Quorum)> {
    assert!(
        options.hosts.is_empty() || options.hosts.len() == count,
        "{count} servers cannot run on {} hosts, one each",
        options.hosts.len()
    );
    let bases: Vec<Config> = (0..count).map(|index| base(options, index)).collect();
    let free_port = |config: &Config| config.inside(|| ports::free_port(config.bind));
    let servers: Vec<String> = bases
        .iter()
        .map(|config| {
            let (quorum, election) = (free_port(config), free_port(config));
            format!("{}:{quorum}:{election}", config.bind)
        })
        .collect();
    let with_place = |(index, config): (usize, Config)| {
        let quorum = Quorum {
            id: index + 1,
            init_limit: options.init_limit,
            sync_limit: options.sync_limit,
            servers: servers.clone(),
        };
        let port = free_port(&config);
        (config, port, quorum)
    };
    bases.into_iter().enumerate().map(with_place).collect()
}

fn base(options: &Options, index: usize) -> Config {
    let mut config = options.server.clone();
    if let Some(longest) = options.max_session_timeouts_ms.get(index) {
        config.max_session_timeout_ms = Some(*longest);
    }
    if let Some(host) = options.hosts.get(index) {
        config.bind = host.address();
        config.netns = Some(host.netns().clone());
    }
    if options.read_only {
        let on = |name: &str| (name.to_owned(), "true".to_owned());
        config.properties.push(on("readonlymode.enabled"));
        let local = ["localSessionsEnabled", "localSessionsUpgradingEnabled"];
        config.extra.extend(local.map(on));
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::net::{IpAddr, Ipv4Addr};
    use std::path::Path;

    #[test]
    fn every_server_has_ports_and_a_number_of_its_own_and_knows_the_others() {
        let options = Options {
            sync_limit: 7,
            read_only: true,
            ..Options::default()
        };
        let configs = configs(3, &options);
        let mut ports = BTreeSet::new();
        for (index, (config, port, quorum)) in configs.iter().enumerate() {
            let text = config.zoo_cfg(*port, Path::new("/data"), Some(quorum));
            assert!(text.contains("\nsyncLimit=7\n"), "{text}");
            assert!(text.contains("\nserver.3=127.0.0.1:"), "{text}");
            assert!(
                config
                    .properties
                    .iter()
                    .any(|(name, _)| name == "readonlymode.enabled")
            );
            assert_eq!(quorum.id, index + 1);
            ports.extend(quorum.servers[index].split(':').skip(1).map(str::to_owned));
            ports.insert(port.to_string());
        }
        assert_eq!(ports.len(), 9, "{ports:?}");
    }

    #[test]
    fn a_url_names_all_servers() {
        let at = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        assert_eq!(url(&[at(1), at(2)], "/a"), "zk://127.0.0.1:1,127.0.0.1:2/a");
    }
}
