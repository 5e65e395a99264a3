//! Software of other projects beside tenure on a real server, in both directions: kazoo, the detector of pymesos, and
//! the detector of mesos-go. `scripts/interop-readers` makes their programs; where it cannot, these tests are skipped.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod beside;
mod fleet;
mod foreign;
mod ours;
mod theirs;

use foreign::{Kazoo, MesosGo, Pymesos};
use std::sync::OnceLock;
use std::time::Duration;
use tenure::{
    Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, Detector, DetectorEvent,
    Url,
};
use tenure_field::{Zookeeper, wait_until};
use tenure_mesos::info::{LABEL, MasterInfo};

/// Long enough for a busy machine; nothing here waits that long when all is well.
const LIMIT: Duration = Duration::from_secs(60);
/// The session timeout of our own clients.
const T: Duration = Duration::from_secs(4);

/// The server that all tests share, each under a path of its own. It ends with the process.
fn shared() -> &'static Zookeeper {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    SERVER.get_or_init(Zookeeper::start)
}

/// A master, and the port that tells it from others.
fn master(port: u16) -> MasterInfo {
    let address = format!("10.10.1.{}:{port}", port % 200).parse().unwrap();
    let host = format!("m{port}.example.com");
    MasterInfo::new(format!("id-{port}"), address, host, "1.12.0")
}

/// A client with a session of its own.
fn open(path: &str) -> Client {
    open_url(&shared().url(path))
}

fn open_url(url: &str) -> Client {
    let options = ClientOptions::default().session_timeout(T);
    Client::open(&Url::parse(url).unwrap(), options).unwrap()
}

/// A contender that presents itself as that master.
#[track_caller]
fn contend(client: &Client, path: &str, info: &MasterInfo) -> Contender {
    let options = ContenderOptions::new(path).label(LABEL);
    client
        .contend(options.data(info.encode().unwrap()))
        .unwrap()
}

#[track_caller]
fn wait_leading(contender: &Contender) {
    contender.wait_leading(Some(LIMIT)).unwrap();
}

/// Waits until it is a standby.
#[track_caller]
fn wait_standby(contender: &Contender) {
    wait_until("a standby", LIMIT, || {
        let standby = matches!(contender.events().latest()?, ContenderEvent::Standby { .. });
        standby.then_some(())
    });
}

/// All readers of other projects, of one group.
struct Readers {
    kazoo: Kazoo,
    pymesos: Pymesos,
    mesos_go: MesosGo,
}

impl Readers {
    fn start(foreign: &foreign::Foreign, path: &str) -> Self {
        Self {
            // It creates the group's znode, without which the detector of pymesos does not begin.
            kazoo: foreign.kazoo(path),
            pymesos: foreign.pymesos(path),
            mesos_go: foreign.mesos_go(path),
        }
    }

    /// Waits until each reports exactly that master.
    #[track_caller]
    fn wait_for(&self, info: &MasterInfo) {
        self.kazoo.wait_lowest(&info.encode().unwrap());
        self.pymesos.wait_for(info);
        self.mesos_go.wait_for(info);
    }

    /// Waits until each reports that there is no master.
    #[track_caller]
    fn wait_none(&self) {
        self.kazoo.wait_none();
        self.pymesos.wait_none();
        self.mesos_go.wait_none();
    }

    /// Ends each in order.
    #[track_caller]
    fn end(self) {
        self.kazoo.close();
        self.pymesos.end();
        self.mesos_go.end();
    }
}

/// Waits until our detector reports that there is no leader.
#[track_caller]
fn wait_none(detector: &Detector) {
    wait_until("our detector to report none", LIMIT, || {
        (detector.state() == DetectorEvent::None).then_some(())
    });
}

/// Waits until our detector has that leader: its label and its payload.
#[track_caller]
fn wait_detected(detector: &Detector, label: Option<&str>, data: &[u8]) {
    let what = format!("our detector to report {label:?}");
    wait_until(&what, LIMIT, || {
        let leader = detector.leader()?;
        (leader.member.label.as_deref() == label && leader.data == data).then_some(())
    });
}
