//! Watches that are set again on a new connection (`DataTree.setWatches`).

use super::acl::Identity;
use super::bus::{Bus, ConnId};
use super::server::Server;
use super::watches::Mode;
use tenure_proto::{EventKind, Stat, Watches};

impl Server {
    /// Sends the missed events at once, and arms the other watches. Only the newest state counts: a
    /// znode that was deleted and created again shows as changed, and one that was awaited and has
    /// come and gone shows nothing. No permission is checked.
    pub(super) fn set_watches(&mut self, conn: ConnId, lost: Watches, bus: &mut Bus) {
        for path in lost.data {
            match self.seen(&path) {
                None => self.send_event(conn, EventKind::Deleted, path, bus),
                Some(stat) if stat.mzxid > lost.since => {
                    self.send_event(conn, EventKind::DataChanged, path, bus);
                }
                Some(_) => self
                    .clients
                    .watches
                    .watch_data(path.into(), conn, Mode::Once),
            }
        }
        for path in lost.missing {
            match self.seen(&path) {
                Some(_) => self.send_event(conn, EventKind::Created, path, bus),
                None => self
                    .clients
                    .watches
                    .watch_data(path.into(), conn, Mode::Once),
            }
        }
        for path in lost.children {
            match self.seen(&path) {
                None => self.send_event(conn, EventKind::Deleted, path, bus),
                Some(stat) if stat.pzxid > lost.since => {
                    self.send_event(conn, EventKind::ChildrenChanged, path, bus);
                }
                Some(_) => self
                    .clients
                    .watches
                    .watch_children(path.into(), conn, Mode::Once),
            }
        }
        // The events that persistent watches have missed are lost.
        for path in lost.persistent {
            self.clients
                .watches
                .watch_all(path.into(), conn, Mode::Persistent);
        }
        for path in lost.recursive {
            self.clients
                .watches
                .watch_all(path.into(), conn, Mode::Recursive);
        }
    }

    fn seen(&self, path: &str) -> Option<Stat> {
        self.tree.stat(path, &[Identity::superuser()]).ok()
    }
}
