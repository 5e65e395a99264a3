//! Proofs: the small writes that show, one after another, that a quorum still has the session.

use super::{Connection, Purpose, Session, Up};
use crate::hindrance::Hindrance;
use crate::lease;
use crate::question::Question;
use crate::requests::Ask;
use crate::signal::ServerKind;
use crate::time::Time;
use core::time::Duration;
use tenure_proto::Request;

/// How much the session must prove, from little to much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proving {
    /// No lease depends on it.
    No,
    /// A contender is next in line: it sends a proof in the place of each ping, so that the lease is
    /// ready when its turn comes.
    Idly,
    /// A lease must be kept.
    Steadily,
    /// A contender waits for a lease.
    Urgently,
}

/// The progress of the proofs for which a contender waits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Urgent {
    /// How many proofs were sent.
    asked: u32,
    /// The instant from which a proof can be a P₁ for the first of them.
    p1_from: Option<Time>,
}

impl<Q: Question> Session<Q> {
    /// The base of the verified lease of this session; see [`lease`].
    pub fn proved(&self) -> Option<Time> {
        self.proved
    }

    /// When the newest proof of this connection was sent.
    pub fn newest_proof(&self) -> Option<Time> {
        self.live().and_then(|up| up.proofs.newest())
    }

    /// When the lease will be renewed at the latest, if all goes well.
    pub fn next_renewal(&self, now: Time) -> Option<Time> {
        let pace = self.pace().min(lease::thin_interval(self.timeout()));
        self.live().map(|up| up.proofs.advance(now, pace))
    }

    /// The interval of proofs that keeps a lease of this session.
    pub fn pace(&self) -> Duration {
        let pace = self.live().and_then(|up| self.lasting_pace(up));
        pace.unwrap_or_else(|| lease::proof_interval(self.timeout()))
    }

    /// Whether a lease of which only a moment is left would be renewed in time, again and again: answers
    /// may be so slow that no reserve remains.
    pub fn is_steady(&self) -> bool {
        self.pace() == lease::proof_interval(self.timeout())
            || self.live().is_some_and(|up| up.proofs.is_steady())
    }

    /// Whether the server of this connection answered its handshake slowly, less than T ago.
    pub fn is_slow(&self, now: Time) -> bool {
        let timeout = self.timeout();
        self.live()
            .is_some_and(|up| up.is_slow && now < up.since + timeout)
    }

    fn lasting_pace(&self, up: &Up<Q>) -> Option<Duration> {
        lease::pace(self.timeout(), self.options.tick, up.proofs.delay())
    }

    fn live(&self) -> Option<&Up<Q>> {
        match &self.connection {
            Connection::Up(up) if self.purpose == Purpose::Live => Some(up),
            _ => None,
        }
    }

    /// The reason why a verified lease is not possible with the present server and times, if so.
    pub fn lease_refusal(&self) -> Option<Hindrance> {
        match self.kind {
            _ if !self.attached() => None,
            ServerKind::ZooKeeper => lease::refusal(self.timeout(), self.options.tick),
            ServerKind::Other => Some(Hindrance::NotZooKeeper),
        }
    }

    /// Sets the longest interval of proofs, for leases that do not rest on the session.
    pub fn set_haste(&mut self, haste: Option<Duration>) {
        self.haste = haste;
    }

    /// The time that the server takes to commit a write, as far as it is known.
    pub fn commit_time(&self) -> Option<Duration> {
        self.live().map(|up| up.proofs.delay())
    }

    /// The instant until which this session may be doomed although a server has reattached it; `None` if
    /// it cannot be.
    pub fn doubtful_until(&self, now: Time) -> Option<Time> {
        let until = self.live()?.proofs.doubtful_until();
        until.filter(|until| *until > now)
    }

    /// Whether the session's proved life has run out, and answers are too slow to prove it again.
    pub fn is_too_slow_to_confirm(&self, now: Time) -> bool {
        let Some(up) = self.live().filter(|up| !up.proofs.lives(now)) else {
            return false;
        };
        let (timeout, delay) = (self.timeout(), up.proofs.delay());
        let pace = self.lasting_pace(up);
        pace.is_some_and(|pace| lease::too_slow_to_confirm(timeout, self.options.tick, delay, pace))
    }

    /// The reason why there can be no lease at present; also the reason why a contender has waited long
    /// for one: a lease would be over before it could be renewed.
    pub fn lease_hindrance(&self, now: Time, waits_long: bool) -> Option<Hindrance> {
        let up = self.live()?;
        let timeout = self.timeout();
        if let Some(until) = self.doubtful_until(now) {
            let remaining = until.since(now);
            return Some(Hindrance::Doubtful { remaining });
        }
        let is_uneven = self.lasting_pace(up).is_some() && !self.is_too_slow_to_confirm(now);
        // If proofs fail, their errors are reported instead.
        let succeeds = |sent: Time| sent + timeout / 2 > now;
        if is_uneven && !(waits_long && up.proofs.newest().is_some_and(succeeds)) {
            return None;
        }
        Some(Hindrance::Slow {
            delay: up.proofs.delay(),
            is_uneven,
            timeout,
            knows_tick: self.options.tick.is_some(),
        })
    }

    /// Sets how much the session must prove from now on.
    pub fn set_proving(&mut self, proving: Proving, now: Time) {
        if proving != Proving::Urgently {
            self.urgent = Urgent::default();
        } else if self.proving != proving
            && let Connection::Up(up) = &self.connection
        {
            // A write that was just committed is the first of them.
            let p1_from = up.proofs.p1_from().filter(|at| *at > now);
            let asked = u32::from(p1_from.is_some());
            self.urgent = Urgent { asked, p1_from };
        }
        self.proving = proving;
    }

    /// Whether a proof is due now.
    pub fn proof_is_due(&self, now: Time) -> bool {
        match &self.connection {
            Connection::Up(up) => self.next_proof(up).is_some_and(|at| at <= now),
            _ => false,
        }
    }

    /// Whether a proof could be sent now, due or not.
    pub fn can_prove(&self) -> bool {
        match &self.connection {
            Connection::Up(up) => self.attached() && !up.proofs.is_full(),
            _ => false,
        }
    }

    /// Queues a proof.
    pub fn prove(&mut self, question: Q, request: Request, now: Time) {
        self.queue(Ask::Proof(question), request);
        let pace = self.pace();
        if let Connection::Up(up) = &mut self.connection {
            up.proofs.ask(now, pace);
            if self.urgent.asked == 1 && self.urgent.p1_from.is_none() {
                self.urgent.p1_from = up.proofs.p1_from();
            }
            self.urgent.asked = self.urgent.asked.saturating_add(1);
        }
    }

    /// When the next proof is due, or the oldest one in flight has taken too long.
    pub(super) fn proof_deadline(&self, up: &Up<Q>) -> Option<Time> {
        let next = self.next_proof(up);
        next.into_iter().chain(self.proof_overdue(up)).min()
    }

    /// When the oldest proof in flight has taken so long that the client tries another server. If there
    /// is no other, a slow server is better than none.
    pub(super) fn proof_overdue(&self, up: &Up<Q>) -> Option<Time> {
        let asked = up.proofs.unanswered()?;
        if self.servers.len() < 2 || self.proving <= Proving::Idly {
            return None;
        }
        let timeout = self.timeout();
        let overdue = asked + lease::proof_limit(timeout);
        // Each server gets its time.
        Some(overdue.max(up.since + lease::answer_limit(timeout, true)))
    }

    fn next_proof(&self, up: &Up<Q>) -> Option<Time> {
        if self.purpose != Purpose::Live || up.proofs.is_full() {
            return None;
        }
        let timeout = self.timeout();
        // A write for another purpose proves as much.
        let last = up.proofs.last();
        let after = |pause: Duration| last.map_or_else(Time::default, |at| at + pause);
        let is_alone = up.proofs.unanswered().is_none();
        let is_thin = |last: Time| {
            let interval = lease::proof_interval(timeout);
            let delay = up.proofs.delay();
            let limit = lease::steady_age(timeout, self.options.tick, delay, interval);
            up.proofs.base().is_none_or(|base| last.since(base) > limit)
        };
        let steady = match last.is_some_and(is_thin) {
            true => self.pace().min(lease::thin_interval(timeout)),
            false => self.pace(),
        };
        match self.proving {
            // The looks of the contender that is next in line are proofs.
            Proving::No | Proving::Idly => None,
            // No pace keeps a lease: proofs go at the normal one.
            Proving::Urgently if self.lasting_pace(up).is_none() => {
                Some(after(lease::proof_interval(timeout)))
            }
            Proving::Urgently if !is_alone => {
                Some(after(self.pace().min(lease::urgent_interval(timeout))))
            }
            Proving::Steadily => Some(after(self.haste.map_or(steady, |most| steady.min(most)))),
            // Two at once, the third as soon as it can be a P₁ for the first, and one that relies on all.
            Proving::Urgently => Some(match self.urgent.asked {
                0 | 1 | 3 => Time::default(),
                2 => self.urgent.p1_from.unwrap_or_default(),
                _ => {
                    let next = after(lease::urgent_interval(timeout));
                    let confirms = up.proofs.confirms_from();
                    let confirms = confirms.filter(|at| last.is_some_and(|last| last < *at));
                    confirms.map_or(next, |at| at.min(next))
                }
            }),
        }
    }

    /// After a reply: the lease base may be newer.
    pub(super) fn note_proof(&mut self) {
        if let Connection::Up(up) = &self.connection {
            self.proved = self.proved.max(up.proofs.base());
        }
    }
}
