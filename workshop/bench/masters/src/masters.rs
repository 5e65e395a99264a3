//! Masters on a real server: their znodes, each in a session of its own, as Mesos's masters write them.
//!
//! They are made by a plain client whose every request is known, so that no request of a lease is in the counts.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tenure::mesos::MasterInfo;
use tenure_field::Zookeeper;
use tenure_field::raw::Session;
use tenure_field::wire::Fields;

pub(crate) const GROUP: &str = "/mesos";
/// The least that the server grants: two ticks.
pub(crate) const SESSION_TIMEOUT: Duration = Duration::from_secs(4);
const PING: Duration = Duration::from_millis(1_000);
const PERSISTENT: i32 = 0;
const EPHEMERAL_SEQUENTIAL: i32 = 3;

/// Masters in the order of their election.
pub(crate) struct Masters {
    shared: Arc<Shared>,
    keeper: Option<JoinHandle<()>>,
}

struct Shared {
    sessions: Mutex<Vec<Session>>,
    requests: AtomicU64,
    done: AtomicBool,
}

impl Shared {
    fn sessions(&self) -> MutexGuard<'_, Vec<Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self) {
        self.requests.fetch_add(1, Ordering::SeqCst);
    }
}

fn payload(number: usize) -> Result<Vec<u8>, String> {
    let address = format!("10.0.0.{}:5050", number % 250 + 1);
    let address = address.parse().map_err(|e| format!("{address}: {e}"))?;
    let id = format!("3f0f2b7e-0000-0000-0000-{number:012}");
    let info = MasterInfo::new(id, address, "m1.example.com", "1.12.0");
    info.encode().map_err(|e| e.to_string())
}

/// A new member; its znode.
fn stand(session: &mut Session, number: usize) -> Result<String, String> {
    let created = session.create(
        &format!("{GROUP}/json.info_"),
        &payload(number)?,
        EPHEMERAL_SEQUENTIAL,
    );
    let created = created.map_err(|e| format!("create: {e}"))?;
    let path = Fields::new(&created.body).buffer();
    let path = path.ok_or_else(|| format!("create: error {}", created.error))?;
    Ok(String::from_utf8_lossy(path).into_owned())
}

impl Masters {
    /// So many masters in the group, which is created.
    pub(crate) fn stand(server: &Zookeeper, count: usize) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("a master: {e}");
        let mut sessions = Vec::new();
        for number in 0..count {
            let mut session = Session::open(server.addr(), SESSION_TIMEOUT).map_err(failed)?;
            if number == 0 {
                // Of an earlier run, if it fails.
                session.create(GROUP, b"", PERSISTENT).map_err(failed)?;
            }
            stand(&mut session, number)?;
            sessions.push(session);
        }
        let shared = Arc::new(Shared {
            sessions: Mutex::new(sessions),
            requests: AtomicU64::new(0),
            done: AtomicBool::new(false),
        });
        let kept = Arc::clone(&shared);
        let keeper = std::thread::spawn(move || {
            while !kept.done.load(Ordering::SeqCst) {
                for session in kept.sessions().iter_mut() {
                    kept.count();
                    if let Err(error) = session.ping() {
                        eprintln!("masters: a master does not reach its server: {error}");
                    }
                }
                std::thread::sleep(PING);
            }
        });
        Ok(Self {
            shared,
            keeper: Some(keeper),
        })
    }

    /// The leader's process ends without a word: its connection is closed, its session expires later.
    pub(crate) fn kill_the_leader(&self) {
        drop(self.shared.sessions().remove(0));
    }

    /// A standby of the last master's session joins, and leaves again after the pause.
    pub(crate) fn come_and_go(&self, number: usize, pause: Duration) -> Result<(), String> {
        let act = |act: &mut dyn FnMut(&mut Session) -> Result<(), String>| {
            let mut sessions = self.shared.sessions();
            let session = sessions.last_mut().ok_or("no master is left")?;
            self.shared.count();
            act(session)
        };
        let mut path = String::new();
        act(&mut |session| {
            path = stand(session, number)?;
            Ok(())
        })?;
        std::thread::sleep(pause);
        act(&mut |session| {
            let deleted = session.delete(&path).map_err(|e| format!("delete: {e}"))?;
            match deleted.error {
                0 => Ok(()),
                error => Err(format!("delete: error {error}")),
            }
        })?;
        std::thread::sleep(pause);
        Ok(())
    }

    /// Does something while no master sends anything, and gives it the number of their requests so far.
    pub(crate) fn while_silent<T>(&self, act: impl FnOnce(u64) -> T) -> T {
        let _sessions = self.shared.sessions();
        act(self.shared.requests.load(Ordering::SeqCst))
    }
}

impl Drop for Masters {
    fn drop(&mut self) {
        self.shared.done.store(true, Ordering::SeqCst);
        drop(self.keeper.take().map(JoinHandle::join));
        for session in self.shared.sessions().drain(..) {
            // The server may be gone already.
            drop(session.close());
        }
    }
}
