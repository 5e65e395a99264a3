//! The kinds of watches, and the events that fire them.

use alloc::string::String;
use tenure_proto::{EventKind, Request};

/// The kind of a watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WatchKind {
    /// Existence and data.
    Data,
    /// The list of children.
    Children,
}

impl WatchKind {
    /// The watch that the answer to `request` arms.
    pub(crate) fn armed_by(request: &Request) -> Option<(Self, String)> {
        match request {
            Request::Exists { path, watch: true } | Request::GetData { path, watch: true } => {
                Some((Self::Data, path.clone()))
            }
            Request::GetChildren2 { path, watch: true } => Some((Self::Children, path.clone())),
            Request::Exists { watch: false, .. }
            | Request::GetData { watch: false, .. }
            | Request::GetChildren2 { watch: false, .. }
            | Request::Ping
            | Request::Auth { .. }
            | Request::Create { .. }
            | Request::Create2 { .. }
            | Request::CreateContainer { .. }
            | Request::Delete { .. }
            | Request::SetData { .. }
            | Request::GetAcl { .. }
            | Request::SetAcl { .. }
            | Request::Sync { .. }
            | Request::SetWatches(_)
            | Request::SetWatches2(_)
            | Request::AddWatch { .. }
            | Request::RemoveWatches { .. }
            | Request::GetEphemerals { .. }
            | Request::Multi { .. }
            | Request::CloseSession => None,
        }
    }

    /// The watches that a server removes when it sends an event of this kind.
    pub fn fired_by(kind: EventKind) -> &'static [Self] {
        match kind {
            EventKind::Created | EventKind::DataChanged => &[Self::Data],
            EventKind::Deleted => &[Self::Data, Self::Children],
            EventKind::ChildrenChanged => &[Self::Children],
        }
    }
}
