//! Apache Mesos's masters on top of contenders and detectors: the cargo feature `mesos`.
//!
//! A [`MasterContender`] is a [`Contender`](crate::Contender) with the label and the payload of a Mesos
//! master, and a [`MasterDetector`] is a [`Detector`](crate::Detector) that decodes the leader's payload. A
//! real Mesos cluster reads and writes the same znodes. Contender and detector of one master share a client,
//! and so a session. The [`roles`] decide how a master, an agent or a scheduler driver reacts to their events.
//!
//! ```
//! use tenure::mesos::{MasterContender, MasterDetector, MasterEvent, MasterInfo};
//! use tenure::{Client, ClientOptions, ContenderOptions, Url};
//!
//! let url = Url::parse("memory://doc-mesos/mesos")?; // or zk://host1:2181,host2:2181/mesos
//! let client = Client::open(&url, ClientOptions::default())?;
//! let info = MasterInfo::new("3f0f2b7e", "10.0.0.1:5050".parse()?, "m1.example.com", "1.12.0");
//! let contender = MasterContender::new(&client, ContenderOptions::new(url.path()), &info)?;
//! let detector = MasterDetector::new(&client, url.path())?;
//! contender.wait_leading(None)?;
//! let event = detector.detect(&MasterEvent::None, None)?;
//! # let event = if matches!(event, MasterEvent::Unknown { .. }) { detector.detect(&event, None)? } else { event };
//! assert!(matches!(event, MasterEvent::Leader(master) if master.info == info));
//! client.close().wait()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contender;
mod detector;
mod event;
mod standalone;

pub use contender::MasterContender;
pub use detector::MasterDetector;
pub use event::{Master, MasterEvent};
pub use standalone::{appoint, standalone};
pub use tenure_mesos::info;
pub use tenure_mesos::info::{DecodeError, MasterInfo};
pub use tenure_mesos::roles;

use std::time::Duration;

/// The session timeout of [`MasterContender::create`] by default, as in Mesos
/// (`master/contender/zookeeper.cpp`).
pub const MASTER_CONTENDER_ZK_SESSION_TIMEOUT: Duration = Duration::from_secs(10);

/// The session timeout of [`MasterDetector::create`] by default, as in Mesos
/// (`master/detector/zookeeper.cpp`).
pub const MASTER_DETECTOR_ZK_SESSION_TIMEOUT: Duration = Duration::from_secs(10);
