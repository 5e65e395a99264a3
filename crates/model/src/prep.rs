//! Requests become transactions (`PrepRequestProcessor`). The checks are in a server's order, for
//! only the first failure shows.

use super::acl::{self, ADMIN, Identity, WRITE};
use super::pending::{Pending, Undo};
use super::sessions::{Owner, Sessions};
use super::tree::{CONTAINER, SPECIAL, Tree, View, split};
use super::txn::{Txn, Write};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use tenure_proto::{Acl, CreateMode, MultiOp, Perms, ServerError, path};

/// `MARSHALLINGERROR`: the body of a request could not be read.
pub(super) const MARSHALLING_ERROR: ServerError = ServerError::Other(-5);

/// In a `multi` that failed: the error of the operations after the failed one.
const RUNTIME_INCONSISTENCY: ServerError = ServerError::Other(-2);

/// The origin of a change.
#[derive(Debug)]
pub(super) struct Asker<'a> {
    pub(super) session: i64,
    /// `None` for a change from outside, which has no session.
    pub(super) owner: Option<Owner>,
    pub(super) ids: &'a [Identity],
}

/// One request on its way to become the transaction `zxid`.
pub(super) struct Prep<'a> {
    pub(super) tree: &'a Tree,
    pub(super) pending: &'a mut Pending,
    pub(super) sessions: &'a mut Sessions,
    pub(super) zxid: i64,
    pub(super) now_ms: u64,
}

type Found = Result<Txn, ServerError>;

/// A znode to create.
struct New<'a> {
    path: &'a str,
    data: Vec<u8>,
    acl: &'a [Acl],
    sequential: bool,
    owner: i64,
}

impl<'a> New<'a> {
    fn of(session: i64, path: &'a str, data: Vec<u8>, acl: &'a [Acl], mode: CreateMode) -> Self {
        Self {
            path,
            data,
            acl,
            sequential: mode.is_sequential(),
            owner: if mode.is_ephemeral() { session } else { 0 },
        }
    }
}

impl Prep<'_> {
    /// The transaction, which is an error where the request cannot be carried out.
    pub(super) fn prepare(&mut self, asker: &Asker<'_>, write: Write) -> Txn {
        let mut undo = Undo::new();
        let found = match write {
            Write::Multi(ops) => return self.multi(asker, ops),
            Write::Refused(error) => Err(error),
            Write::Touch => Ok(Txn::Touch),
            Write::CreateSession { timeout_ms } => {
                self.sessions.track(asker.session, timeout_ms, self.now_ms);
                if let Some(owner) = asker.owner {
                    self.sessions.set_owner(asker.session, owner);
                }
                Ok(Txn::CreateSession { timeout_ms })
            }
            // The tracker asks for this too, and does not own the session: no permission is
            // checked.
            Write::CloseSession => {
                self.pending.close(self.zxid, asker.session);
                self.sessions.closing(asker.session);
                Ok(Txn::CloseSession)
            }
            Write::Create {
                path,
                data,
                acl,
                mode,
            } => {
                let new = New::of(asker.session, &path, data, &acl, mode);
                self.create(asker, new, &mut undo)
            }
            Write::CreateContainer { path, data, acl } => {
                let new = New {
                    path: &path,
                    data,
                    acl: &acl,
                    sequential: false,
                    owner: CONTAINER,
                };
                self.create(asker, new, &mut undo)
            }
            Write::DeleteContainer { path } => self.delete_container(&path, &mut undo),
            Write::SetAcl { path, acl, version } => {
                self.set_acl(asker, path, &acl, version, &mut undo)
            }
            Write::Delete { path, version } => self.delete(asker, &path, version, &mut undo),
            Write::SetData {
                path,
                data,
                version,
            } => self.set_data(asker, path, data, version, &mut undo),
        };
        found.unwrap_or_else(Txn::Error)
    }

    fn multi(&mut self, asker: &Asker<'_>, ops: Vec<MultiOp>) -> Txn {
        let mut undo = Undo::new();
        let mut failed = false;
        let mut txns = Vec::new();
        for op in ops {
            if failed {
                txns.push(Txn::Error(RUNTIME_INCONSISTENCY));
                continue;
            }
            let found = match op {
                MultiOp::Check { path, version } => self.check(asker, &path, version),
                MultiOp::Create {
                    path,
                    data,
                    acl,
                    mode,
                } => {
                    let new = New::of(asker.session, &path, data, &acl, mode);
                    self.create(asker, new, &mut undo)
                }
                MultiOp::Delete { path, version } => self.delete(asker, &path, version, &mut undo),
                MultiOp::SetData {
                    path,
                    data,
                    version,
                } => self.set_data(asker, path, data, version, &mut undo),
            };
            failed = found.is_err();
            txns.push(found.unwrap_or_else(Txn::Error));
        }
        if failed {
            self.pending.take_back(undo);
        }
        Txn::Multi(txns)
    }

    fn check_session(&mut self, asker: &Asker<'_>) -> Result<(), ServerError> {
        match asker.owner {
            Some(owner) => self.sessions.check(asker.session, owner),
            None => Ok(()),
        }
    }

    fn find(&self, path: &str) -> Result<View, ServerError> {
        let view = self.pending.view(path, self.tree);
        view.ok_or(ServerError::NoNode)
    }

    fn create(&mut self, asker: &Asker<'_>, new: New<'_>, undo: &mut Undo) -> Found {
        self.check_session(asker)?;
        let (parent_path, _) = split(new.path)?;
        let mut acl = acl::fixup(new.acl, asker.ids)?;
        let mut parent = self.find(parent_path)?;
        require(&parent, Perms::CREATE, asker)?;
        // The number is signed: a counter that has wrapped makes `x_-000000005`.
        let path = if new.sequential {
            format!("{}{:010}", new.path, parent.cversion)
        } else {
            new.path.to_owned()
        };
        let owner = new.owner;
        validate(&path)?;
        if self.find(&path).is_ok() {
            return Err(ServerError::NodeExists);
        }
        if parent.is_ephemeral() {
            return Err(ServerError::NoChildrenForEphemerals);
        }
        if acl == parent.acl {
            acl = Arc::clone(&parent.acl);
        }
        let parent_cversion = parent.cversion.wrapping_add(1);
        parent.cversion = parent_cversion;
        parent.children += 1;
        let view = View {
            version: 0,
            cversion: 0,
            children: 0,
            acl: acl.clone(),
            aversion: 0,
            owner,
        };
        self.pending.set(self.zxid, parent_path, Some(parent), undo);
        self.pending.set(self.zxid, &path, Some(view), undo);
        Ok(Txn::Create {
            path,
            data: new.data.into(),
            acl,
            owner,
            parent_cversion,
        })
    }

    fn delete(&mut self, asker: &Asker<'_>, path: &str, version: i32, undo: &mut Undo) -> Found {
        self.check_session(asker)?;
        let parent_path = parent_of_deletable(path)?;
        let parent = self.find(parent_path)?;
        require(&parent, Perms::DELETE, asker)?;
        let node = self.find(path)?;
        next_version(node.version, version)?;
        if node.children > 0 {
            return Err(ServerError::NotEmpty);
        }
        Ok(self.deletion(path, parent_path, parent, undo))
    }

    /// No permission is checked: the leader asks for it.
    fn delete_container(&mut self, path: &str, undo: &mut Undo) -> Found {
        let parent_path = parent_of_deletable(path)?;
        let node = self.find(path)?;
        if node.children > 0 {
            return Err(ServerError::NotEmpty);
        }
        if node.is_ephemeral() {
            return Err(ServerError::BadVersion);
        }
        let parent = self.find(parent_path)?;
        Ok(self.deletion(path, parent_path, parent, undo))
    }

    fn deletion(
        &mut self,
        path: &str,
        parent_path: &str,
        mut parent: View,
        undo: &mut Undo,
    ) -> Txn {
        parent.children -= 1;
        self.pending.set(self.zxid, parent_path, Some(parent), undo);
        self.pending.set(self.zxid, path, None, undo);
        Txn::Delete {
            path: path.to_owned(),
        }
    }

    fn set_data(
        &mut self,
        asker: &Asker<'_>,
        path: String,
        data: Vec<u8>,
        version: i32,
        undo: &mut Undo,
    ) -> Found {
        self.check_session(asker)?;
        validate(&path)?;
        let mut node = self.find(&path)?;
        require(&node, WRITE, asker)?;
        let version = next_version(node.version, version)?;
        node.version = version;
        self.pending.set(self.zxid, &path, Some(node), undo);
        Ok(Txn::SetData {
            path,
            data: data.into(),
            version,
        })
    }

    fn set_acl(
        &mut self,
        asker: &Asker<'_>,
        path: String,
        acl: &[Acl],
        version: i32,
        undo: &mut Undo,
    ) -> Found {
        self.check_session(asker)?;
        validate(&path)?;
        let acl = acl::fixup(acl, asker.ids)?;
        let mut node = self.find(&path)?;
        require(&node, ADMIN, asker)?;
        let version = next_version(node.aversion, version)?;
        node.aversion = version;
        // The list itself is not noted: checks before this is applied see the old one.
        self.pending.set(self.zxid, &path, Some(node), undo);
        Ok(Txn::SetAcl { path, acl, version })
    }

    fn check(&mut self, asker: &Asker<'_>, path: &str, version: i32) -> Found {
        self.check_session(asker)?;
        validate(path)?;
        let node = self.find(path)?;
        require(&node, Perms::READ, asker)?;
        next_version(node.version, version)?;
        Ok(Txn::Check)
    }
}

fn require(node: &View, perm: Perms, asker: &Asker<'_>) -> Result<(), ServerError> {
    if acl::allows(&node.acl, perm, asker.ids) {
        Ok(())
    } else {
        Err(ServerError::NoAuth)
    }
}

fn parent_of_deletable(path: &str) -> Result<&str, ServerError> {
    let (parent, _) = split(path)?;
    if SPECIAL.contains(&path) {
        return Err(ServerError::BadArguments);
    }
    Ok(parent)
}

/// `PathUtils.validatePath`. Java reads characters above U+FFFF as two surrogates, and refuses them.
fn validate(path: &str) -> Result<(), ServerError> {
    if path::validate_of_any_length(path).is_err() || path.chars().any(|c| c > '\u{ffff}') {
        return Err(ServerError::BadArguments);
    }
    Ok(())
}

fn next_version(current: i32, expected: i32) -> Result<i32, ServerError> {
    if expected != -1 && expected != current {
        return Err(ServerError::BadVersion);
    }
    Ok(current.wrapping_add(1))
}
