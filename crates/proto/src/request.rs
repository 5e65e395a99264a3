//! The requests of a client.

use super::acl::Acl;
use super::create_mode::{CONTAINER, CreateMode};
use super::frame::frame;
use super::jute::{DecodeError, Reader, Writer};
use super::multi::{self, MultiOp};
use super::numbers::op;
use super::watching::{WatchMode, WatchTable, Watches};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A request of the client; the connect request is not among them.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Request {
    Ping,
    /// `credentials` is a secret.
    Auth {
        scheme: String,
        credentials: Vec<u8>,
    },
    /// As `Create2`, but the reply holds only the path: for servers before 3.5.
    Create {
        path: String,
        data: Vec<u8>,
        acl: Vec<Acl>,
        mode: CreateMode,
    },
    Create2 {
        path: String,
        data: Vec<u8>,
        acl: Vec<Acl>,
        mode: CreateMode,
    },
    /// A znode that the server deletes some time after the deletion of its last child (servers from
    /// 3.5 on).
    CreateContainer {
        path: String,
        data: Vec<u8>,
        acl: Vec<Acl>,
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
    GetAcl {
        path: String,
    },
    /// Version -1 replaces any version of the list.
    SetAcl {
        path: String,
        acl: Vec<Acl>,
        version: i32,
    },
    Sync {
        path: String,
    },
    /// The watches of a lost connection; this request has no field for persistent ones.
    SetWatches(Box<Watches>),
    /// The watches of a lost connection (servers from 3.6 on).
    SetWatches2(Box<Watches>),
    /// A watch that stays armed after it has fired (servers from 3.6 on).
    AddWatch {
        path: String,
        mode: WatchMode,
    },
    /// Servers from 3.5 on.
    RemoveWatches {
        path: String,
        table: WatchTable,
    },
    /// The ephemerals of this session whose path starts with `prefix` (servers from 3.6 on).
    GetEphemerals {
        prefix: String,
    },
    /// Operations that succeed or fail together.
    Multi {
        ops: Vec<MultiOp>,
    },
    CloseSession,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ping => f.write_str("Ping"),
            Self::Auth { scheme, .. } => write!(f, "Auth({scheme}, …)"),
            Self::Create {
                path, data, mode, ..
            } => {
                write!(f, "Create({path}, {} bytes, {mode:?})", data.len())
            }
            Self::Create2 {
                path, data, mode, ..
            } => {
                write!(f, "Create2({path}, {} bytes, {mode:?})", data.len())
            }
            Self::CreateContainer { path, data, .. } => {
                write!(f, "CreateContainer({path}, {} bytes)", data.len())
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
            Self::GetAcl { path } => write!(f, "GetAcl({path})"),
            Self::SetAcl { path, acl, version } => {
                write!(f, "SetAcl({path}, {} entries, {version})", acl.len())
            }
            Self::Sync { path } => write!(f, "Sync({path})"),
            Self::SetWatches(watches) => write!(f, "SetWatches({watches:?})"),
            Self::SetWatches2(watches) => write!(f, "SetWatches2({watches:?})"),
            Self::AddWatch { path, mode } => write!(f, "AddWatch({path}, {mode:?})"),
            Self::RemoveWatches { path, table } => write!(f, "RemoveWatches({path}, {table:?})"),
            Self::GetEphemerals { prefix } => write!(f, "GetEphemerals({prefix})"),
            Self::Multi { ops } => write!(f, "Multi({} operations)", ops.len()),
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
            Self::Create { .. } => op::CREATE,
            Self::Create2 { .. } => op::CREATE2,
            Self::CreateContainer { .. } => op::CREATE_CONTAINER,
            Self::Delete { .. } => op::DELETE,
            Self::Exists { .. } => op::EXISTS,
            Self::GetData { .. } => op::GET_DATA,
            Self::SetData { .. } => op::SET_DATA,
            Self::GetChildren2 { .. } => op::GET_CHILDREN2,
            Self::GetAcl { .. } => op::GET_ACL,
            Self::SetAcl { .. } => op::SET_ACL,
            Self::Sync { .. } => op::SYNC,
            Self::SetWatches(_) => op::SET_WATCHES,
            Self::SetWatches2(_) => op::SET_WATCHES2,
            Self::AddWatch { .. } => op::ADD_WATCH,
            Self::RemoveWatches { .. } => op::REMOVE_WATCHES,
            Self::GetEphemerals { .. } => op::GET_EPHEMERALS,
            Self::Multi { .. } => op::MULTI,
            Self::CloseSession => op::CLOSE_SESSION,
        }
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
                Self::Create {
                    path,
                    data,
                    acl,
                    mode,
                }
                | Self::Create2 {
                    path,
                    data,
                    acl,
                    mode,
                } => encode_create(&mut w, path, data, acl, mode.flags()),
                Self::CreateContainer { path, data, acl } => {
                    encode_create(&mut w, path, data, acl, CONTAINER);
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
                Self::Sync { path } | Self::GetAcl { path } => {
                    w.string(path);
                }
                Self::SetAcl { path, acl, version } => {
                    w.string(path).vector(acl, |w, acl| acl.encode(w));
                    w.i32(*version);
                }
                Self::SetWatches(watches) => watches.encode(&mut w),
                Self::SetWatches2(watches) => watches.encode_all(&mut w),
                Self::AddWatch { path, mode } => {
                    w.string(path).i32(mode.number());
                }
                Self::RemoveWatches { path, table } => {
                    w.string(path).i32(table.number());
                }
                Self::GetEphemerals { prefix } => {
                    w.string(prefix);
                }
                Self::Multi { ops } => multi::encode_ops(ops, &mut w),
            }
        });
    }

    /// Reads the body of a frame: its xid and the request, or the number of an operation that this
    /// crate does not use.
    ///
    /// # Errors
    /// Bytes that are not such a record.
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
            op::CREATE => Self::Create {
                path: r.string()?,
                data: r.buffer()?.to_vec(),
                acl: r.vector(Acl::decode)?,
                mode: CreateMode::from_flags(r.i32()?)?,
            },
            op::CREATE2 => Self::Create2 {
                path: r.string()?,
                data: r.buffer()?.to_vec(),
                acl: r.vector(Acl::decode)?,
                mode: CreateMode::from_flags(r.i32()?)?,
            },
            op::CREATE_CONTAINER => {
                let (path, data) = (r.string()?, r.buffer()?.to_vec());
                let acl = r.vector(Acl::decode)?;
                if r.i32()? != CONTAINER {
                    return Err(DecodeError("a container that is created as something else"));
                }
                Self::CreateContainer { path, data, acl }
            }
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
            op::GET_ACL => Self::GetAcl { path: r.string()? },
            op::SET_ACL => Self::SetAcl {
                path: r.string()?,
                acl: r.vector(Acl::decode)?,
                version: r.i32()?,
            },
            op::SYNC => Self::Sync { path: r.string()? },
            op::SET_WATCHES => Self::SetWatches(Box::new(Watches::decode(&mut r)?)),
            op::SET_WATCHES2 => Self::SetWatches2(Box::new(Watches::decode_all(&mut r)?)),
            op::ADD_WATCH => Self::AddWatch {
                path: r.string()?,
                mode: WatchMode::from_number(r.i32()?)?,
            },
            op::REMOVE_WATCHES => Self::RemoveWatches {
                path: r.string()?,
                table: WatchTable::from_number(r.i32()?)?,
            },
            op::GET_EPHEMERALS => Self::GetEphemerals {
                prefix: r.string()?,
            },
            op::MULTI => Self::Multi {
                ops: multi::decode_ops(&mut r)?,
            },
            other => return Ok((xid, Err(other))),
        };
        Ok((xid, Ok(request)))
    }
}

fn encode_create(w: &mut Writer<'_>, path: &str, data: &[u8], acl: &[Acl], flags: i32) {
    w.string(path).buffer(data);
    w.vector(acl, |w, acl| acl.encode(w)).i32(flags);
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn requests_read_back_as_written() {
        let requests = [
            Request::Ping,
            Request::Auth {
                scheme: "digest".into(),
                credentials: b"u:p".to_vec(),
            },
            Request::Create {
                path: "/g/x_".into(),
                data: vec![],
                acl: Acl::open(),
                mode: CreateMode::Persistent,
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
            Request::CreateContainer {
                path: "/c".into(),
                data: vec![3],
                acl: Acl::open(),
            },
            Request::GetAcl { path: "/a".into() },
            Request::SetAcl {
                path: "/a".into(),
                acl: Acl::open(),
                version: 2,
            },
            Request::Sync { path: "/a".into() },
            Request::SetWatches(Box::new(Watches {
                since: 9,
                data: vec!["/a".into()],
                missing: vec!["/b".into(), "/c".into()],
                children: vec!["/".into()],
                ..Watches::default()
            })),
            Request::SetWatches2(Box::new(Watches {
                since: -1,
                persistent: vec!["/a".into()],
                recursive: vec!["/b".into()],
                ..Watches::default()
            })),
            Request::AddWatch {
                path: "/a".into(),
                mode: WatchMode::Recursive,
            },
            Request::RemoveWatches {
                path: "/a".into(),
                table: WatchTable::Any,
            },
            Request::GetEphemerals {
                prefix: "/g/".into(),
            },
            Request::Multi {
                ops: vec![MultiOp::Check {
                    path: "/g/x".into(),
                    version: 7,
                }],
            },
            Request::CloseSession,
        ];
        for request in requests {
            let mut bytes = Vec::new();
            request.encode(9, &mut bytes);
            assert_eq!(Request::decode(&bytes[4..]), Ok((9, Ok(request))));
        }
    }
}
