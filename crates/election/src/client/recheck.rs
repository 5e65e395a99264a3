//! Looks at states that only watches confirm, although these have not fired.

use super::Client;
use super::machines::Machine;
use crate::ask::Ask;
use crate::shared::Shared;
use crate::{Handle, again};
use alloc::borrow::ToOwned;
use tenure_proto::{MultiOp, Request};
use tenure_session::Time;

impl Client {
    /// Each T/3, in the place of the ping that would be due in an idle session, one of the machines whose
    /// state only a watch confirms looks: a contender and another machine in alternation, the contenders
    /// in turn and the others in turn. A watch can fail to fire although its znode has changed: servers
    /// send no event to a client that may not read the znode by then. With N contenders and others, each
    /// contender looks every 2·N·T/3.
    pub(super) fn recheck(&mut self) {
        if self.recheck_at().is_none_or(|at| at > self.shared.now) {
            return;
        }
        self.rechecked = self.shared.now;
        let (mut contenders, mut others) = (0, 0);
        for (_, machine) in self.machines.iter() {
            match machine {
                Machine::Contender(_) => contenders += machine.rests(&self.shared),
                Machine::Detector(_) | Machine::Group(_) => others += machine.rests(&self.shared),
            }
        }
        // Contenders have every second turn: while their watches fail to fire, no member may lead.
        let of_contenders = match (contenders, others) {
            (0, 0) => return,
            (_, 0) => true,
            (0, _) => false,
            _ => !core::mem::replace(&mut self.contenders_looked, true),
        };
        self.contenders_looked = of_contenders;
        let (turn, total) = match of_contenders {
            true => (&mut self.contenders_turn, contenders),
            false => (&mut self.others_turn, others),
        };
        let mut nth = *turn % total;
        *turn = nth + 1;
        let mut found = None;
        for (handle, machine) in self.machines.iter() {
            if matches!(machine, Machine::Contender(_)) != of_contenders {
                continue;
            }
            let count = machine.rests(&self.shared);
            if nth < count {
                found = Some(handle);
                break;
            }
            nth -= count;
        }
        if let Some(handle) = found {
            self.look(handle, nth);
            self.shared.session.asks_now(self.shared.now);
        }
    }

    /// One look although a watch has not fired: at the `nth` state of this machine that a watch confirms.
    fn look(&mut self, handle: Handle, nth: usize) {
        let look = |machine: &mut Machine, shared: &mut Shared| match machine {
            Machine::Contender(contender) => match contender.next_in_line(shared) {
                // A proof also looks at its own znode and at the one before it.
                Some((znode, own, before)) if shared.znodes.is_trusted(znode) => {
                    let ops = [own, before].map(|path| MultiOp::Check {
                        path: path.to_owned(),
                        version: -1,
                    });
                    let request = Request::Multi { ops: ops.into() };
                    let ask = Ask::IdleProof(handle, znode);
                    shared.session.prove(ask, request, shared.now);
                }
                Some(_) | None => contender.recheck(shared),
            },
            Machine::Detector(detector) => detector.recheck(shared),
            Machine::Group(group) => group.recheck(nth, shared),
        };
        self.machines.touch(handle, &mut self.shared, look);
    }

    /// When [`recheck`](Self::recheck) is due, if anything may rest on a watch.
    pub(super) fn recheck_at(&self) -> Option<Time> {
        if !self.shared.session.attached() || self.machines.len() == 0 {
            return None;
        }
        Some(self.rechecked + again::leisure(self.shared.session.timeout()))
    }
}
