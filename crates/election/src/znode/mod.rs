//! The client's own znodes: each is created once, never doubled by a lost reply, watched while it stands,
//! and never left behind.
//!
//! A create whose reply was lost has an unknown outcome. On the next connection of the same session its
//! znode is in doubt, and the own znode looks before it creates: it sends a write, then lists the
//! ephemerals of this session under the group's path. It adopts one that has its label and payload;
//! others that no own znode claims are ghosts, and it deletes them (CURATOR-264 and many more: a ghost is
//! the oldest member, and no program serves as that member). So at most one create is sent per session
//! and disturbance. A look that finds nothing is not the last: such a create can be carried out later, so
//! the client looks at the group again, at intervals that grow ([`late`]).
//!
//! An answer that decides nothing ([`verdict`](tenure_session::verdict)) is such a disturbance, although
//! the connection lives: after a pause the own znode looks, then acts. An own znode that may not be read
//! does not count as gone: it is *doubted*, no lease is renewed for it, and the client asks each T/3
//! whether it may be read again.
//!
//! An own znode is only an entry of a table, so its operations are functions that take [`Shared`] and its
//! number.
//!
//! # States
//!
//! ```text
//!               ┌─────────── found nothing of its own ────────────┐
//!               ▼                                                 │
//! Absent ──▶ Creating ── reply lost, or undecided ──▶ Doubt ──▶ Looking
//!               │                                       ▲         │ found it
//!               ├── the server is old ──▶ Named ────────┤         │
//!               │                           │      connection     │
//!               ▼                           ▼         lost        │
//!            Standing ◀─────────────────────┴─────────────────────┘
//!               │ released
//!               ▼
//!            Leaving ── deleted ──▶ (gone)
//! ```
//!
//! | in | event | then | code |
//! |---|---|---|---|
//! | `Absent` | a connection, or the end of a pause | `Creating` | `create` |
//! | `Creating` | the group's path is missing | `Creating` again, behind creates of the path | `create` |
//! | `Creating` | the server refuses | gone: `Refused` | `create` |
//! | `Creating`, `Named`, `Looking` | the connection is lost | `Doubt` | |
//! | `Doubt` | a connection, or the end of a pause | `Looking` | `adopt` |
//! | `Looking` | another own znode came into doubt meanwhile | `Looking` again, for both | `adopt` |
//! | `Looking` | it found nothing for a create that was lost | as above, and the client adds one: `Late` | `late` |
//! | `Late` | the next look is due | `Looking`; then `Late` again, or gone after the last look | `late` |
//! | `Named`, `Standing` | the znode is gone, or another session's | gone: `Evicted` | `verify` |
//! | `Leaving` | a connection | `Leaving`: it looks before it deletes again | `leave` |
//! | `Leaving` | the znode is gone | gone: `Left` | `leave` |
//! | `Leaving` | it may not be deleted | gone: `Stuck` | `leave` |
//! | any but `Absent`, not released | the session is over | gone: `SessionOver` | |
//! | any, released | a server reports that the session is over | gone: `Left` | |
//! | any, released | the session is over by the client's own clock | `Unburied`; gone once it is buried: `Left` | |
//!
//! An own znode that is released before it is `Standing` goes on until its outcome is known, and then
//! leaves.

mod adopt;
mod ask;
mod create;
mod late;
mod leave;
mod table;
mod verify;
mod write;

pub(crate) use ask::{Look, ZnodeAsk, on_reply, on_undecided};
pub(crate) use create::create;
pub use leave::{Farewell, Will};
pub(crate) use leave::{release, set_farewell};
pub(crate) use verify::{look_again, on_failed_check};
pub(crate) use write::set_data;

use super::again::Again;
use super::error::Error;
use super::event::Member;
use super::shared::Shared;
use super::watches::Watcher;
use super::{Handle, SESSION, ServerKind};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use table::Table;
use tenure_proto::EventKind;
use tenure_session::{ExpiredBy, Time};

/// Names an own znode. Numbers are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ZnodeId(u64);

impl ZnodeId {
    /// Below every number that is given.
    pub(crate) const FIRST: Self = Self(0);
    /// Above every number that is given.
    const LAST: Self = Self(u64::MAX);
}

/// A report to the owner of an own znode.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ZnodeNews {
    /// The znode stands.
    Stands(Member),
    /// It cannot be created, and is given up.
    Refused(Error),
    /// The znode has the newest requested payload.
    Written,
    /// Its payload may not be changed; it stays as it was.
    Unwritten(Error),
    /// It cannot go on for now, and tries again by itself; reported once for each cause.
    Blocked(Error),
    /// It is no longer known that the znode is the client's: no lease may be renewed for it.
    Doubted,
    /// It is known again.
    Trusted,
    /// Another party deleted it.
    Evicted,
    /// Its session is over, and it is gone.
    SessionOver,
    /// It was released and is gone.
    Left { by_us: bool },
    /// It was released but may not be deleted: it stands until the session ends.
    Stuck(Error),
}

#[derive(Debug)]
enum State {
    /// Nothing was sent.
    Absent,
    /// The create is in flight.
    Creating,
    /// Created by an older server; its stat is being read.
    Named(String),
    /// The create's reply was lost.
    Doubt,
    /// In doubt; it looks, for itself and for all others in doubt under the same group.
    Looking {
        /// The own znodes whose doubt the look ends.
        covers: Vec<ZnodeId>,
        /// Whether the look lists the ephemerals of this session.
        ephemerals: bool,
        unread: usize,
        /// The znodes under the group that this session owns and no own znode claims, with their
        /// payloads.
        found: Vec<(Member, Option<Vec<u8>>)>,
    },
    Standing(Member),
    /// A create that no look has found may still be carried out: the next look is due at a time.
    /// Only those are in it that the client itself owns.
    Late,
    /// To be deleted; `asked` once a delete may have been carried out.
    Leaving {
        member: Member,
        asked: bool,
    },
    /// Released; it goes with a session that the client has still to bury.
    Unburied,
}

/// Whether a proof may name the znode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Whole,
    /// A proof's check has failed; a look finds the reason.
    Doubted,
    /// It may not be read; only a check shows when it may be read again.
    Unread,
}

/// What the present connection has shown of a znode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Nothing, or something has happened to it since: the znode at its path may be another client's.
    Lost,
    /// It was created, or found, and is the own one.
    Shown,
    /// The same, and a watch tells of every change.
    Watched,
}

#[derive(Debug)]
struct OwnZnode {
    owner: Handle,
    group: Arc<str>,
    label: Option<String>,
    /// The requested payload.
    data: Vec<u8>,
    /// The payload that the newest create carried.
    carried: Vec<u8>,
    /// The payload that it certainly has.
    written: Option<Vec<u8>>,
    /// The payload of a write in flight.
    writing: Option<Vec<u8>>,
    /// The version of its data that its create or the newest write made, if that is known.
    version: Option<i32>,
    state: State,
    released: bool,
    /// The newest create was in flight when its connection ended.
    lost: bool,
    /// How many looks have not found it since, if it belongs to the client itself.
    looks: u32,
    /// How often a server has refused the create. Lost creates do not count.
    refusals: u32,
    ancestor_error: Option<Error>,
    /// The error that decides nothing with which a server answered the newest attempt to create an
    /// ancestor.
    ancestor_doubt: Option<Error>,
    trust: Trust,
    /// The session that has it.
    session: i64,
    sight: Sight,
    /// The mark that its deletion leaves.
    farewell: Option<Farewell>,
    /// The number of the newest look.
    look: u32,
    again: Again,
    /// The same for the payload.
    rewrite: Again,
}

impl OwnZnode {
    fn new(owner: Handle, group: &str, label: Option<String>, data: &[u8]) -> Self {
        Self {
            owner,
            group: group.into(),
            label,
            data: data.to_owned(),
            carried: Vec::new(),
            written: None,
            writing: None,
            version: None,
            state: State::Absent,
            released: false,
            lost: false,
            looks: 0,
            refusals: 0,
            ancestor_error: None,
            ancestor_doubt: None,
            trust: Trust::Whole,
            session: 0,
            sight: Sight::Lost,
            farewell: None,
            look: 0,
            again: Again::default(),
            rewrite: Again::default(),
        }
    }

    /// Whether the znode does not have the requested payload.
    fn is_behind(&self) -> bool {
        self.written.as_ref() != Some(&self.data)
    }

    /// Whether it was shown to be the own one on the present connection, and a change of it would have been
    /// told since.
    fn is_watched(&self) -> bool {
        self.is_shown() && self.sight == Sight::Watched
    }

    /// Whether it was shown to be the own one on the present connection, and nothing has told of a change since.
    fn is_shown(&self) -> bool {
        matches!(self.state, State::Standing(_))
            && self.trust == Trust::Whole
            && self.sight != Sight::Lost
    }
}

/// All own znodes of a client.
#[derive(Debug, Default)]
pub(crate) struct OwnZnodes {
    all: Table,
    news: VecDeque<(Handle, ZnodeId, ZnodeNews)>,
    /// How many belong to the client itself.
    of_client: usize,
    /// Those whose deletion leaves a mark.
    with_farewell: BTreeSet<ZnodeId>,
    /// How often one has stood up, has gone, or has got another mark.
    changes: u64,
    /// The same, of those whose deletion leaves a mark.
    farewell_changes: u64,
}

impl OwnZnodes {
    /// Whether none is left, not even one that belongs to the client itself.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.len() == 0
    }

    /// The next report to an owner, in order.
    pub(crate) fn next_news(&mut self) -> Option<(Handle, ZnodeId, ZnodeNews)> {
        self.news.pop_front()
    }

    /// When [`tick`] must be called.
    pub(crate) fn deadline(&mut self) -> Option<Time> {
        self.all.due_at()
    }

    pub(crate) fn on_detached(&mut self) {
        for id in self.all.ids() {
            let Some(znode) = self.all.get_mut(id) else {
                continue;
            };
            if matches!(znode.state, State::Late) {
                continue;
            }
            znode.again.cancel();
            znode.rewrite.cancel();
            znode.sight = Sight::Lost;
            znode.lose_write();
            znode.lost |= matches!(znode.state, State::Creating);
            if matches!(
                znode.state,
                State::Creating | State::Named(_) | State::Looking { .. }
            ) {
                znode.state = State::Doubt;
            }
        }
    }

    /// Whether it stands, and only its watch shows that it still does.
    pub(crate) fn rests(&self, id: ZnodeId) -> bool {
        self.all.get(id).is_some_and(|znode| {
            matches!(znode.state, State::Standing(_))
                && znode.trust == Trust::Whole
                && znode.again.at().is_none()
        })
    }

    /// See [`OwnZnode::is_watched`].
    pub(crate) fn is_watched(&self, id: ZnodeId) -> bool {
        self.get(id).is_some_and(OwnZnode::is_watched)
    }

    /// Whether its deletion leaves a mark, which the end of its session does not.
    pub(crate) fn leaves_mark(&self, id: ZnodeId) -> bool {
        self.all
            .get(id)
            .is_some_and(|znode| znode.farewell.is_some())
    }

    /// The machine that owns it.
    pub(crate) fn owner(&self, id: ZnodeId) -> Option<Handle> {
        self.all.get(id).map(|znode| znode.owner)
    }

    /// Whether it belongs to no machine, but to the client itself.
    fn is_of_client(&self, id: ZnodeId) -> bool {
        self.owner(id) == Some(SESSION)
    }

    fn are_of_client(&self, ids: &[ZnodeId]) -> bool {
        ids.iter().all(|id| self.is_of_client(*id))
    }

    pub(crate) fn contains(&self, id: ZnodeId) -> bool {
        self.all.contains(id)
    }

    /// How many belong to a machine: the client's own, which follow lost creates, come and go with time.
    pub(crate) fn len(&self) -> usize {
        self.all.len() - self.of_client
    }

    fn add(&mut self, znode: OwnZnode) -> ZnodeId {
        self.of_client += usize::from(znode.owner == SESSION);
        let has_farewell = znode.farewell.is_some();
        let id = self.all.add(znode);
        if has_farewell {
            self.on_farewell(id);
        }
        id
    }

    fn remove(&mut self, id: ZnodeId) -> Option<OwnZnode> {
        let znode = self.all.remove(id)?;
        self.changes += 1;
        self.farewell_changes += u64::from(self.with_farewell.remove(&id));
        self.of_client -= usize::from(znode.owner == SESSION);
        Some(znode)
    }

    fn take_all(&mut self) -> impl Iterator<Item = (ZnodeId, Box<OwnZnode>)> + use<> {
        self.of_client = 0;
        self.with_farewell.clear();
        self.all.take_all()
    }

    fn ids(&self) -> Vec<ZnodeId> {
        self.all.ids()
    }

    fn say_blocked(&mut self, id: ZnodeId, news: bool, error: Error) {
        if let Some(znode) = self.all.get(id)
            && news
            && !znode.released
        {
            self.news
                .push_back((znode.owner, id, ZnodeNews::Blocked(error)));
        }
    }

    /// Whether the znode does not have the requested payload.
    fn is_behind(&self, id: ZnodeId) -> bool {
        self.get(id).is_some_and(OwnZnode::is_behind)
    }

    fn tell(&mut self, owner: Handle, id: ZnodeId, news: ZnodeNews) {
        self.news.push_back((owner, id, news));
    }

    fn get(&self, id: ZnodeId) -> Option<&OwnZnode> {
        self.all.get(id)
    }

    fn get_mut(&mut self, id: ZnodeId) -> Option<&mut OwnZnode> {
        self.all.get_mut(id)
    }
}

pub(crate) fn on_attached(shared: &mut Shared) {
    let mut looking = BTreeSet::new();
    for id in shared.znodes.ids() {
        let Some(znode) = shared.znodes.get_mut(id) else {
            continue;
        };
        if matches!(znode.state, State::Late) {
            continue;
        }
        znode.again.cancel();
        znode.rewrite.cancel();
        match &znode.state {
            State::Absent => create::send_create(shared, id),
            State::Doubt => {
                if looking.insert(znode.group.clone()) {
                    adopt::look(shared, id);
                }
            }
            State::Standing(_) => {
                // The answer lets a payload be written.
                verify::verify(shared, id, true);
                verify::check(shared, id);
            }
            // The outcome of an earlier delete is not known, and by now the path may belong to another
            // client: look before the delete.
            State::Leaving { .. } => verify::verify(shared, id, false),
            State::Creating
            | State::Named(_)
            | State::Looking { .. }
            | State::Late
            | State::Unburied => {}
        }
    }
}

/// Repeats the requests that a server has not decided and that are due.
pub(crate) fn tick(shared: &mut Shared) {
    if !shared.attached() {
        return;
    }
    for id in shared.znodes.all.due_by(shared.now) {
        let Some(znode) = shared.znodes.get_mut(id) else {
            continue;
        };
        if znode.rewrite.take_due(shared.now) && matches!(znode.state, State::Standing(_)) {
            verify::verify(shared, id, true);
        }
        let Some(znode) = shared.znodes.get_mut(id) else {
            continue;
        };
        if !znode.again.take_due(shared.now) {
            continue;
        }
        match &znode.state {
            State::Absent => create::send_create(shared, id),
            State::Named(path) => {
                let path = path.clone();
                create::identify(shared, id, path);
            }
            State::Doubt | State::Late => {
                let group = znode.group.clone();
                znode.state = State::Doubt;
                let mut others = shared.znodes.all.of_group(&group);
                let looks =
                    |(_, znode): (_, &OwnZnode)| matches!(znode.state, State::Looking { .. });
                // After a look that is under way another one follows for this znode, which came into
                // doubt later.
                let is_looked_for = others.any(looks);
                drop(others);
                if !is_looked_for {
                    adopt::look(shared, id);
                }
            }
            State::Standing(_) if znode.trust == Trust::Unread => verify::check(shared, id),
            State::Standing(_) => verify::verify(shared, id, true),
            State::Leaving { .. } => verify::verify(shared, id, false),
            State::Creating | State::Looking { .. } | State::Unburied => {}
        }
    }
}

pub(crate) fn on_expired(shared: &mut Shared, by: ExpiredBy) {
    // Where sessions cannot be reattached, none can be buried either: the znodes that are known are deleted.
    let outlives = by == ExpiredBy::Replaced || shared.server_kind() == ServerKind::Other;
    for id in shared.znodes.ids() {
        let Some(znode) = shared.znodes.get_mut(id) else {
            continue;
        };
        match (by, znode.released) {
            (ExpiredBy::LocalTimeout | ExpiredBy::Replaced, true)
                if outlives && matches!(znode.state, State::Leaving { .. }) => {}
            (ExpiredBy::LocalTimeout | ExpiredBy::Replaced, false)
                if outlives && matches!(znode.state, State::Standing(_)) =>
            {
                leave::leave_behind(shared, id);
                finish(shared, id, ZnodeNews::SessionOver);
            }
            // The session that is over never had a znode of it.
            (_, false) if matches!(znode.state, State::Absent) => {}
            (ExpiredBy::LocalTimeout, true) => znode.state = State::Unburied,
            (ExpiredBy::Server | ExpiredBy::Replaced, true) => {
                finish(shared, id, ZnodeNews::Left { by_us: false });
            }
            (_, false) => finish(shared, id, ZnodeNews::SessionOver),
        }
    }
}

pub(crate) fn on_buried(shared: &mut Shared) {
    for id in shared.znodes.ids() {
        if matches!(shared.znodes.get(id), Some(znode) if matches!(znode.state, State::Unburied)) {
            finish(shared, id, ZnodeNews::Left { by_us: false });
        }
    }
}

/// The session is closed, and every znode with it. No watch is armed.
pub(crate) fn on_closed(shared: &mut Shared) {
    for (id, znode) in shared.znodes.take_all() {
        shared
            .znodes
            .tell(znode.owner, id, ZnodeNews::Left { by_us: true });
    }
}

pub(crate) fn on_watch(shared: &mut Shared, id: ZnodeId, kind: EventKind) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    if !matches!(znode.state, State::Standing(_)) {
        return;
    }
    znode.sight = Sight::Lost;
    match kind {
        EventKind::Deleted => finish(shared, id, ZnodeNews::Evicted),
        // "Changed" may also mean deleted, and created again by another client.
        EventKind::Created | EventKind::DataChanged | EventKind::ChildrenChanged => {
            verify::verify(shared, id, true);
        }
    }
}

/// Waits, and reports the error.
fn blocked(shared: &mut Shared, id: ZnodeId, error: Error) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    // A leader may not have time to wait for T/3.
    znode.again.soon(shared.now, shared.session.timeout());
    let news = znode.again.is_news(&error);
    shared.znodes.say_blocked(id, news, error);
}

fn finish(shared: &mut Shared, id: ZnodeId, news: ZnodeNews) {
    shared.watches.forget(Watcher::Znode(id));
    if let Some(znode) = shared.znodes.remove(id) {
        shared.znodes.tell(znode.owner, id, news);
    }
}
