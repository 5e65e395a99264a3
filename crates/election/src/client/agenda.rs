//! Finds the machines that an input concerns. Each machine reports its needs once, after it was touched;
//! the client finds the concerned ones here and calls no others. So the cost of an input depends on the
//! machines that it concerns, however many there are.

use crate::Handle;
use crate::shared_lease::Basis;
use crate::znode::ZnodeId;
use alloc::collections::{BTreeMap, BTreeSet};
use core::time::Duration;
use tenure_session::{Proving, Time};

/// The needs of a machine, which the client must know without a call to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Needs {
    /// When it repeats a request.
    pub(crate) again_at: Option<Time>,
    /// The same, on a standing connection only.
    pub(crate) retry_at: Option<Time>,
    /// Its leadership, if it leads.
    pub(crate) leads: Option<Leads>,
    /// How much the session must prove for it, and the znode that proofs must name.
    pub(crate) claim: Option<(Proving, ZnodeId)>,
    /// The longest interval of proofs for its lease, if that does not rest on the session.
    pub(crate) haste: Option<Duration>,
    /// It is first: it leads as soon as there is a lease on this basis.
    pub(crate) first: Option<Basis>,
    /// Its wait, if it needs only a lease to lead.
    pub(crate) waits_for_lease: Option<Waits>,
    /// Whether it may be first, which is not known yet.
    pub(crate) may_be_first: bool,
    /// Whether something of it ends with the session and does not come back by itself.
    pub(crate) binds_session: bool,
}

/// A wait for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Waits {
    /// The instant from which it may report why there is none.
    pub(crate) explain_at: Time,
    /// The same, for a reason that is worth a report only after T.
    pub(crate) explain_long_at: Time,
    /// The instant from which it has waited in vain, if it has reported why.
    pub(crate) in_vain_at: Option<Time>,
}

/// How a contender leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leads {
    /// By the lease of all leaderships of this basis; a renewal may be overdue.
    Shared { basis: Basis, in_jeopardy: bool },
    /// By a lease that is not renewed; the contender must be called at `look_at`.
    Alone { look_at: Time },
}

/// All needs of all machines, by their kind.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    again: BTreeSet<(Time, Handle)>,
    retry: BTreeSet<(Time, Handle)>,
    alone: BTreeSet<(Time, Handle)>,
    safe: Sets,
    in_jeopardy: Sets,
    first: Sets,
    claims: BTreeMap<Handle, ZnodeId>,
    proving: BTreeMap<Proving, usize>,
    haste: BTreeSet<(Duration, Handle)>,
    /// When contenders may report why there is no lease.
    explain: BTreeSet<(Time, Handle)>,
    /// The same, once they have waited for T.
    explain_long: BTreeSet<(Time, Handle)>,
    /// When contenders that have reported why have waited in vain.
    in_vain: BTreeSet<(Time, Handle)>,
    may_be_first: usize,
    bind_session: usize,
}

/// A set of contenders for each basis.
#[derive(Debug, Default)]
struct Sets([BTreeSet<Handle>; Basis::ALL.len()]);

impl Sets {
    fn of(&self, basis: Basis) -> &BTreeSet<Handle> {
        &self.0[basis as usize]
    }

    fn of_mut(&mut self, basis: Basis) -> &mut BTreeSet<Handle> {
        &mut self.0[basis as usize]
    }
}

impl Agenda {
    /// Replaces the needs of a machine.
    pub(crate) fn change(&mut self, handle: Handle, old: &Needs, new: &Needs) {
        if old != new {
            self.note(handle, old, false);
            self.note(handle, new, true);
        }
    }

    fn note(&mut self, handle: Handle, needs: &Needs, adds: bool) {
        let at = |set: &mut BTreeSet<(Time, Handle)>, at: Option<Time>| {
            if let Some(at) = at {
                match adds {
                    true => set.insert((at, handle)),
                    false => set.remove(&(at, handle)),
                };
            }
        };
        let one = |set: &mut BTreeSet<Handle>| match adds {
            true => set.insert(handle),
            false => set.remove(&handle),
        };
        let count = |count: &mut usize, is_one: bool| match adds {
            true => *count += usize::from(is_one),
            false => *count -= usize::from(is_one),
        };
        at(&mut self.again, needs.again_at);
        at(&mut self.retry, needs.retry_at);
        match needs.leads {
            Some(Leads::Alone { look_at }) => at(&mut self.alone, Some(look_at)),
            Some(Leads::Shared { basis, in_jeopardy }) => {
                let sets = match in_jeopardy {
                    true => &mut self.in_jeopardy,
                    false => &mut self.safe,
                };
                one(sets.of_mut(basis));
            }
            None => {}
        }
        if let Some(basis) = needs.first {
            one(self.first.of_mut(basis));
        }
        if let Some((proving, znode)) = needs.claim {
            match adds {
                true => self.claims.insert(handle, znode),
                false => self.claims.remove(&handle),
            };
            count(self.proving.entry(proving).or_default(), true);
        }
        if let Some(haste) = needs.haste {
            match adds {
                true => self.haste.insert((haste, handle)),
                false => self.haste.remove(&(haste, handle)),
            };
        }
        let waits = needs.waits_for_lease;
        at(&mut self.explain, waits.map(|waits| waits.explain_at));
        at(
            &mut self.explain_long,
            waits.map(|waits| waits.explain_long_at),
        );
        at(&mut self.in_vain, waits.and_then(|waits| waits.in_vain_at));
        count(&mut self.may_be_first, needs.may_be_first);
        count(&mut self.bind_session, needs.binds_session);
    }

    // ---- due ----

    /// When a machine repeats a request; a contender only on an established connection.
    pub(crate) fn again_at(&self, attached: bool) -> Option<Time> {
        let retry = self.retry.first().filter(|_| attached);
        let due = self.again.first().into_iter().chain(retry);
        due.map(|(at, _)| *at).min()
    }

    /// The machines that repeat a request by now, in the order of their handles.
    pub(crate) fn again_by(&self, now: Time, attached: bool) -> BTreeSet<Handle> {
        let retry = until(&self.retry, now).filter(|_| attached);
        until(&self.again, now).chain(retry).collect()
    }

    /// When a contender must be called whose lease is not renewed.
    pub(crate) fn alone_at(&self) -> Option<Time> {
        self.alone.first().map(|(at, _)| *at)
    }

    /// The contenders whose lease is not renewed and which must be called by now.
    pub(crate) fn alone_by(&self, now: Time) -> impl Iterator<Item = Handle> {
        until(&self.alone, now)
    }

    // ---- leaders, and contenders that wait for a lease ----

    /// Whether any contender leads.
    pub(crate) fn leads(&self) -> bool {
        !self.alone.is_empty() || Basis::ALL.into_iter().any(|basis| self.shares(basis))
    }

    /// Whether any contender leads by the lease of this basis.
    pub(crate) fn shares(&self, basis: Basis) -> bool {
        !self.safe.of(basis).is_empty() || !self.in_jeopardy.of(basis).is_empty()
    }

    /// The contenders that lead by the lease of this basis and are not in jeopardy.
    pub(crate) fn safe(&self, basis: Basis) -> &BTreeSet<Handle> {
        self.safe.of(basis)
    }

    /// The contenders that lead by the lease of this basis and are in jeopardy.
    pub(crate) fn in_jeopardy(&self, basis: Basis) -> &BTreeSet<Handle> {
        self.in_jeopardy.of(basis)
    }

    /// The contenders that are first, and which a lease of this basis makes leaders.
    pub(crate) fn first(&self, basis: Basis) -> &BTreeSet<Handle> {
        self.first.of(basis)
    }

    /// The contenders that may report by now why there is no lease; with `long`, those that have waited
    /// for T.
    pub(crate) fn explain_by(&self, now: Time, long: bool) -> impl Iterator<Item = Handle> {
        let set = match long {
            true => &self.explain_long,
            false => &self.explain,
        };
        until(set, now)
    }

    /// Whether a contender needs only a lease to lead.
    pub(crate) fn waits_for_lease(&self) -> bool {
        !self.explain.is_empty()
    }

    /// Whether a contender has waited for a lease for T by now, and has reported why there is none.
    pub(crate) fn waits_in_vain(&self, now: Time) -> bool {
        self.in_vain.first().is_some_and(|(at, _)| *at <= now)
    }

    /// Whether a contender may be the next to lead, which is not known yet.
    pub(crate) fn may_be_first(&self) -> bool {
        self.may_be_first > 0
    }

    /// Whether something ends with the session that does not come back by itself.
    pub(crate) fn binds_session(&self) -> bool {
        self.bind_session > 0
    }

    // ---- proofs ----

    /// How much the session must prove.
    pub(crate) fn proving(&self) -> Option<Proving> {
        let mut wanted = self.proving.iter().rev();
        wanted
            .find(|(_, count)| **count > 0)
            .map(|(proving, _)| *proving)
    }

    /// The longest interval of proofs that keeps every lease that does not rest on the session.
    pub(crate) fn haste(&self) -> Option<Duration> {
        self.haste.first().map(|(haste, _)| *haste)
    }

    /// The contenders whose znodes proofs must name, with these znodes, in turn, from `first` on.
    pub(crate) fn claims_from(&self, first: Handle) -> impl Iterator<Item = (Handle, ZnodeId)> {
        let behind = self.claims.range(first..);
        let before = self.claims.range(..first);
        behind
            .chain(before)
            .map(|(handle, znode)| (*handle, *znode))
    }

    /// Whether proofs must name any znode.
    pub(crate) fn has_claims(&self) -> bool {
        !self.claims.is_empty()
    }
}

fn until(set: &BTreeSet<(Time, Handle)>, now: Time) -> impl Iterator<Item = Handle> {
    set.range(..=(now, Handle(u64::MAX)))
        .map(|(_, handle)| *handle)
}
