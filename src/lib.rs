//! Leader election and group membership on Apache ZooKeeper.
//!
//! A [`Client`] is one ZooKeeper session. It makes [`Contender`]s, which contend for the leadership
//! of a group; [`Detector`]s, which follow the leader; and [`Group`]s, which list and join members.
//! A program can await every call, or block until it ends; it can pull every event, await it, or get
//! it in a callback. `GUARANTEES.md` states the guarantees and their assumptions.
//!
//! ```
//! use tenure::{Client, ClientOptions, ContenderOptions, DetectorEvent, Url};
//! let url = Url::parse("memory://crate-doc/app")?;   // or zk://host1:2181,host2:2181/app
//! let client = Client::open(&url, ClientOptions::default())?;
//! let contender = client.contend(ContenderOptions::new(url.path()).data("10.0.0.1:80"))?;
//! let leadership = contender.wait_leading(None)?;
//! println!("leading with fencing token {}", leadership.token());
//!
//! let detector = client.detect(url.path())?;
//! let event = detector.events().next(None)?;
//! assert!(matches!(event, DetectorEvent::Leader(leader) if leader.data == b"10.0.0.1:80"));
//! client.close().wait()?;
//! # Ok::<(), tenure::Error>(())
//! ```
//!
//! # Log
//! The library logs nothing unless [`set_log`] registers a callback for its lines. With the cargo feature
//! `log`, `forward_log` forwards them to the `log` crate, and so to `tracing`.

mod api;
#[cfg(feature = "capi")]
mod capi;
mod driver;
#[cfg(feature = "mesos")]
pub mod mesos;
#[doc(hidden)] // For the programs of this project: no stability is promised.
pub mod undertaker;

#[doc(hidden)] // For the tests and tools of this project: no stability is promised.
pub use tenure_election as core;
#[doc(hidden)]
pub use tenure_model as model;
#[doc(hidden)]
pub use tenure_proto as proto;

#[doc(hidden)] // For the bindings and tools of this project: no stability is promised.
pub use api::words;

pub use api::{
    Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, Detector, DetectorEvent,
    Error, ErrorKind, Events, ExpiredBy, Group, GroupEvent, HandleEvent, Host, Leader, Leadership,
    LeasePolicy, LogLevel, LogRecord, LostReason, Member, MemoryServer, Metrics, Pending, Reenrol,
    ServerKind, SessionEvent, Strangers, Time, TlsOptions, Undertaker, Url, now, set_log,
    unset_log,
};

#[cfg(feature = "log")]
pub use api::forward_log;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
