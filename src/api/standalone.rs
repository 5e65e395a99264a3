//! A leader without ZooKeeper: it replaces the session if the URL is the leader's address, or if the
//! program appoints the leader.

use crate::core::{
    DetectorEvent, Error, ErrorKind, Event, Host, Leader, Member, SessionEvent, Time,
};
use crate::driver::Sink;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// See the [module](self). It has no thread: the thread that calls does the work.
#[derive(Debug)]
pub(super) struct Standalone {
    /// The leader's address, if the URL is it.
    address: String,
    session: Arc<Sink>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    leader: Option<Leader>,
    /// How many leaders were appointed.
    #[cfg(feature = "mesos")]
    appointments: i32,
    /// Where the events of each detector go; `None` when the client is closed.
    detectors: Option<Vec<Arc<Sink>>>,
}

impl Standalone {
    /// The host leads for ever.
    pub(super) fn new(host: &Host, now: Time) -> Arc<Self> {
        let address = host.to_string();
        let leader = leader(&address, None, 0, address.clone().into_bytes(), now);
        Self::with(address, Some(leader))
    }

    /// Nobody leads until a leader is appointed.
    #[cfg(feature = "mesos")]
    pub(super) fn appointable() -> Arc<Self> {
        Self::with(String::new(), None)
    }

    fn with(address: String, leader: Option<Leader>) -> Arc<Self> {
        Arc::new(Self {
            address,
            session: Arc::new(Sink::new("", Arc::default())),
            state: Mutex::new(State {
                leader,
                #[cfg(feature = "mesos")]
                appointments: 0,
                detectors: Some(Vec::new()),
            }),
        })
    }

    pub(super) fn session(&self) -> &Arc<Sink> {
        &self.session
    }

    /// The address; empty where leaders are appointed.
    pub(super) fn path(&self) -> &str {
        &self.address
    }

    /// The error for `what`, in words, which needs a group.
    pub(super) fn refusal(&self, what: &str) -> Error {
        let this = match self.path() {
            "" => "a client without servers has",
            address => &format!("{address} is a standalone leader,"),
        };
        let message = format!(
            "{this} not a group on ZooKeeper: there is nothing to {what}; \
             give a URL such as zk://host1:2181,host2:2181/path"
        );
        Error::new(ErrorKind::InvalidInput, message)
    }

    /// A new detector: it knows the leader already, if there is one.
    pub(super) fn detect(&self) -> Arc<Sink> {
        let sink = Arc::new(Sink::new(self.path(), Arc::default()));
        let mut state = self.lock();
        // No other code has the sink yet: no user code runs under the lock.
        let known = state.known();
        match &mut state.detectors {
            Some(detectors) => {
                sink.push(Event::Detector(known));
                detectors.push(Arc::clone(&sink));
            }
            None => sink.end(),
        }
        drop(state);
        sink
    }

    /// Appoints a leader, with this label and payload, or none. Each appointment is an event, also of the
    /// same leader again.
    ///
    /// # Errors
    /// `Closed`; `InvalidInput` where the URL is the leader's address.
    #[cfg(feature = "mesos")]
    pub(super) fn appoint(
        &self,
        appointed: Option<(&str, Option<&str>, Vec<u8>)>,
        now: Time,
    ) -> Result<(), Error> {
        if !self.address.is_empty() {
            return Err(super::checks::invalid(format!(
                "{} leads for ever: a leader can be appointed to a client that was opened without a URL",
                self.path()
            )));
        }
        let mut state = self.lock();
        if state.detectors.is_none() {
            return Err(Error::closed());
        }
        if appointed.is_some() {
            state.appointments = state.appointments.wrapping_add(1);
        }
        let number = state.appointments;
        state.leader = appointed.map(|(address, label, data)| {
            leader(address, label.map(str::to_owned), number, data, now)
        });
        let known = state.known();
        // Under the lock, so that all detectors get all appointments in one order; the readers wake when
        // it is free.
        let detectors = state.detectors.iter().flatten();
        let put = |sink: &Arc<Sink>| (Arc::clone(sink), sink.put(Event::Detector(known.clone())));
        let changes: Vec<_> = detectors.map(put).collect();
        drop(state);
        for (sink, change) in changes {
            sink.announce(change);
        }
        Ok(())
    }

    /// A detector was dropped.
    pub(super) fn forget(&self, sink: &Arc<Sink>) {
        if let Some(detectors) = &mut self.lock().detectors {
            detectors.retain(|known| !Arc::ptr_eq(known, sink));
        }
    }

    pub(super) fn close(&self) {
        let Some(detectors) = self.lock().detectors.take() else {
            return;
        };
        for sink in &detectors {
            sink.end();
        }
        self.session.push(Event::Session(SessionEvent::Closed));
        self.session.end();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn known(&self) -> DetectorEvent {
        let leader = self.leader.clone();
        leader.map_or(DetectorEvent::None, DetectorEvent::Leader)
    }
}

/// A leader that has no znode, and so no fencing token.
fn leader(
    address: &str,
    label: Option<String>,
    sequence: i32,
    data: Vec<u8>,
    as_of: Time,
) -> Leader {
    Leader {
        data,
        member: Member {
            path: address.to_owned(),
            label,
            sequence,
            token: 0,
        },
        as_of,
    }
}

impl Drop for Standalone {
    fn drop(&mut self) {
        self.close();
    }
}
