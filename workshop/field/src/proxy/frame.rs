//! The kinds of frames.

use std::time::Instant;

use crate::wire::{Fields, Payload, opcode, xid};

/// The kind of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first frame of a client.
    Connect,
    /// The first frame of a server.
    ConnectResponse,
    /// A request of an opcode.
    Request(i32),
    /// The reply to a request of an opcode; [`Kind::UNKNOWN`] if there was none.
    Reply(i32),
    /// A watch event.
    WatchEvent,
    /// A ping.
    Ping,
    /// The reply to a ping.
    Pong,
}

impl Kind {
    /// The opcode of a frame that is too short to have one, and of a reply to an unknown request.
    pub const UNKNOWN: i32 = i32::MIN;
}

/// A frame that reached the proxy.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its time.
    pub at: Instant,
    /// Its connection, counted from 1.
    pub connection: u64,
    /// Its kind.
    pub kind: Kind,
    /// The xid; 0 in a handshake.
    pub xid: i32,
    /// A reply's error code; 0 in a request.
    pub error: i32,
    /// The length of its payload.
    pub bytes: usize,
    /// Whether it vanished by a rule.
    pub swallowed: bool,
}

/// The path of a request, if it has one: most begin with it.
pub(super) fn path_of(request: &[u8]) -> Option<&[u8]> {
    let mut fields = Fields::new(request);
    let (_xid, _opcode) = (fields.int()?, fields.int()?);
    fields.buffer()
}

/// The facts about one frame that follow from it and the requests before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parsed {
    pub(super) kind: Kind,
    pub(super) xid: i32,
    pub(super) error: i32,
}

/// The requests of one connection that are not answered yet.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    connect_seen: bool,
    response_seen: bool,
    /// xid and opcode, oldest first. Some xids are those of many requests.
    open: Vec<(i32, i32)>,
    /// xid and error code of requests that were not forwarded.
    refused: Vec<(i32, i32)>,
}

impl Conversation {
    /// A frame from the client.
    pub(super) fn client_sent(&mut self, payload: &[u8]) -> Parsed {
        if !std::mem::replace(&mut self.connect_seen, true) {
            return Parsed {
                kind: Kind::Connect,
                xid: 0,
                error: 0,
            };
        }
        let mut fields = Fields::new(payload);
        let xid = fields.int().unwrap_or(0);
        let opcode = fields.int().unwrap_or(Kind::UNKNOWN);
        let kind = if xid == xid::PING {
            Kind::Ping
        } else {
            Kind::Request(opcode)
        };
        if let Kind::Request(opcode) = kind {
            self.open.push((xid, opcode));
        }
        Parsed {
            kind,
            xid,
            error: 0,
        }
    }

    /// A frame from the server.
    pub(super) fn server_sent(&mut self, payload: &[u8]) -> Parsed {
        if !std::mem::replace(&mut self.response_seen, true) {
            return Parsed {
                kind: Kind::ConnectResponse,
                xid: 0,
                error: 0,
            };
        }
        let mut fields = Fields::new(payload);
        let xid = fields.int().unwrap_or(0);
        let _zxid = fields.long();
        let error = fields.int().unwrap_or(0);
        let kind = match xid {
            xid::WATCH_EVENT => Kind::WatchEvent,
            xid::PING => Kind::Pong,
            _ => Kind::Reply(self.answered(xid)),
        };
        Parsed { kind, xid, error }
    }

    /// The newest request is to be answered with an error. Returns the frame for the server in its
    /// place: a request that changes nothing, so that the answer comes in its turn.
    pub(super) fn refuse(&mut self, xid: i32, error: i32) -> Vec<u8> {
        self.refused.push((xid, error));
        let request = Payload::new().int(xid).int(opcode::EXISTS);
        request.buffer("/").bool(false).payload()
    }

    /// The frame for the client in the place of a reply, if its request was refused.
    pub(super) fn refusal(&mut self, reply: &[u8]) -> Option<(i32, Vec<u8>)> {
        let mut fields = Fields::new(reply);
        let (xid, zxid) = (fields.int()?, fields.long()?);
        let index = self
            .refused
            .iter()
            .position(|(refused, _)| *refused == xid)?;
        let (_, error) = self.refused.remove(index);
        let header = Payload::new().int(xid).long(zxid).int(error);
        Some((error, header.payload()))
    }

    fn answered(&mut self, xid: i32) -> i32 {
        let index = self.open.iter().position(|(open, _)| *open == xid);
        index.map_or(Kind::UNKNOWN, |index| self.open.remove(index).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Payload, opcode};

    fn reply(xid: i32, error: i32) -> Vec<u8> {
        Payload::new().int(xid).long(7).int(error).payload()
    }

    #[test]
    fn replies_are_known_by_their_requests() {
        let mut talk = Conversation::default();
        assert_eq!(talk.client_sent(b"whatever").kind, Kind::Connect);
        assert_eq!(talk.server_sent(b"whatever").kind, Kind::ConnectResponse);
        for (xid, opcode) in [
            (1, opcode::CREATE2),
            (-2, opcode::PING),
            (2, opcode::EXISTS),
            (-8, opcode::SET_WATCHES2),
        ] {
            let _ = talk.client_sent(&Payload::new().int(xid).int(opcode).payload());
        }
        assert_eq!(
            talk.server_sent(&reply(1, 0)).kind,
            Kind::Reply(opcode::CREATE2)
        );
        assert_eq!(talk.server_sent(&reply(-1, 0)).kind, Kind::WatchEvent);
        assert_eq!(talk.server_sent(&reply(-2, 0)).kind, Kind::Pong);
        let missing = talk.server_sent(&reply(2, -101));
        assert_eq!(
            (missing.kind, missing.xid, missing.error),
            (Kind::Reply(opcode::EXISTS), 2, -101)
        );
        assert_eq!(
            talk.server_sent(&reply(-8, 0)).kind,
            Kind::Reply(opcode::SET_WATCHES2)
        );
        assert_eq!(
            talk.server_sent(&reply(2, 0)).kind,
            Kind::Reply(Kind::UNKNOWN),
            "answered before"
        );
    }
}
