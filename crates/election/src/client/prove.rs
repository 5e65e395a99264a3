//! Sends the proofs of all leaderships, and gives the session up if no proof can help.

use super::Client;
use crate::ask::{self, Ask};
use crate::contender::Contender;
use crate::shared::Shared;
use crate::znode::{self, ZnodeId};
use crate::{Error, Handle};
use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use tenure_proto::{MultiOp, Request, Response, ServerError};
use tenure_session::{Proving, Time};

/// The most znodes that one proof names; if there are more, they take turns.
const CHECKS_MAX: usize = 512;
/// The most bytes that their checks take, if there is more than one: servers refuse a request longer than
/// `jute.maxbuffer`, which is 1 MiB if it is not set.
const CHECKS_BYTES_MAX: usize = 128 * 1024;
/// The bytes that a check takes besides its path.
const CHECK_BYTES: usize = 17;

impl Client {
    /// A session that may be doomed makes no leader, nor does one whose proved life has run out if
    /// answers are too slow to prove it again. If a contender waits for a lease, and everything that ends
    /// with the session comes back by itself, the client gives the session up for another one.
    pub(super) fn give_up(&mut self) {
        let (agenda, session, now) = (
            self.machines.agenda(),
            &self.shared.session,
            self.shared.now,
        );
        if !agenda.waits_for_lease() || agenda.binds_session() || !self.closing.is_empty() {
            return;
        }
        let is_doubtful = session.doubtful_until(now).is_some();
        let is_slow = || agenda.waits_in_vain(now) && session.is_too_slow_to_confirm(now);
        if is_doubtful || is_slow() {
            self.shared.session.give_up();
            self.route();
        }
    }

    /// Sends a proof of all leaderships, if one is due.
    pub(super) fn prove(&mut self) {
        let (agenda, now) = (self.machines.agenda(), self.shared.now);
        let leads = agenda.leads();
        // If answers are slow, the proofs begin before it is known which contender is first.
        let early =
            !agenda.has_claims() && self.shared.session.is_slow(now) && agenda.may_be_first();
        let proving = match agenda.proving() {
            None if early => Proving::Steadily,
            proving => proving.unwrap_or(Proving::No),
        };
        self.shared.session.set_leading(leads);
        self.shared.session.set_haste(agenda.haste());
        self.shared.session.set_proving(proving, now);
        let again = core::mem::take(&mut self.reprove) && self.shared.session.can_prove();
        if !again && !self.shared.session.proof_is_due(now) || !agenda.has_claims() && !early {
            return;
        }
        let (znodes, mut ops) = self.checks();
        if ops.is_empty() {
            // No own znode stands: any write proves as much.
            ops.push(MultiOp::Check {
                path: "/".to_owned(),
                version: -1,
            });
        }
        let request = Request::Multi { ops };
        self.shared
            .session
            .prove(Ask::Proof(znodes), request, self.shared.now);
    }

    /// The checks of the next proof, of as many znodes as fit, and the beats of the contenders that have them;
    /// the others follow in the proof after it.
    fn checks(&mut self) -> (Vec<ZnodeId>, Vec<MultiOp>) {
        let (mut znodes, mut ops, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut next = None;
        let mut named = Vec::new();
        for (handle, znode) in self.machines.agenda().claims_from(self.turn) {
            let contender = self.machines.as_contender(handle);
            let Some((_, _, path)) = contender.and_then(|c| c.claim(&self.shared)) else {
                continue;
            };
            bytes += path.len() + CHECK_BYTES;
            if named.len() >= CHECKS_MAX || !named.is_empty() && bytes > CHECKS_BYTES_MAX {
                next = Some(handle);
                break;
            }
            named.push((handle, znode, path.to_owned()));
        }
        self.turn = next.unwrap_or(self.turn);
        for (handle, znode, path) in named {
            znodes.push(znode);
            ops.push(MultiOp::Check { path, version: -1 });
            let beat = self
                .machines
                .contender(handle, &mut self.shared, Contender::next_beat);
            if let Some(beat) = beat.flatten() {
                znodes.push(znode);
                ops.push(beat);
            }
        }
        (znodes, ops)
    }

    /// A failed check shows that a znode has changed: the own znode looks, and the others are proved
    /// without it.
    pub(super) fn proved(
        &mut self,
        znodes: &[ZnodeId],
        result: Result<Response, ServerError>,
        sent: Time,
    ) {
        match result {
            Ok(Response::Multi(outcomes)) => {
                let Some((at, error)) = ask::failed(&outcomes) else {
                    return self.each_of(znodes, |contender, shared| {
                        contender.on_proved(sent, shared);
                    });
                };
                self.each_of(znodes, Contender::on_beat_lost);
                self.reprove = true;
                // The second operation of a znode is a beat, which its contender looks after.
                if let Some(znode) = znodes.get(at)
                    && znodes.iter().position(|other| other == znode) == Some(at)
                {
                    znode::on_failed_check(&mut self.shared, *znode, error);
                }
            }
            Ok(_) => {}
            // The proof was not carried out, or its outcome is not known: the next one follows.
            Err(error) => self.each_of(znodes, |contender, shared| {
                contender.on_beat_lost(shared);
                let error = Error::undecided(error, "prove the leadership in", contender.path());
                contender.on_blocked(error, shared);
            }),
        }
    }

    /// Applies `act` to the contenders whose present candidacy has one of these znodes.
    fn each_of(&mut self, znodes: &[ZnodeId], mut act: impl FnMut(&mut Contender, &mut Shared)) {
        for znode in znodes {
            let Some(owner) = self.shared.znodes.owner(*znode) else {
                continue;
            };
            self.machines
                .contender(owner, &mut self.shared, |contender, shared| {
                    if contender.holds(*znode) {
                        act(contender, shared);
                    }
                });
        }
    }

    /// The proof of the contender that is next in line was answered: the contender looks at the znode
    /// whose check failed.
    pub(super) fn proved_idly(
        &mut self,
        handle: Handle,
        znode: ZnodeId,
        result: Result<Response, ServerError>,
    ) {
        let Ok(Response::Multi(outcomes)) = result else {
            return;
        };
        match ask::failed(&outcomes) {
            Some((0, error)) => znode::on_failed_check(&mut self.shared, znode, error),
            Some(_) => {
                self.machines
                    .contender(handle, &mut self.shared, |contender, shared| {
                        if contender.next_in_line(shared).is_some() {
                            contender.watch_predecessor(shared);
                        }
                    });
            }
            None => {}
        }
    }
}
