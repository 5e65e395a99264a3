//! Which machines an input concerns. Each machine says once, after it was touched, what it waits for;
//! the client finds those that are concerned here and asks no others. So an input costs what it
//! concerns, however many machines there are.

use crate::Handle;
use crate::shared_lease::Basis;
use crate::znode::ZnodeId;
use alloc::collections::{BTreeMap, BTreeSet};
use tenure_session::Proving;
use tenure_session::Time;

/// What the client must know of a machine without asking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Needs {
    /// When it wants to try something again.
    pub(crate) again_at: Option<Time>,
    /// The same, on a standing connection only.
    pub(crate) retry_at: Option<Time>,
    /// Its leadership, if it leads.
    pub(crate) leads: Option<Leads>,
    /// What proofs do for it, and the znode that they must name.
    pub(crate) claim: Option<(Proving, ZnodeId)>,
    /// Nobody stands before it: it leads as soon as there is a lease on this basis.
    pub(crate) first: Option<Basis>,
    /// Its wait, if it lacks nothing but a lease.
    pub(crate) waits_for_lease: Option<Waits>,
    /// It may be its turn, which is not known yet.
    pub(crate) may_be_first: bool,
    /// Something of it ends with the session and does not come back by itself.
    pub(crate) binds_session: bool,
}

/// A wait for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Waits {
    /// From when on it may say why there is none.
    pub(crate) explain_at: Time,
    /// The same, for a reason that is worth a word only after T.
    pub(crate) explain_long_at: Time,
    /// From when on it has waited in vain, if it has said why.
    pub(crate) in_vain_at: Option<Time>,
}

/// How a contender leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leads {
    /// By the lease of all leaderships of this basis; a renewal may be overdue.
    Shared { basis: Basis, in_jeopardy: bool },
    /// By a lease that is not renewed, at which the clock must be looked at this instant.
    Alone { look_at: Time },
}

/// All needs of all machines, by what they concern.
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
    /// From when on they may say why there is no lease.
    explain: BTreeSet<(Time, Handle)>,
    /// The same, once they have waited for T.
    explain_long: BTreeSet<(Time, Handle)>,
    /// From when on those have waited in vain that have said why.
    in_vain: BTreeSet<(Time, Handle)>,
    may_be_first: usize,
    bind_session: usize,
}

/// A set of contenders for each basis.
#[derive(Debug, Default)]
struct Sets {
    proofs: BTreeSet<Handle>,
    answers: BTreeSet<Handle>,
}

impl Sets {
    fn of(&self, basis: Basis) -> &BTreeSet<Handle> {
        match basis {
            Basis::Proofs => &self.proofs,
            Basis::Answers => &self.answers,
        }
    }

    fn of_mut(&mut self, basis: Basis) -> &mut BTreeSet<Handle> {
        match basis {
            Basis::Proofs => &mut self.proofs,
            Basis::Answers => &mut self.answers,
        }
    }
}

impl Agenda {
    /// Replaces what was known of a machine.
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

    // ---- what is due ----

    /// When a machine is to be asked again, or a contender on a standing connection.
    pub(crate) fn again_at(&self, attached: bool) -> Option<Time> {
        let retry = self.retry.first().filter(|_| attached);
        let due = self.again.first().into_iter().chain(retry);
        due.map(|(at, _)| *at).min()
    }

    /// The machines to ask again by now, in the order of their handles.
    pub(crate) fn again_by(&self, now: Time, attached: bool) -> BTreeSet<Handle> {
        let retry = until(&self.retry, now).filter(|_| attached);
        until(&self.again, now).chain(retry).collect()
    }

    /// When a lease that is not renewed must be looked at.
    pub(crate) fn alone_at(&self) -> Option<Time> {
        self.alone.first().map(|(at, _)| *at)
    }

    /// The contenders whose lease is not renewed, and must be looked at by now.
    pub(crate) fn alone_by(&self, now: Time) -> impl Iterator<Item = Handle> {
        until(&self.alone, now)
    }

    // ---- who leads, or waits for a lease ----

    /// Whether any contender leads.
    pub(crate) fn leads(&self) -> bool {
        let shared = |basis| self.shares(basis) || !self.safe.of(basis).is_empty();
        !self.alone.is_empty() || Basis::ALL.into_iter().any(shared)
    }

    /// Whether any contender leads by the lease of this basis.
    pub(crate) fn shares(&self, basis: Basis) -> bool {
        !self.safe.of(basis).is_empty() || !self.in_jeopardy.of(basis).is_empty()
    }

    /// Those that lead by the lease of this basis and are not in jeopardy.
    pub(crate) fn safe(&self, basis: Basis) -> &BTreeSet<Handle> {
        self.safe.of(basis)
    }

    /// Those that lead by the lease of this basis, of which a renewal is overdue.
    pub(crate) fn in_jeopardy(&self, basis: Basis) -> &BTreeSet<Handle> {
        self.in_jeopardy.of(basis)
    }

    /// Those before which nobody stands, and which a lease of this basis makes leaders.
    pub(crate) fn first(&self, basis: Basis) -> &BTreeSet<Handle> {
        self.first.of(basis)
    }

    /// Those that may say by now why there is no lease; `long`: of those that have waited for T.
    pub(crate) fn explain_by(&self, now: Time, long: bool) -> impl Iterator<Item = Handle> {
        let set = match long {
            true => &self.explain_long,
            false => &self.explain,
        };
        until(set, now)
    }

    /// Whether a contender lacks nothing but a lease.
    pub(crate) fn waits_for_lease(&self) -> bool {
        !self.explain.is_empty()
    }

    /// Whether a contender has waited for a lease for T by now, and has said why there is none.
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

    /// How much the session is to prove.
    pub(crate) fn proving(&self) -> Option<Proving> {
        let mut wanted = self.proving.iter().rev();
        wanted
            .find(|(_, count)| **count > 0)
            .map(|(proving, _)| *proving)
    }

    /// The contenders whose znodes proofs must name, with those, in turn, from `first` on.
    pub(crate) fn claims_from(&self, first: Handle) -> impl Iterator<Item = (Handle, ZnodeId)> {
        let behind = self.claims.range(first..);
        let before = self.claims.range(..first);
        behind
            .chain(before)
            .map(|(handle, znode)| (*handle, *znode))
    }

    /// Whether there are any.
    pub(crate) fn has_claims(&self) -> bool {
        !self.claims.is_empty()
    }
}

fn until(set: &BTreeSet<(Time, Handle)>, now: Time) -> impl Iterator<Item = Handle> {
    set.range(..=(now, Handle(u64::MAX)))
        .map(|(_, handle)| *handle)
}
