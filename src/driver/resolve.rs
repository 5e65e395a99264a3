//! Name look-ups, off the I/O thread: the system's resolver may hang for as long as it likes.

use super::{process, sys};
use crate::core::Host;
use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many look-ups may hang at once before new ones are refused. The core asks again after
/// each pause, so a look-up that hangs is overtaken by a new one.
const LOOKUPS_MAX: usize = 4;

/// How many look-ups of each name are under way in this process.
pub(super) struct LookUps(Mutex<BTreeMap<String, usize>>);

impl LookUps {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
}

fn under_way() -> MutexGuard<'static, BTreeMap<String, usize>> {
    let look_ups = &process::this().look_ups.0;
    look_ups.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts a look-up of `name` in. A name that hangs already gets another thread only while as
/// many stay free, so that it does not take the last one from a name that can be looked up.
fn begin(name: &str) -> bool {
    let mut under_way = under_way();
    let all: usize = under_way.values().sum();
    let own = under_way.get(name).copied().unwrap_or(0);
    let may = all + own < LOOKUPS_MAX;
    if may {
        under_way.insert(name.to_owned(), own + 1);
    }
    may
}

fn end(name: &str) {
    let mut under_way = under_way();
    match under_way.get_mut(name) {
        Some(own) if *own > 1 => *own -= 1,
        _ => drop(under_way.remove(name)),
    }
}

/// Looks `host` up and tells `done`, from another thread (or from this one when it is refused).
pub(super) fn look_up(
    host: Host,
    done: impl FnOnce(Result<Vec<SocketAddr>, String>) + Clone + Send + 'static,
) {
    if !begin(&host.name) {
        let why = "too many look-ups hang already; is the resolver reachable?";
        done(Err(why.to_owned()));
        return;
    }
    let (refused, name) = (done.clone(), host.name.clone());
    let spawned = std::thread::Builder::new()
        .name("tenure-lookup".to_owned())
        .spawn(move || {
            sys::block_signals();
            let result = (host.name.as_str(), host.port)
                .to_socket_addrs()
                .map(Iterator::collect)
                .map_err(|error| error.to_string());
            end(&host.name);
            done(result);
        });
    if let Err(error) = spawned {
        end(&name);
        refused(Err(format!("cannot start a thread: {error}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hang_leave_room_for_another() {
        let (one, other, good) = ("hangs.test", "hangs-too.test", "good.test");
        assert!(begin(one) && begin(other));
        let again = [one, other, one, other].map(begin);
        assert_eq!(again, [true, false, false, false]);
        assert!(begin(good));
        assert!(!begin("yet-another.test"));
        end(one);
        end(one);
        assert!(begin(other));
        for name in [other, other, good] {
            end(name);
        }
        assert!(under_way().is_empty());
    }
}
