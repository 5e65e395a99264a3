//! The lease that all leaderships of a session share, on each basis: one answer renews all of them at
//! once, however many there are. A contender itself only begins its leadership, ends it, or continues it
//! without renewal.

use super::LeasePolicy;
use super::shared::Shared;
use super::{Handle, Lease, Output};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use tenure_session::{Time, lease};

/// The basis of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Proofs: writes that a quorum committed.
    Proofs,
    /// Answers of any kind ([`LeasePolicy::Session`]).
    Answers,
}

impl Basis {
    /// All bases, in the order of their numbers from 0.
    pub const ALL: [Self; 2] = [Self::Proofs, Self::Answers];

    /// The basis of a policy.
    pub(crate) fn of(policy: LeasePolicy) -> Self {
        match policy.is_proved() {
            true => Self::Proofs,
            false => Self::Answers,
        }
    }
}

/// The lease of one basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SharedLease {
    /// Its end as it was last published.
    pub(crate) end: Time,
    /// The instant from which a renewal is overdue.
    pub(crate) fresh_until: Option<Time>,
}

/// The leases of both bases.
#[derive(Debug, Default)]
pub(crate) struct SharedLeases([Option<SharedLease>; Basis::ALL.len()]);

impl SharedLeases {
    /// The lease as it was last published.
    pub(crate) fn of(&self, basis: Basis) -> Option<SharedLease> {
        self.0[basis as usize]
    }
}

/// The lease that a session can give the leaderships of one basis at present.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) end: Time,
    /// The instant from which a renewal is overdue; `None` while nothing has been renewed on the present
    /// connection, while there is none, and when a renewal is overdue.
    pub(crate) fresh_until: Option<Time>,
}

impl Standing {
    pub(crate) fn of(basis: Basis, shared: &Shared) -> Option<Self> {
        let (end, fresh_until) = Self::raw(basis, shared)?;
        Some(Self {
            end,
            fresh_until: fresh_until.filter(|at| *at > shared.now),
        })
    }

    fn raw(basis: Basis, shared: &Shared) -> Option<(Time, Option<Time>)> {
        let session = &shared.session;
        let timeout = session.timeout();
        let answered = session.answered();
        Some(match basis {
            Basis::Proofs => {
                let newest = session.newest_proof();
                let fresh_until = newest.map(|sent| lease::overdue(sent, timeout));
                (lease::lease_end(session.proved()?, timeout), fresh_until)
            }
            Basis::Answers => {
                let answered = answered?;
                let attached = session.attached();
                let fresh_until = attached.then(|| lease::shaky(answered, timeout));
                (lease::over(answered, timeout), fresh_until)
            }
        })
    }

    /// Whether a leadership may begin with it: only an answer on an established connection makes a
    /// leader, and no contender may lead for only a moment.
    pub(crate) fn makes_leaders(&self, basis: Basis, shared: &Shared) -> bool {
        let session = &shared.session;
        let pace = session.pace();
        let lasts = shared.now + lease::enough(pace) < self.end;
        let is_renewed = match basis {
            Basis::Proofs => {
                let renewal = session.next_renewal(shared.now);
                session.is_steady()
                    && renewal.is_none_or(|at| at + lease::to_spare(pace) < self.end)
            }
            Basis::Answers => true,
        };
        self.fresh_until.is_some() && lasts && is_renewed
    }

    /// Renews the lease of all leaderships of this basis. It may also become shorter; if it is over then,
    /// the next look at the clock ends the leaderships.
    pub(crate) fn publish(self, basis: Basis, shared: &mut Shared) {
        let before = shared.leases.of(basis);
        let lease = SharedLease {
            end: self.end,
            fresh_until: self.fresh_until.or_else(|| before?.fresh_until),
        };
        shared.leases.0[basis as usize] = Some(lease);
        if before.is_none_or(|before| before.end != lease.end) {
            let end = lease.end;
            shared.out.push(Output::Renewal { basis, end });
        }
    }
}

/// A lease by which one contender leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// The lease of all; `in_jeopardy` if this contender has reported that a renewal is overdue.
    Shared { in_jeopardy: bool },
    /// A lease that nothing renews: the own znode is doubted.
    Alone(SharedLease),
}

impl Held {
    /// The lease itself.
    pub(crate) fn lease(&self, basis: Basis, shared: &Shared) -> Option<SharedLease> {
        match self {
            Self::Shared { in_jeopardy } => {
                let lease = shared.leases.of(basis)?;
                Some(SharedLease {
                    fresh_until: lease.fresh_until.filter(|_| !in_jeopardy),
                    ..lease
                })
            }
            Self::Alone(lease) => Some(*lease),
        }
    }

    /// The lease as published, and its basis if that renews it.
    pub(crate) fn output(
        &self,
        token: u64,
        basis: Basis,
        shared: &Shared,
    ) -> Option<(Lease, Option<Basis>)> {
        let end = self.lease(basis, shared)?.end;
        let renewed_by = match self {
            Self::Shared { .. } => Some(basis),
            Self::Alone(_) => None,
        };
        Some((Lease { token, end }, renewed_by))
    }
}

/// The leases that a client has published, for edges that keep them in a table.
#[derive(Debug, Clone, Default)]
pub struct Published(BTreeMap<Handle, (Lease, Option<Basis>)>);

impl Published {
    /// Carries an [`Output::Lease`] out.
    pub fn lease(&mut self, handle: Handle, lease: Option<Lease>, renewed_by: Option<Basis>) {
        match lease {
            Some(lease) => self.0.insert(handle, (lease, renewed_by)),
            None => self.0.remove(&handle),
        };
    }

    /// Carries an [`Output::Renewal`] out. Returns the leases whose end it has moved.
    pub fn renew(&mut self, basis: Basis, end: Time) -> Vec<(Handle, Lease)> {
        let renewed = self.0.iter_mut().filter(|(_, (_, by))| *by == Some(basis));
        renewed
            .map(|(handle, (lease, _))| {
                lease.end = end;
                (*handle, *lease)
            })
            .collect()
    }

    /// The lease of a contender, over or not.
    pub fn get(&self, handle: Handle) -> Option<Lease> {
        self.0.get(&handle).map(|(lease, _)| *lease)
    }

    /// The contenders that have a lease.
    pub fn handles(&self) -> impl Iterator<Item = Handle> {
        self.0.keys().copied()
    }
}
