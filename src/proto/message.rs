//! The records that are exchanged: each request and reply that this crate needs, as a value.

use super::frame::frame;
use super::jute::{DecodeError, Reader, Writer};
use std::fmt;

/// Numbers of the operations (`ZooDefs.OpCode`).
pub mod op {
    #![allow(missing_docs)]
    pub const DELETE: i32 = 2;
    pub const EXISTS: i32 = 3;
    pub const GET_DATA: i32 = 4;
    pub const SET_DATA: i32 = 5;
    pub const SYNC: i32 = 9;
    pub const PING: i32 = 11;
    pub const GET_CHILDREN2: i32 = 12;
    pub const CREATE2: i32 = 15;
    pub const AUTH: i32 = 100;
    pub const GET_EPHEMERALS: i32 = 103;
    pub const CLOSE_SESSION: i32 = -11;
}

/// The xids that are not numbered by the client.
pub mod xid {
    /// A watch event, sent by the server of its own accord.
    pub const NOTIFICATION: i32 = -1;
    /// A ping and its reply.
    pub const PING: i32 = -2;
    /// An `addauth` and its reply.
    pub const AUTH: i32 = -4;
}

/// The first frame of a connection.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectRequest {
    /// The newest transaction that this client has seen; a server that is behind refuses.
    pub last_zxid: i64,
    /// The session timeout asked for, in milliseconds.
    pub timeout_ms: i32,
    /// The session to re-attach to, or 0 for a new one.
    pub session: i64,
    /// The password of that session: it is a secret.
    pub password: Vec<u8>,
}

impl fmt::Debug for ConnectRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectRequest")
            .field("last_zxid", &self.last_zxid)
            .field("timeout_ms", &self.timeout_ms)
            .field("session", &format_args!("{:#x}", self.session))
            .finish_non_exhaustive()
    }
}

impl ConnectRequest {
    /// Appends the frame to `out`. The trailing read-only flag is always false: a server that
    /// has lost its quorum must refuse us (it could serve a leader that is long gone).
    pub fn encode(&self, out: &mut Vec<u8>) {
        frame(out, |body| {
            Writer::new(body)
                .i32(0)
                .i64(self.last_zxid)
                .i32(self.timeout_ms)
                .i64(self.session)
                .buffer(&self.password)
                .bool(false);
        });
    }

    /// Reads the body of a frame.
    ///
    /// # Errors
    /// Bytes that are no such record.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new(body);
        r.i32()?;
        Ok(Self {
            last_zxid: r.i64()?,
            timeout_ms: r.i32()?,
            session: r.i64()?,
            password: r.buffer()?.to_vec(),
        })
    }
}

/// The server's answer to [`ConnectRequest`].
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectResponse {
    /// The session timeout that is granted, in milliseconds; 0 when the session is expired.
    pub timeout_ms: i32,
    /// The session, or 0 when it is expired.
    pub session: i64,
    /// The password that re-attaches to it: it is a secret.
    pub password: Vec<u8>,
}

impl fmt::Debug for ConnectResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectResponse")
            .field("timeout_ms", &self.timeout_ms)
            .field("session", &format_args!("{:#x}", self.session))
            .finish_non_exhaustive()
    }
}

impl ConnectResponse {
    /// Appends the frame to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        frame(out, |body| {
            Writer::new(body)
                .i32(0)
                .i32(self.timeout_ms)
                .i64(self.session)
                .buffer(&self.password)
                .bool(false);
        });
    }

    /// Reads the body of a frame. Servers before 3.4 send no read-only flag; what follows the
    /// password is not read.
    ///
    /// # Errors
    /// Bytes that are no such record, a password that is not 16 bytes, a negative timeout.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new(body);
        if r.i32()? != 0 {
            return Err(DecodeError("unknown protocol version"));
        }
        let response = Self {
            timeout_ms: r.i32()?,
            session: r.i64()?,
            password: r.buffer()?.to_vec(),
        };
        if response.password.len() != 16 {
            return Err(DecodeError("session password is not 16 bytes"));
        }
        Ok(response)
    }
}

/// What a server says of a znode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stat {
    /// The transaction that created the znode: it never comes twice, and only rises.
    pub czxid: i64,
    /// The transaction that last changed its data.
    pub mzxid: i64,
    /// Creation time, milliseconds since the epoch, by the server's clock.
    pub ctime: i64,
    /// Modification time, likewise.
    pub mtime: i64,
    /// Number of changes of the data.
    pub version: i32,
    /// Number of changes of the children; names of sequential children come from it.
    pub cversion: i32,
    /// Number of changes of the ACL.
    pub aversion: i32,
    /// The session that owns the znode, or 0 for one that is not ephemeral.
    pub ephemeral_owner: i64,
    /// Length of the data in bytes.
    pub data_length: i32,
    /// Number of children.
    pub num_children: i32,
    /// The transaction that last changed the children.
    pub pzxid: i64,
}

impl Stat {
    fn encode(&self, w: &mut Writer<'_>) {
        w.i64(self.czxid)
            .i64(self.mzxid)
            .i64(self.ctime)
            .i64(self.mtime)
            .i32(self.version)
            .i32(self.cversion)
            .i32(self.aversion)
            .i64(self.ephemeral_owner)
            .i32(self.data_length)
            .i32(self.num_children)
            .i64(self.pzxid);
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            czxid: r.i64()?,
            mzxid: r.i64()?,
            ctime: r.i64()?,
            mtime: r.i64()?,
            version: r.i32()?,
            cversion: r.i32()?,
            aversion: r.i32()?,
            ephemeral_owner: r.i64()?,
            data_length: r.i32()?,
            num_children: r.i32()?,
            pzxid: r.i64()?,
        })
    }
}

/// Permission bits of an ACL entry (`ZooDefs.Perms`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Perms(pub i32);

impl Perms {
    /// May read data and children.
    pub const READ: Self = Self(1);
    /// May create children.
    pub const CREATE: Self = Self(4);
    /// May delete children.
    pub const DELETE: Self = Self(8);
    /// Everything: read, write, create, delete, admin.
    pub const ALL: Self = Self(31);
}

/// One entry of a znode's access control list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acl {
    /// What is allowed.
    pub perms: Perms,
    /// How `id` is to be read: `world`, `auth`, `digest`…
    pub scheme: String,
    /// To whom.
    pub id: String,
}

impl Acl {
    fn new(perms: Perms, scheme: &str, id: &str) -> Self {
        Self {
            perms,
            scheme: scheme.to_owned(),
            id: id.to_owned(),
        }
    }

    /// Anyone may do anything: what Mesos writes without credentials.
    pub fn open() -> Vec<Self> {
        vec![Self::new(Perms::ALL, "world", "anyone")]
    }

    /// Anyone may read, the creator may do anything: what Mesos writes with credentials.
    pub fn world_read_creator_all() -> Vec<Self> {
        vec![
            Self::new(Perms::READ, "world", "anyone"),
            Self::new(Perms::ALL, "auth", ""),
        ]
    }
}

/// How a znode is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateMode {
    /// It stays.
    Persistent,
    /// It goes with its session, and the server appends a ten-digit number to its name.
    EphemeralSequential,
}

impl CreateMode {
    fn flags(self) -> i32 {
        match self {
            Self::Persistent => 0,
            Self::EphemeralSequential => 3,
        }
    }
}

/// A request of the client, all but the connect request.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Request {
    Ping,
    /// `credentials` is a secret.
    Auth {
        scheme: String,
        credentials: Vec<u8>,
    },
    Create2 {
        path: String,
        data: Vec<u8>,
        acl: Vec<Acl>,
        mode: CreateMode,
    },
    /// Version -1 deletes any version.
    Delete {
        path: String,
        version: i32,
    },
    Exists {
        path: String,
        watch: bool,
    },
    GetData {
        path: String,
        watch: bool,
    },
    /// Version -1 replaces any version.
    SetData {
        path: String,
        data: Vec<u8>,
        version: i32,
    },
    GetChildren2 {
        path: String,
        watch: bool,
    },
    Sync {
        path: String,
    },
    /// The ephemerals of this session whose path starts with `prefix` (servers from 3.6 on).
    GetEphemerals {
        prefix: String,
    },
    CloseSession,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ping => f.write_str("Ping"),
            Self::Auth { scheme, .. } => write!(f, "Auth({scheme}, …)"),
            Self::Create2 {
                path, data, mode, ..
            } => {
                write!(f, "Create2({path}, {} bytes, {mode:?})", data.len())
            }
            Self::Delete { path, version } => write!(f, "Delete({path}, {version})"),
            Self::Exists { path, watch } => write!(f, "Exists({path}, watch={watch})"),
            Self::GetData { path, watch } => write!(f, "GetData({path}, watch={watch})"),
            Self::SetData {
                path,
                data,
                version,
            } => {
                write!(f, "SetData({path}, {} bytes, {version})", data.len())
            }
            Self::GetChildren2 { path, watch } => write!(f, "GetChildren2({path}, watch={watch})"),
            Self::Sync { path } => write!(f, "Sync({path})"),
            Self::GetEphemerals { prefix } => write!(f, "GetEphemerals({prefix})"),
            Self::CloseSession => f.write_str("CloseSession"),
        }
    }
}

impl Request {
    /// The number of the operation.
    pub fn op(&self) -> i32 {
        match self {
            Self::Ping => op::PING,
            Self::Auth { .. } => op::AUTH,
            Self::Create2 { .. } => op::CREATE2,
            Self::Delete { .. } => op::DELETE,
            Self::Exists { .. } => op::EXISTS,
            Self::GetData { .. } => op::GET_DATA,
            Self::SetData { .. } => op::SET_DATA,
            Self::GetChildren2 { .. } => op::GET_CHILDREN2,
            Self::Sync { .. } => op::SYNC,
            Self::GetEphemerals { .. } => op::GET_EPHEMERALS,
            Self::CloseSession => op::CLOSE_SESSION,
        }
    }

    /// Whether the request changes the tree or the session, so that a lost reply leaves it open
    /// whether it happened.
    pub fn is_write(&self) -> bool {
        matches!(
            self.op(),
            op::CREATE2 | op::DELETE | op::SET_DATA | op::CLOSE_SESSION
        )
    }

    /// Appends the frame, numbered `xid`, to `out`.
    pub fn encode(&self, xid: i32, out: &mut Vec<u8>) {
        frame(out, |body| {
            let mut w = Writer::new(body);
            w.i32(xid).i32(self.op());
            match self {
                Self::Ping | Self::CloseSession => {}
                Self::Auth {
                    scheme,
                    credentials,
                } => {
                    w.i32(0).string(scheme).buffer(credentials);
                }
                Self::Create2 {
                    path,
                    data,
                    acl,
                    mode,
                } => {
                    w.string(path).buffer(data).vector(acl, |w, acl| {
                        w.i32(acl.perms.0).string(&acl.scheme).string(&acl.id);
                    });
                    w.i32(mode.flags());
                }
                Self::Delete { path, version } => {
                    w.string(path).i32(*version);
                }
                Self::Exists { path, watch }
                | Self::GetData { path, watch }
                | Self::GetChildren2 { path, watch } => {
                    w.string(path).bool(*watch);
                }
                Self::SetData {
                    path,
                    data,
                    version,
                } => {
                    w.string(path).buffer(data).i32(*version);
                }
                Self::Sync { path } => {
                    w.string(path);
                }
                Self::GetEphemerals { prefix } => {
                    w.string(prefix);
                }
            }
        });
    }

    /// Reads the body of a frame: its xid and the request, or the number of an operation that is
    /// not among ours.
    ///
    /// # Errors
    /// Bytes that are no such record.
    pub fn decode(body: &[u8]) -> Result<(i32, Result<Self, i32>), DecodeError> {
        let mut r = Reader::new(body);
        let (xid, number) = (r.i32()?, r.i32()?);
        let request = match number {
            op::PING => Self::Ping,
            op::CLOSE_SESSION => Self::CloseSession,
            op::AUTH => {
                r.i32()?;
                Self::Auth {
                    scheme: r.string()?,
                    credentials: r.buffer()?.to_vec(),
                }
            }
            op::CREATE2 => Self::Create2 {
                path: r.string()?,
                data: r.buffer()?.to_vec(),
                acl: r.vector(|r| {
                    Ok(Acl {
                        perms: Perms(r.i32()?),
                        scheme: r.string()?,
                        id: r.string()?,
                    })
                })?,
                mode: match r.i32()? {
                    0 => CreateMode::Persistent,
                    3 => CreateMode::EphemeralSequential,
                    _ => return Err(DecodeError("create mode that this crate does not use")),
                },
            },
            op::DELETE => Self::Delete {
                path: r.string()?,
                version: r.i32()?,
            },
            op::EXISTS => Self::Exists {
                path: r.string()?,
                watch: r.bool()?,
            },
            op::GET_DATA => Self::GetData {
                path: r.string()?,
                watch: r.bool()?,
            },
            op::SET_DATA => Self::SetData {
                path: r.string()?,
                data: r.buffer()?.to_vec(),
                version: r.i32()?,
            },
            op::GET_CHILDREN2 => Self::GetChildren2 {
                path: r.string()?,
                watch: r.bool()?,
            },
            op::SYNC => Self::Sync { path: r.string()? },
            op::GET_EPHEMERALS => Self::GetEphemerals {
                prefix: r.string()?,
            },
            other => return Ok((xid, Err(other))),
        };
        Ok((xid, Ok(request)))
    }
}

/// What every reply starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyHeader {
    /// The request that is answered, or one of [`xid`].
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
    /// Bytes that are no such record.
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

/// An error that a server answered (`KeeperException.Code`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ServerError {
    NoNode,
    NoAuth,
    BadVersion,
    NoChildrenForEphemerals,
    NodeExists,
    NotEmpty,
    SessionExpired,
    InvalidAcl,
    AuthFailed,
    SessionMoved,
    Unimplemented,
    BadArguments,
    Other(i32),
}

impl ServerError {
    /// The error with this number.
    pub fn from_code(code: i32) -> Self {
        match code {
            -6 => Self::Unimplemented,
            -8 => Self::BadArguments,
            -101 => Self::NoNode,
            -102 => Self::NoAuth,
            -103 => Self::BadVersion,
            -108 => Self::NoChildrenForEphemerals,
            -110 => Self::NodeExists,
            -111 => Self::NotEmpty,
            -112 => Self::SessionExpired,
            -114 => Self::InvalidAcl,
            -115 => Self::AuthFailed,
            -118 => Self::SessionMoved,
            other => Self::Other(other),
        }
    }

    /// The number of the error.
    pub fn code(self) -> i32 {
        match self {
            Self::Unimplemented => -6,
            Self::BadArguments => -8,
            Self::NoNode => -101,
            Self::NoAuth => -102,
            Self::BadVersion => -103,
            Self::NoChildrenForEphemerals => -108,
            Self::NodeExists => -110,
            Self::NotEmpty => -111,
            Self::SessionExpired => -112,
            Self::InvalidAcl => -114,
            Self::AuthFailed => -115,
            Self::SessionMoved => -118,
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::NoNode => "the znode does not exist",
            Self::NoAuth => "not authorised by the znode's ACL",
            Self::BadVersion => "the znode has another version",
            Self::NoChildrenForEphemerals => "the parent is ephemeral and cannot have children",
            Self::NodeExists => "the znode exists already",
            Self::NotEmpty => "the znode has children",
            Self::SessionExpired => "the session has expired",
            Self::InvalidAcl => "the ACL is not valid",
            Self::AuthFailed => "authentication failed",
            Self::SessionMoved => "the session has moved to another server",
            Self::Unimplemented => "the server does not know this operation",
            Self::BadArguments => "the server calls the arguments bad",
            Self::Other(code) => return write!(f, "ZooKeeper error {code}"),
        };
        write!(f, "{words} ({})", self.code())
    }
}

/// The body of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Response {
    /// Delete, ping, auth, closeSession.
    Empty,
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
    Synced,
    Ephemerals(Vec<String>),
}

impl Response {
    /// Reads the body of a reply to the operation `number`.
    ///
    /// # Errors
    /// Bytes that are no such record.
    pub fn decode(number: i32, r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match number {
            op::CREATE2 => Self::Created {
                path: r.string()?,
                stat: Stat::decode(r)?,
            },
            op::EXISTS | op::SET_DATA => Self::Stat(Stat::decode(r)?),
            op::GET_DATA => Self::Data {
                data: r.buffer()?.to_vec(),
                stat: Stat::decode(r)?,
            },
            op::GET_CHILDREN2 => Self::Children {
                children: r.vector(Reader::string)?,
                stat: Stat::decode(r)?,
            },
            op::SYNC => {
                r.string()?;
                Self::Synced
            }
            op::GET_EPHEMERALS => Self::Ephemerals(r.vector(Reader::string)?),
            _ => Self::Empty,
        })
    }

    /// Appends a whole frame with this body: what a server sends. `path` is what a `sync` echoes.
    pub fn encode(&self, header: ReplyHeader, path: &str, out: &mut Vec<u8>) {
        frame(out, |body| {
            let mut w = Writer::new(body);
            header.encode(&mut w);
            match self {
                Self::Empty => {}
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
                Self::Synced => {
                    w.string(path);
                }
                Self::Ephemerals(paths) => {
                    w.vector(paths, |w, path| {
                        w.string(path);
                    });
                }
            }
        });
    }
}

/// What a watch saw (`Watcher.Event.EventType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum EventKind {
    Created,
    Deleted,
    DataChanged,
    ChildrenChanged,
}

/// A watch event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchEvent {
    /// What happened.
    pub kind: EventKind,
    /// To which znode.
    pub path: String,
}

impl WatchEvent {
    /// Reads the body that follows the header; `None` for session events, which only say what
    /// the connection says anyway, and for kinds that no watch of ours can cause.
    ///
    /// # Errors
    /// Bytes that are no such record.
    pub fn decode(r: &mut Reader<'_>) -> Result<Option<Self>, DecodeError> {
        let (kind, _state, path) = (r.i32()?, r.i32()?, r.string()?);
        let kind = match kind {
            1 => EventKind::Created,
            2 => EventKind::Deleted,
            3 => EventKind::DataChanged,
            4 => EventKind::ChildrenChanged,
            _ => return Ok(None),
        };
        Ok(Some(Self { kind, path }))
    }

    /// Appends the frame to `out`: what a server sends.
    pub fn encode(&self, zxid: i64, out: &mut Vec<u8>) {
        const SYNC_CONNECTED: i32 = 3;
        frame(out, |body| {
            let mut w = Writer::new(body);
            ReplyHeader {
                xid: xid::NOTIFICATION,
                zxid,
                err: 0,
            }
            .encode(&mut w);
            let kind = match self.kind {
                EventKind::Created => 1,
                EventKind::Deleted => 2,
                EventKind::DataChanged => 3,
                EventKind::ChildrenChanged => 4,
            };
            w.i32(kind).i32(SYNC_CONNECTED).string(&self.path);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_read_back_as_written() {
        let requests = [
            Request::Ping,
            Request::Auth {
                scheme: "digest".into(),
                credentials: b"u:p".to_vec(),
            },
            Request::Create2 {
                path: "/g/x_".into(),
                data: vec![1, 2],
                acl: Acl::world_read_creator_all(),
                mode: CreateMode::EphemeralSequential,
            },
            Request::Delete {
                path: "/a".into(),
                version: -1,
            },
            Request::Exists {
                path: "/a".into(),
                watch: true,
            },
            Request::GetData {
                path: "/a".into(),
                watch: false,
            },
            Request::SetData {
                path: "/a".into(),
                data: vec![],
                version: 3,
            },
            Request::GetChildren2 {
                path: "/".into(),
                watch: true,
            },
            Request::Sync { path: "/a".into() },
            Request::GetEphemerals {
                prefix: "/g/".into(),
            },
            Request::CloseSession,
        ];
        for request in requests {
            let mut bytes = Vec::new();
            request.encode(9, &mut bytes);
            assert_eq!(Request::decode(&bytes[4..]), Ok((9, Ok(request))));
        }
    }

    /// The bytes that `zookeeper.jute` prescribes, written out by hand.
    #[test]
    fn the_connect_request_is_the_real_one() {
        let mut bytes = Vec::new();
        ConnectRequest {
            last_zxid: 1,
            timeout_ms: 4000,
            session: 2,
            password: vec![0; 16],
        }
        .encode(&mut bytes);
        let mut expected = vec![0, 0, 0, 45, 0, 0, 0, 0];
        expected.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x0f, 0xa0]);
        expected.extend([0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 16]);
        expected.extend([0; 17]);
        assert_eq!(bytes, expected);
    }

    #[test]
    fn secrets_are_not_in_debug_output() {
        let shown = format!(
            "{:?} {:?} {:?}",
            Request::Auth {
                scheme: "digest".into(),
                credentials: b"jake:sesame".to_vec()
            },
            ConnectRequest {
                last_zxid: 0,
                timeout_ms: 1,
                session: 1,
                password: b"sesamesesameses!".to_vec()
            },
            ConnectResponse {
                timeout_ms: 1,
                session: 1,
                password: b"sesamesesameses!".to_vec()
            },
        );
        assert!(
            !shown.contains("sesame") && !shown.contains("115, 101"),
            "{shown}"
        );
    }

    #[test]
    fn a_connect_response_without_a_real_password_is_refused() {
        let mut bytes = Vec::new();
        Writer::new(&mut bytes).i32(0).i32(4000).i64(1).i32(1 << 30);
        assert!(ConnectResponse::decode(&bytes).is_err());
    }
}
