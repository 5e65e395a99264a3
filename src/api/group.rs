//! A group, as its user holds it.

use super::client::check_member;
use super::events::Events;
use crate::core::{Answer, Command, Error, ErrorKind, GroupEvent, Handle, Member};
use crate::driver::{Link, Pending, Sink};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The members of a group. All methods may be called from any thread, and from callbacks.
/// Dropping it gives up the memberships that it joined, in the background.
#[derive(Debug)]
pub struct Group {
    link: Arc<Link>,
    handle: Handle,
    events: Events<GroupEvent>,
    watched: AtomicBool,
}

impl Group {
    pub(super) fn new(link: Arc<Link>, handle: Handle, sink: Arc<Sink>) -> Self {
        Self {
            link,
            handle,
            events: Events::new(sink),
            watched: AtomicBool::new(false),
        }
    }

    /// Changes of the members once [`watch`](Self::watch) was called, and memberships of our own
    /// that are lost.
    pub fn events(&self) -> &Events<GroupEvent> {
        &self.events
    }

    /// Joins: creates an ephemeral sequential znode with this payload. Without a connection the
    /// call waits for one. Giving the call up undoes it.
    ///
    /// # Errors
    /// `InvalidInput` for a label or payload that is not allowed (at once); in the call: `NoAuth`,
    /// `SessionExpired`, `Closed`.
    pub fn join(
        &self,
        label: Option<&str>,
        data: impl Into<Vec<u8>>,
    ) -> Result<Pending<Member>, Error> {
        let (handle, label, data) = (self.handle, label.map(str::to_owned), data.into());
        check_member(label.as_deref(), &data)?;
        Ok(self.link.call(
            |call| Command::Join {
                handle,
                call,
                label,
                data,
            },
            |answer| match answer {
                Answer::Joined(member) => Some(member),
                _ => None,
            },
        ))
    }

    /// Leaves: answered when the znode is gone; `true` only if this call removed it, `false` for
    /// a member that this group did not join or that is gone already.
    ///
    /// # Errors
    /// `NoAuth` when it may not be deleted; `Closed`.
    pub fn cancel(&self, member: &Member) -> Pending<bool> {
        let (handle, path) = (self.handle, member.path.clone());
        self.link.call(
            |call| Command::Cancel { handle, call, path },
            |answer| match answer {
                Answer::Removed(removed) => Some(removed),
                _ => None,
            },
        )
    }

    /// Evicts: deletes a member whoever it belongs to; answered when its znode is gone, with
    /// `true` if it stood and this call removed it. A znode of the same name that is not this
    /// member is not touched. A member that leads is told by its server at once, and in the worst
    /// case (cut off at the same moment) believes until its lease ends, when another leads already.
    ///
    /// # Errors
    /// `NoAuth` when it may not be deleted; `Closed`.
    pub fn evict(&self, member: &Member) -> Pending<bool> {
        let (handle, path, token) = (self.handle, member.path.clone(), member.token);
        self.link.call(
            |call| Command::Evict {
                handle,
                call,
                path,
                token,
            },
            |answer| match answer {
                Answer::Removed(removed) => Some(removed),
                _ => None,
            },
        )
    }

    /// All members now, oldest first; none for a path that does not exist.
    ///
    /// # Errors
    /// `NoAuth`, `Closed`.
    pub fn members(&self) -> Pending<Vec<Member>> {
        let handle = self.handle;
        self.link.call(
            |call| Command::Members { handle, call },
            |answer| match answer {
                Answer::Members(members) => Some(members),
                _ => None,
            },
        )
    }

    /// The payload of a member, or `None` when it is gone.
    ///
    /// # Errors
    /// `NoAuth`, `Closed`.
    pub fn data(&self, member: &Member) -> Pending<Option<Vec<u8>>> {
        let (handle, path) = (self.handle, member.path.clone());
        self.link.call(
            |call| Command::Data { handle, call, path },
            |answer| match answer {
                Answer::Data(data) => Some(data),
                _ => None,
            },
        )
    }

    /// Changes the payload of a member that this group joined: `true` when its znode bears it,
    /// `false` when it is not ours or is gone. Without a connection the call waits for one; of
    /// several changes that wait, the last one counts.
    ///
    /// # Errors
    /// `InvalidInput` for more than 1,000,000 bytes (at once); in the call: `NoAuth`, `Closed`.
    pub fn set_data(
        &self,
        member: &Member,
        data: impl Into<Vec<u8>>,
    ) -> Result<Pending<bool>, Error> {
        let (handle, path, data) = (self.handle, member.path.clone(), data.into());
        check_member(None, &data)?;
        Ok(self.link.call(
            |call| Command::SetMemberData {
                handle,
                call,
                path,
                data,
            },
            |answer| match answer {
                Answer::Written(written) => Some(written),
                _ => None,
            },
        ))
    }

    /// Answered when a member is gone, ours or anybody's: `true` if this group cancelled it,
    /// `false` for every other end (its session, an admin, its owner). For a member of our own
    /// that includes the end of our session by our own clock; for others a server must say it.
    ///
    /// # Errors
    /// `Closed`.
    pub fn cancelled(&self, member: &Member) -> Pending<bool> {
        let (handle, path) = (self.handle, member.path.clone());
        self.link.call(
            |call| Command::AwaitEnd { handle, call, path },
            |answer| match answer {
                Answer::Removed(by_us) => Some(by_us),
                _ => None,
            },
        )
    }

    /// Tells of every change of the members from now on, by [`events`](Self::events).
    pub fn watch(&self) {
        let handle = self.handle;
        // Once is for ever; whoever asks again and again sends nothing.
        if !self.watched.swap(true, Ordering::Relaxed) {
            self.link.command(Command::Watch { handle });
        }
    }

    /// Blocks until the members differ from `expected`, at most for `limit` (for ever without
    /// one): at once if they differ already. Calls [`watch`](Self::watch).
    ///
    /// # Errors
    /// `Timeout` when nothing changed in time; `Closed`; the error that keeps the members from
    /// being listed.
    pub fn wait_members(
        &self,
        expected: &[Member],
        limit: Option<Duration>,
    ) -> Result<Vec<Member>, Error> {
        self.watch();
        let event = self.events.wait_latest(limit, |event| match event {
            GroupEvent::Members(members) => members != expected,
            GroupEvent::Failed(_) => true,
            GroupEvent::Unknown { .. } | GroupEvent::MembershipLost { .. } => false,
        })?;
        match event {
            GroupEvent::Members(members) => Ok(members),
            GroupEvent::Failed(error) => Err(error),
            GroupEvent::Unknown { .. } | GroupEvent::MembershipLost { .. } => {
                Err(Error::new(ErrorKind::Timeout, "the members are not known"))
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let handle = self.handle;
        self.link.command(Command::Drop { handle });
    }
}
