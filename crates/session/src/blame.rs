//! Finds the request that makes servers end connections.
//!
//! A server closes the connection, without an answer, on a request that is longer than its
//! `jute.maxbuffer` or that meets a defect of the server; and an answer may be too long to arrive over
//! the network in time. To send such a request again on each new connection would end all of them, and
//! all other work of the same session with them. So a request that was in flight when a connection ended
//! is *suspect*: on the next connection it is sent only while no other suspect is in flight. If that
//! connection ends, too, the request is *refused*: for T the session answers it in the place of a server,
//! it fails alone, and all other requests go on. It is refused no longer than that: the cause may have
//! been another one, and is over by then.
//!
//! No request is suspect for long: an answer clears it, and so does a connection that lives.

use super::time::Time;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use core::time::Duration;
use siphasher::sip::SipHasher13;
use tenure_proto::{Request, ServerError, op};

/// The most refusals that are remembered.
const REFUSALS_MAX: usize = 64;
/// The number of connections in a row that end with a request in flight before it is refused.
const ENDS: u32 = 2;
/// No server refuses a write for its length if it is shorter than this, in bytes.
const SMALL: usize = 1024;

/// The identity of a request: the same on each connection. A request on which a candidacy depends and an
/// equal one that may fail have different keys.
pub(crate) type Key = u64;

/// The key of an encoded request, without its number.
pub(crate) fn key(encoded: &[u8], may_fail: bool) -> Key {
    let mut hasher = SipHasher13::new();
    (encoded.get(8..), may_fail).hash(&mut hasher);
    hasher.finish()
}

fn key_of(request: &Request, may_fail: bool) -> Key {
    let mut encoded = Vec::new();
    request.encode(0, &mut encoded);
    key(&encoded, may_fail)
}

/// A request that was in flight when a connection ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Suspect {
    pub(crate) key: Key,
    pub(crate) op: i32,
    /// Its length.
    pub(crate) bytes: usize,
    /// Whether a failure loses nothing: the request belongs to a user's call, or a machine asks again
    /// later.
    pub(crate) may_fail: bool,
}

impl Suspect {
    /// Whether such a request can be the reason for which a connection ended in this way. It is more
    /// likely that a server stops or is cut off twice in a row than that it closes the connection on a
    /// short request, and to refuse a short request could cost a candidacy.
    fn is_plausible(self, error: ServerError) -> bool {
        match self.op {
            op::CREATE | op::CREATE2 | op::SET_DATA => self.bytes >= SMALL,
            op::GET_EPHEMERALS => true,
            op::GET_DATA | op::GET_CHILDREN2 => self.may_fail || error != ServerError::HungUp,
            _ => false,
        }
    }
}

#[derive(Debug)]
struct Refusal {
    key: Key,
    error: ServerError,
    until: Time,
    is_over: bool,
}

/// The suspects and the refused requests of one session.
#[derive(Debug, Default)]
pub(crate) struct Blame {
    /// How many connections in a row have ended with each of these requests in flight.
    suspects: BTreeMap<Key, u32>,
    refusals: VecDeque<Refusal>,
    /// The request that is refused because the last connection ended with it in flight.
    latest: Option<Key>,
}

impl Blame {
    /// Ends refusals that have lasted for T.
    pub(crate) fn tick(&mut self, now: Time) {
        for refusal in &mut self.refusals {
            refusal.is_over |= refusal.until <= now;
        }
    }

    /// The answer to a request in the place of a server, if it is refused.
    pub(crate) fn verdict(&self, request: &Request, may_fail: bool) -> Option<ServerError> {
        if self.refusals.iter().all(|refusal| refusal.is_over) {
            return None;
        }
        let key = key_of(request, may_fail);
        let mut standing = self.refusals.iter().filter(|refusal| !refusal.is_over);
        standing
            .find(|refusal| refusal.key == key)
            .map(|refusal| refusal.error)
    }

    /// Whether a request is suspect, so that no other suspect may be in flight with it.
    pub(crate) fn suspects(&self, request: &Request, may_fail: bool) -> bool {
        self.has_suspects() && self.is_suspect(key_of(request, may_fail))
    }

    pub(crate) fn has_suspects(&self) -> bool {
        !self.suspects.is_empty() || !self.refusals.is_empty()
    }

    pub(crate) fn is_suspect(&self, key: Key) -> bool {
        self.suspects.contains_key(&key) || self.refusals.iter().any(|r| r.key == key)
    }

    /// A connection has ended with these requests in flight. Returns the one that is refused from now on.
    pub(crate) fn ended(
        &mut self,
        in_flight: impl Iterator<Item = Suspect>,
        error: ServerError,
        now: Time,
        timeout: Duration,
    ) -> Option<Suspect> {
        let mut suspects = BTreeMap::new();
        let mut guilty = Vec::new();
        for suspect in in_flight.filter(|suspect| suspect.is_plausible(error)) {
            let before = match self.refusals.iter().any(|r| r.key == suspect.key) {
                // It was refused before: one connection is enough.
                true => ENDS - 1,
                false => self.suspects.get(&suspect.key).copied().unwrap_or(0),
            };
            if before + 1 >= ENDS {
                guilty.push(suspect);
            }
            suspects.insert(suspect.key, before + 1);
        }
        self.suspects = suspects;
        self.latest = None;
        let [guilty] = guilty[..] else {
            return None;
        };
        self.refuse(guilty.key, error, now, timeout);
        self.latest = Some(guilty.key);
        Some(guilty)
    }

    /// Refuses a request for a while.
    pub(crate) fn refuse(&mut self, key: Key, error: ServerError, now: Time, timeout: Duration) {
        self.suspects.remove(&key);
        self.refusals.retain(|refusal| refusal.key != key);
        self.refusals.push_back(Refusal {
            key,
            error,
            until: now + timeout,
            is_over: false,
        });
        if self.refusals.len() > REFUSALS_MAX {
            self.refusals.pop_front();
        }
    }

    /// A server has answered the request.
    pub(crate) fn answered(&mut self, key: Key) {
        if self.has_suspects() {
            self.suspects.remove(&key);
            self.refusals.retain(|refusal| refusal.key != key);
        }
    }

    /// The last connection has ended for another reason.
    pub(crate) fn pardon(&mut self) {
        self.suspects.clear();
        if let Some(key) = self.latest.take() {
            self.refusals.retain(|refusal| refusal.key != key);
        }
    }

    /// The connection has lived for a while, and only these requests are in flight.
    pub(crate) fn lived(&mut self, in_flight: impl Iterator<Item = Key>) {
        if !self.suspects.is_empty() {
            let still: Vec<Key> = in_flight.collect();
            self.suspects.retain(|key, _| still.contains(key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;

    const T: Duration = Duration::from_secs(6);

    fn at(seconds: u64) -> Time {
        Time::from_nanos(seconds * 1_000_000_000)
    }

    fn listing(path: &str) -> Request {
        Request::GetChildren2 {
            path: path.to_owned(),
            watch: false,
        }
    }

    fn suspect(request: &Request) -> Suspect {
        Suspect {
            key: key_of(request, true),
            op: request.op(),
            bytes: 40,
            may_fail: true,
        }
    }

    fn end(blame: &mut Blame, requests: &[&Request], seconds: u64) -> bool {
        let in_flight = requests.iter().map(|request| suspect(request));
        let refused = blame.ended(in_flight, ServerError::HungUp, at(seconds), T);
        refused.is_some()
    }

    #[test]
    fn what_ended_two_connections_in_a_row_is_refused_for_t() {
        let mut blame = Blame::default();
        let (bad, good) = (listing("/bad"), listing("/good"));
        assert!(!end(&mut blame, &[&bad, &good], 1));
        assert!(blame.suspects(&bad, true) && blame.suspects(&good, true));
        blame.answered(key_of(&good, true));
        assert!(!blame.suspects(&good, true));
        assert!(end(&mut blame, &[&good, &bad], 2));
        assert_eq!(blame.verdict(&bad, true), Some(ServerError::HungUp));
        assert_eq!(blame.verdict(&good, true), None);
        blame.tick(at(7));
        assert!(blame.verdict(&bad, true).is_some());
        blame.tick(at(8));
        assert!(blame.verdict(&bad, true).is_none() && blame.suspects(&bad, true));
        // One more connection is enough.
        assert!(end(&mut blame, &[&bad], 8));
        blame.tick(at(13));
        assert!(blame.verdict(&bad, true).is_some());
        blame.tick(at(14));
        assert!(blame.verdict(&bad, true).is_none());
        blame.answered(key_of(&bad, true));
        assert!(!blame.has_suspects());
    }

    #[test]
    fn nobody_is_refused_by_lot_or_for_what_a_connection_that_lived_ended_of() {
        let mut blame = Blame::default();
        let (one, other) = (listing("/one"), listing("/other"));
        for second in 0..5 {
            assert!(!end(&mut blame, &[&one, &other], second));
        }
        blame.lived(core::iter::empty());
        assert!(!blame.has_suspects());
        assert!(!end(&mut blame, &[&one], 6));
        let verify = Request::Exists {
            path: "/own".to_owned(),
            watch: true,
        };
        for second in 7..12 {
            assert!(!end(&mut blame, &[&verify], second), "too little to end of");
        }
        let own = Suspect {
            may_fail: false,
            ..suspect(&one)
        };
        for second in 12..17 {
            let refused = blame.ended(core::iter::once(own), ServerError::HungUp, at(second), T);
            assert!(refused.is_none(), "a candidacy hangs on it");
        }
    }
}
