//! The replies of a server.

use super::acl::Acl;
use super::frame::frame;
use super::jute::{DecodeError, Reader, Writer};
use super::multi;
use super::numbers::op;
use super::server_error::ServerError;
use super::stat::Stat;
use alloc::string::String;
use alloc::vec::Vec;

/// The start of every reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyHeader {
    /// The xid of the request, or one of [`xid`](crate::xid).
    pub xid: i32,
    /// The newest transaction that the server has applied.
    pub zxid: i64,
    /// 0, or the number of an error.
    pub err: i32,
}

impl ReplyHeader {
    /// Reads the header and leaves `r` at the body.
    ///
    /// # Errors
    /// Bytes that are not such a record.
    pub fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            xid: r.i32()?,
            zxid: r.i64()?,
            err: r.i32()?,
        })
    }

    /// Appends the header to a frame's body.
    pub fn encode(&self, w: &mut Writer<'_>) {
        w.i32(self.xid).i64(self.zxid).i32(self.err);
    }
}

/// The body of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Response {
    /// The reply to a delete, ping, auth or closeSession, and to watches set again or removed.
    Empty,
    /// The reply to a create without stat.
    Path(String),
    Created {
        path: String,
        stat: Stat,
    },
    Stat(Stat),
    Data {
        data: Vec<u8>,
        stat: Stat,
    },
    Children {
        children: Vec<String>,
        stat: Stat,
    },
    Acl {
        acl: Vec<Acl>,
        stat: Stat,
    },
    Synced,
    /// The reply to a persistent watch.
    Watching,
    Ephemerals(Vec<String>),
    /// The outcome of each operation of a `multi`. If one is an error, none was carried out.
    Multi(Vec<Result<Self, ServerError>>),
}

impl Response {
    /// Reads the body of a reply to the operation `number`.
    ///
    /// # Errors
    /// Bytes that are not such a record.
    pub fn decode(number: i32, r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match number {
            op::CREATE => Self::Path(r.string()?),
            op::CREATE2 | op::CREATE_CONTAINER => Self::Created {
                path: r.string()?,
                stat: Stat::decode(r)?,
            },
            op::EXISTS | op::SET_DATA | op::SET_ACL => Self::Stat(Stat::decode(r)?),
            op::GET_DATA => Self::Data {
                data: r.buffer()?.to_vec(),
                stat: Stat::decode(r)?,
            },
            op::GET_CHILDREN2 => Self::Children {
                children: r.vector(Reader::string)?,
                stat: Stat::decode(r)?,
            },
            op::GET_ACL => Self::Acl {
                acl: r.vector(Acl::decode)?,
                stat: Stat::decode(r)?,
            },
            op::SYNC => {
                r.string()?;
                Self::Synced
            }
            op::ADD_WATCH => {
                r.i32()?;
                Self::Watching
            }
            op::GET_EPHEMERALS => Self::Ephemerals(r.vector(Reader::string)?),
            op::MULTI => Self::Multi(multi::decode_results(r)?),
            _ => Self::Empty,
        })
    }

    /// Appends a whole frame with this body, as a server sends it. A reply to `sync` repeats
    /// `path`.
    pub fn encode(&self, header: ReplyHeader, path: &str, out: &mut Vec<u8>) {
        frame(out, |body| {
            let mut w = Writer::new(body);
            header.encode(&mut w);
            match self {
                Self::Empty => {}
                Self::Path(path) => {
                    w.string(path);
                }
                Self::Created { path, stat } => {
                    w.string(path);
                    stat.encode(&mut w);
                }
                Self::Stat(stat) => stat.encode(&mut w),
                Self::Data { data, stat } => {
                    w.buffer(data);
                    stat.encode(&mut w);
                }
                Self::Children { children, stat } => {
                    w.vector(children, |w, name| {
                        w.string(name);
                    });
                    stat.encode(&mut w);
                }
                Self::Acl { acl, stat } => {
                    w.vector(acl, |w, acl| acl.encode(w));
                    stat.encode(&mut w);
                }
                Self::Synced => {
                    w.string(path);
                }
                // An error that is not in the table.
                Self::Watching => {
                    w.i32(0);
                }
                Self::Ephemerals(paths) => {
                    w.vector(paths, |w, path| {
                        w.string(path);
                    });
                }
                Self::Multi(results) => multi::encode_results(results, &mut w),
            }
        });
    }
}
