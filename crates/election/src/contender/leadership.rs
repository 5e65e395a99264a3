//! The leadership of a contender that is first: its lease begins, is renewed, and ends.

use super::rank::Rank;
use super::{Contender, Reenrol};
use crate::client::{Leads, Needs, Waits};
use crate::event::{ContenderEvent, Event};
use crate::shared::Shared;
use crate::shared_lease::{Basis, Held, SharedLease, Standing};
use crate::znode::ZnodeId;
use crate::{Error, ErrorKind, Output, ServerKind};
use alloc::string::ToString;
use core::time::Duration;
use tenure_session::{Proving, Time};

impl Contender {
    /// Whether it leads, so that a lease depends on the session.
    pub(crate) fn is_leading(&self) -> bool {
        matches!(self.rank, Rank::Leading(_))
    }

    /// Reports jeopardy, or ends the candidacy, if that is due.
    pub(crate) fn tick(&mut self, shared: &mut Shared) {
        let Some(SharedLease { end, fresh_until }) = self.lease(shared) else {
            return;
        };
        let dead = end <= shared.now;
        // By Mesos's rule leadership ends with the session, which reports its end itself, unless the own
        // znode is doubted.
        let own = self.spec.policy.is_proved() || self.doubted.is_some();
        if own && dead {
            self.lapse(shared);
        } else if fresh_until.is_some_and(|at| at <= shared.now) {
            self.endanger(shared);
        }
    }

    /// The lease by which it leads: its end, and the instant from which it is in jeopardy, unless that
    /// was reported.
    pub(super) fn lease(&self, shared: &Shared) -> Option<SharedLease> {
        match &self.rank {
            Rank::Leading(held) => held.lease(self.basis(), shared),
            Rank::Unknown | Rank::Counting(_) | Rank::Behind { .. } | Rank::First => None,
        }
    }

    fn basis(&self) -> Basis {
        Basis::of(self.spec.policy)
    }

    /// A contender that is first and cannot show that its znode is its own keeps all others from leading:
    /// after this instant it creates another znode, behind them.
    pub(super) fn gives_up_at(&self, timeout: Duration) -> Option<Time> {
        match self.rank {
            Rank::First if !self.leaving => self.doubted.map(|since| since + timeout),
            _ => None,
        }
    }

    /// Whether one member is before it.
    pub(super) fn is_next_in_line(&self) -> bool {
        self.before.len() + self.further == 1
    }

    /// The znode that proofs must name, with its path, and how much the session must prove for it.
    pub(crate) fn claim(&self, shared: &Shared) -> Option<(Proving, ZnodeId, &str)> {
        let proving = match self.rank {
            _ if self.is_guarded() => self.guard_proving(shared)?,
            Rank::First => Proving::Urgently,
            Rank::Leading(_) => Proving::Steadily,
            Rank::Behind { .. } if !self.is_next_in_line() => return None,
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

    /// While it is next in line and its proofs are not warm: its znode, its path, and the path of the
    /// member before it.
    pub(crate) fn next_in_line(&self, shared: &Shared) -> Option<(ZnodeId, &str, &str)> {
        match (self.claim(shared), self.before.back()) {
            (Some((Proving::Idly, znode, own)), Some(before)) if self.rests() => {
                Some((znode, own, before))
            }
            _ => None,
        }
    }

    /// The needs by which the client finds it.
    pub(crate) fn needs(&self, shared: &Shared) -> Needs {
        let timeout = shared.session.timeout();
        let leads = match &self.rank {
            Rank::Leading(Held::Shared { in_jeopardy }) => Some(Leads::Shared {
                basis: self.basis(),
                in_jeopardy: *in_jeopardy,
            }),
            Rank::Leading(Held::Alone(lease)) => Some(Leads::Alone {
                look_at: lease.fresh_until.map_or(lease.end, |at| at.min(lease.end)),
            }),
            Rank::Unknown | Rank::Counting(_) | Rank::Behind { .. } | Rank::First => None,
        };
        // A doubted znode must not end the leases of the others.
        let claim = self
            .claim(shared)
            .map(|(proving, znode, _)| (proving, znode));
        let claim = claim.filter(|(_, znode)| shared.znodes.is_trusted(*znode));
        let is_first = match self.is_guarded() {
            true => self.waits_for_lease(shared),
            false => matches!(self.rank, Rank::First) && self.doubted.is_none(),
        };
        let begins_again = !self.is_leading() && self.spec.reenrol == Reenrol::Always;
        let unknown = matches!(self.rank, Rank::Unknown | Rank::Counting(_));
        Needs {
            again_at: None,
            retry_at: self.retry_at(timeout),
            leads,
            claim,
            haste: self.guard_haste(),
            first: is_first.then(|| self.basis()),
            waits_for_lease: self.waits(timeout, shared),
            may_be_first: unknown
                && self.znode.is_some()
                && !self.leaving
                && self.spec.policy.is_proved()
                && !self.is_guarded(),
            binds_session: !begins_again,
        }
    }

    /// Its wait for a lease, if it needs only that to lead.
    fn waits(&self, timeout: Duration, shared: &Shared) -> Option<Waits> {
        if !self.waits_for_lease(shared) {
            return None;
        }
        let Some((since, again)) = self.waiting else {
            return Some(Waits::default());
        };
        Some(Waits {
            explain_at: again,
            explain_long_at: again.max(since + timeout),
            in_vain_at: (since < again).then(|| since + timeout),
        })
    }

    /// Whether it needs only a lease to lead.
    fn waits_for_lease(&self, shared: &Shared) -> bool {
        matches!(self.rank, Rank::First)
            && self.spec.policy.is_proved()
            && self.doubted.is_none()
            && (!self.is_guarded() || self.guard_waits(shared))
    }

    /// The reason why it cannot lead with the present session, if so.
    pub(super) fn refusal(&self, shared: &Shared) -> Option<Error> {
        if let Some(error) = self.guard_refusal(shared) {
            return Some(error);
        }
        if self.is_guarded() && shared.server_kind() == ServerKind::Other {
            return None;
        }
        if self.spec.policy.is_proved() {
            let refusal = shared.session.lease_refusal()?;
            Some(Error::new(ErrorKind::InvalidInput, refusal.to_string()))
        } else {
            None
        }
    }

    /// A renewal is overdue, or the connection is lost.
    pub(super) fn endanger(&mut self, shared: &mut Shared) {
        let (Some(lease), Rank::Leading(held), Some(member)) =
            (self.lease(shared), &mut self.rank, &self.member)
        else {
            return;
        };
        match held {
            Held::Shared { in_jeopardy } => *in_jeopardy = true,
            Held::Alone(lease) => lease.fresh_until = None,
        }
        if lease.fresh_until.is_some() {
            let event = ContenderEvent::Jeopardy {
                member: member.clone(),
                lease_end: lease.end,
            };
            shared.event(self.handle, Event::Contender(event));
        }
    }

    /// The session has new answers: leadership begins, or goes on.
    pub(crate) fn renew(&mut self, shared: &mut Shared) {
        if self.is_guarded() {
            return self.guard_renew(shared);
        }
        let basis = self.basis();
        let Some(standing) = Standing::of(basis, shared) else {
            return self.explain(shared);
        };
        let Some(member) = &self.member else {
            return;
        };
        let token = member.token;
        match (&mut self.rank, self.doubted) {
            (Rank::First, Some(_)) => {}
            (Rank::First, None) if !standing.makes_leaders(basis, shared) => self.explain(shared),
            (Rank::First, None) => {
                self.waiting = None;
                standing.publish(basis, shared);
                self.hold(Held::Shared { in_jeopardy: true }, token, shared);
                self.recover(standing, shared);
            }
            // Proofs now do not show that this znode stands.
            (Rank::Leading(Held::Alone(lease)), Some(_)) => {
                if standing.end < lease.end {
                    lease.end = standing.end;
                    let held = Held::Alone(*lease);
                    self.hold(held, token, shared);
                }
            }
            (Rank::Leading(Held::Alone(lease)), None) => {
                let in_jeopardy = lease.fresh_until.is_none();
                standing.publish(basis, shared);
                self.hold(Held::Shared { in_jeopardy }, token, shared);
                self.recover(standing, shared);
            }
            (Rank::Leading(Held::Shared { .. }), _) => {
                standing.publish(basis, shared);
                self.recover(standing, shared);
            }
            (Rank::Unknown | Rank::Counting(_) | Rank::Behind { .. }, _) => {}
        }
    }

    /// Begins or continues leadership by this lease.
    pub(super) fn hold(&mut self, held: Held, token: u64, shared: &mut Shared) {
        self.rank = Rank::Leading(held);
        if let Some((lease, renewed_by)) = held.output(token, self.basis(), shared) {
            shared.out.push(Output::Lease {
                handle: self.handle,
                lease: Some(lease),
                renewed_by,
            });
        }
    }

    /// Its leadership is not in jeopardy, or no longer.
    fn recover(&mut self, standing: Standing, shared: &mut Shared) {
        let (Rank::Leading(Held::Shared { in_jeopardy }), Some(member)) =
            (&mut self.rank, &self.member)
        else {
            return;
        };
        if standing.fresh_until.is_none() || standing.end <= shared.now || !*in_jeopardy {
            return;
        }
        *in_jeopardy = false;
        self.blocks.over();
        let event = ContenderEvent::Leading {
            member: member.clone(),
            lease_end: standing.end,
        };
        self.report(event, shared);
    }

    /// The own znode is doubted: proofs from now on do not renew its lease.
    pub(super) fn doubt(&mut self, shared: &mut Shared) {
        self.doubted = Some(shared.now);
        if let (Some(lease), Some(member)) = (self.lease(shared), &self.member) {
            let token = member.token;
            self.hold(Held::Alone(lease), token, shared);
        }
    }

    /// Reports, once in a session timeout, why it does not lead although it is first.
    pub(super) fn explain(&mut self, shared: &mut Shared) {
        if !self.waits_for_lease(shared) {
            return;
        }
        let timeout = shared.session.timeout();
        let &mut (since, ref mut again) = self.waiting.get_or_insert((shared.now, shared.now));
        if *again > shared.now {
            return;
        }
        let waits_long = since + timeout <= shared.now;
        let Some(hindrance) = shared.session.lease_hindrance(shared.now, waits_long) else {
            return;
        };
        *again = shared.now + timeout;
        let error = Error::new(ErrorKind::Timeout, hindrance.to_string());
        self.report_blocked(error, shared);
    }
}
