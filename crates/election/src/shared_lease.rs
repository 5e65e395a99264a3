//! The lease that all leaderships of a session share, on each basis: one answer renews all of them at
//! once, however many there are. What a contender does by itself, it does to its own leadership: it
//! begins, ends, or goes on without renewal.

use super::LeasePolicy;
use super::shared::Shared;
use super::{Handle, Lease, Output};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use tenure_session::Time;
use tenure_session::lease;

/// What a lease rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// On proofs: writes that a quorum committed.
    Proofs,
    /// On answers of any kind ([`LeasePolicy::Session`]).
    Answers,
}

impl Basis {
    /// All of them, in the order of their numbers from 0.
    pub const ALL: [Self; 2] = [Self::Proofs, Self::Answers];

    /// That of a policy.
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
    /// From when on a renewal is overdue.
    pub(crate) fresh_until: Option<Time>,
}

/// The leases of both.
#[derive(Debug, Default)]
pub(crate) struct SharedLeases([Option<SharedLease>; 2]);

impl SharedLeases {
    /// As it was last published.
    pub(crate) fn of(&self, basis: Basis) -> Option<SharedLease> {
        self.0[basis as usize]
    }
}

/// What a session has in hand for the leaderships of one basis, as things stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) end: Time,
    /// From when on a renewal is overdue; `None` while nothing has been renewed on the present
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

    /// Whether a leadership may begin with it: only an answer on a standing connection makes a leader,
    /// and nobody is to lead for a moment only.
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

    /// Renews the lease of all leaderships of this basis. It may also become shorter; if it is over by
    /// that, the next look at the clock says so.
    pub(crate) fn publish(self, basis: Basis, shared: &mut Shared) -> SharedLease {
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
        lease
    }
}

/// A lease by which one contender leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// The lease of all; whether this contender was told that a renewal is overdue.
    Shared { in_jeopardy: bool },
    /// One that nothing renews: it is not known that the own znode is ours.
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

    /// What is published of it.
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

    /// The contenders that have one.
    pub fn handles(&self) -> impl Iterator<Item = Handle> {
        self.0.keys().copied()
    }
}
