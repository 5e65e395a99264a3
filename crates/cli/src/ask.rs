//! Calls on a group, one after the other, until one has no answer.

use crate::inbox::{Inbox, Input};
use crate::members::poll;
use crate::report::Report;
use crate::{CLOSED, Outcome, REFUSED, Tool, lines};
use std::time::{Duration, Instant};
use tenure::{Client, Error, ErrorKind, Group, GroupEvent, Pending, ServerKind, SessionEvent};

/// A command that makes calls, and the limit for all answers together.
pub(crate) struct Asker<'a> {
    client: &'a Client,
    inbox: Inbox<GroupEvent>,
    pub(crate) report: &'a mut Report,
    pub(crate) group: Group,
    timeout: Duration,
    deadline: Option<Instant>,
    granted: Option<(Duration, ServerKind)>,
}

impl<'a> Asker<'a> {
    pub(crate) fn new(
        tool: Tool<'a, GroupEvent>,
        path: &str,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let Tool {
            client,
            mut inbox,
            report,
            ..
        } = tool;
        let group = client.group(path)?;
        group.events().on_each(inbox.deliver())?;
        Ok(Self {
            client,
            inbox,
            report,
            group,
            timeout,
            deadline: Instant::now().checked_add(timeout),
            granted: None,
        })
    }

    /// Waits for the answer to a call; without an answer the message names `what`. An error is the
    /// outcome of the tool and was already reported. The library asks again for an answer that
    /// decides nothing, on another connection or after a pause; it is waited for until the limit.
    pub(crate) fn answer<T>(&mut self, what: &str, call: Pending<T>) -> Result<T, Outcome> {
        self.wait(what, call)?
            .map_err(|error| self.fail(error.message()))
    }

    /// The same about one member: a refusal to read it is an answer.
    pub(crate) fn answer_of_one<T>(
        &mut self,
        what: &str,
        call: Pending<T>,
    ) -> Result<Result<T, Error>, Outcome> {
        match self.wait(what, call)? {
            Err(error) if !lines::is_about_one_member(&error) => Err(self.fail(error.message())),
            answer => Ok(answer),
        }
    }

    fn wait<T>(&mut self, what: &str, call: Pending<T>) -> Result<Result<T, Error>, Outcome> {
        let mut call = Some(call);
        loop {
            match call.as_mut().and_then(|c| poll(c, self.inbox.waker())) {
                // The event of the session that has the reason follows, or the end of all events.
                Some(Err(error)) if error.kind() == ErrorKind::Closed => call = None,
                Some(answer) => return Ok(answer),
                None => {}
            }
            match self.inbox.next(self.deadline) {
                Input::Session(event) => {
                    self.report.session(&event);
                    match event {
                        SessionEvent::AuthFailed => return Err(self.fail(REFUSED)),
                        SessionEvent::Connected {
                            timeout, server, ..
                        } => self.granted = Some((timeout, server)),
                        _ => {}
                    }
                }
                Input::Stop(_) => {
                    self.report.hurry();
                    return Err(Outcome::NotKnown);
                }
                Input::Time => {
                    let why = crate::not_known(what, Some(self.timeout), self.report);
                    self.report.failure(&why);
                    return Err(Outcome::NotKnown);
                }
                Input::End => return Err(self.fail(CLOSED)),
                Input::Own(_) | Input::Answered => {}
            }
        }
    }

    /// The session timeout, and the kind of the server, once one has granted a session. An answer may
    /// arrive before the event of the session that it was given on.
    pub(crate) fn granted(&self) -> Option<(Duration, ServerKind)> {
        match self.client.events().latest() {
            Some(SessionEvent::Connected {
                timeout, server, ..
            }) => Some((timeout, server)),
            _ => self.granted,
        }
    }

    /// The kind of the server that granted the session, as soon as it is known.
    pub(crate) fn server(&self) -> Option<ServerKind> {
        self.granted().map(|(_, server)| server)
    }

    fn fail(&mut self, message: &str) -> Outcome {
        self.report.failure(message);
        Outcome::NotKnown
    }

    pub(crate) fn leave(self) {
        crate::leave(self.client, &self.inbox, self.report);
    }
}
