//! A contender, its options and its leadership.

use super::any_events::wait_for;
use super::checks::{check_group, check_guard, check_member};
use super::events::Events;
use crate::core::words::Ending;
use crate::core::{
    Answer, Call, Command, ContenderEvent, ContenderSpec, Error, Handle, LeasePolicy, LostReason,
    Reenrol, Time,
};
use crate::driver::{ClientHandle, Held, Pending, Sink};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The options of a contender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContenderOptions {
    spec: ContenderSpec,
}

impl ContenderOptions {
    /// The default options for the group whose znode is `group`; it is created if it is missing.
    pub fn new(group: impl Into<String>) -> Self {
        Self {
            spec: ContenderSpec::new(group),
        }
    }

    // generated: builder; do not edit, run `make words`
    /// The label: the part before `_` in the name of the znode. Mesos reads the name up to the
    /// first `_`.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.spec.label = Some(label.into());
        self
    }

    /// The payload of the znode, which detectors get with the leader.
    #[must_use]
    pub fn data(mut self, data: impl Into<Vec<u8>>) -> Self {
        self.spec.data = data.into();
        self
    }

    /// When leadership ends if no server answers.
    #[must_use]
    pub fn policy(mut self, policy: LeasePolicy) -> Self {
        self.spec.policy = policy;
        self
    }

    /// Whether the contender enrols again after a lost candidacy.
    #[must_use]
    pub fn reenrol(mut self, reenrol: Reenrol) -> Self {
        self.spec.reenrol = reenrol;
        self
    }

    /// Whether to keep a lease ready while next in line (not by default). This costs one small
    /// write each twelfth of the session timeout, and leadership then begins with the very event
    /// that reports the end of the predecessor. Otherwise a session that was idle first needs three
    /// committed writes and a tenth of a second.
    #[must_use]
    pub fn warm(mut self, warm: bool) -> Self {
        self.spec.warm = warm;
        self
    }

    /// The length of the lease, 100 ms to 10 s and no longer than the session timeout; a quarter of
    /// the session timeout, and at most 10 s, by default. Only with [`LeasePolicy::Guarded`], and
    /// without `fail_over`, which has a lease of its own. A successor waits for as long unless the
    /// leader has released its leadership. The leader writes a proof each third of it.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.spec.lease = Some(lease);
        self
    }

    /// The time in which a successor replaces a leader that is silent, 250 ms to 10 s and less than
    /// the session timeout; only with [`LeasePolicy::Guarded`], and without `lease`. The leader
    /// shows each tenth of it that it lives; the next in line deletes its znode after four tenths
    /// of silence, and waits for its lease, another four tenths. This costs ten small writes in
    /// this time, and needs the right to delete members and an ensemble that commits a write in
    /// less than a tenth of it. A leader that is suspected wrongly loses its leadership; there are
    /// never two.
    #[must_use]
    pub fn fail_over(mut self, fail_over: Duration) -> Self {
        self.spec.fail_over = Some(fail_over);
        self
    }
    // generated: end

    /// The same for another group.
    #[cfg(feature = "capi")]
    pub(crate) fn at(mut self, group: String) -> Self {
        self.spec.path = group;
        self
    }

    /// To change single options.
    #[cfg(feature = "capi")]
    pub(crate) fn spec_mut(&mut self) -> &mut ContenderSpec {
        &mut self.spec
    }

    /// Checks the options as [`Client::contend`](super::Client::contend) does, before there is a
    /// client.
    ///
    /// # Errors
    /// `InvalidInput`; the message says what is wrong.
    pub fn validate(&self) -> Result<(), Error> {
        check_group(&self.spec.path)?;
        check_member(self.spec.label.as_deref(), &self.spec.data)?;
        check_guard(&self.spec)
    }

    pub(super) fn into_spec(self) -> Result<ContenderSpec, Error> {
        self.validate()?;
        Ok(self.spec)
    }
}

/// A leadership, read at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leadership {
    held: Held,
}

impl Leadership {
    /// The fencing token: the `czxid` of the leader's znode. It only rises from leadership to
    /// leadership: pass it to the storage that you write to, and make the storage refuse a lower
    /// token than it has seen.
    pub fn token(&self) -> u64 {
        self.held.lease.token
    }

    /// The end of the lease, unless it is renewed, on `CLOCK_BOOTTIME`: see [`now`](crate::now).
    pub fn lease_end(&self) -> Time {
        self.held.lease.end
    }

    /// How much of the lease is left now; zero when it is over.
    pub fn remaining(&self) -> Duration {
        self.held.left()
    }
}

/// A contender: one candidacy after another for the leadership of a group. Dropping it withdraws
/// in the background. All methods may be called from any thread, and from callbacks.
#[derive(Debug)]
pub struct Contender {
    client: Arc<ClientHandle>,
    handle: Handle,
    sink: Arc<Sink>,
    events: Events<ContenderEvent>,
    reenrol: Reenrol,
    withdrawn: AtomicBool,
}

impl Contender {
    pub(super) fn new(
        client: Arc<ClientHandle>,
        handle: Handle,
        sink: Arc<Sink>,
        reenrol: Reenrol,
    ) -> Self {
        let events = Events::new(Arc::clone(&sink));
        Self {
            client,
            handle,
            sink,
            events,
            reenrol,
            withdrawn: AtomicBool::new(false),
        }
    }

    /// Whether this contender leads, right now. It compares the boot-time clock with the end of the
    /// lease at each call, takes no lock and never blocks: a process that was stopped for a minute
    /// gets `false` from its first call afterwards.
    pub fn is_leading(&self) -> bool {
        self.leadership().is_some()
    }

    /// The fencing token and the end of the lease, read at one instant, if this contender leads right
    /// now.
    pub fn leadership(&self) -> Option<Leadership> {
        // A contender that has given leadership up does not lead, even if the I/O thread does not know
        // yet. In a forked child only the parent can lead: no thread here would report its loss.
        if self.withdrawn.load(Ordering::Relaxed)
            || self.client.is_closing()
            || self.sink.is_foreign()
        {
            return None;
        }
        let held = self.sink.lease.load()?;
        (!held.left().is_zero()).then_some(Leadership { held })
    }

    /// The events of this contender. Events are news, the lease is the truth.
    pub fn events(&self) -> &Events<ContenderEvent> {
        &self.events
    }

    /// Blocks until this contender leads, at most for `limit` (for ever without one).
    ///
    /// # Errors
    /// `Timeout` when it did not lead in time; `Closed` when it withdrew or stopped, or the client
    /// was closed; the error that prevents the creation of its znode.
    pub fn wait_leading(&self, limit: Option<Duration>) -> Result<Leadership, Error> {
        wait_for(self.leading(), limit, "the contender did not lead in time")
    }

    /// [`wait_leading`](Self::wait_leading) for any executor. Dropping the future loses nothing.
    ///
    /// # Errors
    /// `Closed` when the contender withdrew or stopped, or the client was closed; the error that
    /// prevents the creation of its znode.
    pub async fn leading(&self) -> Result<Leadership, Error> {
        loop {
            if let Some(leadership) = self.leadership() {
                return Ok(leadership);
            }
            let event = self.events.until(|event| self.is_decisive(event)).await?;
            if let Some(leadership) = self.decide(&event)? {
                return Ok(leadership);
            }
            // It led, and the lease has run out since: the news of that replaces this event.
            self.events.until(|newest| *newest != event).await?;
        }
    }

    /// The end of a wait for leadership, by a decisive event; `None` for a lease that is over.
    fn decide(&self, event: &ContenderEvent) -> Result<Option<Leadership>, Error> {
        match event {
            ContenderEvent::Lost { reason, .. } => Err(match reason {
                LostReason::Failed(error) => error.clone(),
                _ => Error::closed(),
            }),
            _ => Ok(self.leadership()),
        }
    }

    /// Ends the candidacy: leadership ends at once, and the call ends when the znode is gone, with
    /// `true` if this contender deleted its znode, `false` if there was nothing (left) to delete. The
    /// method may be called again; all calls end when the znode is gone.
    ///
    /// # Errors
    /// `Closed`; `NoAuth` when an ACL forbids to delete the znode (it ends with the session).
    pub fn withdraw(&self) -> Pending<bool> {
        self.withdrawn.store(true, Ordering::Relaxed);
        let handle = self.handle;
        self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::Withdraw,
            },
            |answer| match answer {
                Answer::Removed(removed) => Some(removed),
                _ => None,
            },
        )
    }

    /// Changes the payload of the znode, and of the znodes of later candidacies. The call ends with
    /// `true` when the znode has the payload, `false` when there is no znode now. Without a connection
    /// it waits for one; if several changes wait, the last one counts. What another party writes to the
    /// znode is replaced by this payload.
    ///
    /// # Errors
    /// `InvalidInput` for more than 1,000,000 bytes (at once); in the call: `NoAuth`, `Closed`.
    pub fn set_data(&self, data: impl Into<Vec<u8>>) -> Result<Pending<bool>, Error> {
        let (handle, data) = (self.handle, data.into());
        check_member(None, &data)?;
        Ok(self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::SetData { data },
            },
            |answer| match answer {
                Answer::Written(written) => Some(written),
                _ => None,
            },
        ))
    }

    /// Whether waiting for leadership can end with this event. After other losses a new
    /// candidacy follows.
    fn is_decisive(&self, event: &ContenderEvent) -> bool {
        match event {
            ContenderEvent::Leading { .. } => true,
            ContenderEvent::Lost { reason, .. } => match reason.ending() {
                Ending::Wanted | Ending::Final => true,
                Ending::Involuntary => self.reenrol == Reenrol::Never,
            },
            // It goes on.
            _ => false,
        }
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        let handle = self.handle;
        self.client.command(Command::Drop { handle });
    }
}
