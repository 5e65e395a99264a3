//! The guarded lease of a contender: it trusts no server's clock, and no rule by which servers end sessions.
//!
//! The leader's lease is counted from the send time of its newest proof: a write that a quorum has committed
//! while the leader's znode stood. So whatever removed that znode, the lease ends no later than its length
//! after the removal. The mark of the group tells the length to the next leader, which waits for it, counted from the
//! arrival of the answer that showed the last member before it gone, and reads the mark after that answer. The
//! arithmetic is in [`lease`].
//!
//! # States of a contender that is first
//!
//! ```text
//!                ┌── trusted, or the wait is over ──┐
//!                │                                  ▼
//! Reading ──▶ Waiting                            Writing ── written ──▶ Marked ── a proof ──▶ it leads
//!    ▲           │                                  │                      │
//!    └───────────┴──── a connection, a lost answer, another version ───────┘
//! ```
//!
//! | in | event | then |
//! |---|---|---|
//! | `Reading` | the last leader has released its leadership | `Writing` |
//! | `Reading` | any other mark | `Waiting` for the lease that the mark names |
//! | `Reading` | no mark, or one of an earlier group at this path | `Waiting` for the longest lease |
//! | `Reading` | the own mark: an answer was lost | `Marked` |
//! | `Reading` | data of others, or no right to read | `Reading` again each T/3, and `Blocked` |
//! | `Waiting` | the time is over | `Writing` |
//! | `Writing` | another version | `Reading` |
//! | `Marked` | a proof | it leads, or its lease is renewed |
//!
//! The mark says `released` only in the transaction that deletes the leader's own znode, and only a contender
//! that has finished its wait says so.

use super::rank::{Rank, RankAsk};
use super::{Contender, LeasePolicy};
use crate::ask;
use crate::event::ContenderEvent;
use crate::mark::{Foreign, Mark};
use crate::shared::Shared;
use crate::shared_lease::{Basis, Held, SharedLease, Standing};
use crate::znode::{self, Farewell};
use crate::{Error, ErrorKind, ServerKind};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec;
use core::time::Duration;
use tenure_proto::{MultiOp, Request, Response, ServerError};
use tenure_session::{Proving, Time, lease};

/// The number of beats in the time in which a silent leader is replaced.
const BEATS: u32 = 10;
/// The number of beats in a lease, and in the silence after which a leader is suspected.
pub(super) const BEATS_OF_LEASE: u32 = 4;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The mark is to be read; `asked` while a read is in flight.
    Reading { asked: bool },
    /// The version is that of the mark for which it waits.
    Waiting { until: Time, version: i32 },
    /// The own mark is in flight.
    Writing,
    /// The mark is its own, with this version once all beats in flight are carried out.
    Marked { version: i32 },
}

/// The guard of a contender that is first.
#[derive(Debug)]
pub(super) struct Guard {
    step: Step,
    /// When the answer came that showed the last member before it gone.
    first_at: Time,
    /// By how much the wait was lengthened because the own clock ran ahead.
    gained: Duration,
    /// Its own mark.
    mark: Mark,
    /// The send time of the newest proof of its znode, since the mark is its own.
    proved: Option<Time>,
    /// Whether that was on the present connection.
    is_present: bool,
    /// Whether it has reported that commits take too long for its lease.
    is_slow: bool,
}

impl Contender {
    pub(super) fn is_guarded(&self) -> bool {
        self.spec.policy == LeasePolicy::Guarded
    }

    /// The time from beat to beat, if it shows that it lives.
    fn beat(&self) -> Duration {
        whole(self.spec.fail_over.unwrap_or_default() / BEATS)
    }

    /// The length of its lease with this session timeout.
    fn guard_length(&self, timeout: Duration) -> Duration {
        whole(match (self.spec.lease, self.beat()) {
            (Some(length), _) => length,
            (None, Duration::ZERO) => lease::guard(timeout),
            (None, beat) => beat * BEATS_OF_LEASE,
        })
    }

    /// The reason why its times do not fit the session timeout, if so.
    pub(super) fn guard_refusal(&self, shared: &Shared) -> Option<Error> {
        if !self.is_guarded() || !shared.attached() {
            return None;
        }
        let timeout = shared.session.timeout();
        let (name, span) = match (self.spec.lease, self.spec.fail_over) {
            (Some(length), _) if length > timeout => ("lease", length),
            (_, Some(within)) if within >= timeout => ("fail_over", within),
            _ => return None,
        };
        let text = format!(
            "`{name}` is {span:?}, and the servers grant a session timeout of {timeout:?}: give a shorter {name}, or \
             ask for a longer session timeout"
        );
        Some(Error::new(ErrorKind::InvalidInput, text))
    }

    /// No member is before it any longer.
    pub(super) fn begin_guard(&mut self, shared: &mut Shared) {
        let (true, Some(member)) = (self.is_guarded(), &self.member) else {
            return;
        };
        self.guard = Some(Guard {
            step: Step::Reading { asked: false },
            first_at: shared.now,
            gained: Duration::ZERO,
            mark: Mark {
                released: false,
                token: member.token,
                lease: self.guard_length(shared.session.timeout()),
                beat: self.beat(),
                beats: 0,
            },
            proved: None,
            is_present: false,
            is_slow: false,
        });
        self.read_mark(shared);
    }

    fn read_mark(&mut self, shared: &mut Shared) {
        if let Some(guard) = &mut self.guard {
            let asked = shared.attached();
            guard.step = Step::Reading { asked };
            let request = Request::GetData {
                path: self.spec.path.clone(),
                watch: false,
            };
            self.ask(RankAsk::Mark, request, shared);
        }
    }

    /// The connection is lost.
    pub(super) fn guard_detached(&mut self) {
        if let Some(guard) = &mut self.guard {
            guard.is_present = false;
        }
    }

    /// On a new connection: requests in flight were lost.
    pub(super) fn guard_again(&mut self, shared: &mut Shared) {
        match &self.guard {
            Some(Guard {
                step: Step::Marked { .. },
                mark,
                ..
            }) if mark.beat.is_zero() => {}
            Some(_) => self.read_mark(shared),
            None => {}
        }
    }

    /// An answer to it decided nothing.
    pub(super) fn guard_undecided(&mut self) {
        if let Some(guard) = &mut self.guard
            && matches!(guard.step, Step::Reading { .. } | Step::Writing)
        {
            guard.step = Step::Reading { asked: false };
        }
    }

    /// The pause after an answer that decided nothing is over.
    pub(super) fn guard_retry(&mut self, shared: &mut Shared) {
        if let Some(Guard {
            step: Step::Reading { asked: false },
            ..
        }) = &self.guard
        {
            self.read_mark(shared);
        }
    }

    /// It cannot go on with the mark for now.
    fn guard_wait(&mut self, error: Error, shared: &mut Shared) {
        if let Some(guard) = &mut self.guard {
            guard.step = Step::Reading { asked: false };
        }
        self.wait(error, shared);
    }

    pub(super) fn mark_read(&mut self, result: Result<Response, ServerError>, shared: &mut Shared) {
        let leads = self.is_leading();
        let (Some(guard), Some(member)) = (&mut self.guard, &self.member) else {
            return;
        };
        if !matches!(guard.step, Step::Reading { .. }) {
            return;
        }
        guard.step = Step::Reading { asked: false };
        let (data, stat) = match result {
            Ok(Response::Data { data, stat }) => (data, stat),
            // The group is gone, and all its znodes: the own znode reports it.
            Ok(_) | Err(ServerError::NoNode) => {
                if let Some(znode) = self.znode {
                    znode::look_again(shared, znode);
                }
                let error =
                    Error::undecided(ServerError::NoNode, "read the mark of", &self.spec.path);
                return self.guard_wait(error, shared);
            }
            Err(error) => {
                let error = Error::undecided(error, "read the mark of", &self.spec.path);
                return self.guard_wait(error, shared);
            }
        };
        let mark = match Mark::read(&data) {
            Ok(mark) => mark,
            Err(Foreign(why)) => {
                let text = format!("the group's znode {} {why}", self.spec.path);
                return self.guard_wait(Error::new(ErrorKind::InvalidInput, text), shared);
            }
        };
        let (first_at, length) = match mark {
            Some(mark) if mark.token == member.token && !mark.released => {
                guard.mark.beats = guard.mark.beats.max(mark.beats);
                return self.marked(stat.version, shared);
            }
            // Every member of this group is younger than the group itself.
            Some(mark) if i64::try_from(mark.token).is_ok_and(|token| token > stat.czxid) => {
                // Nobody has led since, for every leader writes its own mark before it leads.
                let is_trusted = mark.released && mark.token < member.token;
                if is_trusted || leads {
                    return self.write_mark(stat.version, shared);
                }
                // No longer lease can be configured, whatever somebody else has written.
                (guard.first_at, mark.lease.min(lease::GUARD_MAX))
            }
            Some(_) | None if leads => return self.write_mark(stat.version, shared),
            Some(_) | None => (guard.first_at, lease::GUARD_MAX),
        };
        // Only a tick ends the wait, even if it is over: it knows by how much the own clock ran ahead.
        let until = lease::guard_wait(first_at, length) + guard.gained;
        guard.step = Step::Waiting {
            until,
            version: stat.version,
        };
        if until <= shared.now {
            return;
        }
        self.again.over();
        let event = ContenderEvent::Standby {
            member: member.clone(),
            ahead: 0,
            waits_until: Some(until),
        };
        self.report(event, shared);
    }

    /// When [`guard_tick`](Self::guard_tick) must be called.
    pub(super) fn guard_at(&self) -> Option<Time> {
        match self.guard.as_ref()?.step {
            Step::Waiting { until, .. } => Some(until),
            Step::Reading { .. } | Step::Writing | Step::Marked { .. } => None,
        }
    }

    /// Ends its wait, if that is due. The wait is longer by the time that the own clock has gained, which is known at a
    /// tick.
    pub(super) fn guard_tick(&mut self, shared: &mut Shared) {
        let Some(Guard {
            step: Step::Waiting { until, version },
            gained,
            ..
        }) = &mut self.guard
        else {
            return;
        };
        if *until > shared.now || !shared.is_tick {
            return;
        }
        let more = shared.clock_lead.saturating_sub(*gained);
        if more.is_zero() {
            let version = *version;
            return self.write_mark(version, shared);
        }
        *until = *until + more;
        *gained += more;
    }

    /// Writes the own mark over the one of this version, by the first proof of its leadership.
    fn write_mark(&mut self, version: i32, shared: &mut Shared) {
        if let Some(error) = self.commits_too_slowly(shared) {
            return self.guard_wait(error, shared);
        }
        let (Some(guard), Some(member), Some(znode)) = (&mut self.guard, &self.member, self.znode)
        else {
            return;
        };
        guard.step = Step::Writing;
        let ops = vec![
            MultiOp::Check {
                path: member.path.clone(),
                version: -1,
            },
            MultiOp::SetData {
                path: self.spec.path.clone(),
                data: guard.mark.write(),
                version,
            },
        ];
        let farewell = Farewell::new(&guard.mark, version.wrapping_add(1));
        znode::set_farewell(shared, znode, farewell);
        self.prove(RankAsk::SetMark, Request::Multi { ops }, shared);
    }

    /// The reason why the ensemble is too slow for its beats, if so.
    fn commits_too_slowly(&self, shared: &Shared) -> Option<Error> {
        let within = self.spec.fail_over?;
        let took = shared.session.commit_time()?;
        if self.is_leading() || took <= self.beat() {
            return None;
        }
        let enough = took * BEATS * 2;
        let remedy = match enough <= lease::GUARD_MAX && enough < shared.session.timeout() {
            true => format!("a `fail_over` of {enough:.1?} or more would do"),
            false => "use `lease` instead, which needs no beats".to_owned(),
        };
        let text = format!(
            "the ensemble takes {took:.1?} to commit a write, and `fail_over` of {within:?} needs commits within \
             {:?}: {remedy}",
            self.beat(),
        );
        Some(Error::new(ErrorKind::Timeout, text))
    }

    pub(super) fn mark_written(
        &mut self,
        result: Result<Response, ServerError>,
        sent: Time,
        shared: &mut Shared,
    ) {
        let (
            Some(Guard {
                step: Step::Writing,
                ..
            }),
            Some(znode),
        ) = (&self.guard, self.znode)
        else {
            return;
        };
        let outcomes = match result {
            Ok(Response::Multi(outcomes)) => outcomes,
            Ok(_) => return self.read_mark(shared),
            Err(error) => {
                let error = Error::undecided(error, "write the mark of", &self.spec.path);
                return self.guard_wait(error, shared);
            }
        };
        match (ask::failed(&outcomes), outcomes.as_slice()) {
            (None, [_, Ok(Response::Stat(stat))]) => {
                let version = stat.version;
                self.marked(version, shared);
                self.guard_proved(sent, shared);
            }
            (Some((0, error)), _) => {
                znode::on_failed_check(shared, znode, error);
                self.guard_undecided();
                self.again.soon(shared.now, shared.session.timeout());
            }
            (Some((_, ServerError::BadVersion)), _) => self.read_mark(shared),
            (Some((_, error)), _) => {
                let error = match error {
                    ServerError::NoAuth => Error::new(
                        ErrorKind::NoAuth,
                        format!(
                            "cannot write the mark of {0}: {error}; the policy `guarded` needs WRITE permission on {0}",
                            self.spec.path
                        ),
                    ),
                    _ => Error::undecided(error, "write the mark of", &self.spec.path),
                };
                self.guard_wait(error, shared);
            }
            (None, _) => self.read_mark(shared),
        }
    }

    /// The mark is its own: each proof makes or renews its lease.
    fn marked(&mut self, version: i32, shared: &mut Shared) {
        let (Some(guard), Some(znode)) = (&mut self.guard, self.znode) else {
            return;
        };
        guard.step = Step::Marked { version };
        self.again.over();
        znode::set_farewell(shared, znode, Farewell::new(&guard.mark, version));
        self.renew(shared);
    }

    /// A proof of its znode that was sent at `sent` has succeeded.
    pub(super) fn guard_proved(&mut self, sent: Time, shared: &mut Shared) {
        let (Some(guard), Some(znode)) = (&mut self.guard, self.znode) else {
            return;
        };
        let has_marked = matches!(guard.step, Step::Marked { .. }) || guard.proved.is_some();
        // The znode at its path may be a stranger's by now, unless its watch would have told.
        if has_marked && self.doubted.is_none() && shared.znodes.is_watched(znode) {
            guard.proved = guard.proved.max(Some(sent));
            guard.is_present = true;
            self.renew(shared);
            self.say_too_slow(shared.now.since(sent), shared);
        }
    }

    /// Reports a commit that took too long to lead with it.
    fn say_too_slow(&mut self, took: Duration, shared: &mut Shared) {
        let (Rank::First, Some(guard)) = (&self.rank, &mut self.guard) else {
            return;
        };
        let length = guard.mark.lease;
        let start = Time::default();
        // The next proof is sent before the lease of this one ends.
        let room = lease::guard_end(start, length).since(start) - lease::guard_interval(length);
        if took < room || core::mem::replace(&mut guard.is_slow, true) {
            return;
        }
        let text = format!(
            "the ensemble takes too long to commit writes: a lease of {length:?} needs commits within {room:.0?}; give \
             a longer `lease`, or a longer session timeout"
        );
        self.on_blocked(Error::new(ErrorKind::Timeout, text), shared);
    }

    /// A proof with its beat was not carried out, or its outcome is not known.
    pub(crate) fn on_beat_lost(&mut self, shared: &mut Shared) {
        if let Some(Guard {
            step: Step::Marked { .. },
            ..
        }) = &self.guard
        {
            self.read_mark(shared);
        }
    }

    /// How much the session must prove for it.
    pub(super) fn guard_proving(&self, shared: &Shared) -> Option<Proving> {
        let is_zookeeper = shared.server_kind() == ServerKind::ZooKeeper;
        match (&self.rank, &self.guard) {
            (Rank::Leading(_), _) => Some(Proving::Steadily),
            // What is left to wait for is a lease of the session.
            (
                Rank::First,
                Some(Guard {
                    step: Step::Marked { .. },
                    ..
                }),
            ) if is_zookeeper => Some(Proving::Urgently),
            (
                Rank::First,
                Some(Guard {
                    step: Step::Marked { .. },
                    ..
                }),
            ) => Some(Proving::Steadily),
            (Rank::First, Some(_)) if is_zookeeper || self.spec.fail_over.is_some() => {
                Some(Proving::Steadily)
            }
            // The verified lease is ready when its turn comes.
            (Rank::Behind { .. }, _) if is_zookeeper && self.is_next_in_line() => {
                Some(Proving::Steadily)
            }
            _ => None,
        }
    }

    /// The longest interval of proofs that keeps its lease, if it leads or is about to.
    pub(super) fn guard_haste(&self) -> Option<Duration> {
        let guard = self.guard.as_ref()?;
        Some(match guard.mark.beat {
            Duration::ZERO => lease::guard_interval(guard.mark.lease),
            beat => beat,
        })
    }

    /// The operation by which its next proof shows that it lives, if it does.
    pub(crate) fn next_beat(&mut self, shared: &mut Shared) -> Option<MultiOp> {
        let (Some(guard), Some(znode)) = (&mut self.guard, self.znode) else {
            return None;
        };
        let Step::Marked { version } = &mut guard.step else {
            return None;
        };
        if guard.mark.beat.is_zero() {
            return None;
        }
        guard.mark.beats += 1;
        let op = MultiOp::SetData {
            path: self.spec.path.clone(),
            data: guard.mark.write(),
            version: *version,
        };
        *version = version.wrapping_add(1);
        znode::set_farewell(shared, znode, Farewell::new(&guard.mark, *version));
        Some(op)
    }

    /// Begins or renews its leadership, as far as its proofs allow.
    pub(super) fn guard_renew(&mut self, shared: &mut Shared) {
        let (Some(guard), Some(member)) = (&self.guard, &self.member) else {
            return;
        };
        let (Some(proved), None) = (guard.proved, self.doubted) else {
            return;
        };
        let (length, member) = (guard.mark.lease, member.clone());
        let own = lease::guard_end(proved, length);
        let (end, is_ready) = match shared.server_kind() {
            ServerKind::Other => (own, true),
            // Members that do not wait lead as soon as the session is over.
            ServerKind::ZooKeeper => match Standing::of(Basis::Proofs, shared) {
                Some(standing) => (
                    own.min(standing.end),
                    standing.makes_leaders(Basis::Proofs, shared),
                ),
                None => return,
            },
        };
        let overdue = lease::overdue(proved, shared.session.timeout());
        let fresh_until = lease::guard_overdue(proved, length).min(overdue);
        let is_fresh = guard.is_present && fresh_until > shared.now && end > shared.now;
        let next = shared.now + lease::guard_interval(length);
        let was_in_jeopardy = match &self.rank {
            Rank::First if is_ready && is_fresh && next < end => true,
            Rank::First => return self.explain(shared),
            Rank::Leading(Held::Alone(lease)) => lease.fresh_until.is_none(),
            _ => return,
        };
        self.waiting = None;
        let held = SharedLease {
            end,
            fresh_until: is_fresh.then_some(fresh_until),
        };
        self.hold(Held::Alone(held), member.token, shared);
        if was_in_jeopardy && is_fresh {
            self.blocks.over();
            let event = ContenderEvent::Leading {
                member,
                lease_end: end,
            };
            self.report(event, shared);
        }
    }

    /// Whether it needs only a lease of the session to lead.
    pub(super) fn guard_waits(&self, shared: &Shared) -> bool {
        let is_marked = matches!(
            self.guard,
            Some(Guard {
                step: Step::Marked { .. },
                ..
            })
        );
        is_marked && shared.server_kind() == ServerKind::ZooKeeper
    }
}

/// Whole milliseconds, as marks count.
fn whole(span: Duration) -> Duration {
    Duration::from_millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
}
