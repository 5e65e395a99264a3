//! What the undertaker of this process knows of one client.

use super::client_id::ClientId;
use super::undertaker::charge::Charge;
use super::undertaker::{Link, Sent};
use crate::core::Identity;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Weak};

/// A helper, until its end: also one that was let go.
pub(super) struct Watched {
    pub(super) process: OwnedFd,
    pub(super) link: Weak<Link>,
}

pub(super) struct Undertaken {
    pub(super) link: Arc<Link>,
    client: ClientId,
    charge: Charge,
    /// The session that the helper knows.
    told: Option<Identity>,
}

impl Undertaken {
    pub(super) fn new(client: ClientId, link: Arc<Link>, charge: Charge) -> Self {
        Self {
            link,
            client,
            charge,
            told: None,
        }
    }

    /// Tells the helper about the present session, if it does not know it. If it cannot take it now, the next
    /// call tells it.
    ///
    /// # Errors
    /// If the helper is lost.
    pub(super) fn tell(&mut self, identity: Option<&Identity>) -> io::Result<()> {
        if self.told.as_ref() == identity {
            return Ok(());
        }
        if self.link.tell(self.client, &self.charge, identity)? == Sent::Yes {
            self.told = identity.cloned();
        }
        Ok(())
    }
}

impl Drop for Undertaken {
    fn drop(&mut self) {
        // The client has ended, and with it what the helper has to do for it.
        let _ = self.tell(None);
    }
}
