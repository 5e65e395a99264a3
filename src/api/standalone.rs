//! A fixed leader: it replaces the session if the URL is the leader's address.

use crate::core::{
    DetectorEvent, Error, ErrorKind, Event, Host, Leader, Member, SessionEvent, Time,
};
use crate::driver::Sink;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// See the [module](self). It has no thread: the thread that calls does the work.
#[derive(Debug)]
pub(super) struct Standalone {
    leader: Leader,
    session: Arc<Sink>,
    /// Where the events of each detector go; `None` when the client is closed.
    detectors: Mutex<Option<Vec<Arc<Sink>>>>,
}

impl Standalone {
    pub(super) fn new(host: &Host, now: Time) -> Arc<Self> {
        let address = host.to_string();
        Arc::new(Self {
            leader: Leader {
                data: address.clone().into_bytes(),
                member: Member {
                    path: address,
                    label: None,
                    sequence: 0,
                    token: 0,
                },
                as_of: now,
            },
            session: Arc::new(Sink::new("", Arc::default())),
            detectors: Mutex::new(Some(Vec::new())),
        })
    }

    pub(super) fn session(&self) -> &Arc<Sink> {
        &self.session
    }

    /// The address.
    pub(super) fn path(&self) -> &str {
        &self.leader.member.path
    }

    /// The error for `what`, in words, which needs a group.
    pub(super) fn refusal(&self, what: &str) -> Error {
        let message = format!(
            "{} is a standalone leader, not a group on ZooKeeper: there is nothing to {what}; \
             give a URL such as zk://host1:2181,host2:2181/path",
            self.path()
        );
        Error::new(ErrorKind::InvalidInput, message)
    }

    /// A new detector: it knows the leader already.
    pub(super) fn detect(&self) -> Arc<Sink> {
        let sink = Arc::new(Sink::new(self.path(), Arc::default()));
        let mut detectors = self.lock();
        // No other code has the sink yet: no user code runs under the lock.
        match &mut *detectors {
            Some(detectors) => {
                let event = DetectorEvent::Leader(self.leader.clone());
                sink.push(Event::Detector(event));
                detectors.push(Arc::clone(&sink));
            }
            None => sink.end(),
        }
        drop(detectors);
        sink
    }

    /// A detector was dropped.
    pub(super) fn forget(&self, sink: &Arc<Sink>) {
        if let Some(detectors) = &mut *self.lock() {
            detectors.retain(|known| !Arc::ptr_eq(known, sink));
        }
    }

    pub(super) fn close(&self) {
        let Some(detectors) = self.lock().take() else {
            return;
        };
        for sink in &detectors {
            sink.end();
        }
        self.session.push(Event::Session(SessionEvent::Closed));
        self.session.end();
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Arc<Sink>>>> {
        self.detectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Standalone {
    fn drop(&mut self) {
        self.close();
    }
}
