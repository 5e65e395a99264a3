//! Proofs: the small writes that show, one after another, that a quorum still knows the session.

use super::{Link, Purpose, Session, Up};
use crate::core::lease;
use crate::core::requests::Ask;
use crate::core::time::Time;
use crate::proto::Request;

/// How much the session is asked to prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proving {
    /// Nothing hangs on it.
    No,
    /// A lease is to be kept.
    Steadily,
    /// Somebody waits for a lease.
    Urgently,
}

impl Session {
    /// What the verified lease of this session rests on; see [`lease`].
    pub(crate) fn proved(&self) -> Option<Time> {
        self.proved
    }

    /// When the newest proof of this connection was sent.
    pub(crate) fn newest_proof(&self) -> Option<Time> {
        match &self.link {
            Link::Up(up) if self.purpose == Purpose::Live => up.proofs.newest(),
            _ => None,
        }
    }

    /// When the lease will be renewed at the latest, if all goes well.
    pub(crate) fn next_renewal(&self, now: Time) -> Option<Time> {
        match &self.link {
            Link::Up(up) if self.purpose == Purpose::Live => Some(up.proofs.advance(now)),
            _ => None,
        }
    }

    /// Whether a verified lease is possible with the present times.
    pub(crate) fn lease_refusal(&self) -> Option<crate::core::Error> {
        if self.attached() {
            lease::refusal(self.timeout(), self.options.tick)
        } else {
            None
        }
    }

    pub(crate) fn set_proving(&mut self, proving: Proving, now: Time) {
        if proving != Proving::Urgently {
            self.urgent_proofs = 0;
        } else if self.proving != proving
            && let Link::Up(up) = &self.link
        {
            // A write that was committed just now is a P₂ already.
            let has_p2 = up.proofs.settled().is_some_and(|at| at > now);
            self.urgent_proofs = u32::from(has_p2);
        }
        self.proving = proving;
    }

    /// Whether a proof is to be sent now.
    pub(crate) fn proof_is_due(&self, now: Time) -> bool {
        match &self.link {
            Link::Up(up) => self.next_proof(up).is_some_and(|at| at <= now),
            _ => false,
        }
    }

    /// Whether a proof could be sent now, due or not.
    pub(crate) fn can_prove(&self) -> bool {
        match &self.link {
            Link::Up(up) => self.attached() && up.proofs.in_flight.is_none(),
            _ => false,
        }
    }

    /// Queues a proof.
    pub(crate) fn prove(&mut self, ask: Ask, request: Request, now: Time) {
        self.ask(ask, request);
        if let Link::Up(up) = &mut self.link {
            up.proofs.in_flight = Some(now);
            up.proofs.asked = Some(now);
            self.urgent_proofs = self.urgent_proofs.saturating_add(1);
        }
    }

    /// When the next proof is to be sent, or the one in flight has taken too long.
    pub(super) fn proof_deadline(&self, up: &Up) -> Option<Time> {
        match up.proofs.in_flight {
            None => self.next_proof(up),
            // Alone, a slow server is better than none.
            Some(_) if self.servers.len() < 2 || self.proving == Proving::No => None,
            Some(asked) => {
                let timeout = self.timeout();
                let overdue = asked + lease::proof_limit(timeout);
                // One server after another: each gets its time.
                Some(overdue.max(up.since + lease::answer_limit(timeout, true)))
            }
        }
    }

    fn next_proof(&self, up: &Up) -> Option<Time> {
        let (Purpose::Live, None) = (self.purpose, up.proofs.in_flight) else {
            return None;
        };
        let timeout = self.timeout();
        // A write that somebody else asked for proves as much.
        let last = up.proofs.asked.max(up.proofs.newest());
        let is_thin = |last: Time| {
            let limit = lease::steady_age(timeout, self.options.tick);
            up.proofs.base().is_none_or(|base| last.since(base) > limit)
        };
        let pause = match (self.proving, self.urgent_proofs) {
            (Proving::No, _) => return None,
            (Proving::Steadily, _) if last.is_some_and(is_thin) => lease::thin_interval(timeout),
            (Proving::Steadily, _) => lease::proof_interval(timeout),
            // P₂ and P at once, P₁ as soon as P₂ has settled.
            (Proving::Urgently, 0 | 2) => return Some(Time::default()),
            (Proving::Urgently, 1) => return Some(up.proofs.settled().unwrap_or_default()),
            (Proving::Urgently, _) => lease::urgent_interval(timeout),
        };
        Some(last.map_or_else(Time::default, |at| at + pause))
    }

    /// After a reply: the lease may rest on something newer now.
    pub(super) fn note_proof(&mut self) {
        if let Link::Up(up) = &self.link {
            self.proved = self.proved.max(up.proofs.base());
        }
    }
}
