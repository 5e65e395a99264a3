//! The detector of masters.

use super::event::{Master, MasterEvent};
use crate::api::{Client, ClientOptions, Detector, DetectorEvent, Error, Url};
use std::ops::Deref;
use std::task::{Context, Poll};
use std::time::Duration;

/// The detector of masters: a [`Detector`] that decodes the leader's payload, in each of the three forms that
/// Mesos wrote. It has all methods of a [`Detector`], whose events it decodes under the same names.
#[derive(Debug)]
pub struct MasterDetector {
    detector: Detector,
    client: Option<Client>,
}

impl MasterDetector {
    /// Follows the masters of the group at `group`, on the session of a client.
    ///
    /// # Errors
    /// As of [`Client::detect`].
    pub fn new(client: &Client, group: &str) -> Result<Self, Error> {
        Ok(Self {
            detector: client.detect(group)?,
            client: None,
        })
    }

    /// Follows the masters by what an agent is given as `--master`: `zk://…`, the `HOST:PORT` of a master that
    /// leads for ever, or `file://…` with one of these. A session of its own has this session timeout:
    /// [`MASTER_DETECTOR_ZK_SESSION_TIMEOUT`](super::MASTER_DETECTOR_ZK_SESSION_TIMEOUT) in Mesos. A file keeps
    /// the timeout, and may not name another file.
    ///
    /// # Errors
    /// As of [`Url::parse`], [`Client::open`] and [`Client::detect`].
    pub fn create(url: &str, session_timeout: Duration) -> Result<Self, Error> {
        let url = Url::parse(url)?;
        let options = ClientOptions::default().session_timeout(session_timeout);
        let client = Client::open(&url, options)?;
        let mut detector = Self::new(&client, url.path())?;
        detector.client = Some(client);
        Ok(detector)
    }

    /// The client that [`create`](Self::create) opened: to close it in order, and for its events.
    pub fn client(&self) -> Option<&Client> {
        self.client.as_ref()
    }

    /// The current knowledge; `Unknown` also before the first answer.
    pub fn state(&self) -> MasterEvent {
        MasterEvent::of(self.detector.state())
    }

    /// The leading master, if it is known now and can be read.
    pub fn master(&self) -> Option<Master> {
        match self.state() {
            MasterEvent::Leader(master) => Some(master),
            _ => None,
        }
    }

    /// Blocks until the [`state`](Self::state) differs from `previous` ([`MasterEvent::is_same`]), at most for
    /// `limit` (for ever without one); it returns at once if the state differs already.
    ///
    /// # Errors
    /// `Timeout` when nothing changed in time; `Closed` when the client was closed.
    pub fn detect(
        &self,
        previous: &MasterEvent,
        limit: Option<Duration>,
    ) -> Result<MasterEvent, Error> {
        let changed = self.detected(previous);
        crate::api::wait_for(changed, limit, "the leader did not change in time")
    }

    /// [`detect`](Self::detect) for any executor.
    ///
    /// # Errors
    /// `Closed` when the client was closed.
    pub async fn detected(&self, previous: &MasterEvent) -> Result<MasterEvent, Error> {
        let differs = |event: &DetectorEvent| !MasterEvent::of(event.clone()).is_same(previous);
        let event = self.detector.events().until(differs).await?;
        Ok(MasterEvent::of(event))
    }

    /// Blocks until the next event comes, at most for `limit` (for ever without one), and takes it.
    ///
    /// # Errors
    /// As of [`Events::next`](crate::Events::next).
    pub fn next(&self, limit: Option<Duration>) -> Result<MasterEvent, Error> {
        self.detector.events().next(limit).map(MasterEvent::of)
    }

    /// The next event, for any executor. Dropping the future loses nothing.
    ///
    /// # Errors
    /// `Closed` when no event will ever follow.
    pub async fn recv(&self) -> Result<MasterEvent, Error> {
        self.detector.events().recv().await.map(MasterEvent::of)
    }

    /// Takes the next event if there is one; if not, the next change wakes the task.
    ///
    /// # Errors
    /// `Closed` when no event will ever follow.
    pub fn poll_next(&self, cx: &Context<'_>) -> Poll<Result<MasterEvent, Error>> {
        let event = self.detector.events().poll_next(cx);
        event.map_ok(MasterEvent::of)
    }

    /// Registers a callback for each event: [`Events::on_each`](crate::Events::on_each).
    ///
    /// # Errors
    /// As of [`Events::on_each`](crate::Events::on_each).
    pub fn on_each(
        &self,
        mut callback: impl FnMut(MasterEvent) + Send + 'static,
    ) -> Result<(), Error> {
        let decode = move |event| callback(MasterEvent::of(event));
        self.detector.events().on_each(decode)
    }
}

impl Deref for MasterDetector {
    type Target = Detector;

    fn deref(&self) -> &Detector {
        &self.detector
    }
}
