//! The ends of leases. A leader does not print that it has renewed its lease, but its `/state` says how much is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;

use crate::record::number;
use crate::web::Web;

const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// The lease of a leading master, as it was when the master answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    /// The seat of the master.
    pub(crate) seat: usize,
    pub(crate) token: u64,
    pub(crate) end_ns: u64,
}

/// Asks all masters again and again. It ends with this value.
#[derive(Debug)]
pub(crate) struct Leases {
    found: Receiver<Lease>,
    is_closing: Arc<AtomicBool>,
    asking: Option<JoinHandle<()>>,
}

impl Leases {
    /// Asks the masters in these seats, at these addresses.
    pub(crate) fn of(masters: Vec<(usize, String)>) -> std::io::Result<Self> {
        let (to, found) = mpsc::channel();
        let is_closing = Arc::new(AtomicBool::new(false));
        let for_thread = Arc::clone(&is_closing);
        let thread = thread::Builder::new().name("cluster-leases".to_owned());
        let asking = thread.spawn(move || ask(&masters, &to, &for_thread))?;
        Ok(Self {
            found,
            is_closing,
            asking: Some(asking),
        })
    }

    /// The leases that were seen since the last call.
    pub(crate) fn seen(&self) -> Vec<Lease> {
        self.found.try_iter().collect()
    }
}

impl Drop for Leases {
    fn drop(&mut self) {
        self.is_closing.store(true, Ordering::SeqCst);
        drop(self.asking.take().map(JoinHandle::join));
    }
}

fn ask(masters: &[(usize, String)], to: &Sender<Lease>, is_closing: &AtomicBool) {
    let web = Web::new();
    while !is_closing.load(Ordering::SeqCst) {
        for (seat, address) in masters {
            // One that does not run has no lease.
            let Ok(answer) = web.get(address, "/state") else {
                continue;
            };
            if let Some(lease) = lease_in(*seat, &answer.json())
                && to.send(lease).is_err()
            {
                return;
            }
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// The lease in a state; `None` if that master does not lead.
fn lease_in(seat: usize, state: &Value) -> Option<Lease> {
    let left_ns = number(&state["lease_left_ms"])?.checked_mul(1_000_000)?;
    Some(Lease {
        seat,
        token: number(&state["token"])?,
        end_ns: number(&state["now"]["boottime_ns"])?.checked_add(left_ns)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_leader_has_a_lease_and_others_have_none() {
        let now = json!({"at": "", "boottime_ns": "5000000"});
        let leads = json!({"state": "leader", "token": "7", "lease_left_ms": 3, "now": now});
        let lease = Lease {
            seat: 2,
            token: 7,
            end_ns: 8_000_000,
        };
        assert_eq!(lease_in(2, &leads), Some(lease));
        assert_eq!(lease_in(2, &json!({"state": "standby", "now": now})), None);
        assert_eq!(lease_in(2, &Value::Null), None);
    }
}
