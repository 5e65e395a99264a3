//! What the undertaker of this process knows of one client.

use super::client_id::ClientId;
use super::undertaker::charge::Charge;
use super::undertaker::{Link, Sent};
use crate::core::{Client, Identity, Will};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Weak};

/// A helper, until its end: also one that was let go.
pub(super) struct Watched {
    pub(super) process: OwnedFd,
    pub(super) link: Weak<Link>,
    /// Which helper of the link.
    pub(super) generation: u64,
}

pub(super) struct Undertaken {
    pub(super) link: Arc<Link>,
    client: ClientId,
    charge: Charge,
    /// Which helper was told last, and the session that it knows.
    told: (u64, Option<Identity>),
    /// Which version of the client's wills it knows.
    wills: u64,
    told_wills: Vec<Will>,
    /// The last helper whose loss was reported, and the last one whose place is known to be taken.
    lost: u64,
    replaced: u64,
}

impl Undertaken {
    pub(super) fn new(client: ClientId, link: Arc<Link>, charge: Charge) -> Self {
        let told = (link.generation(), None);
        Self {
            link,
            client,
            charge,
            told,
            wills: 0,
            told_wills: Vec::new(),
            lost: 0,
            replaced: 0,
        }
    }

    /// Whether the loss of this helper is news.
    pub(super) fn is_news(&mut self, lost: u64) -> bool {
        let is_news = self.lost < lost;
        self.lost = self.lost.max(lost);
        is_news
    }

    /// Whether the helper that was told last has taken the place of a lost one. Once for each loss.
    pub(super) fn is_back(&mut self) -> bool {
        let is_back = self.replaced < self.lost && self.lost < self.told.0;
        if is_back {
            self.replaced = self.lost;
        }
        is_back
    }

    /// Tells the helper about the present session of the client, which is over without one, and its wills, if it
    /// does not know them. If it cannot take them now, the next call tells them.
    ///
    /// # Errors
    /// If the helper is lost.
    pub(super) fn tell(&mut self, core: Option<&Client>) -> io::Result<()> {
        let identity = core.and_then(Client::identity);
        let version = core.map_or(0, Client::wills_version);
        // Before it is told: if the helper is replaced meanwhile, the next call tells the other one.
        let generation = self.link.generation();
        let known = match &self.told {
            (told, known) if *told == generation => known.as_ref(),
            // Another one, which knows nothing yet.
            _ => None,
        };
        if known == identity && self.wills == version {
            return Ok(());
        }
        let wills = core.map(Client::wills).unwrap_or_default();
        // Most changes concern no will.
        let is_same = known == identity && wills == self.told_wills;
        let tell = || self.link.tell(self.client, &self.charge, identity, &wills);
        if is_same || tell()? == Sent::Yes {
            self.told = (generation, identity.cloned());
            self.wills = version;
            self.told_wills = wills;
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
