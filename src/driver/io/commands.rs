//! The commands of users: taken in their turn, and handed to the core.

use super::super::client_id::ClientId;
use super::super::entry::{Entry, QueuedCommand, Role};
use super::super::messages::Message;
use super::super::{guard, sys};
use super::{INPUTS_PER_TURN, OwnedInput, Thread};
use crate::core::{CallId, Command};
use std::time::Duration;

/// How long a client that was dropped without being closed tries to notify a server.
const FAREWELL_PATIENCE: Duration = Duration::from_secs(10);

impl Thread {
    pub(super) fn message(&mut self, message: Message) {
        match message {
            Message::Open(id, core, transport, session, counters, undertaking) => {
                let (undertaken, lost) = self.undertake(id, undertaking);
                let entry = Entry::new(core, transport, session, counters, undertaken);
                self.clients.insert(id, entry);
                if let Some(why) = lost {
                    self.report_undertaker_lost(id, &why);
                }
                self.feed(id, OwnedInput::Tick);
            }
            Message::Register(id, handle, sink, command, permit) => {
                self.enqueue(id, QueuedCommand::Register(handle, sink, command, permit));
            }
            Message::Command(id, command) => self.enqueue(id, QueuedCommand::Command(command)),
            Message::Call(id, call, reply, command) => {
                self.enqueue(id, QueuedCommand::Call(call, reply, command));
            }
            Message::Abandon(id) => self.enqueue(id, QueuedCommand::Abandon),
            Message::Resolved(id, lookup, result) => {
                self.feed(id, OwnedInput::Resolved(lookup, result));
            }
            Message::Undertaker(link, started) => self.undertaker_started(&link, started),
            Message::Memory(name, act, completer) => {
                let touched = self.memory.act(&name, act, sys::now());
                // Before the answer: the effect must have reached the clients.
                self.digest(usize::MAX);
                completer.complete(Ok(touched));
            }
            #[cfg(test)]
            Message::Panic => panic!("this panic is part of a test"),
        }
        self.digest(INPUTS_PER_TURN);
    }

    /// Takes a command: at once if that client has its turn, else after its earlier commands.
    fn enqueue(&mut self, client: ClientId, queued: QueuedCommand) {
        let Some(entry) = self.clients.get_mut(&client) else {
            // The client has ended.
            if let QueuedCommand::Register(_, sink, ..) = &queued {
                sink.end();
            }
            return;
        };
        entry.queue(queued);
        self.crowded.insert(client);
        self.take_commands(client);
    }

    /// Carries out the commands of a client, as many as this turn has room for.
    pub(super) fn take_commands(&mut self, client: ClientId) {
        loop {
            let turn = self.turn;
            let Some(entry) = self.clients.get_mut(&client) else {
                self.crowded.remove(&client);
                return;
            };
            let Some(queued) = entry.next_command(turn) else {
                if !entry.has_commands() {
                    self.crowded.remove(&client);
                    entry.count();
                }
                return;
            };
            self.begin(client, queued);
            self.digest(INPUTS_PER_TURN);
        }
    }

    fn begin(&mut self, id: ClientId, queued: QueuedCommand) {
        let Some(entry) = self.clients.get_mut(&id) else {
            return;
        };
        let command = match queued {
            QueuedCommand::Register(handle, sink, command, permit) => {
                drop(permit);
                if entry.core.is_ended() {
                    sink.end();
                } else {
                    let role = Role::made_by(&command);
                    entry.sinks.insert(handle, (role, sink));
                }
                command
            }
            QueuedCommand::Command(command) => {
                match &command {
                    Command::Drop { handle } => {
                        entry.lead(*handle, None, None);
                        if let Some((_, sink)) = entry.sinks.remove(handle) {
                            sink.end();
                        }
                    }
                    Command::Forget { call, .. } => {
                        let reply = entry.calls.remove(call);
                        guard::foreign(|| drop(reply));
                    }
                    _ => {}
                }
                command
            }
            QueuedCommand::Call(call, reply, command) => {
                entry.calls.insert(call, reply);
                command
            }
            QueuedCommand::Abandon => {
                entry.abandoned = true;
                Command::Close {
                    call: CallId(0),
                    patience: FAREWELL_PATIENCE,
                }
            }
        };
        entry.count();
        self.feed(id, OwnedInput::Command(command));
    }
}
