//! Fail-over sooner than the session timeout: the contender that is next in line follows the beats of the leader,
//! which are versions of the group's mark. Where none comes for a while, it deletes the leader's znode, by a
//! transaction that fails if there was a beat meanwhile. A wrong suspicion costs the leadership, never safety: as
//! after any other deletion, the contender waits for the lease that the mark names.

use super::Contender;
use super::guard::BEATS_OF_LEASE;
use super::rank::{Rank, RankAsk};
use crate::ask;
use crate::mark::Mark;
use crate::shared::Shared;
use crate::{Error, ErrorKind};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use tenure_proto::{MultiOp, Request, Response, ServerError};
use tenure_session::{Time, lease};

/// The knowledge of a contender of the leader's beats.
#[derive(Debug)]
pub(super) struct Suspicion {
    /// The newest beat: the version of the mark, and the mark itself; `None` before the first answer.
    newest: Option<(i32, Mark)>,
    /// When the newest beat was first seen.
    since: Time,
    /// Whether a read of the mark is in flight; if not, the mark is watched.
    asked: bool,
    /// Whether the leader is being deleted.
    settled: bool,
}

impl Contender {
    /// Follows the beats of its predecessor, if it is next in line and may replace the leader.
    pub(super) fn follow_beats(&mut self, shared: &mut Shared) {
        if self.spec.fail_over.is_none() || !self.is_next_in_line() || self.suspicion.is_some() {
            return;
        }
        self.suspicion = Some(Suspicion {
            newest: None,
            since: shared.now,
            asked: true,
            settled: false,
        });
        self.read_beat(shared);
    }

    /// The member before its predecessor.
    fn second(&self) -> Option<&String> {
        self.before.iter().rev().nth(1)
    }

    /// Watches the member before its predecessor: when that one is gone, the predecessor may lead, and its beats are to
    /// be followed at once. It looks first: a watch on a znode that is gone would never fire.
    pub(super) fn watch_ahead(&self, shared: &mut Shared) {
        if let (Some(path), true) = (self.second(), self.spec.fail_over.is_some())
            && self.ahead.as_ref() != Some(path)
        {
            self.look_ahead(path.clone(), false, shared);
        }
    }

    pub(super) fn look_ahead(&self, path: String, watch: bool, shared: &mut Shared) {
        let what = RankAsk::Ahead(path.clone());
        self.ask(what, Request::Exists { path, watch }, shared);
    }

    /// A look has shown a member further ahead.
    pub(super) fn seen_ahead(&mut self, path: String, shared: &mut Shared) {
        let is_to_be_watched = self.spec.fail_over.is_some() && self.second() == Some(&path);
        if is_to_be_watched && self.ahead.as_ref() != Some(&path) {
            self.ahead = Some(path.clone());
            self.look_ahead(path, true, shared);
        }
    }

    /// A look at a member further ahead has shown nothing, and armed no watch: the next look at the predecessor
    /// repeats it.
    pub(super) fn unseen_ahead(&mut self, path: &str) {
        if self.ahead.as_deref() == Some(path) {
            self.ahead = None;
        }
    }

    /// A member further ahead is gone: its predecessor may lead.
    pub(super) fn gone_ahead(&mut self, path: &str, shared: &mut Shared) {
        // The look at the nearest one goes with its watch.
        let further = self.before.len().saturating_sub(1);
        if let Some(at) = self.before.iter().take(further).position(|p| p == path) {
            self.before.remove(at);
            self.follow_beats(shared);
            self.watch_ahead(shared);
        }
    }

    fn read_beat(&self, shared: &mut Shared) {
        let request = Request::GetData {
            path: self.spec.path.clone(),
            watch: true,
        };
        self.ask(RankAsk::Beat, request, shared);
    }

    /// The mark has changed.
    pub(super) fn on_beat(&mut self, shared: &mut Shared) {
        if let Some(suspicion) = &mut self.suspicion
            && !core::mem::replace(&mut suspicion.asked, true)
        {
            self.read_beat(shared);
        }
    }

    pub(super) fn beat_read(&mut self, result: Result<Response, ServerError>, shared: &mut Shared) {
        let Some(suspicion) = &mut self.suspicion else {
            return;
        };
        suspicion.asked = false;
        let Ok(Response::Data { data, stat }) = result else {
            // It cannot follow the leader: the session timeout decides.
            self.suspicion = None;
            return;
        };
        let mark = Mark::read(&data).ok().flatten();
        let newest = mark.map(|mark| (stat.version, mark));
        if newest != suspicion.newest || newest.is_none() {
            suspicion.newest = newest;
            suspicion.since = shared.now;
        }
    }

    /// When [`suspect`](Self::suspect) must be called.
    pub(super) fn suspects_at(&self) -> Option<Time> {
        let suspicion = self.suspicion.as_ref().filter(|s| !s.settled && !s.asked)?;
        let (_, mark) = suspicion.newest.as_ref()?;
        let is_leaders = self.predecessor == Some(mark.token);
        if !matches!(self.rank, Rank::Behind { .. })
            || !is_leaders
            || mark.released
            || mark.beat.is_zero()
        {
            return None;
        }
        Some(lease::guard_wait(
            suspicion.since,
            mark.beat * BEATS_OF_LEASE,
        ))
    }

    /// Deletes a leader that was silent for too long.
    pub(super) fn suspect(&mut self, shared: &mut Shared) {
        if self.suspects_at().is_none_or(|at| at > shared.now) {
            return;
        }
        let (Some(suspicion), Some(leader)) = (&mut self.suspicion, self.before.back()) else {
            return;
        };
        let Some((version, _)) = suspicion.newest else {
            return;
        };
        suspicion.settled = true;
        let leader = leader.clone();
        let ops = vec![
            MultiOp::Check {
                path: self.spec.path.clone(),
                version,
            },
            MultiOp::Delete {
                path: leader.clone(),
                version: -1,
            },
        ];
        self.ask(RankAsk::Depose(leader), Request::Multi { ops }, shared);
    }

    /// The answer to the deletion of the leader; if it was deleted, its watch tells.
    pub(super) fn deposed(
        &mut self,
        leader: &String,
        result: Result<Response, ServerError>,
        shared: &mut Shared,
    ) {
        let Ok(Response::Multi(outcomes)) = result else {
            self.suspicion = None;
            return;
        };
        match ask::failed(&outcomes) {
            None | Some((1, ServerError::NoNode)) => {}
            Some((1, ServerError::NoAuth)) => {
                let text = format!(
                    "the leader {leader} is silent and may not be deleted: {}; `fail_over` needs DELETE permission \
                     on {}, until then the session timeout decides",
                    ServerError::NoAuth,
                    self.spec.path
                );
                let error = Error::new(ErrorKind::NoAuth, text);
                self.on_blocked(error, shared);
                // Somebody may give it the permission: the next look at the leader begins again.
                self.suspicion = None;
            }
            // There was a beat meanwhile, or nothing is decided: it looks again.
            Some(_) => {
                self.suspicion = None;
                self.follow_beats(shared);
            }
        }
    }
}
