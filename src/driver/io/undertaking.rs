//! The helpers of this process: watched, and told about sessions.

use super::super::client_id::ClientId;
use super::super::messages::Undertaking;
use super::super::undertaken::{Undertaken, Watched};
use super::super::undertaker::{self, Link};
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
        let mut known = self.helpers.values();
        if known.any(|watched| std::ptr::eq(watched.link.as_ptr(), Arc::as_ptr(link))) {
            return;
        }
        let Ok(process) = link.process() else {
            // Its end shows when it is told something.
            return;
        };
        self.last_token += 1;
        let token = Token(self.last_token);
        let source = &mut SourceFd(&process.as_raw_fd());
        let registered = self
            .poll
            .registry()
            .register(source, token, Interest::READABLE);
        if registered.is_ok() {
            let link = Arc::downgrade(link);
            self.helpers.insert(token, Watched { process, link });
        }
    }

    /// Whether the token is a helper's, which has ended then.
    pub(super) fn helper_ended(&mut self, token: Token) -> bool {
        let Some(Watched { process, link }) = self.helpers.remove(&token) else {
            return false;
        };
        let source = &mut SourceFd(&process.as_raw_fd());
        let _ = self.poll.registry().deregister(source);
        undertaker::reap(process.as_fd());
        let of_it = self.clients.iter().filter(|(_, entry)| {
            let undertaken = entry.undertaken.as_ref();
            undertaken.is_some_and(|own| std::ptr::eq(Arc::as_ptr(&own.link), link.as_ptr()))
        });
        for client in of_it.map(|(client, _)| *client).collect::<Vec<_>>() {
            self.lose_undertaker(client, "the undertaker was killed, or has failed");
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
        if let Err(error) = undertaken.tell(entry.core.identity()) {
            self.lose_undertaker(client, &format!("the undertaker cannot be told: {error}"));
        } else if entry.core.is_ended() {
            entry.undertaken = None;
        }
    }

    fn lose_undertaker(&mut self, client: ClientId, why: &str) {
        if let Some(entry) = self.clients.get_mut(&client)
            && entry.undertaken.take().is_some()
        {
            self.report_undertaker_lost(client, why);
        }
    }

    pub(super) fn report_undertaker_lost(&mut self, client: ClientId, why: &str) {
        if let Some(entry) = self.clients.get(&client)
            && let Some(sink) = entry.sink(SESSION)
        {
            let error = format!(
                "{why}; if this process dies now, its members stay until the session times out"
            );
            let event = Event::Session(SessionEvent::UndertakerLost { error });
            entry.counters.event(&event);
            say(client, &event, &sink.about);
            sink.push(event);
        }
    }
}
