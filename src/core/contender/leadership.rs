//! The leadership of a contender that nobody stands before: its lease begins, is renewed, and ends.

use super::rank::Rank;
use super::{Contender, ContenderSpec, Reenrol};
use crate::core::event::{ContenderEvent, Event};
use crate::core::lease;
use crate::core::mutant::{self, Mutant};
use crate::core::session::Proving;
use crate::core::shared::Shared;
use crate::core::time::Time;
use crate::core::znode::ZnodeId;
use crate::core::{Error, Lease, Output};
use std::time::Duration;

impl Contender {
    /// Whether a lease hangs on the session.
    pub(crate) fn is_leading(&self) -> bool {
        matches!(self.rank, Rank::Leading { .. })
    }

    /// Looks at the clock.
    pub(crate) fn tick(&mut self, shared: &mut Shared) {
        let Rank::Leading { fresh_until, end } = self.rank else {
            return;
        };
        let dead = end <= shared.now && !mutant::on(Mutant::Revived);
        // With Mesos's rule the end is that of the session, which says so itself, unless the znode is
        // not known to be ours.
        let own = self.spec.policy.is_proved() || self.doubted.is_some();
        if own && dead {
            self.lapse(shared);
        } else if fresh_until.is_some_and(|at| at <= shared.now) {
            self.endanger(shared);
        }
    }

    /// When [`tick`](Self::tick) must be called.
    pub(crate) fn deadline(&self) -> Option<Time> {
        match self.rank {
            Rank::Leading { fresh_until, end } => Some(fresh_until.map_or(end, |at| at.min(end))),
            Rank::Unknown | Rank::Counting(_) | Rank::Behind { .. } | Rank::First => None,
        }
    }

    /// Who is first and cannot show that its znode is its own keeps all others from leading: it
    /// makes another znode, behind them.
    pub(super) fn gives_up_at(&self, timeout: Duration) -> Option<Time> {
        match self.rank {
            Rank::First if !self.leaving => self.doubted.map(|since| since + timeout),
            _ => None,
        }
    }

    /// The znode that proofs must name, with its path, and how often they are needed.
    pub(crate) fn claim(&self) -> Option<(Proving, ZnodeId, &str)> {
        let next_in_line = self.before.len() + self.further == 1;
        let proving = match self.rank {
            Rank::First => Proving::Urgently,
            Rank::Leading { .. } => Proving::Steadily,
            Rank::Behind { .. } if !next_in_line => return None,
            Rank::Behind { .. } if self.spec.warm => Proving::Steadily,
            Rank::Behind { .. } => Proving::Idly,
            Rank::Unknown | Rank::Counting(_) => return None,
        };
        match (&self.member, self.znode) {
            (Some(member), Some(znode)) if self.spec.policy.is_proved() => {
                Some((proving, znode, &member.path))
            }
            _ => None,
        }
    }

    /// While it is next in line and its proofs are not warm: its znode, its path and that of the one
    /// before it.
    pub(crate) fn next_in_line(&self) -> Option<(ZnodeId, &str, &str)> {
        match (self.claim(), self.before.back()) {
            (Some((Proving::Idly, znode, own)), Some(before)) if self.rests() => {
                Some((znode, own, before))
            }
            _ => None,
        }
    }

    /// Whether its session can be given up for another one without anything being lost that does not
    /// come back by itself.
    pub(crate) fn may_begin_anew(&self) -> bool {
        !self.is_leading() && self.spec.reenrol == Reenrol::Always
    }

    /// Whether it may be its turn, which is not known yet.
    pub(crate) fn may_be_first(&self) -> bool {
        let unknown = matches!(self.rank, Rank::Unknown | Rank::Counting(_));
        unknown && self.znode.is_some() && !self.leaving && self.spec.policy.is_proved()
    }

    /// Whether only a lease is missing.
    pub(crate) fn waits_for_lease(&self) -> bool {
        matches!(self.rank, Rank::First) && self.spec.policy.is_proved() && self.doubted.is_none()
    }

    /// Whether it has waited for a lease for a whole session timeout, and has said why there is none.
    pub(crate) fn waits_in_vain(&self, now: Time, timeout: Duration) -> bool {
        let in_vain = |(since, again)| since + timeout <= now && since < again;
        self.waits_for_lease() && self.waiting.is_some_and(in_vain)
    }

    /// Why it cannot lead with the present session, if it cannot.
    pub(super) fn refusal(&self, shared: &Shared) -> Option<Error> {
        if self.spec.policy.is_proved() {
            shared.session.lease_refusal()
        } else {
            None
        }
    }

    /// A renewal is overdue, or the connection is lost.
    pub(super) fn endanger(&mut self, shared: &mut Shared) {
        let (Rank::Leading { fresh_until, end }, Some(member)) = (&mut self.rank, &self.member)
        else {
            return;
        };
        if fresh_until.take().is_some() && !mutant::on(Mutant::Untold) {
            let event = ContenderEvent::Jeopardy {
                member: member.clone(),
                lease_end: *end,
            };
            shared.event(self.handle, Event::Contender(event));
        }
    }

    /// Whether a lease until `end` is long enough for a leadership to begin: nobody is to lead for a
    /// moment only.
    fn is_enough(&self, end: Time, shared: &Shared) -> bool {
        let pace = shared.session.pace();
        let renewal = match self.spec.policy.is_proved() {
            true => shared.session.next_renewal(shared.now),
            false => None,
        };
        shared.now + lease::enough(pace) < end
            && (!self.spec.policy.is_proved() || shared.session.is_steady())
            && renewal.is_none_or(|at| at + lease::to_spare(pace) < end)
    }

    /// Something new is known of the session: leadership begins, or goes on.
    pub(crate) fn renew(&mut self, shared: &mut Shared) {
        let Some(standing) = Standing::of(&self.spec, shared) else {
            return self.explain(shared);
        };
        let Some(member) = &self.member else {
            return;
        };
        let Standing { end, .. } = standing;
        let fresh_until = standing.fresh_until.filter(|at| *at > shared.now);
        let (end, fresh_until) = match (self.doubted, &self.rank) {
            (None, _) => (end, fresh_until),
            // What is proved now says nothing of this znode.
            (Some(_), Rank::Leading { end: held, .. }) => (end.min(*held), None),
            (Some(_), _) => return,
        };
        let (before, told) = match self.rank {
            Rank::First => {
                // Only an answer on a standing connection makes a leader, or ends jeopardy.
                if fresh_until.is_none() || !self.is_enough(end, shared) {
                    self.explain(shared);
                    return;
                }
                self.waiting = None;
                (None, None)
            }
            Rank::Leading { fresh_until, end } => (Some(end), fresh_until),
            Rank::Unknown | Rank::Counting(_) | Rank::Behind { .. } => return,
        };
        // It may also become shorter; if it is over by that, the next look at the clock says so.
        if before != Some(end) {
            let lease = Lease {
                token: member.token,
                end,
            };
            shared.out.push(Output::Lease {
                handle: self.handle,
                lease: Some(lease),
            });
        }
        if told.is_none() && fresh_until.is_some() && end > shared.now {
            self.blocks.over();
            let event = ContenderEvent::Leading {
                member: member.clone(),
                lease_end: end,
            };
            self.tell(event, shared);
        }
        self.rank = Rank::Leading {
            fresh_until: fresh_until.or(told),
            end,
        };
    }

    /// Says, once in a session timeout, why it does not lead though nobody stands before it.
    fn explain(&mut self, shared: &mut Shared) {
        if !self.waits_for_lease() {
            return;
        }
        let timeout = shared.session.timeout();
        let &mut (since, ref mut again) = self.waiting.get_or_insert((shared.now, shared.now));
        if *again > shared.now {
            return;
        }
        let waits_long = since + timeout <= shared.now;
        let Some(error) = shared.session.lease_hindrance(shared.now, waits_long) else {
            return;
        };
        *again = shared.now + timeout;
        self.tell_blocked(error, shared);
    }
}

/// What a leader with these rules has in hand, as things stand.
struct Standing {
    end: Time,
    /// From when on a renewal is overdue; `None` while nothing has been renewed on the present
    /// connection, or there is none.
    fresh_until: Option<Time>,
}

impl Standing {
    fn of(spec: &ContenderSpec, shared: &Shared) -> Option<Self> {
        let session = &shared.session;
        let timeout = session.timeout();
        let answered = session.answered();
        let mistaken = match () {
            () if mutant::on(Mutant::AnyAnswer) => Some(lease::horizon(answered?, timeout)),
            () if mutant::on(Mutant::DisconnectTimer) => Some(shared.now + timeout),
            () if mutant::on(Mutant::Mesos) => Some(lease::over(answered?, timeout)),
            () => None,
        };
        if let Some(end) = mistaken {
            let fresh_until = session.newest_proof().map(|_| end);
            return Some(Self { end, fresh_until });
        }
        Some(if spec.policy.is_proved() {
            let newest = session.newest_proof();
            Self {
                end: lease::lease_end(session.proved()?, timeout),
                fresh_until: newest.map(|sent| lease::overdue(sent, timeout)),
            }
        } else {
            let answered = answered?;
            let attached = session.attached();
            Self {
                end: lease::over(answered, timeout),
                fresh_until: attached.then(|| lease::shaky(answered, timeout)),
            }
        })
    }
}
