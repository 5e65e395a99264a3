//! The commands of users.

use super::Client;
use super::machines::Machine;
use crate::contender::Contender;
use crate::detector::Detector;
use crate::group::Group;
use crate::shared::Shared;
use crate::watches::Watcher;
use crate::{Answer, Call, CallId, Command, Error, Handle, Output};
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
            Command::Call { handle, call, what } => self.call(handle, call, what),
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

    fn call(&mut self, handle: Handle, call: CallId, what: Call) {
        // The answer if there is no such contender or group.
        let absent = match what {
            Call::Withdraw => Ok(Answer::Removed(false)),
            Call::SetData { .. }
            | Call::Join { .. }
            | Call::Cancel { .. }
            | Call::SetMemberData { .. }
            | Call::AwaitEnd { .. }
            | Call::Evict { .. }
            | Call::Members
            | Call::Strangers
            | Call::Data { .. } => Err(Error::closed()),
        };
        let begin = |machine: &mut Machine, shared: &mut Shared| match machine {
            Machine::Contender(contender) => contender.call(call, what, shared),
            Machine::Group(group) => group.call(call, what, shared),
            Machine::Detector(_) => false,
        };
        if self.machines.touch(handle, &mut self.shared, begin) != Some(true) {
            self.shared.out.done(call, absent);
        }
    }

    /// A command after the client was closed, or while it is.
    fn refuse(&mut self, command: Command) {
        let output = match command {
            Command::Close { call, .. } if self.ended => Output::Done {
                call,
                result: Ok(Answer::Closed),
            },
            Command::Close { call, .. } => {
                self.closing.push(call);
                return;
            }
            // Its znode is gone, or never comes.
            Command::Call {
                call,
                what: Call::Withdraw | Call::Cancel { .. },
                ..
            } if self.ended => Output::Done {
                call,
                result: Ok(Answer::Removed(false)),
            },
            Command::Call { call, .. } => Output::Done {
                call,
                result: Err(Error::closed()),
            },
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
