//! Transactions: a leader proposes them, a majority logs them, and every server applies them.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use tenure_proto::{Acl, CreateMode, MultiOp, ServerError, Stat};

/// A transaction and its origin. The numbers are those of the request: the client's server
/// recognises the answer by them (`Request.sessionId`, `Request.cxid`).
#[derive(Debug)]
pub(super) struct Record {
    pub(super) zxid: i64,
    pub(super) time_ms: i64,
    pub(super) session: i64,
    pub(super) cxid: i32,
    pub(super) txn: Txn,
}

/// A change that was found possible, or the reason why it is not.
#[derive(Debug)]
pub(super) enum Txn {
    Create {
        path: String,
        data: Arc<[u8]>,
        acl: Arc<[Acl]>,
        owner: i64,
        parent_cversion: i32,
    },
    Delete {
        path: String,
    },
    SetData {
        path: String,
        data: Arc<[u8]>,
        version: i32,
    },
    SetAcl {
        path: String,
        acl: Arc<[Acl]>,
        version: i32,
    },
    /// Changes nothing; in a `multi`.
    Check,
    Multi(Vec<Self>),
    /// Changes no znode: a ping, a `sync` or a re-attach where these are transactions.
    Touch,
    CreateSession {
        timeout_ms: i32,
    },
    CloseSession,
    /// A request that failed takes a zxid like any other.
    Error(ServerError),
}

/// A change that a client requests, on its way to the leader.
#[derive(Debug)]
pub(super) enum Write {
    CreateSession {
        timeout_ms: i32,
    },
    CloseSession,
    Create {
        path: String,
        data: Vec<u8>,
        acl: Vec<Acl>,
        mode: CreateMode,
    },
    Delete {
        path: String,
        version: i32,
    },
    SetData {
        path: String,
        data: Vec<u8>,
        version: i32,
    },
    CreateContainer {
        path: String,
        data: Vec<u8>,
        acl: Vec<Acl>,
    },
    /// Requested by the leader itself.
    DeleteContainer {
        path: String,
    },
    SetAcl {
        path: String,
        acl: Vec<Acl>,
        version: i32,
    },
    Multi(Vec<MultiOp>),
    /// See [`Txn::Touch`].
    Touch,
    /// It fails whatever its content: an unreadable body, or an operation that is turned off.
    Refused(ServerError),
}

/// The outcome of a transaction where it was applied.
#[derive(Debug)]
pub(super) enum Outcome {
    Done,
    Created { path: String, stat: Stat },
    Set(Stat),
    Multi(Vec<Self>),
    Failed(ServerError),
}
