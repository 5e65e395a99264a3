//! `tenure members`: lists the members of a group, once or at each change.

use crate::inbox::Input;
use crate::lines::{self, Entry};
use crate::signals::Stop;
use crate::strangers::Look;
use crate::{CLOSED, Outcome, REFUSED, Tool};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tenure::{Error, ErrorKind, Group, GroupEvent, Member, Pending, SessionEvent};

pub(crate) fn run(
    tool: Tool<'_, GroupEvent>,
    path: &str,
    watch: bool,
    timeout: Option<Duration>,
) -> Result<Outcome, Error> {
    let Tool {
        client,
        mut inbox,
        report,
        ..
    } = tool;
    let mut deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let group = client.group(path)?;
    group.events().on_each(inbox.deliver())?;
    let mut listing = (!watch).then(|| group.members());
    if watch {
        group.watch();
    }
    let mut reading = Reading::default();
    let mut strangers = Look::new(client, path);
    let mut outcome = Outcome::Done;
    // A question that fails has no answer; 1 would be "no".
    let failed = if watch {
        Outcome::Failed
    } else {
        Outcome::NotKnown
    };
    while !report.is_broken() {
        if let Some(members) = listing.as_mut().and_then(|l| poll(l, inbox.waker())) {
            listing = None;
            match members {
                Ok(members) => reading.start(&group, members),
                // The event of the session that has the reason follows, or the end of all events.
                Err(error) if error.kind() == ErrorKind::Closed => {}
                Err(error) => {
                    report.failure(error.message());
                    outcome = failed;
                    break;
                }
            }
        }
        match reading.poll(inbox.waker()) {
            Some(Ok(entries)) => {
                let found = strangers.at(entries.is_empty());
                report.line(lines::members(&entries).with_strangers(found.as_ref(), path));
                deadline = None;
                if !watch {
                    break;
                }
            }
            Some(Err(error)) if error.kind() == ErrorKind::Closed => {}
            Some(Err(error)) => {
                report.failure(error.message());
                outcome = failed;
                break;
            }
            None => {}
        }
        match inbox.next(deadline) {
            Input::Session(event) => {
                report.session(&event);
                if event == SessionEvent::AuthFailed {
                    report.failure(REFUSED);
                    outcome = failed;
                    break;
                }
            }
            Input::Own(GroupEvent::Members(members)) => reading.start(&group, members),
            Input::Own(GroupEvent::Unknown { since }) => {
                reading.abandon();
                report.unknown(since);
            }
            Input::Own(GroupEvent::Failed(error)) => {
                reading.abandon();
                report.problem(error.message(), None);
            }
            Input::Stop(stop) => {
                report.hurry();
                // Nothing was printed: a program that waits for a list must not see success.
                if !watch && stop == Stop::Signal {
                    outcome = failed;
                }
                break;
            }
            Input::Time => {
                report.failure(&crate::not_known("the list of members", timeout, report));
                outcome = Outcome::NotKnown;
                break;
            }
            Input::End => {
                report.failure(CLOSED);
                outcome = failed;
                break;
            }
            Input::Own(_) | Input::Answered => {}
        }
    }
    crate::leave(client, &inbox, report);
    Ok(outcome)
}

/// The payloads of a list of members, while they are read.
#[derive(Default)]
struct Reading {
    /// The list that is being completed; `None` if there is none.
    members: Option<Vec<Member>>,
    calls: BTreeMap<u64, Pending<Option<Vec<u8>>>>,
    /// Token → the payload, kept between lists, so that a change costs one read for each new
    /// member. `None` for a member that is gone.
    known: BTreeMap<u64, Result<Option<Vec<u8>>, Error>>,
}

impl Reading {
    /// Starts all missing reads at once.
    fn start(&mut self, group: &Group, members: Vec<Member>) {
        let stays = |token: &u64| members.iter().any(|member| member.token == *token);
        self.known.retain(|token, _| stays(token));
        self.calls.retain(|token, _| stays(token));
        for member in &members {
            if !self.known.contains_key(&member.token) {
                self.calls
                    .entry(member.token)
                    .or_insert_with(|| group.data(member));
            }
        }
        self.members = Some(members);
    }

    /// Drops the list: it is out of date.
    fn abandon(&mut self) {
        self.members = None;
        self.calls.clear();
    }

    /// The list, once it is complete.
    fn poll(&mut self, waker: &Waker) -> Option<Result<Vec<Entry>, Error>> {
        let known = &mut self.known;
        self.calls.retain(|token, call| match poll(call, waker) {
            Some(read) => {
                known.insert(*token, read);
                false
            }
            None => true,
        });
        if !self.calls.is_empty() {
            return None;
        }
        let members = self.members.take()?;
        let mut entries = Vec::with_capacity(members.len());
        for member in members {
            let data = match known.get(&member.token) {
                Some(Ok(Some(data))) => Ok(data.clone()),
                Some(Err(error)) if lines::is_about_one_member(error) => Err(error.clone()),
                Some(Err(error)) => return Some(Err(error.clone())),
                // It left while the tool read its payload.
                Some(Ok(None)) | None => continue,
            };
            entries.push(Entry { member, data });
        }
        Some(Ok(entries))
    }
}

/// The result of a call, if it has one; otherwise the call wakes `waker` once it has.
pub(crate) fn poll<T>(call: &mut Pending<T>, waker: &Waker) -> Option<Result<T, Error>> {
    match Pin::new(call).poll(&mut Context::from_waker(waker)) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}
