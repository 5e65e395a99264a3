//! The helpers of this process: watched, told about sessions, and started again.

use super::super::client_id::ClientId;
use super::super::messages::{Message, Undertaking};
use super::super::sys;
use super::super::undertaken::{Undertaken, Watched};
use super::super::undertaker::{self, Link, Refused, Restart};
use super::Thread;
use super::step::say;
use crate::core::{Event, SESSION, SessionEvent};
use mio::unix::SourceFd;
use mio::{Interest, Token};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;

impl Thread {
    /// What the helper is to know of a new client; or why there is no helper.
    pub(super) fn undertake(
        &mut self,
        client: ClientId,
        undertaking: Undertaking,
    ) -> (Option<Undertaken>, Option<String>) {
        match undertaking {
            Undertaking::Off => (None, None),
            Undertaking::Unable(why) => (None, Some(why)),
            Undertaking::By(link, charge) => {
                self.watch(&link);
                (Some(Undertaken::new(client, link, charge)), None)
            }
        }
    }

    fn watch(&mut self, link: &Arc<Link>) {
        let Ok((generation, process)) = link.process() else {
            // Its end shows when it is told something.
            return;
        };
        let is_it = |watched: &Watched| {
            watched.generation == generation
                && std::ptr::eq(watched.link.as_ptr(), Arc::as_ptr(link))
        };
        if self.helpers.values().any(is_it) {
            return;
        }
        self.last_token += 1;
        let token = Token(self.last_token);
        let source = &mut SourceFd(&process.as_raw_fd());
        let registered = self
            .poll
            .registry()
            .register(source, token, Interest::READABLE);
        if registered.is_ok() {
            let link = Arc::downgrade(link);
            let watched = Watched {
                process,
                link,
                generation,
            };
            self.helpers.insert(token, watched);
        }
    }

    /// Whether the token is a helper's, which has ended then.
    pub(super) fn helper_ended(&mut self, token: Token) -> bool {
        let Some(watched) = self.helpers.remove(&token) else {
            return false;
        };
        let source = &mut SourceFd(&watched.process.as_raw_fd());
        let _ = self.poll.registry().deregister(source);
        undertaker::reap(watched.process.as_fd());
        if let Some(link) = watched.link.upgrade() {
            let why = "the undertaker was killed, or has failed";
            self.helper_lost(&link, watched.generation, why);
        }
        true
    }

    /// Tells the helper about the present session of a client.
    pub(super) fn tell_undertaker(&mut self, client: ClientId) {
        let Some(entry) = self.clients.get_mut(&client) else {
            return;
        };
        let Some(undertaken) = &mut entry.undertaken else {
            return;
        };
        let generation = undertaken.link.generation();
        let told = undertaken.tell(Some(&entry.core));
        if let Err(error) = told {
            let why = format!("the undertaker cannot be told: {error}");
            let link = Arc::clone(&undertaken.link);
            if link.is_ours() {
                self.helper_lost(&link, generation, &why);
            } else {
                // The program closes descriptors that are not its own: another helper's would be next.
                self.give_up(client, &why);
            }
        } else if entry.core.is_ended() {
            entry.undertaken = None;
        } else if undertaken.is_back() {
            self.report(client, SessionEvent::UndertakerReplaced);
        }
    }

    /// Reports the loss of a helper once, and has another one started.
    fn helper_lost(&mut self, link: &Arc<Link>, lost: u64, why: &str) {
        let restart = link.on_loss(lost, sys::now());
        let all = self.undertaken_by(link);
        if let Restart::No(because) = restart {
            let why = format!("{why}; no other one is started: {because}");
            for client in all {
                self.give_up(client, &why);
            }
            return;
        }
        for client in &all {
            let entry = self.clients.get_mut(client);
            let Some(undertaken) = entry.and_then(|entry| entry.undertaken.as_mut()) else {
                continue;
            };
            if undertaken.is_news(lost) {
                let why = format!("{why}; another one is started");
                self.report_undertaker_lost(*client, &why);
            }
        }
        match restart {
            Restart::Now => self.restart(link, lost),
            // Another client's opening may have replaced it already.
            Restart::Elsewhere if link.generation() != lost => {
                self.undertaker_started(link, Ok(()))
            }
            Restart::Elsewhere | Restart::No(_) => {}
        }
    }

    /// Starts another helper, on a thread of its own: a busy host needs a while for that.
    fn restart(&mut self, link: &Arc<Link>, lost: u64) {
        let (own, port) = (Arc::clone(link), self.port.clone());
        let start = move || {
            sys::block_signals();
            let started = own.restart(lost).map_err(|refused| match refused {
                Refused::Bad(error) => error.message().to_owned(),
                Refused::Unable(why) => why,
            });
            port.send(Message::Undertaker(own, started));
        };
        let thread = std::thread::Builder::new().name("tenure-undertake".to_owned());
        if let Err(error) = thread.spawn(start) {
            self.undertaker_started(link, Err(format!("cannot start a thread: {error}")));
        }
    }

    pub(super) fn undertaker_started(&mut self, link: &Arc<Link>, started: Result<(), String>) {
        match started {
            Ok(()) => {
                self.watch(link);
                for client in self.undertaken_by(link) {
                    self.tell_undertaker(client);
                }
            }
            Err(why) => {
                let why = format!("no other undertaker could be started: {why}");
                for client in self.undertaken_by(link) {
                    self.give_up(client, &why);
                }
            }
        }
    }

    fn undertaken_by(&self, link: &Arc<Link>) -> Vec<ClientId> {
        let of_it = self.clients.iter().filter(|(_, entry)| {
            let undertaken = entry.undertaken.as_ref();
            undertaken.is_some_and(|own| Arc::ptr_eq(&own.link, link))
        });
        of_it.map(|(client, _)| *client).collect()
    }

    /// The client is without an undertaker from now on.
    fn give_up(&mut self, client: ClientId, why: &str) {
        if let Some(entry) = self.clients.get_mut(&client)
            && entry.undertaken.take().is_some()
        {
            self.report_undertaker_lost(client, why);
        }
    }

    pub(super) fn report_undertaker_lost(&mut self, client: ClientId, why: &str) {
        let error = format!(
            "{why}; if this process dies now, its members stay until the session times out"
        );
        self.report(client, SessionEvent::UndertakerLost { error });
    }

    fn report(&self, client: ClientId, event: SessionEvent) {
        if let Some(entry) = self.clients.get(&client)
            && let Some(sink) = entry.sink(SESSION)
        {
            let event = Event::Session(event);
            entry.counters.event(&event);
            say(client, &event, &sink.about);
            sink.push(event);
        }
    }
}
