//! The wishes of users: taken in their turn, and handed to the core.

use super::super::client_id::ClientId;
use super::super::entry::Entry;
use super::super::entry::{Role, Want};
use super::super::messages::Message;
use super::super::{guard, sys};
use super::{FED_PER_TURN, Fed, Thread};
use crate::core::{CallId, Command};
use std::time::Duration;

/// How long a client that was dropped without being closed tries to notify a server.
const FAREWELL_PATIENCE: Duration = Duration::from_secs(10);

impl Thread {
    pub(super) fn message(&mut self, message: Message) {
        match message {
            Message::Open(id, core, transport, session, counters) => {
                let entry = Entry::new(core, transport, session, counters);
                self.clients.insert(id, entry);
                self.feed(id, Fed::Tick);
            }
            Message::Register(id, handle, sink, command, permit) => {
                self.want(id, Want::Register(handle, sink, command, permit));
            }
            Message::Command(id, command) => self.want(id, Want::Command(command)),
            Message::Call(id, call, reply, command) => {
                self.want(id, Want::Call(call, reply, command));
            }
            Message::Abandon(id) => self.want(id, Want::Abandon),
            Message::Resolved(id, lookup, result) => {
                self.feed(id, Fed::Resolved(lookup, result));
            }
            Message::Memory(name, act, completer) => {
                let touched = self.memory.act(&name, act, sys::now());
                // Before the answer: the effect must have reached the clients.
                self.digest(usize::MAX);
                completer.complete(Ok(touched));
            }
            #[cfg(test)]
            Message::Panic => panic!("this panic is part of a test"),
        }
        self.digest(FED_PER_TURN);
    }

    /// Takes a wish: at once if that client has its turn, else after its earlier wishes.
    pub(super) fn want(&mut self, client: ClientId, want: Want) {
        let Some(entry) = self.clients.get_mut(&client) else {
            // The client has ended.
            if let Want::Register(_, sink, ..) = &want {
                sink.end();
            }
            return;
        };
        entry.queue(want);
        self.crowded.insert(client);
        self.take_wants(client);
    }

    /// Fulfils the wishes of a client, as many as this turn has room for.
    pub(super) fn take_wants(&mut self, client: ClientId) {
        loop {
            let turn = self.turn;
            let Some(entry) = self.clients.get_mut(&client) else {
                self.crowded.remove(&client);
                return;
            };
            let Some(want) = entry.next_want(turn) else {
                if !entry.has_wants() {
                    self.crowded.remove(&client);
                    entry.count();
                }
                return;
            };
            self.fulfil(client, want);
            self.digest(FED_PER_TURN);
        }
    }

    pub(super) fn fulfil(&mut self, id: ClientId, want: Want) {
        let Some(entry) = self.clients.get_mut(&id) else {
            return;
        };
        let command = match want {
            Want::Register(handle, sink, command, permit) => {
                drop(permit);
                if entry.core.is_ended() {
                    sink.end();
                } else {
                    let role = Role::made_by(&command);
                    entry.sinks.insert(handle, (role, sink));
                }
                command
            }
            Want::Command(command) => {
                match &command {
                    Command::Drop { handle } => {
                        if let Some((_, sink)) = entry.sinks.remove(handle) {
                            sink.lease.store(None);
                            sink.end();
                        }
                    }
                    Command::Forget { call } => {
                        let reply = entry.calls.remove(call);
                        guard::foreign(|| drop(reply));
                    }
                    _ => {}
                }
                command
            }
            Want::Call(call, reply, command) => {
                entry.calls.insert(call, reply);
                command
            }
            Want::Abandon => {
                entry.abandoned = true;
                Command::Close {
                    call: CallId(0),
                    patience: FAREWELL_PATIENCE,
                }
            }
        };
        entry.count();
        self.feed(id, Fed::Command(command));
    }
}
