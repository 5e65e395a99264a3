//! A group.

use super::any_events::wait_for;
use super::checks::check_member;
use super::events::Events;
use crate::core::{Answer, Call, Command, Error, ErrorKind, GroupEvent, Handle, Member, Strangers};
use crate::driver::{ClientHandle, Pending, Sink};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The members of a group, and the memberships that were joined through it. All methods may be
/// called from any thread, and from callbacks. Dropping it gives up, in the background, the
/// memberships that were joined through it.
#[derive(Debug)]
pub struct Group {
    client: Arc<ClientHandle>,
    handle: Handle,
    events: Events<GroupEvent>,
    watched: AtomicBool,
}

impl Group {
    pub(super) fn new(client: Arc<ClientHandle>, handle: Handle, sink: Arc<Sink>) -> Self {
        Self {
            client,
            handle,
            events: Events::new(sink),
            watched: AtomicBool::new(false),
        }
    }

    /// The events of this group: changes of the members after a call of [`watch`](Self::watch), and
    /// losses of memberships that this group joined.
    pub fn events(&self) -> &Events<GroupEvent> {
        &self.events
    }

    /// Joins: creates an ephemeral sequential znode with this payload. Without a connection the
    /// call waits for one. A join that is given up is undone.
    ///
    /// # Errors
    /// `InvalidInput` for a label or payload that is not allowed (at once); in the call: `NoAuth`,
    /// `SessionExpired`, `Closed`.
    pub fn join(
        &self,
        data: impl Into<Vec<u8>>,
        label: Option<&str>,
    ) -> Result<Pending<Member>, Error> {
        let (handle, label, data) = (self.handle, label.map(str::to_owned), data.into());
        check_member(label.as_deref(), &data)?;
        Ok(self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::Join { label, data },
            },
            |answer| match answer {
                Answer::Joined(member) => Some(member),
                _ => None,
            },
        ))
    }

    /// Leaves: deletes the znode of a member that this group joined. The call ends when the znode is
    /// gone, with `true` only if this call removed it, `false` for a member that this group did not
    /// join or that is gone already.
    ///
    /// # Errors
    /// `NoAuth` when an ACL forbids its deletion; `Closed`.
    pub fn cancel(&self, member: &Member) -> Pending<bool> {
        let (handle, path) = (self.handle, member.path.clone());
        self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::Cancel { path },
            },
            |answer| match answer {
                Answer::Removed(removed) => Some(removed),
                _ => None,
            },
        )
    }

    /// Evicts: deletes the znode of any member of the group. The call ends when the znode is gone,
    /// with `true` if the member existed and this call removed it. A znode of the same name that is
    /// not this member is not touched. If the member leads, its server notifies it at once; in the
    /// worst case (it is cut off at the same moment) it still takes itself for the leader until its
    /// lease ends, while another leads already (with [`LeasePolicy::Guarded`](crate::LeasePolicy::Guarded)
    /// the successor waits for that).
    ///
    /// # Errors
    /// `NoAuth` when an ACL forbids its deletion; `Closed`.
    pub fn evict(&self, member: &Member) -> Pending<bool> {
        let (handle, path, token) = (self.handle, member.path.clone(), member.token);
        self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::Evict { path, token },
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
        self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::Members,
            },
            |answer| match answer {
                Answer::Members(members) => Some(members),
                _ => None,
            },
        )
    }

    /// The children of the group's znode that look like members of another recipe, such as Curator's
    /// LeaderLatch; `None` if there are none. Its contenders and those of this library do not wait for
    /// each other: in one group, two would lead at the same time.
    ///
    /// # Errors
    /// `NoAuth`, `Closed`.
    pub fn strangers(&self) -> Pending<Option<Strangers>> {
        let handle = self.handle;
        self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::Strangers,
            },
            |answer| match answer {
                Answer::Strangers(strangers) => Some(strangers),
                _ => None,
            },
        )
    }

    /// The payload of any member of the group; `None` when the member is gone.
    ///
    /// # Errors
    /// `NoAuth`, `Closed`.
    pub fn data(&self, member: &Member) -> Pending<Option<Vec<u8>>> {
        let (handle, path) = (self.handle, member.path.clone());
        self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::Data { path },
            },
            |answer| match answer {
                Answer::Data(data) => Some(data),
                _ => None,
            },
        )
    }

    /// Changes the payload of a member that this group joined. The call ends with `true` when the
    /// znode has the payload, `false` when this group did not join the member or it is gone. Without
    /// a connection the call waits for one; if several changes wait, the last one counts. What another
    /// party writes to the znode is replaced by this payload.
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
        Ok(self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::SetMemberData { path, data },
            },
            |answer| match answer {
                Answer::Written(written) => Some(written),
                _ => None,
            },
        ))
    }

    /// Waits for the end of any member of the group. The call ends with `true` if this group
    /// cancelled the member, `false` for every other end (its session, an administrator, its owner).
    /// A member that this group joined has ended also when the client's own clock declared the
    /// session over; for any other member a server must report the end.
    ///
    /// # Errors
    /// `Closed`.
    pub fn cancelled(&self, member: &Member) -> Pending<bool> {
        let (handle, path) = (self.handle, member.path.clone());
        self.client.call(
            |call| Command::Call {
                handle,
                call,
                what: Call::AwaitEnd { path },
            },
            |answer| match answer {
                Answer::Removed(by_us) => Some(by_us),
                _ => None,
            },
        )
    }

    /// Reports every change of the members from now on, in [`events`](Self::events).
    pub fn watch(&self) {
        let handle = self.handle;
        // Once is for ever: later calls send nothing.
        if !self.watched.swap(true, Ordering::Relaxed) {
            self.client.command(Command::Watch { handle });
        }
    }

    /// Blocks until the members differ from `expected`, at most for `limit` (for ever without
    /// one); it returns at once if they differ already. It also does what [`watch`](Self::watch) does.
    ///
    /// # Errors
    /// `Timeout` when nothing changed in time; `Closed`; the error that prevents the listing.
    pub fn wait_members(
        &self,
        expected: &[Member],
        limit: Option<Duration>,
    ) -> Result<Vec<Member>, Error> {
        self.watch();
        let changed = self.events.until(|event| match event {
            GroupEvent::Members(members) => members != expected,
            GroupEvent::Failed(_) => true,
            _ => false,
        });
        let event = wait_for(changed, limit, "the members did not change in time")?;
        match event {
            GroupEvent::Members(members) => Ok(members),
            GroupEvent::Failed(error) => Err(error),
            _ => Err(Error::new(ErrorKind::Timeout, "the members are not known")),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let handle = self.handle;
        self.client.command(Command::Drop { handle });
    }
}
