//! Our own znodes: each created once, never doubled by a lost reply, watched while it stands,
//! and never left behind.
//!
//! A create whose reply was lost has an unknown outcome. On the next connection of the same
//! session its seat is in doubt and looks before it creates: a write, then the ephemerals of this
//! session under the group's path; one that bears our label and payload is adopted, others that
//! no seat claims are ghosts and are deleted (CURATOR-264 and many more: a ghost is the oldest
//! member, and nobody serves under it). So at most one create is sent per session and
//! disturbance.
//!
//! An answer that decides nothing ([`verdict`](super::verdict)) is such a disturbance, though the
//! connection lives: after a pause the seat looks, then acts. A znode of ours that may not be read
//! is not taken for gone: it is *doubted*, no lease is renewed for it, and whether it may be read
//! again is asked at leisure.
//!
//! # States
//!
//! ```text
//!               ┌──────── found nothing of its own ────────┐
//!               ▼                                          │
//! Absent ──▶ Creating ── reply lost, or undecided ──▶ Doubt ──▶ Looking
//!               │                                       ▲         │ found it
//!               ├── the server is old ──▶ Named ────────┤         │
//!               │                           │      connection     │
//!               ▼                           ▼         lost        │
//!             Seated ◀──────────────────────┴─────────────────────┘
//!               │ released
//!               ▼
//!            Leaving ── deleted ──▶ (gone)
//! ```
//!
//! | in | what happens | then |
//! |---|---|---|
//! | `Absent` | a connection, or the end of a pause | `Creating` |
//! | `Creating` | the group's path is missing | `Creating` again, behind creates of the path |
//! | `Creating` | the server refuses | gone: `Refused` |
//! | `Creating`, `Named`, `Looking` | the connection is lost | `Doubt` |
//! | `Doubt` | a connection, or the end of a pause | `Looking` |
//! | `Looking` | another seat came into doubt meanwhile | `Looking` again, for both |
//! | `Named`, `Seated` | the znode is gone, or another session's | gone: `Evicted` |
//! | `Leaving` | a connection | `Leaving`: it looks before it deletes again |
//! | `Leaving` | the znode is gone | gone: `Left` |
//! | `Leaving` | it may not be deleted | gone: `Stuck` |
//! | any but `Absent`, not released | the session is over | gone: `SessionOver` |
//! | any, released | the session is over by a server's word | gone: `Left` |
//! | any, released | the session is over by our own clock | `Unburied`; gone once it is buried: `Left` |
//!
//! A seat that is released before it is `Seated` goes on until its outcome is known, and then leaves.

use super::Handle;
use super::again::Again;
use super::ask::Ask;
use super::error::{Error, ErrorKind};
use super::event::{ExpiredBy, Member};
use super::mutant::{self, Mutant};
use super::session::Session;
use super::shared::Shared;
use super::time::Time;
use super::watches::Watcher;
use crate::proto::path::{self, MemberName};
use crate::proto::{Acl, CreateMode, EventKind, MultiOp, Request, Response, ServerError, Stat, op};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How often a create may be refused when others keep deleting the group's path under it, or the
/// server's counter yields a name that exists.
const CREATE_REFUSALS_MAX: u32 = 8;

/// Names a seat. Numbers are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SeatId(u64);

/// What a seat asks of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SeatAsk {
    Ancestor(String),
    Create,
    Name(String),
    /// A look; its number tells answers to an abandoned one apart.
    Look(u32, Look),
    Verify,
    /// Whether an own znode may be read again.
    Check,
    /// Whether a znode that may not be read is ours.
    Own,
    Write,
    Delete,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Look {
    Flush,
    Ephemerals,
    Children,
    Suspect(String),
}

impl SeatAsk {
    /// What it does, for people.
    fn act(&self) -> &'static str {
        match self {
            Self::Ancestor(_) => "create",
            Self::Create => "create a member under",
            Self::Look(..) => "look for an own member under",
            Self::Name(_) | Self::Verify | Self::Check | Self::Own => "look at",
            Self::Write => "change the payload of",
            Self::Delete => "delete",
        }
    }
}

/// What a seat's owner is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SeatNews {
    /// The znode stands.
    Seated(Member),
    /// It cannot be created; the seat is gone.
    Refused(Error),
    /// The znode bears the payload that was last asked for.
    Written,
    /// Its payload may not be changed; it stays as it was.
    Unwritten(Error),
    /// It cannot go on for now, and tries again by itself; told once for each cause.
    Blocked(Error),
    /// It is not known any more that the znode is ours: no lease may be renewed for it.
    Doubted,
    /// It is known again.
    Trusted,
    /// Somebody else deleted it; the seat is gone.
    Evicted,
    /// Its session is over; the seat is gone.
    SessionOver,
    /// It was released and is gone.
    Left { by_us: bool },
    /// It was released but may not be deleted: it stands until the session ends.
    Stuck(Error),
}

#[derive(Debug)]
enum Stage {
    /// Nothing was sent.
    Absent,
    /// The create is in flight.
    Creating,
    /// Created by an older server; its stat is being read.
    Named(String),
    /// The create's reply was lost.
    Doubt,
    /// In doubt, and looking, for itself and for all seats in doubt under the same group.
    Looking {
        /// Those whose doubt it ends.
        covers: Vec<SeatId>,
        /// Whether what is looked at are the ephemerals of this session.
        ephemerals: bool,
        unread: usize,
        /// What this session owns there and no seat claims, with its payload.
        found: Vec<(Member, Option<Vec<u8>>)>,
    },
    Seated(Member),
    /// To be deleted; `asked` once a delete may have been carried out.
    Leaving {
        member: Member,
        asked: bool,
    },
    /// Released; goes with a session that is still to be buried.
    Unburied,
}

/// Whether a proof may name the znode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Whole,
    /// A proof's check has failed; a look says why.
    Doubted,
    /// It may not be read; only a check says when it may be again.
    Unread,
}

#[derive(Debug)]
struct Seat {
    owner: Handle,
    group: String,
    label: Option<String>,
    /// The payload that it is to have.
    data: Vec<u8>,
    /// The payload that the newest create carried.
    carried: Vec<u8>,
    /// The payload that it is known to have.
    standing: Option<Vec<u8>>,
    /// The payload of a write in flight.
    writing: Option<Vec<u8>>,
    stage: Stage,
    released: bool,
    /// How often a server has refused the create. Those that were lost do not count.
    refusals: u32,
    ancestor_error: Option<Error>,
    /// The newest attempt to create an ancestor was answered by an error that decides nothing.
    ancestor_doubt: Option<Error>,
    trust: Trust,
    /// The number of the newest look.
    look: u32,
    again: Again,
    /// The same for the payload.
    rewrite: Again,
}

impl Seat {
    fn new(owner: Handle, group: &str, label: Option<String>, data: &[u8]) -> Self {
        Self {
            owner,
            group: group.to_owned(),
            label,
            data: data.to_owned(),
            carried: Vec::new(),
            standing: None,
            writing: None,
            stage: Stage::Absent,
            released: false,
            refusals: 0,
            ancestor_error: None,
            ancestor_doubt: None,
            trust: Trust::Whole,
            look: 0,
            again: Again::default(),
            rewrite: Again::default(),
        }
    }
}

/// All own znodes of a client.
#[derive(Debug, Default)]
pub(crate) struct Seats {
    seats: BTreeMap<SeatId, Seat>,
    last: u64,
    news: VecDeque<(Handle, SeatId, SeatNews)>,
}

impl Seats {
    /// What owners must hear, in order.
    pub(crate) fn next_news(&mut self) -> Option<(Handle, SeatId, SeatNews)> {
        self.news.pop_front()
    }

    /// When [`tick`](Self::tick) must be called.
    pub(crate) fn deadline(&self) -> Option<Time> {
        let seats = self.seats.values();
        seats
            .flat_map(|seat| seat.again.at().into_iter().chain(seat.rewrite.at()))
            .min()
    }

    pub(crate) fn on_detached(&mut self) {
        for seat in self.seats.values_mut() {
            seat.again.cancel();
            seat.rewrite.cancel();
            if seat.writing.take().is_some() {
                seat.standing = None;
            }
            if matches!(
                seat.stage,
                Stage::Creating | Stage::Named(_) | Stage::Looking { .. }
            ) {
                seat.stage = Stage::Doubt;
            }
        }
    }

    /// Whether proofs may name this znode.
    pub(crate) fn is_trusted(&self, id: SeatId) -> bool {
        self.seats
            .get(&id)
            .is_some_and(|seat| seat.trust == Trust::Whole)
    }

    /// Whether it stands, and only its watch says that it still does.
    pub(crate) fn rests(&self, id: SeatId) -> bool {
        self.seats.get(&id).is_some_and(|seat| {
            matches!(seat.stage, Stage::Seated(_))
                && seat.trust == Trust::Whole
                && seat.again.at().is_none()
        })
    }

    /// Whose seat it is.
    pub(crate) fn owner(&self, id: SeatId) -> Option<Handle> {
        self.seats.get(&id).map(|seat| seat.owner)
    }

    fn doubt(&mut self, id: SeatId, trust: Trust) {
        if let Some(seat) = self.seats.get_mut(&id)
            && std::mem::replace(&mut seat.trust, trust) == Trust::Whole
        {
            self.news.push_back((seat.owner, id, SeatNews::Doubted));
        }
    }

    fn trust(&mut self, id: SeatId) {
        if let Some(seat) = self.seats.get_mut(&id) {
            seat.again.over();
            if std::mem::replace(&mut seat.trust, Trust::Whole) != Trust::Whole {
                self.news.push_back((seat.owner, id, SeatNews::Trusted));
            }
        }
    }

    pub(crate) fn contains(&self, id: SeatId) -> bool {
        self.seats.contains_key(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.seats.len()
    }

    fn add(&mut self, seat: Seat) -> SeatId {
        self.last += 1;
        let id = SeatId(self.last);
        self.seats.insert(id, seat);
        id
    }

    fn ids(&self) -> Vec<SeatId> {
        self.seats.keys().copied().collect()
    }

    fn say(&mut self, id: SeatId, news: bool, error: Error) {
        if let Some(seat) = self.seats.get(&id)
            && news
            && !seat.released
        {
            self.news
                .push_back((seat.owner, id, SeatNews::Blocked(error)));
        }
    }

    /// The seats whose doubt the looks of `looker` end: it, and those that wait for it.
    fn doubters(&self, looker: SeatId) -> Vec<SeatId> {
        let Some(group) = self.seats.get(&looker).map(|seat| &seat.group) else {
            return Vec::new();
        };
        let waits = |(id, seat): &(&SeatId, &Seat)| {
            seat.group == *group && (**id == looker || matches!(seat.stage, Stage::Doubt))
        };
        let doubters = self.seats.iter().filter(waits);
        doubters.map(|(id, _)| *id).collect()
    }

    /// The znodes that seats know to be theirs.
    fn claimed(&self) -> BTreeSet<&str> {
        self.seats
            .values()
            .filter_map(|seat| match &seat.stage {
                Stage::Seated(member) | Stage::Leaving { member, .. } => Some(member.path.as_str()),
                Stage::Named(path) => Some(path.as_str()),
                Stage::Absent
                | Stage::Creating
                | Stage::Doubt
                | Stage::Looking { .. }
                | Stage::Unburied => None,
            })
            .collect()
    }

    fn get(&self, id: SeatId) -> Option<&Seat> {
        self.seats.get(&id)
    }

    fn get_mut(&mut self, id: SeatId) -> Option<&mut Seat> {
        self.seats.get_mut(&id)
    }
}

/// A new seat under `group`; its create is sent now, or as soon as there is a session.
pub(crate) fn create(
    shared: &mut Shared,
    owner: Handle,
    group: &str,
    label: Option<&str>,
    data: &[u8],
) -> SeatId {
    let label = label.map(str::to_owned);
    let id = shared.seats.add(Seat::new(owner, group, label, data));
    if shared.attached() {
        send_create(shared, id);
    }
    id
}

/// Gives a seat up: [`SeatNews::Left`] or [`SeatNews::Stuck`] follows.
pub(crate) fn release(shared: &mut Shared, id: SeatId) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    seat.released = true;
    match &seat.stage {
        Stage::Absent => finish(shared, id, SeatNews::Left { by_us: false }),
        Stage::Seated(member) => {
            let member = member.clone();
            leave(shared, id, member);
        }
        Stage::Creating
        | Stage::Named(_)
        | Stage::Doubt
        | Stage::Looking { .. }
        | Stage::Leaving { .. }
        | Stage::Unburied => {}
    }
}

/// Changes the payload of a seat, now or as soon as its znode stands: [`SeatNews::Written`] or
/// [`SeatNews::Unwritten`] follows if it stands.
pub(crate) fn set_data(shared: &mut Shared, id: SeatId, data: &[u8]) {
    if let Some(seat) = shared.seats.get_mut(id) {
        data.clone_into(&mut seat.data);
        if matches!(seat.stage, Stage::Seated(_)) {
            write(shared, id);
        }
    }
}

pub(crate) fn on_attached(shared: &mut Shared) {
    let mut looking = BTreeSet::new();
    for id in shared.seats.ids() {
        let Some(seat) = shared.seats.get_mut(id) else {
            continue;
        };
        seat.again.cancel();
        seat.rewrite.cancel();
        match &seat.stage {
            Stage::Absent => send_create(shared, id),
            Stage::Doubt if mutant::on(Mutant::CreateAgain) => send_create(shared, id),
            Stage::Doubt => {
                if looking.insert(seat.group.clone()) {
                    look(shared, id);
                }
            }
            Stage::Seated(_) => {
                verify(shared, id, true);
                check(shared, id);
                if seat_is_behind(shared.seats.get(id)) {
                    write(shared, id);
                }
            }
            Stage::Leaving { asked: true, .. } if mutant::on(Mutant::DeleteOnce) => {
                finish(shared, id, SeatNews::Left { by_us: true });
            }
            // Whether an earlier delete was carried out is not known, and by now the path
            // may be a stranger's: look before deleting.
            Stage::Leaving { .. } => verify(shared, id, false),
            Stage::Creating | Stage::Named(_) | Stage::Looking { .. } | Stage::Unburied => {}
        }
    }
}

/// Tries again what a server has not decided, as far as it is time.
pub(crate) fn tick(shared: &mut Shared) {
    if !shared.attached() {
        return;
    }
    for id in shared.seats.ids() {
        let Some(seat) = shared.seats.get_mut(id) else {
            continue;
        };
        if seat.rewrite.take_due(shared.now) && matches!(seat.stage, Stage::Seated(_)) {
            // By now the path may be a stranger's, as after a reconnection.
            verify(shared, id, true);
            write(shared, id);
        }
        let Some(seat) = shared.seats.get_mut(id) else {
            continue;
        };
        if !seat.again.take_due(shared.now) {
            continue;
        }
        match &seat.stage {
            Stage::Absent => send_create(shared, id),
            Stage::Named(path) => {
                let path = path.clone();
                name(shared, id, path);
            }
            Stage::Doubt => {
                let group = seat.group.clone();
                let looks = |seat: &Seat| {
                    seat.group == group && matches!(seat.stage, Stage::Looking { .. })
                };
                // One that is under way is followed by another for who was not in doubt yet.
                if !shared.seats.seats.values().any(looks) {
                    look(shared, id);
                }
            }
            Stage::Seated(_) if seat.trust == Trust::Unread => check(shared, id),
            Stage::Seated(_) => verify(shared, id, true),
            Stage::Leaving { .. } => verify(shared, id, false),
            Stage::Creating | Stage::Looking { .. } | Stage::Unburied => {}
        }
    }
}

pub(crate) fn on_expired(shared: &mut Shared, by: ExpiredBy) {
    for id in shared.seats.ids() {
        let Some(seat) = shared.seats.get_mut(id) else {
            continue;
        };
        match (by, seat.released) {
            // Nothing of it was ever in the session that is over.
            (_, false) if matches!(seat.stage, Stage::Absent) => {}
            (ExpiredBy::LocalTimeout, true) => seat.stage = Stage::Unburied,
            (ExpiredBy::Server, true) => {
                finish(shared, id, SeatNews::Left { by_us: false });
            }
            (_, false) => finish(shared, id, SeatNews::SessionOver),
        }
    }
}

pub(crate) fn on_buried(shared: &mut Shared) {
    for id in shared.seats.ids() {
        if matches!(shared.seats.get(id), Some(seat) if matches!(seat.stage, Stage::Unburied)) {
            finish(shared, id, SeatNews::Left { by_us: false });
        }
    }
}

/// The session is closed, and every znode with it.
pub(crate) fn on_closed(shared: &mut Shared) {
    for id in shared.seats.ids() {
        finish(shared, id, SeatNews::Left { by_us: true });
    }
}

pub(crate) fn on_watch(shared: &mut Shared, id: SeatId, kind: EventKind) {
    let Some(seat) = shared.seats.get(id) else {
        return;
    };
    if !matches!(seat.stage, Stage::Seated(_)) {
        return;
    }
    match kind {
        EventKind::Deleted => finish(shared, id, SeatNews::Evicted),
        // "Changed" may also mean deleted and created again, by a stranger.
        EventKind::Created | EventKind::DataChanged | EventKind::ChildrenChanged => {
            verify(shared, id, true);
        }
    }
}

pub(crate) fn on_reply(
    shared: &mut Shared,
    id: SeatId,
    ask: SeatAsk,
    result: Result<Response, ServerError>,
) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    match ask {
        SeatAsk::Ancestor(path) => match result {
            Ok(_) | Err(ServerError::NodeExists) => {}
            Err(error) => {
                seat.ancestor_error = Some(Error::from_server(error, "create", &path));
            }
        },
        SeatAsk::Create => created(shared, id, result),
        SeatAsk::Name(path) => match (&seat.stage, result) {
            (Stage::Named(_), Ok(Response::Stat(stat)))
                if stat.ephemeral_owner == shared.session.id() =>
            {
                seated(shared, id, Member::new(&path, stat.czxid));
            }
            (Stage::Named(_), Err(error)) if error != ServerError::NoNode => {
                blocked(shared, id, Error::undecided(error, "look at", &path));
            }
            (Stage::Named(_), _) if seat.released => {
                finish(shared, id, SeatNews::Left { by_us: false });
            }
            (Stage::Named(_), _) => finish(shared, id, SeatNews::Evicted),
            _ => {}
        },
        SeatAsk::Look(number, look) => {
            if matches!(seat.stage, Stage::Looking { .. }) && seat.look == number {
                seen(shared, id, look, result);
            }
        }
        SeatAsk::Verify => verified(shared, id, result),
        SeatAsk::Check => checked(shared, id, result),
        SeatAsk::Own => {
            let Stage::Leaving { member, asked } = &seat.stage else {
                return;
            };
            let (member, by_us) = (member.clone(), *asked);
            let stands = match result {
                Ok(Response::Ephemerals(paths)) => paths.contains(&member.path),
                // The same group's znode, which is older than ours, never uses a name twice.
                Ok(Response::Children { children, stat }) => {
                    let born = Member::new(&seat.group, stat.czxid).token;
                    let own = path::basename(&member.path);
                    born < member.token && children.iter().any(|name| name == own)
                }
                Ok(_) | Err(ServerError::NoNode) => false,
                Err(ServerError::Unimplemented) => {
                    shared.session.lacks(op::GET_EPHEMERALS);
                    return;
                }
                Err(error) => {
                    let error = Error::undecided(error, "list the members of", &seat.group);
                    blocked(shared, id, error);
                    return;
                }
            };
            if stands {
                leave(shared, id, member);
            } else {
                finish(shared, id, SeatNews::Left { by_us });
            }
        }
        SeatAsk::Write => wrote(shared, id, result),
        SeatAsk::Delete => {
            let Stage::Leaving { member, .. } = &seat.stage else {
                return;
            };
            let news = match result {
                Ok(_) => SeatNews::Left { by_us: true },
                Err(ServerError::NoNode) => SeatNews::Left { by_us: false },
                Err(error) => SeatNews::Stuck(Error::from_server(error, "delete", &member.path)),
            };
            finish(shared, id, news);
        }
    }
}

/// An answer that decides nothing. What was asked may have been done, or not: after a pause the
/// seat looks, then goes on.
pub(crate) fn on_undecided(shared: &mut Shared, id: SeatId, ask: &SeatAsk, error: ServerError) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    let own = match &seat.stage {
        Stage::Seated(member) | Stage::Leaving { member, .. } => Some(member.path.clone()),
        _ => None,
    };
    let asked = own.as_deref().unwrap_or(&seat.group);
    match (ask, &seat.stage) {
        (SeatAsk::Ancestor(path), _) => {
            // The create behind it tells whether the ancestor was missing.
            seat.ancestor_doubt = Some(Error::undecided(error, ask.act(), path));
        }
        (SeatAsk::Create, Stage::Creating) => {
            let error = Error::undecided(error, ask.act(), asked);
            seat.stage = Stage::Doubt;
            blocked(shared, id, error);
        }
        (SeatAsk::Look(number, _), Stage::Looking { .. }) if seat.look == *number => {
            let error = Error::undecided(error, ask.act(), asked);
            seat.stage = Stage::Doubt;
            blocked(shared, id, error);
        }
        (SeatAsk::Write, Stage::Seated(_)) => {
            seat.writing = None;
            seat.standing = None;
            seat.rewrite.soon(shared.now, shared.session.timeout());
            let error = Error::undecided(error, ask.act(), asked);
            let news = seat.rewrite.is_news(&error);
            shared.seats.say(id, news, error);
        }
        (SeatAsk::Name(path), Stage::Named(_)) => {
            let error = Error::undecided(error, ask.act(), path);
            blocked(shared, id, error);
        }
        (SeatAsk::Verify, Stage::Seated(_) | Stage::Leaving { .. })
        | (SeatAsk::Check, Stage::Seated(_))
        | (SeatAsk::Own | SeatAsk::Delete, Stage::Leaving { .. }) => {
            let error = Error::undecided(error, ask.act(), asked);
            blocked(shared, id, error);
        }
        _ => {}
    }
}

/// Waits, and says why.
fn blocked(shared: &mut Shared, id: SeatId, error: Error) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    // A leader may not have time to wait at leisure.
    seat.again.soon(shared.now, shared.session.timeout());
    let news = seat.again.is_news(&error);
    shared.seats.say(id, news, error);
}

/// Something says that this znode may be gone.
pub(crate) fn look_again(shared: &mut Shared, id: SeatId) {
    verify(shared, id, true);
}

/// The check of this znode has made a proof fail: until it is known to be ours, proofs do
/// without it, and its lease is not renewed.
pub(crate) fn on_failed_check(shared: &mut Shared, id: SeatId, error: ServerError) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    if !matches!(seat.stage, Stage::Seated(_)) {
        return;
    }
    if error == ServerError::NoAuth {
        unread(shared, id);
        return;
    }
    shared.seats.doubt(id, Trust::Doubted);
    verify(shared, id, true);
}

/// The own znode may not be read: no event of it comes, and no proof can name it.
fn unread(shared: &mut Shared, id: SeatId) {
    shared.seats.doubt(id, Trust::Unread);
    if let Some(Seat {
        stage: Stage::Seated(member),
        ..
    }) = shared.seats.get(id)
    {
        let error = Error::unreadable(&member.path);
        blocked(shared, id, error);
    }
}

/// Asks whether the own znode may be read again. Servers differ in what else needs READ; a check
/// always does.
fn check(shared: &mut Shared, id: SeatId) {
    if let Some(Seat {
        stage: Stage::Seated(member),
        trust: Trust::Unread,
        ..
    }) = shared.seats.get(id)
    {
        let check = MultiOp::Check {
            path: member.path.clone(),
            version: -1,
        };
        let request = Request::Multi { ops: vec![check] };
        shared.ask(Ask::Seat(id, SeatAsk::Check), request);
    }
}

fn checked(shared: &mut Shared, id: SeatId, result: Result<Response, ServerError>) {
    match shared.seats.get(id) {
        Some(seat) if matches!(seat.stage, Stage::Seated(_)) => {}
        _ => return,
    }
    let Ok(Response::Multi(outcomes)) = result else {
        return;
    };
    match outcomes.into_iter().find_map(Result::err) {
        None => shared.seats.trust(id),
        Some(ServerError::NoAuth) => unread(shared, id),
        Some(ServerError::NoNode) => verify(shared, id, true),
        Some(error) => on_undecided(shared, id, &SeatAsk::Check, error),
    }
}

fn finish(shared: &mut Shared, id: SeatId, news: SeatNews) {
    shared.watches.forget(Watcher::Seat(id));
    if let Some(seat) = shared.seats.seats.remove(&id) {
        shared.seats.news.push_back((seat.owner, id, news));
    }
}

fn send_create(shared: &mut Shared, id: SeatId) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    seat.stage = Stage::Creating;
    seat.carried.clone_from(&seat.data);
    let path = MemberName::prefix(&seat.group, seat.label.as_deref());
    let mode = CreateMode::EphemeralSequential;
    let request = create_request(&shared.session, path, seat.data.clone(), mode);
    shared.ask(Ask::Seat(id, SeatAsk::Create), request);
}

/// Creates what is missing of the group's path, and the znode again behind it. Whether an
/// ancestor is missing or may not be created, only the last create can tell: an ancestor
/// that exists under a parent that we may not write to is refused, and no harm.
fn send_ancestors(shared: &mut Shared, id: SeatId) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    seat.ancestor_error = None;
    seat.ancestor_doubt = None;
    let mut ancestors = vec![seat.group.as_str()];
    while let Some(parent) = ancestors.last().and_then(|path| path::parent(path)) {
        ancestors.push(parent);
    }
    for ancestor in ancestors.into_iter().rev().filter(|path| *path != "/") {
        let path = ancestor.to_owned();
        let request = create_request(&shared.session, path, Vec::new(), CreateMode::Persistent);
        shared.session.ask(
            Ask::Seat(id, SeatAsk::Ancestor(ancestor.to_owned())),
            request,
        );
    }
    send_create(shared, id);
}

fn created(shared: &mut Shared, id: SeatId, result: Result<Response, ServerError>) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    if !matches!(seat.stage, Stage::Creating) {
        return;
    }
    if let Err(ServerError::NoNode | ServerError::NodeExists) = result {
        seat.refusals += 1;
    }
    let error = match result {
        Ok(Response::Created { path, stat }) => {
            seated(shared, id, Member::new(&path, stat.czxid));
            return;
        }
        // An older server tells no stat: only a look says which birth this is.
        Ok(Response::Path(path)) => {
            seat.stage = Stage::Named(path.clone());
            name(shared, id, path);
            return;
        }
        Ok(_) => Error::new(ErrorKind::Server, "the server answered a create oddly"),
        Err(ServerError::Unimplemented) if shared.session.may_know(op::CREATE2) => {
            // It was not carried out. The server closes now; the next connection asks in
            // the old way.
            shared.session.lacks(op::CREATE2);
            seat.stage = Stage::Absent;
            return;
        }
        Err(ServerError::NoNode) if seat.ancestor_doubt.is_some() && !seat.released => {
            seat.refusals -= 1;
            seat.stage = Stage::Absent;
            // What was said of its children says nothing either.
            seat.ancestor_error = None;
            if let Some(error) = seat.ancestor_doubt.take() {
                blocked(shared, id, error);
            }
            return;
        }
        Err(ServerError::NoNode) => {
            if seat.ancestor_error.is_none()
                && !(mutant::on(Mutant::PathMissing) && id.0 > 1)
                && seat.refusals < CREATE_REFUSALS_MAX
            {
                if seat.released {
                    finish(shared, id, SeatNews::Left { by_us: false });
                } else {
                    send_ancestors(shared, id);
                }
                return;
            }
            seat.ancestor_error.take().unwrap_or_else(|| {
                Error::from_server(ServerError::NoNode, "create a member under", &seat.group)
            })
        }
        Err(ServerError::NodeExists) if seat.refusals < CREATE_REFUSALS_MAX && !seat.released => {
            send_create(shared, id);
            return;
        }
        Err(ServerError::NoAuth) => Error::new(
            ErrorKind::NoAuth,
            format!(
                "cannot create a member under {0}: {1}; CREATE permission on {0} is needed",
                seat.group,
                ServerError::NoAuth
            ),
        ),
        Err(ServerError::NodeExists) => Error::new(
            ErrorKind::Server,
            format!(
                "cannot create a member under {0}: the server has no more numbers for its \
                 members and repeats {1}; another label makes another name, or delete {0} once \
                 it is empty",
                seat.group,
                i32::MAX
            ),
        ),
        Err(error) => Error::from_server(error, "create a member under", &seat.group),
    };
    let news = if seat.released {
        SeatNews::Left { by_us: false }
    } else {
        SeatNews::Refused(error)
    };
    finish(shared, id, news);
}

/// Asks which birth the znode is that an older server has created.
fn name(shared: &mut Shared, id: SeatId, path: String) {
    let ask = Ask::Seat(id, SeatAsk::Name(path.clone()));
    shared.ask(ask, Request::Exists { path, watch: true });
}

/// The znode stands; the watch on it is armed next, by a read that proves it ours.
fn seated(shared: &mut Shared, id: SeatId, member: Member) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    seat.refusals = 0;
    seat.trust = Trust::Whole;
    seat.again.over();
    if seat.released {
        leave(shared, id, member);
        return;
    }
    seat.standing = Some(seat.carried.clone());
    seat.stage = Stage::Seated(member.clone());
    let owner = seat.owner;
    shared
        .seats
        .news
        .push_back((owner, id, SeatNews::Seated(member)));
    verify(shared, id, true);
    if seat_is_behind(shared.seats.get(id)) {
        write(shared, id);
    } else {
        // Who asked for a payload before the create was sent waits for this.
        shared.seats.news.push_back((owner, id, SeatNews::Written));
    }
}

/// Writes the payload, one write at a time.
fn write(shared: &mut Shared, id: SeatId) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    let Stage::Seated(member) = &seat.stage else {
        return;
    };
    if seat.writing.is_some() || !shared.session.attached() {
        return;
    }
    let request = Request::SetData {
        path: member.path.clone(),
        data: seat.data.clone(),
        version: -1,
    };
    seat.writing = Some(seat.data.clone());
    shared.ask(Ask::Seat(id, SeatAsk::Write), request);
}

fn wrote(shared: &mut Shared, id: SeatId, result: Result<Response, ServerError>) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    let (Stage::Seated(member), Some(written)) = (&seat.stage, seat.writing.take()) else {
        return;
    };
    let news = match result {
        Ok(_) => {
            seat.rewrite.over();
            seat.standing = Some(written);
            if seat_is_behind(Some(seat)) {
                write(shared, id);
                return;
            }
            SeatNews::Written
        }
        // The watch on it will say so.
        Err(ServerError::NoNode) => return,
        Err(error) => {
            seat.data = seat.standing.clone().unwrap_or_default();
            SeatNews::Unwritten(Error::from_server(
                error,
                "change the payload of",
                &member.path,
            ))
        }
    };
    let owner = seat.owner;
    shared.seats.news.push_back((owner, id, news));
}

fn verify(shared: &mut Shared, id: SeatId, watch: bool) {
    let watch = watch && !mutant::on(Mutant::OwnUnwatched) && !mutant::on(Mutant::FailedProof);
    if let Some(Seat {
        stage: Stage::Seated(member) | Stage::Leaving { member, .. },
        ..
    }) = shared.seats.get(id)
    {
        let request = Request::Exists {
            path: member.path.clone(),
            watch,
        };
        shared.ask(Ask::Seat(id, SeatAsk::Verify), request);
    }
}

fn verified(shared: &mut Shared, id: SeatId, result: Result<Response, ServerError>) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    let session = shared.session.id();
    let ours = |member: &Member, stat: Stat| {
        (stat.ephemeral_owner == session || mutant::on(Mutant::AnyOwner))
            // Where it may not be read, its birth is not known.
            && (member.token == 0 || Member::new(&member.path, stat.czxid) == *member)
    };
    match (&seat.stage, result) {
        // Some servers show a stat to whoever may not read, and send no events.
        (Stage::Seated(member), Ok(Response::Stat(stat)))
            if ours(member, stat) && seat.trust == Trust::Unread => {}
        (Stage::Seated(member), Ok(Response::Stat(stat))) if ours(member, stat) => {
            shared.seats.trust(id);
        }
        (Stage::Seated(_), Ok(_) | Err(ServerError::NoNode)) => {
            finish(shared, id, SeatNews::Evicted);
        }
        (Stage::Seated(_), Err(ServerError::NoAuth)) => unread(shared, id),
        (Stage::Leaving { member, .. }, Ok(Response::Stat(stat))) if ours(member, stat) => {
            let member = member.clone();
            leave(shared, id, member);
        }
        (Stage::Leaving { asked, .. }, Ok(_) | Err(ServerError::NoNode)) => {
            let by_us = *asked;
            finish(shared, id, SeatNews::Left { by_us });
        }
        (Stage::Leaving { member, .. }, Err(ServerError::NoAuth)) => {
            let request = if shared.session.may_know(op::GET_EPHEMERALS) {
                let prefix = member.path.clone();
                Request::GetEphemerals { prefix }
            } else {
                Request::GetChildren2 {
                    path: seat.group.clone(),
                    watch: false,
                }
            };
            shared.ask(Ask::Seat(id, SeatAsk::Own), request);
        }
        (Stage::Seated(_) | Stage::Leaving { .. }, Err(error)) => {
            on_undecided(shared, id, &SeatAsk::Verify, error);
        }
        _ => {}
    }
}

fn leave(shared: &mut Shared, id: SeatId, member: Member) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    let asked = shared.session.attached();
    if asked {
        let request = Request::Delete {
            path: member.path.clone(),
            version: -1,
        };
        shared.session.ask(Ask::Seat(id, SeatAsk::Delete), request);
    }
    seat.stage = Stage::Leaving { member, asked };
}

fn look(shared: &mut Shared, id: SeatId) {
    let covers = shared.seats.doubters(id);
    let ephemerals = shared.session.may_know(op::GET_EPHEMERALS);
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    seat.again.cancel();
    seat.look = seat.look.wrapping_add(1);
    seat.stage = Stage::Looking {
        covers,
        ephemerals,
        unread: 0,
        found: Vec::new(),
    };
    let number = seat.look;
    // The create may still be on its way to a majority: what we own is only known behind a write
    // of our own. (A `sync` does not wait for that where we are attached to ZooKeeper's leader.)
    // Whether the check succeeds does not matter, only that it was carried out.
    let group = seat.group.clone();
    let check = MultiOp::Check {
        path: group.clone(),
        version: -1,
    };
    let write = Request::Multi { ops: vec![check] };
    shared.ask(Ask::Seat(id, SeatAsk::Look(number, Look::Flush)), write);
    if ephemerals {
        let prefix = path::child(&group, "");
        shared.ask(
            Ask::Seat(id, SeatAsk::Look(number, Look::Ephemerals)),
            Request::GetEphemerals { prefix },
        );
    } else {
        look_at_children(shared, id);
    }
}

/// An answer to the present look.
fn seen(shared: &mut Shared, id: SeatId, look: Look, result: Result<Response, ServerError>) {
    let Some(seat) = shared.seats.get_mut(id) else {
        return;
    };
    match (look, result) {
        (Look::Flush, _) => {}
        (Look::Ephemerals, Ok(Response::Ephemerals(paths))) => suspect(shared, id, paths),
        (Look::Ephemerals, Err(ServerError::Unimplemented)) => {
            shared.session.lacks(op::GET_EPHEMERALS);
            look_at_children(shared, id);
        }
        (Look::Children, Ok(Response::Children { children, .. })) => {
            let group = seat.group.clone();
            let paths = children.iter().map(|name| path::child(&group, name));
            suspect(shared, id, paths.collect());
        }
        (Look::Children, Err(ServerError::NoNode)) => suspect(shared, id, Vec::new()),
        (Look::Suspect(path), result) => questioned(shared, id, &path, result),
        // What we own there is not known: nothing may be created yet.
        (ask @ (Look::Ephemerals | Look::Children), result) => {
            let error = result.err().unwrap_or(ServerError::Other(0));
            let ask = SeatAsk::Look(seat.look, ask);
            on_undecided(shared, id, &ask, error);
        }
    }
}

fn look_at_children(shared: &mut Shared, id: SeatId) {
    if let Some(seat) = shared.seats.get_mut(id) {
        if let Stage::Looking { ephemerals, .. } = &mut seat.stage {
            *ephemerals = false;
        }
        let request = Request::GetChildren2 {
            path: seat.group.clone(),
            watch: false,
        };
        let ask = SeatAsk::Look(seat.look, Look::Children);
        shared.ask(Ask::Seat(id, ask), request);
    }
}

/// Reads every child that may be what a lost create made.
fn suspect(shared: &mut Shared, id: SeatId, paths: Vec<String>) {
    let Some(seat) = shared.seats.get(id) else {
        return;
    };
    let doubters = shared.seats.doubters(id);
    let labels: BTreeSet<&Option<String>> = doubters
        .iter()
        .filter_map(|id| Some(&shared.seats.get(*id)?.label))
        .collect();
    let claimed = shared.seats.claimed();
    let suspects: Vec<String> = paths
        .into_iter()
        .filter(|path| {
            path::parent(path) == Some(seat.group.as_str())
                && MemberName::parse(path::basename(path))
                    .is_some_and(|name| labels.contains(&name.label))
                && !claimed.contains(path.as_str())
        })
        .collect();
    if let Some(Seat {
        stage: Stage::Looking { unread, .. },
        ..
    }) = shared.seats.get_mut(id)
    {
        *unread = suspects.len();
    }
    if suspects.is_empty() {
        decide(shared, id);
        return;
    }
    let number = shared.seats.get(id).map_or(0, |seat| seat.look);
    for path in suspects {
        let ask = Ask::Seat(id, SeatAsk::Look(number, Look::Suspect(path.clone())));
        shared.ask(ask, Request::GetData { path, watch: false });
    }
}

fn questioned(shared: &mut Shared, id: SeatId, path: &str, result: Result<Response, ServerError>) {
    let session = shared.session.id();
    let Some(Seat {
        stage:
            Stage::Looking {
                ephemerals,
                unread,
                found,
                ..
            },
        ..
    }) = shared.seats.get_mut(id)
    else {
        return;
    };
    *unread = unread.saturating_sub(1);
    let done = *unread == 0;
    match result {
        Ok(Response::Data { data, stat })
            if stat.ephemeral_owner == session || mutant::on(Mutant::AnyOwner) =>
        {
            found.push((Member::new(path, stat.czxid), Some(data)));
        }
        // Ours, by the server's word, and of no use: it cannot be proved.
        Err(ServerError::NoAuth) if *ephemerals => found.push((Member::new(path, 0), None)),
        // Gone, or a stranger's.
        Ok(_) | Err(_) => {}
    }
    if done {
        decide(shared, id);
    }
}

/// All suspects are known: each seat in doubt adopts one that bears its label and payload, or
/// creates after all; what nobody adopts is a ghost and is deleted.
fn decide(shared: &mut Shared, looker: SeatId) {
    let doubters = shared.seats.doubters(looker);
    let Some(seat) = shared.seats.get_mut(looker) else {
        return;
    };
    let Stage::Looking { found, covers, .. } = std::mem::replace(&mut seat.stage, Stage::Doubt)
    else {
        return;
    };
    // A seat that came into doubt meanwhile may own what was found, and something that was not.
    if doubters.iter().any(|id| !covers.contains(id)) {
        look(shared, looker);
        return;
    }
    let Some(seat) = shared.seats.get(looker) else {
        return;
    };
    let group = seat.group.clone();
    let claimed = shared.seats.claimed();
    let mut free: Vec<(Member, Option<Vec<u8>>)> = found
        .into_iter()
        .filter(|(member, _)| !claimed.contains(member.path.as_str()))
        .collect();
    for id in doubters {
        let Some(seat) = shared.seats.get(id) else {
            continue;
        };
        let mine = free.iter().position(|(member, data)| {
            member.label == seat.label && data.as_ref() == Some(&seat.carried)
        });
        match mine {
            Some(at) => {
                let (member, _) = free.remove(at);
                seated(shared, id, member);
            }
            None if seat.released => finish(shared, id, SeatNews::Left { by_us: false }),
            None => send_create(shared, id),
        }
    }
    for (ghost, _) in free {
        let label = ghost.label.clone();
        let mut seat = Seat::new(super::SESSION, &group, label, &[]);
        seat.released = true;
        let id = shared.seats.add(seat);
        leave(shared, id, ghost);
    }
}

/// Whether the znode does not bear the payload that it is to have.
fn seat_is_behind(seat: Option<&Seat>) -> bool {
    seat.is_some_and(|seat| seat.standing.as_ref() != Some(&seat.data))
}

fn create_request(
    session: &Session<Ask>,
    path: String,
    data: Vec<u8>,
    mode: CreateMode,
) -> Request {
    let acl = if session.authenticated() {
        Acl::world_read_creator_all()
    } else {
        Acl::open()
    };
    if session.may_know(op::CREATE2) {
        Request::Create2 {
            path,
            data,
            acl,
            mode,
        }
    } else {
        Request::Create {
            path,
            data,
            acl,
            mode,
        }
    }
}
