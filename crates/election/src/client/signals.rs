//! Routes the signals of the session, and the reports of own znodes, to the machines that they concern.

use super::Client;
use super::machines::Machine;
use crate::ask::Ask;
use crate::shared::Shared;
use crate::watches::Watcher;
use crate::{SessionEvent, znode};
use tenure_proto::{ServerError, WatchEvent};
use tenure_session::{Signal, Time, verdict};

impl Client {
    /// Routes every signal and every report of an own znode to its machine, until there is none.
    pub(super) fn route(&mut self) {
        loop {
            while let Some((owner, znode, news)) = self.shared.znodes.next_news() {
                let on_news = |machine: &mut Machine, shared: &mut Shared| match machine {
                    Machine::Contender(contender) => {
                        contender.on_news(znode, news, shared);
                        contender.is_gone()
                    }
                    Machine::Group(group) => {
                        group.on_news(znode, news, shared);
                        false
                    }
                    Machine::Detector(_) => false,
                };
                if self.machines.touch(owner, &mut self.shared, on_news) == Some(true) {
                    // The machine may have armed a watch while it was leaving.
                    self.shared.watches.forget(Watcher::Handle(owner));
                    self.machines.remove(owner);
                }
            }
            let Some(signal) = self
                .shared
                .session
                .next_signal(self.shared.now, &mut self.shared.out)
            else {
                return;
            };
            self.signal(signal);
        }
    }

    fn signal(&mut self, signal: Signal<Ask>) {
        match signal {
            Signal::Connecting => self.report(SessionEvent::Connecting),
            Signal::Retrying { attempt, error } => {
                self.report(SessionEvent::Retrying { attempt, error });
            }
            Signal::Attached => {
                self.looked = true;
                self.reprove = false;
                self.rechecked = self.shared.now;
                self.report(SessionEvent::Connected {
                    session: self.shared.session.id(),
                    timeout: self.shared.session.timeout(),
                    server: self.shared.server_kind(),
                });
                znode::on_attached(&mut self.shared);
                self.each(|machine, shared| match machine {
                    Machine::Contender(contender) => contender.on_attached(shared),
                    Machine::Detector(detector) => detector.refresh(shared),
                    Machine::Group(group) => group.on_attached(shared),
                });
            }
            Signal::Detached { why } => {
                self.detach();
                self.report(SessionEvent::Suspended {
                    since: self.shared.now,
                    error: why,
                });
            }
            Signal::Expired { by } => {
                self.detach();
                self.stale = false;
                self.unseen = false;
                self.contact = None;
                self.report(SessionEvent::Expired { by: by.into() });
                znode::on_expired(&mut self.shared, by);
                // No server answers for the knowledge of the old session again.
                let now = self.shared.now;
                self.each(|machine, shared| match machine {
                    Machine::Detector(detector) => detector.on_stale(now, shared),
                    Machine::Group(group) => group.on_stale(now, shared),
                    Machine::Contender(_) => {}
                });
            }
            Signal::Buried => {
                znode::on_buried(&mut self.shared);
            }
            Signal::Reply {
                question: ask,
                result,
                sent,
                zxid,
                watch,
                op,
            } => {
                let undecided = result.as_ref().err().copied();
                let undecided = undecided.filter(|error| !verdict::decides(op, *error));
                // A machine that is gone by now must not be registered.
                let watcher = match &ask {
                    Ask::Znode(id, _) if self.shared.znodes.contains(*id) => {
                        Some(Watcher::Znode(*id))
                    }
                    Ask::Contender(handle, _)
                    | Ask::Detector(handle, _)
                    | Ask::Group(handle, _)
                        if self.machines.contains(*handle) =>
                    {
                        Some(Watcher::Handle(*handle))
                    }
                    _ => None,
                };
                if let (Some((kind, path)), Some(watcher)) = (watch, watcher) {
                    self.shared.watches.arm(kind, &path, watcher);
                }
                if let Some(error) = undecided {
                    self.undecided(ask, error);
                    return;
                }
                match ask {
                    Ask::Znode(id, ask) => znode::on_reply(&mut self.shared, id, ask, result),
                    Ask::Contender(handle, ask) => {
                        self.machines
                            .contender(handle, &mut self.shared, |contender, shared| {
                                contender.on_reply(ask, result, sent, shared);
                            });
                    }
                    Ask::Detector(handle, ask) => {
                        self.machines
                            .detector(handle, &mut self.shared, |detector, shared| {
                                detector.on_reply(ask, result, sent, zxid, shared);
                            });
                    }
                    Ask::Group(handle, ask) => {
                        self.machines
                            .group(handle, &mut self.shared, |group, shared| {
                                group.on_reply(ask, result, shared);
                            });
                    }
                    Ask::Proof(znodes) => self.proved(&znodes, result, sent),
                    Ask::IdleProof(handle, znode) => self.proved_idly(handle, znode, result),
                }
            }
            Signal::Watch(event) => self.watch(&event),
            Signal::AuthFailed => self.report(SessionEvent::AuthFailed),
            Signal::Ended { clean } => self.end(clean),
        }
    }

    /// An answer that decides nothing: the machine that asked repeats its request.
    fn undecided(&mut self, ask: Ask, error: ServerError) {
        match ask {
            Ask::Znode(id, ask) => znode::on_undecided(&mut self.shared, id, &ask, error),
            Ask::Contender(handle, ask) => {
                self.machines
                    .contender(handle, &mut self.shared, |contender, shared| {
                        contender.on_undecided(&ask, error, shared);
                    });
            }
            Ask::Detector(handle, ask) => {
                self.machines
                    .detector(handle, &mut self.shared, |detector, shared| {
                        detector.on_undecided(ask, error, shared);
                    });
            }
            Ask::Group(handle, ask) => {
                self.machines
                    .group(handle, &mut self.shared, |group, shared| {
                        group.on_undecided(ask, error, shared);
                    });
            }
            Ask::Proof(znodes) => self.proved(&znodes, Err(error), Time::default()),
            // The next idle proof comes in its turn.
            Ask::IdleProof(..) => {}
        }
    }

    fn watch(&mut self, event: &WatchEvent) {
        for watcher in self.shared.watches.fire(event.kind, &event.path) {
            match watcher {
                Watcher::Znode(id) => znode::on_watch(&mut self.shared, id, event.kind),
                Watcher::Handle(handle) => {
                    let (kind, path) = (event.kind, event.path.as_str());
                    let on_watch = |machine: &mut Machine, shared: &mut Shared| match machine {
                        Machine::Contender(contender) => contender.on_watch(kind, path, shared),
                        Machine::Detector(detector) => detector.on_watch(kind, path, shared),
                        Machine::Group(group) => group.on_watch(path, shared),
                    };
                    self.machines.touch(handle, &mut self.shared, on_watch);
                }
            }
        }
    }
}
