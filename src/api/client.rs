//! A client: one ZooKeeper session, shared by any number of contenders, detectors and groups.

use super::checks::{check_group, check_span};
use super::contender::{Contender, ContenderOptions};
use super::detector::Detector;
use super::events::Events;
use super::group::Group;
use super::standalone::Standalone;
use super::url::{Place, Url};
use crate::core::{ANSWER_BYTES_MAX, Answer, Command, Error, Host, SessionEvent, SessionOptions};
use crate::driver::undertaker::charge::Charge;
use crate::driver::{
    ClientHandle, Metrics, Pending, TlsOptions, Transport, Undertaker, Undertaking, now,
};
use std::sync::Arc;
use std::time::Duration;

/// The options of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientOptions {
    session_timeout: Duration,
    tick: Option<Duration>,
    tls: Option<TlsOptions>,
    undertaker: Undertaker,
}

impl Default for ClientOptions {
    /// A session timeout of ten seconds, as in Mesos.
    fn default() -> Self {
        Self {
            session_timeout: Duration::from_secs(10),
            tick: None,
            tls: None,
            undertaker: Undertaker::Off,
        }
    }
}

impl ClientOptions {
    /// The session timeout to ask for, 1 ms to 24 days. The server grants a timeout within its own
    /// limits (2 to 20 ticks unless configured); [`SessionEvent::Connected`] reports it.
    #[must_use]
    pub fn session_timeout(mut self, timeout: Duration) -> Self {
        self.session_timeout = timeout;
        self
    }

    /// The servers' `tickTime`, 1 ms to 24 days, which makes verified leases longer: without it the
    /// library assumes half of the session timeout, the most that servers with default limits can
    /// have. **Never set less than the servers' real tick.** Behind an observer that follows another
    /// learner (`ObserverMaster`) set twice the tick. If the tick leaves no room for a lease within
    /// the session timeout that the server grants, contenders fail with an error that names both.
    #[must_use]
    pub fn tick(mut self, tick: Duration) -> Self {
        self.tick = Some(tick);
        self
    }

    /// TLS to the servers; the ports in the URL are then their `secureClientPort`s. Only a client with
    /// a `zk://` URL connects to servers; with another URL the options are checked and not used.
    #[must_use]
    pub fn tls(mut self, tls: TlsOptions) -> Self {
        self.tls = Some(tls);
        self
    }

    /// The helper process that closes the session as soon as this process is dead, so that a successor leads
    /// in milliseconds and not after the session timeout; off by default. It starts with the first client that
    /// asks for it, and serves all that name the same program; if it ends, [`SessionEvent::UndertakerLost`] says so and all else goes
    /// on. Only a client with a `zk://` URL has sessions to close; with another URL the option is not used.
    #[must_use]
    pub fn undertaker(mut self, undertaker: Undertaker) -> Self {
        self.undertaker = undertaker;
        self
    }
}

/// A client: one ZooKeeper session, which connects by itself, reconnects, and is replaced when it
/// expires. Contenders, detectors and groups are made from a client, share its session and keep it
/// open.
///
/// All methods may be called from any thread, and return at once unless they say that they block.
/// Dropping the last handle closes the session in the background; call [`close`](Self::close)
/// and wait for it to be sure that nothing is left behind.
///
/// ```
/// use tenure::{Client, ClientOptions, ContenderOptions, Url};
/// let url = Url::parse("memory://doc-client/app")?;
/// let client = Client::open(&url, ClientOptions::default())?;
/// let contender = client.contend(ContenderOptions::new(url.path()).data("me"))?;
/// let leadership = contender.wait_leading(None)?;
/// assert!(contender.is_leading() && leadership.token() > 0);
/// contender.withdraw().wait()?;
/// client.close().wait()?;
/// # Ok::<(), tenure::Error>(())
/// ```
///
/// **After a `fork`** the client and all handles made from it belong to the parent alone. In the child
/// they lead nothing ([`Contender::is_leading`] is `false`), every call on them ends at once with
/// [`ErrorKind::Forked`](crate::ErrorKind::Forked), and dropping them does nothing; the parent is not
/// disturbed. A client that is opened in the child has threads of its own.
///
/// If the [`Url`] is a leader's `host:port`, there is no session: the client does not connect, and
/// starts no thread (except the dispatch thread, with the first callback). [`detect`](Self::detect)
/// reports that leader at once and for ever; [`contend`](Self::contend) and [`group`](Self::group)
/// return an error; the only event of [`events`](Self::events) is [`SessionEvent::Closed`], at the
/// end.
///
/// ```
/// use tenure::{Client, ClientOptions, Url};
/// let url = Url::parse("10.0.0.1:5050")?;
/// let client = Client::open(&url, ClientOptions::default())?;
/// let leader = client.detect(url.path())?.leader().expect("it is known at once");
/// assert_eq!(leader.data, b"10.0.0.1:5050");
/// assert_eq!(leader.member.path, url.path()); // there is no znode
/// assert_eq!(leader.member.token, 0); // no fencing token
/// # Ok::<(), tenure::Error>(())
/// ```
#[derive(Debug)]
pub struct Client {
    way: Way,
    events: Events<SessionEvent>,
    options: ClientOptions,
}

/// The place that answers a client.
#[derive(Debug)]
enum Way {
    Session(Arc<ClientHandle>),
    Standalone(Arc<Standalone>),
}

impl Client {
    /// Opens a client and begins to connect. It does not wait for a connection, and a server
    /// that cannot be reached is no error: [`events`](Self::events) report each attempt.
    ///
    /// # Errors
    /// `InvalidInput` for a session timeout or tick out of range, for TLS options that
    /// [`TlsOptions::validate`] refuses, for a server that no certificate can name, and for an undertaker
    /// that is missing, cannot be executed, is of another release, has no TLS although the client uses it, or
    /// cannot hold so many servers (if the system refuses a process, the client opens, and
    /// [`SessionEvent::UndertakerLost`] says why); `System` when the I/O thread cannot be started. The first client with an [`undertaker`](ClientOptions::undertaker) waits until it is ready:
    /// some milliseconds, at most ten seconds.
    pub fn open(url: &Url, options: ClientOptions) -> Result<Self, Error> {
        check_span("session timeout", options.session_timeout)?;
        if let Some(tick) = options.tick {
            check_span("tick", tick)?;
        }
        let tls = options.tls.as_ref().map(TlsOptions::load).transpose()?;
        let (servers, transport) = match url.place() {
            Place::Servers(servers) => {
                if let Some(tls) = &tls {
                    servers.iter().try_for_each(|server| tls.check(server))?;
                }
                (servers.clone(), Transport::Tcp(tls))
            }
            Place::Memory(name) => {
                // The address is never connected to.
                let host = Host {
                    name: "127.0.0.1".to_owned(),
                    port: 1,
                };
                (vec![host], Transport::Memory(name.clone()))
            }
            Place::Standalone(host) => {
                let standalone = Standalone::new(host, now());
                return Ok(Self {
                    events: Events::new(Arc::clone(standalone.session())),
                    way: Way::Standalone(standalone),
                    options,
                });
            }
        };
        let session = SessionOptions {
            servers,
            timeout: options.session_timeout,
            credentials: url.credentials().cloned(),
            tick: options.tick,
            answer_bytes_max: ANSWER_BYTES_MAX,
        };
        let undertaking = match &transport {
            Transport::Tcp(_) => {
                let charge = Charge::of(&session, options.tls.clone());
                Undertaking::of(&options.undertaker, charge)?
            }
            Transport::Memory(_) => Undertaking::Off,
        };
        let client = ClientHandle::open(session, transport, undertaking)?;
        let events = Events::new(Arc::clone(client.session()));
        Ok(Self {
            way: Way::Session(client),
            events,
            options,
        })
    }

    /// A client without servers: its detectors report the leader that the program appoints.
    #[cfg(feature = "mesos")]
    pub(crate) fn standalone() -> Self {
        let standalone = Standalone::appointable();
        Self {
            events: Events::new(Arc::clone(standalone.session())),
            way: Way::Standalone(standalone),
            options: ClientOptions::default(),
        }
    }

    /// Appoints the leader of a standalone client: its address, its label, its payload.
    #[cfg(feature = "mesos")]
    pub(crate) fn appoint(
        &self,
        leader: Option<(&str, Option<&str>, Vec<u8>)>,
    ) -> Result<(), Error> {
        match &self.way {
            Way::Standalone(standalone) => standalone.appoint(leader, now()),
            Way::Session(_) => Err(super::checks::invalid(
                "the leader of this client is elected on ZooKeeper: a leader can be appointed to a client \
                 that was opened without a URL",
            )),
        }
    }

    /// The session; `what`, in words, needs one.
    fn client(&self, what: &str) -> Result<&Arc<ClientHandle>, Error> {
        match &self.way {
            Way::Session(client) if client.is_foreign() => Err(Error::forked()),
            Way::Session(client) => Ok(client),
            Way::Standalone(standalone) => Err(standalone.refusal(what)),
        }
    }

    /// The events of the session.
    pub fn events(&self) -> &Events<SessionEvent> {
        &self.events
    }

    /// Contends for the leadership of a group.
    ///
    /// # Errors
    /// `InvalidInput` for a path or label that ZooKeeper does not allow, or a payload over
    /// 1,000,000 bytes (a server's default limit for a whole request is 1,048,575), for a `lease`
    /// or a `fail_over` that is out of its range or does not go with the other options, and where
    /// the URL is a standalone leader's address; `System` when too much is under way.
    pub fn contend(&self, options: ContenderOptions) -> Result<Contender, Error> {
        let client = self.client("contend for")?;
        let spec = options.into_spec()?;
        let (path, reenrol) = (spec.path.clone(), spec.reenrol);
        let (handle, sink) = client.register(&path, |handle| Command::Contend { handle, spec })?;
        Ok(Contender::new(Arc::clone(client), handle, sink, reenrol))
    }

    /// Follows the leader of the group at `group`, without being a member. If the path does not
    /// exist, the detector waits for it. If the URL is a standalone leader's address, that leader
    /// leads every group.
    ///
    /// # Errors
    /// `InvalidInput` for a path that ZooKeeper does not allow; `System` when too much is under way.
    pub fn detect(&self, group: &str) -> Result<Detector, Error> {
        let client = match &self.way {
            Way::Session(client) if client.is_foreign() => return Err(Error::forked()),
            Way::Session(client) => client,
            Way::Standalone(standalone) => {
                if group != standalone.path() {
                    check_group(group)?;
                }
                return Ok(Detector::standalone(standalone));
            }
        };
        check_group(group)?;
        let path = group.to_owned();
        let (handle, sink) = client.register(group, |handle| Command::Detect { handle, path })?;
        Ok(Detector::new(Arc::clone(client), handle, sink))
    }

    /// Opens the group at `group`.
    ///
    /// # Errors
    /// `InvalidInput` for a path that ZooKeeper does not allow, and where the URL is a standalone
    /// leader's address; `System` when too much is under way.
    pub fn group(&self, group: &str) -> Result<Group, Error> {
        let client = self.client("list or join")?;
        check_group(group)?;
        let path = group.to_owned();
        let (handle, sink) = client.register(group, |handle| Command::Group { handle, path })?;
        Ok(Group::new(Arc::clone(client), handle, sink))
    }

    /// Has the undertaker, once this process is dead, wait for a byte in the pipe of the hold before it closes
    /// anything; if the pipe ends without one, it closes nothing. `None` without an undertaker: one that cannot
    /// be told so is killed.
    #[doc(hidden)] // For the tool of this project: no stability is promised.
    pub fn hold_undertaker(&self) -> Option<crate::driver::undertaker::Hold> {
        match &self.way {
            Way::Session(client) if !client.is_foreign() => client.hold_undertaker(),
            Way::Session(_) | Way::Standalone(_) => None,
        }
    }

    /// The metrics of this client, counted since it was opened; all zero for a standalone leader.
    pub fn metrics(&self) -> Metrics {
        match &self.way {
            Way::Session(client) => client.metrics(),
            Way::Standalone(_) => Metrics::default(),
        }
    }

    /// Closes the session in order: all leaderships end at once, then a server is notified, so that
    /// every znode of the session is gone when the call succeeds. The client keeps trying for one
    /// session timeout. Afterwards no handle of this client is usable.
    ///
    /// # Errors
    /// `Timeout` when no server could be notified: the znodes are gone when the session times out.
    pub fn close(&self) -> Pending<()> {
        let patience = self.options.session_timeout;
        let client = match &self.way {
            Way::Session(client) => client,
            Way::Standalone(standalone) => {
                standalone.close();
                return Pending::ready(Ok(()));
            }
        };
        client.begin_to_close();
        client.call(
            |call| Command::Close { call, patience },
            |answer| matches!(answer, Answer::Closed).then_some(()),
        )
    }
}
