//! Carries out the commands of users.

use super::Client;
use super::machines::Machine;
use crate::contender::Contender;
use crate::detector::Detector;
use crate::group::Group;
use crate::shared::Shared;
use crate::watches::Watcher;
use crate::{Answer, CallId, Command, Error, Handle, Output};
use alloc::boxed::Box;

impl Client {
    pub(super) fn command(&mut self, command: Command) {
        let refused = self.ended || !self.closing.is_empty();
        if refused {
            self.refuse(command);
            return;
        }
        let shared = &mut self.shared;
        match command {
            Command::Contend { handle, spec } => {
                let mut contender = Contender::new(handle, spec);
                contender.enrol(shared);
                self.machines
                    .insert(handle, Machine::Contender(Box::new(contender)), shared);
            }
            Command::Withdraw { handle, call } => {
                let withdraw = |contender: &mut Contender, shared: &mut Shared| {
                    contender.withdraw(Some(call), shared)
                };
                if self
                    .machines
                    .contender(handle, &mut self.shared, withdraw)
                    .is_none()
                {
                    self.shared.out.done(call, Ok(Answer::Removed(false)));
                }
            }
            Command::Detect { handle, path } => {
                let mut detector = Detector::new(handle, path, shared.now);
                detector.refresh(shared);
                self.machines
                    .insert(handle, Machine::Detector(Box::new(detector)), shared);
            }
            Command::Group { handle, path } => {
                let group = Group::new(handle, path);
                self.machines
                    .insert(handle, Machine::Group(Box::new(group)), shared);
            }
            Command::Join {
                handle,
                call,
                label,
                data,
            } => self.on_group(handle, call, |group, shared| {
                group.join(call, label.as_deref(), &data, shared)
            }),
            Command::Cancel { handle, call, path } => {
                self.on_group(handle, call, |group, shared| {
                    group.cancel(call, &path, shared)
                })
            }
            Command::SetData { handle, call, data } => {
                self.on_contender(handle, call, |contender, shared| {
                    contender.set_data(call, data, shared)
                })
            }
            Command::SetMemberData {
                handle,
                call,
                path,
                data,
            } => self.on_group(handle, call, |group, shared| {
                group.set_data(call, &path, &data, shared)
            }),
            Command::AwaitEnd { handle, call, path } => {
                self.on_group(handle, call, |group, shared| {
                    group.await_end(call, path, shared)
                })
            }
            Command::Evict {
                handle,
                call,
                path,
                token,
            } => self.on_group(handle, call, |group, shared| {
                group.evict(call, path, token, shared)
            }),
            Command::Members { handle, call } => {
                self.on_group(handle, call, |group, shared| group.members(call, shared))
            }
            Command::Data { handle, call, path } => {
                self.on_group(handle, call, |group, shared| group.data(call, path, shared))
            }
            Command::Watch { handle } => {
                self.machines.group(handle, &mut self.shared, Group::watch);
            }
            Command::Forget { handle, call } => {
                let forget = |machine: &mut Machine, shared: &mut Shared| match machine {
                    Machine::Contender(contender) => contender.forget(call),
                    Machine::Group(group) => group.forget(call, shared),
                    Machine::Detector(_) => {}
                };
                self.machines.touch(handle, &mut self.shared, forget);
            }
            Command::Drop { handle } => self.drop_handle(handle),
            Command::Close { call, patience } => self.close(call, patience),
        }
    }

    fn on_contender(
        &mut self,
        handle: Handle,
        call: CallId,
        act: impl FnOnce(&mut Contender, &mut Shared),
    ) {
        if self
            .machines
            .contender(handle, &mut self.shared, act)
            .is_none()
        {
            self.shared.out.done(call, Err(Error::closed()));
        }
    }

    fn on_group(
        &mut self,
        handle: Handle,
        call: CallId,
        act: impl FnOnce(&mut Group, &mut Shared),
    ) {
        if self.machines.group(handle, &mut self.shared, act).is_none() {
            self.shared.out.done(call, Err(Error::closed()));
        }
    }

    /// A command after the client was closed, or while it is.
    fn refuse(&mut self, command: Command) {
        let closed = |call| Output::Done {
            call,
            result: Err(Error::closed()),
        };
        let output = match command {
            Command::Close { call, .. } if self.ended => Output::Done {
                call,
                result: Ok(Answer::Closed),
            },
            Command::Close { call, .. } => {
                self.closing.push(call);
                return;
            }
            // No znode of it stands, or will stand.
            Command::Withdraw { call, .. } | Command::Cancel { call, .. } if self.ended => {
                Output::Done {
                    call,
                    result: Ok(Answer::Removed(false)),
                }
            }
            Command::Withdraw { call, .. }
            | Command::Cancel { call, .. }
            | Command::Join { call, .. }
            | Command::Evict { call, .. }
            | Command::SetData { call, .. }
            | Command::SetMemberData { call, .. }
            | Command::AwaitEnd { call, .. }
            | Command::Members { call, .. }
            | Command::Data { call, .. } => closed(call),
            Command::Contend { .. }
            | Command::Detect { .. }
            | Command::Group { .. }
            | Command::Watch { .. }
            | Command::Forget { .. }
            | Command::Drop { .. } => return,
        };
        self.shared.out.push(output);
    }

    fn drop_handle(&mut self, handle: Handle) {
        self.shared.watches.forget(Watcher::Handle(handle));
        let drop = |machine: &mut Machine, shared: &mut Shared| match machine {
            Machine::Contender(contender) => {
                contender.withdraw(None, shared);
                contender.is_gone()
            }
            Machine::Group(group) => {
                group.drop_all(shared);
                true
            }
            Machine::Detector(_) => true,
        };
        if self.machines.touch(handle, &mut self.shared, drop) == Some(true) {
            self.machines.remove(handle);
        }
    }

    fn close(&mut self, call: CallId, patience: core::time::Duration) {
        self.closing.push(call);
        self.each(|machine, shared| match machine {
            Machine::Contender(contender) => contender.close(shared),
            Machine::Group(group) => group.close(shared),
            Machine::Detector(_) => {}
        });
        self.shared
            .session
            .close(self.shared.now + patience, &mut self.shared.out);
    }
}
