//! The options of a server.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Version;
use crate::netns::Netns;

/// The options of a [`Zookeeper`](super::Zookeeper).
///
/// ```
/// use tenure_field::zookeeper::Config;
/// let quick = Config { tick_ms: 200, ..Config::default() };
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// The version of the server.
    pub version: Version,
    /// `tickTime`: sessions live two to twenty ticks, and end on a tick.
    pub tick_ms: u32,
    /// `minSessionTimeout`; `None` leaves the server's two ticks.
    pub min_session_timeout_ms: Option<u32>,
    /// `maxSessionTimeout`; `None` leaves the server's twenty ticks.
    pub max_session_timeout_ms: Option<u32>,
    /// The server's namespace; `None` is the test's own.
    pub netns: Option<Netns>,
    /// The address to bind. In a lab: [`Lab::server_addr`](crate::Lab::server_addr).
    pub bind: IpAddr,
    /// The port to bind; `None` picks a free one.
    pub port: Option<u16>,
    /// A port for TLS beside the plain one.
    pub secure: Option<Secure>,
    /// More lines for `zoo.cfg`, which override those made here.
    pub extra: Vec<(String, String)>,
    /// More system properties for the server, such as
    /// `("zookeeper.extendedTypesEnabled", "true")`.
    pub properties: Vec<(String, String)>,
    /// How much memory the server may use for its data and answers, in MiB.
    pub heap_mb: u32,
    /// How long the reader of the server's log takes for a line, as a slow console or collector:
    /// the server waits for it. Each session that expires is a line of it. `None` is a log without a wait.
    pub log_line_takes: Option<Duration>,
}

/// The port where a server speaks TLS: its `secureClientPort`, on the same address as the plain
/// one. Clients must show a certificate unless [`Config::extra`] has another `ssl.clientAuth`.
///
/// [`Version::secure`] checks whether a server can have one here.
#[derive(Clone, Debug)]
pub struct Secure {
    /// The PEM file with the server's private key and its certificate.
    pub key_store: PathBuf,
    /// The PEM file with the authorities that clients' certificates must come from.
    pub trust_store: PathBuf,
    /// `None` picks a free one.
    pub port: Option<u16>,
}

impl Secure {
    fn settings(&self) -> Vec<(String, String)> {
        let setting = |name: &str, value: String| (name.to_owned(), value);
        let factory = "org.apache.zookeeper.server.NettyServerCnxnFactory";
        let mut settings = vec![
            // The other kind of server has no TLS.
            setting("serverCnxnFactory", factory.to_owned()),
            setting(
                "ssl.keyStore.location",
                self.key_store.display().to_string(),
            ),
            setting("ssl.keyStore.type", "PEM".to_owned()),
            setting(
                "ssl.trustStore.location",
                self.trust_store.display().to_string(),
            ),
            setting("ssl.trustStore.type", "PEM".to_owned()),
        ];
        settings.extend(
            self.port
                .map(|port| setting("secureClientPort", port.to_string())),
        );
        settings
    }
}

/// A server's place in an [`Ensemble`](crate::Ensemble).
#[derive(Clone, Debug)]
pub(crate) struct Quorum {
    /// Its own `myid`.
    pub(crate) id: usize,
    /// `initLimit`, in ticks.
    pub(crate) init_limit: u32,
    /// `syncLimit`, in ticks.
    pub(crate) sync_limit: u32,
    /// The values of `server.1`, `server.2`, …
    pub(crate) servers: Vec<String>,
}

impl Quorum {
    fn settings(&self) -> Vec<(String, String)> {
        let mut settings = vec![
            ("initLimit".to_owned(), self.init_limit.to_string()),
            ("syncLimit".to_owned(), self.sync_limit.to_string()),
        ];
        let servers = (1..).zip(&self.servers);
        settings.extend(servers.map(|(id, server)| (format!("server.{id}"), server.clone())));
        settings
    }
}

impl Default for Config {
    /// Debian's server with a tick of 500 ms on a free port of the loopback device.
    fn default() -> Self {
        Self {
            version: Version::Debian,
            tick_ms: 500,
            min_session_timeout_ms: None,
            max_session_timeout_ms: None,
            netns: None,
            bind: Ipv4Addr::LOCALHOST.into(),
            port: None,
            secure: None,
            extra: Vec::new(),
            properties: Vec::new(),
            heap_mb: 128,
            log_line_takes: None,
        }
    }
}

impl Config {
    /// Runs `act` in the server's namespace.
    pub(crate) fn inside<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        match &self.netns {
            Some(netns) => netns.enter(act),
            None => act(),
        }
    }

    /// The text of `zoo.cfg`.
    pub(crate) fn zoo_cfg(&self, port: u16, data: &Path, quorum: Option<&Quorum>) -> String {
        let mut settings = vec![
            ("tickTime".to_owned(), self.tick_ms.to_string()),
            ("dataDir".to_owned(), data.display().to_string()),
            ("clientPort".to_owned(), port.to_string()),
            ("clientPortAddress".to_owned(), self.bind.to_string()),
            // All clients of all tests come from one address.
            ("maxClientCnxns".to_owned(), "0".to_owned()),
            ("admin.enableServer".to_owned(), "false".to_owned()),
            ("4lw.commands.whitelist".to_owned(), "*".to_owned()),
        ];
        settings.extend(
            self.min_session_timeout_ms
                .map(|ms| ("minSessionTimeout".to_owned(), ms.to_string())),
        );
        settings.extend(
            self.max_session_timeout_ms
                .map(|ms| ("maxSessionTimeout".to_owned(), ms.to_string())),
        );
        if let Some(secure) = &self.secure {
            settings.extend(secure.settings());
            settings.push(("secureClientPortAddress".to_owned(), self.bind.to_string()));
        }
        settings.extend(quorum.into_iter().flat_map(Quorum::settings));
        // Java's properties: the last of two equal keys wins.
        settings.extend(self.extra.iter().cloned());
        settings
            .iter()
            .fold(String::new(), |mut text, (name, value)| {
                writeln!(text, "{name}={value}").expect("writing to a string");
                text
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_lines_come_last() {
        let extra = vec![("tickTime".to_owned(), "7".to_owned())];
        let config = Config {
            min_session_timeout_ms: Some(300),
            extra,
            ..Config::default()
        };
        let text = config.zoo_cfg(2181, Path::new("/data"), None);
        assert!(text.contains("\nminSessionTimeout=300\n"), "{text}");
        assert!(!text.contains("maxSessionTimeout"), "{text}");
        assert!(text.ends_with("\ntickTime=7\n"), "{text}");
    }
}
