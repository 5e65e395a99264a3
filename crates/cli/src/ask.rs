//! Calls on a group, one after the other, until one has no answer.

use crate::inbox::{Inbox, News};
use crate::members::poll;
use crate::report::Report;
use crate::{CLOSED, Desk, Outcome, REFUSED, lines};
use std::time::{Duration, Instant};
use tenure::{Client, Error, Group, GroupEvent, Pending, SessionEvent};

/// Who asks, and how long the answers may take altogether.
pub(crate) struct Asker<'a> {
    client: &'a Client,
    inbox: Inbox<GroupEvent>,
    pub(crate) report: &'a mut Report,
    pub(crate) group: Group,
    timeout: Duration,
    deadline: Option<Instant>,
    granted: Option<Duration>,
}

impl<'a> Asker<'a> {
    pub(crate) fn new(
        desk: Desk<'a, GroupEvent>,
        path: &str,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let Desk {
            client,
            mut inbox,
            report,
            ..
        } = desk;
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

    /// Waits for the answer to a call; `what` it is about is said if there is none. An error is
    /// how the tool ends; it was told.
    pub(crate) fn answer<T>(&mut self, what: &str, call: Pending<T>) -> Result<T, Outcome> {
        self.wait(what, call)?
            .map_err(|error| self.fail(error.message()))
    }

    /// The same about one member: that it may not be looked at is an answer.
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

    fn wait<T>(&mut self, what: &str, mut call: Pending<T>) -> Result<Result<T, Error>, Outcome> {
        loop {
            if let Some(answer) = poll(&mut call, self.inbox.waker()) {
                return Ok(answer);
            }
            match self.inbox.next(self.deadline) {
                News::Session(event) => {
                    self.report.session(&event);
                    match event {
                        SessionEvent::AuthFailed => return Err(self.fail(REFUSED)),
                        SessionEvent::Connected { timeout, .. } => self.granted = Some(timeout),
                        _ => {}
                    }
                }
                News::Stop(_) => return Err(Outcome::Failed),
                News::Time => {
                    let why = crate::not_known(what, Some(self.timeout), self.report);
                    self.report.failure(&why);
                    return Err(Outcome::NotKnown);
                }
                News::End => return Err(self.fail(CLOSED)),
                News::Own(_) | News::Answered => {}
            }
        }
    }

    /// The session timeout, when a server has granted one. An answer may be here before the news of
    /// the session on which it was given.
    pub(crate) fn granted(&self) -> Option<Duration> {
        match self.client.events().latest() {
            Some(SessionEvent::Connected { timeout, .. }) => Some(timeout),
            _ => self.granted,
        }
    }

    fn fail(&mut self, message: &str) -> Outcome {
        self.report.failure(message);
        Outcome::Failed
    }

    pub(crate) fn leave(self) {
        crate::leave(self.client, &self.inbox, self.report);
    }
}
