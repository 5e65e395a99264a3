//! One-time questions: each belongs to a call, and the group asks it until an answer decides it.

use super::{GroupAsk, Name};
use crate::again::Again;
use crate::ask::Ask;
use crate::event::Member;
use crate::members::{self, MemberStats};
use crate::shared::Shared;
use crate::strangers::Strangers;
use crate::{Answer, CallId, Error, ErrorKind};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use tenure_proto::{Request, Response, ServerError};
use tenure_session::Time;

/// A question of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QuestionAsk {
    List,
    Count(String),
    Read(String),
    /// Whether a member whose end is awaited still stands.
    End(String),
    /// Whether it is still the member that was meant.
    Look(String),
    Delete(String),
}

impl QuestionAsk {
    fn request(&self, group: &Name) -> Request {
        match self {
            Self::List => Request::GetChildren2 {
                path: group.path.clone(),
                watch: false,
            },
            Self::Count(path) | Self::Look(path) => Request::Exists {
                path: path.clone(),
                watch: false,
            },
            Self::End(path) => Request::Exists {
                path: path.clone(),
                watch: true,
            },
            Self::Read(path) => Request::GetData {
                path: path.clone(),
                watch: false,
            },
            Self::Delete(path) => Request::Delete {
                path: path.clone(),
                version: -1,
            },
        }
    }
}

#[derive(Debug)]
enum Question {
    Members(Option<MemberStats>),
    Strangers,
    Data(String),
    /// Waits until this member, which the group did not join, is gone.
    End(String),
    Evict {
        path: String,
        token: u64,
        /// Whether the member stood, and its deletion was requested.
        asked: bool,
    },
}

#[derive(Debug, Default)]
pub(super) struct Questions {
    waiting: BTreeMap<CallId, Question>,
    /// The calls whose question a server has not decided.
    retries: BTreeMap<CallId, Again>,
}

impl Questions {
    pub(super) fn members(&mut self, group: &Name, call: CallId, shared: &mut Shared) {
        self.begin(group, call, Question::Members(None), shared);
    }

    pub(super) fn strangers(&mut self, group: &Name, call: CallId, shared: &mut Shared) {
        self.begin(group, call, Question::Strangers, shared);
    }

    pub(super) fn data(&mut self, group: &Name, call: CallId, path: String, shared: &mut Shared) {
        self.begin(group, call, Question::Data(path), shared);
    }

    /// Answers when a member that the group did not join is gone.
    pub(super) fn await_end(
        &mut self,
        group: &Name,
        call: CallId,
        path: String,
        shared: &mut Shared,
    ) {
        self.begin(group, call, Question::End(path), shared);
    }

    pub(super) fn evict(
        &mut self,
        group: &Name,
        call: CallId,
        path: String,
        token: u64,
        shared: &mut Shared,
    ) {
        let asked = false;
        let question = Question::Evict { path, token, asked };
        self.begin(group, call, question, shared);
    }

    fn begin(&mut self, group: &Name, call: CallId, question: Question, shared: &mut Shared) {
        self.waiting.insert(call, question);
        self.ask(group, call, shared);
    }

    pub(super) fn fail_calls(&mut self, error: &Error, shared: &mut Shared) {
        self.retries.clear();
        for call in core::mem::take(&mut self.waiting).into_keys() {
            shared.out.done(call, Err(error.clone()));
        }
    }

    pub(super) fn forget(&mut self, call: CallId) {
        self.waiting.remove(&call);
        self.retries.remove(&call);
    }

    /// Asks again, on a new connection.
    pub(super) fn ask_all(&mut self, group: &Name, shared: &mut Shared) {
        self.retries.clear();
        let calls: Vec<CallId> = self.waiting.keys().copied().collect();
        for call in calls {
            self.ask(group, call, shared);
        }
    }

    pub(super) fn on_detached(&mut self) {
        for again in self.retries.values_mut() {
            again.cancel();
        }
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        self.retries.values().filter_map(Again::at).min()
    }

    pub(super) fn tick(&mut self, group: &Name, shared: &mut Shared) {
        let due =
            |(call, again): (&CallId, &mut Again)| again.take_due(shared.now).then_some(*call);
        let calls: Vec<CallId> = self.retries.iter_mut().filter_map(due).collect();
        for call in calls {
            match self.waiting.get_mut(&call) {
                Some(Question::Members(Some(stats))) if stats.is_complete() => {
                    for path in stats.ask_again() {
                        send(group, call, QuestionAsk::Count(path), shared);
                    }
                }
                _ => self.ask(group, call, shared),
            }
        }
    }

    /// The awaited ends of which only a watch shows that they have not come.
    pub(super) fn ends(&self) -> impl Iterator<Item = CallId> {
        let waits = |(call, question): (&CallId, &Question)| {
            (matches!(question, Question::End(_)) && !self.retries.contains_key(call))
                .then_some(*call)
        };
        self.waiting.iter().filter_map(waits)
    }

    pub(super) fn on_watch(&mut self, group: &Name, path: &str, shared: &mut Shared) {
        let ends = |question: &Question| matches!(question, Question::End(end) if end == path);
        let calls = self.waiting.iter().filter(|(_, question)| ends(question));
        for call in calls.map(|(call, _)| *call).collect::<Vec<_>>() {
            self.ask(group, call, shared);
        }
    }

    /// Asks from the beginning.
    pub(super) fn ask(&mut self, group: &Name, call: CallId, shared: &mut Shared) {
        let ask = match self.waiting.get_mut(&call) {
            Some(Question::Members(stats)) => {
                *stats = None;
                QuestionAsk::List
            }
            Some(Question::Strangers) => QuestionAsk::List,
            Some(Question::Data(path)) => QuestionAsk::Read(path.clone()),
            // Look first, also if the reply to a deletion was lost.
            Some(Question::Evict { path, .. }) => QuestionAsk::Look(path.clone()),
            Some(Question::End(path)) => QuestionAsk::End(path.clone()),
            None => return,
        };
        send(group, call, ask, shared);
    }

    /// An answer that decides nothing.
    pub(super) fn on_undecided(
        &mut self,
        group: &Name,
        call: CallId,
        ask: QuestionAsk,
        error: ServerError,
        shared: &mut Shared,
    ) {
        match ask {
            QuestionAsk::Count(_) => self.on_reply(group, call, ask, Err(error), shared),
            // A repetition is of no use: the call ends with the error.
            ask if error.is_local() => self.on_reply(group, call, ask, Err(error), shared),
            QuestionAsk::List
            | QuestionAsk::Read(_)
            | QuestionAsk::End(_)
            | QuestionAsk::Look(_)
            | QuestionAsk::Delete(_) => self.retry(call, shared),
        }
    }

    /// A call whose question was not decided continues to wait.
    fn retry(&mut self, call: CallId, shared: &Shared) {
        if self.waiting.contains_key(&call) {
            let again = self.retries.entry(call).or_default();
            again.soon(shared.now, shared.session.timeout());
        }
    }

    pub(super) fn on_reply(
        &mut self,
        group: &Name,
        call: CallId,
        ask: QuestionAsk,
        result: Result<Response, ServerError>,
        shared: &mut Shared,
    ) {
        let Some(question) = self.waiting.get_mut(&call) else {
            return;
        };
        let answer = match (ask, result) {
            (QuestionAsk::List, Ok(Response::Children { children, .. }))
                if matches!(question, Question::Strangers) =>
            {
                Ok(Answer::Strangers(Strangers::among(&children)))
            }
            (QuestionAsk::List, Err(ServerError::NoNode))
                if matches!(question, Question::Strangers) =>
            {
                Ok(Answer::Strangers(None))
            }
            (QuestionAsk::List, Ok(Response::Children { children, .. })) => {
                let found = members::candidates(&group.path, &children);
                if found.is_empty() {
                    Ok(Answer::Members(Vec::new()))
                } else {
                    let stats = MemberStats::new(BTreeMap::new(), found.len());
                    *question = Question::Members(Some(stats));
                    for (_, path) in found {
                        send(group, call, QuestionAsk::Count(path), shared);
                    }
                    return;
                }
            }
            (QuestionAsk::List, Err(ServerError::NoNode)) => Ok(Answer::Members(Vec::new())),
            (QuestionAsk::Count(path), result) => {
                let Question::Members(Some(stats)) = question else {
                    return;
                };
                stats.record(&path, result);
                if !stats.is_complete() {
                    return;
                }
                match stats.flaw() {
                    None => Ok(Answer::Members(stats.members())),
                    // A candidate that may not be read may be a member.
                    Some(flaw) if flaw.kind() == ErrorKind::NoAuth => Err(flaw),
                    Some(_) => {
                        self.retry(call, shared);
                        return;
                    }
                }
            }
            // It stands, and is watched.
            (QuestionAsk::End(_), Ok(_)) => {
                self.retries.remove(&call);
                return;
            }
            (QuestionAsk::End(_), Err(ServerError::NoNode)) => Ok(Answer::Removed(false)),
            (QuestionAsk::Look(path), result) => {
                let Question::Evict { token, asked, .. } = question else {
                    return;
                };
                match result {
                    Ok(Response::Stat(stat))
                        if stat.ephemeral_owner != 0
                            && Member::new(&path, stat.czxid).token == *token =>
                    {
                        *asked = true;
                        send(group, call, QuestionAsk::Delete(path), shared);
                        return;
                    }
                    Ok(_) | Err(ServerError::NoNode) => Ok(Answer::Removed(*asked)),
                    Err(ServerError::NoAuth) => Err(Error::unreadable(&path)),
                    Err(error) => Err(Error::from_server(error, "look at", &path)),
                }
            }
            (QuestionAsk::Delete(_), Ok(_)) => Ok(Answer::Removed(true)),
            // It went by itself meanwhile.
            (QuestionAsk::Delete(_), Err(ServerError::NoNode)) => Ok(Answer::Removed(false)),
            (QuestionAsk::Delete(path), Err(error @ ServerError::NoAuth)) => Err(Error::new(
                ErrorKind::NoAuth,
                format!(
                    "cannot delete {path}: {error}; DELETE permission on {} is needed",
                    group.path
                ),
            )),
            (QuestionAsk::Delete(path), Err(error)) => {
                Err(Error::from_server(error, "delete", &path))
            }
            (QuestionAsk::Read(_), Ok(Response::Data { data, .. })) => Ok(Answer::Data(Some(data))),
            (QuestionAsk::Read(_), Err(ServerError::NoNode)) => Ok(Answer::Data(None)),
            (QuestionAsk::List, Err(error)) => Err(Error::from_server(
                error,
                "list the members of",
                &group.path,
            )),
            (QuestionAsk::Read(path) | QuestionAsk::End(path), Err(ServerError::NoAuth)) => {
                Err(Error::unreadable(&path))
            }
            (QuestionAsk::Read(path) | QuestionAsk::End(path), Err(error)) => {
                Err(Error::from_server(error, "read", &path))
            }
            (QuestionAsk::List | QuestionAsk::Read(_), Ok(_)) => Err(Error::new(
                ErrorKind::Server,
                "the server answered another question",
            )),
        };
        self.waiting.remove(&call);
        self.retries.remove(&call);
        shared.out.done(call, answer);
    }
}

fn send(group: &Name, call: CallId, ask: QuestionAsk, shared: &mut Shared) {
    let request = ask.request(group);
    let ask = GroupAsk::Question(call, ask);
    shared.ask(Ask::Group(group.handle, ask), request);
}
