//! Name look-ups, off the I/O thread: the system's resolver may hang for as long as it likes.

use crate::core::Host;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many look-ups may hang at once before new ones are refused. The core asks again after
/// each pause, so a look-up that hangs is overtaken by a new one.
const LOOKUPS_MAX: usize = 4;

static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);

/// Looks `host` up and tells `done`, from another thread (or from this one when it is refused).
pub(super) fn look_up(
    host: Host,
    done: impl FnOnce(Result<Vec<SocketAddr>, String>) + Clone + Send + 'static,
) {
    if UNDER_WAY.fetch_add(1, Ordering::SeqCst) >= LOOKUPS_MAX {
        UNDER_WAY.fetch_sub(1, Ordering::SeqCst);
        done(Err(format!(
            "{LOOKUPS_MAX} look-ups hang already; is the resolver reachable?"
        )));
        return;
    }
    let refused = done.clone();
    let spawned = std::thread::Builder::new()
        .name("tenure-lookup".to_owned())
        .spawn(move || {
            let result = (host.name.as_str(), host.port)
                .to_socket_addrs()
                .map(Iterator::collect)
                .map_err(|error| error.to_string());
            UNDER_WAY.fetch_sub(1, Ordering::SeqCst);
            done(result);
        });
    if let Err(error) = spawned {
        UNDER_WAY.fetch_sub(1, Ordering::SeqCst);
        refused(Err(format!("cannot start a thread: {error}")));
    }
}
