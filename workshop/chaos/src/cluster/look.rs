//! The contents of the ensemble, read by a client of a few lines that shares no code with tenure.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tenure_field::raw::Session;
use tenure_field::wire::{Fields, Payload, opcode};

/// Long enough that a busy machine does not end the session.
const SESSION: Duration = Duration::from_secs(10);
const NO_NODE: i32 = -101;

/// A session with one server.
pub(crate) struct Look(Session);

/// A member of a group.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) path: String,
    /// Its `czxid`.
    pub(crate) token: u64,
    /// The session that owns it.
    pub(crate) session: i64,
}

impl Look {
    pub(crate) fn open(addr: SocketAddr) -> io::Result<Self> {
        Session::open(addr, SESSION).map(Self)
    }

    /// The members of a group, the leader first.
    pub(crate) fn members(&mut self, group: &str) -> io::Result<Vec<Member>> {
        let ask = Payload::new().buffer(group).bool(false);
        let reply = self.0.request(opcode::GET_CHILDREN, ask)?;
        if reply.error == NO_NODE {
            return Ok(Vec::new());
        }
        refused(group, reply.error)?;
        let mut fields = Fields::new(&reply.body);
        let count = fields.int().ok_or_else(malformed)?;
        let mut members = Vec::new();
        for _ in 0..count {
            let name = fields.buffer().ok_or_else(malformed)?;
            let path = format!("{group}/{}", String::from_utf8_lossy(name));
            members.extend(self.member(path)?);
        }
        members.sort_by_key(|member| member.token);
        Ok(members)
    }

    fn member(&mut self, path: String) -> io::Result<Option<Member>> {
        let ask = Payload::new().buffer(&path).bool(false);
        let reply = self.0.request(opcode::EXISTS, ask)?;
        if reply.error == NO_NODE {
            return Ok(None);
        }
        refused(&path, reply.error)?;
        let mut fields = Fields::new(&reply.body);
        // czxid, mzxid, ctime, mtime, three versions, ephemeralOwner.
        let stat = (|| {
            let czxid = fields.long()?;
            (0..3).try_for_each(|_| fields.long().map(drop))?;
            (0..3).try_for_each(|_| fields.int().map(drop))?;
            Some((czxid, fields.long()?))
        })();
        let (czxid, session) = stat.ok_or_else(malformed)?;
        Ok((session != 0).then(|| Member {
            path,
            token: czxid.cast_unsigned(),
            session,
        }))
    }

    /// Deletes znodes of any owner together; returns whether that was possible.
    pub(crate) fn delete(&mut self, paths: &[&str]) -> io::Result<bool> {
        let reply = self.0.delete_all(paths)?;
        let first = Fields::new(&reply.body).int();
        Ok(reply.error == 0 && first == Some(opcode::DELETE))
    }

    pub(crate) fn close(self) {
        // The server ends it after its timeout if this fails.
        drop(self.0.close());
    }
}

fn refused(path: &str, error: i32) -> io::Result<()> {
    match error {
        0 => Ok(()),
        code => Err(io::Error::other(format!("{path}: error {code}"))),
    }
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a malformed reply")
}
