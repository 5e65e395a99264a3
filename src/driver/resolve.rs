//! Name look-ups, off the I/O thread: the system's resolver may hang for as long as it likes.
//!
//! One look-up of a name serves every client of the process that waits for it. A look-up that
//! hangs is overtaken: a client that asks for its name much later starts another one beside it, and
//! the first answer of the two is everybody's.

use super::process::PerProcess;
use super::sys;
use crate::core::{Host, Time};
use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many look-ups may hang at once before new ones are refused.
const LOOKUPS_MAX: usize = 8;

/// How long one look-up of a name may take before another one is started beside it.
const OVERTAKEN_AFTER: Duration = Duration::from_secs(30);

/// The answer of a look-up; its ports mean nothing.
type Found = Result<Vec<SocketAddr>, String>;

/// Called with the answer once, on the thread that has it.
type Waiter = Box<dyn FnOnce(Found) + Send>;

/// One name.
#[derive(Default)]
struct Name {
    /// How many threads look it up.
    threads: usize,
    /// The time when the newest of them began.
    began: Time,
    waiters: Vec<Waiter>,
}

/// Which names are being looked up in this process, and for whom.
struct LookUps(Mutex<BTreeMap<String, Name>>);

impl LookUps {
    fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Name>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets `waiter` wait for the answer of `name`. Returns whether a thread must be started for it.
    fn join(&self, name: &str, waiter: Waiter, now: Time) -> bool {
        let mut names = self.lock();
        let all: usize = names.values().map(|name| name.threads).sum();
        let own = names.get(name).map_or(0, |name| name.threads);
        // A name that hangs already gets another thread only while as many stay free, so that it
        // does not take the last one from a name that can be looked up.
        let may = all + own < LOOKUPS_MAX;
        if own == 0 && !may {
            drop(names);
            let why = "too many look-ups hang; can the resolver be reached?";
            waiter(Err(why.to_owned()));
            return false;
        }
        let entry = names.entry(name.to_owned()).or_default();
        entry.waiters.push(waiter);
        let starts = own == 0 || may && entry.began + OVERTAKEN_AFTER <= now;
        if starts {
            entry.threads += 1;
            entry.began = now;
        }
        starts
    }

    /// A thread has the answer: it is for all waiters of this name.
    fn answer(&self, name: &str, found: &Found) {
        let mut names = self.lock();
        let Some(entry) = names.get_mut(name) else {
            return;
        };
        entry.threads = entry.threads.saturating_sub(1);
        let waiters = std::mem::take(&mut entry.waiters);
        if entry.threads == 0 {
            names.remove(name);
        }
        drop(names);
        for waiter in waiters {
            waiter(found.clone());
        }
    }
}

/// Looks `host` up and calls `done`, on another thread (or on this one if the look-up is refused).
pub(super) fn look_up(host: Host, done: impl FnOnce(Found) + Send + 'static) {
    let Host { name, port } = host;
    let waiter = Box::new(move |found: Found| {
        done(found.map(|mut addresses| {
            for address in &mut addresses {
                address.set_port(port);
            }
            addresses
        }));
    });
    static LOOK_UPS: PerProcess<LookUps> = PerProcess::new(LookUps::new);
    let look_ups = LOOK_UPS.get();
    if !look_ups.join(&name, waiter, sys::now()) {
        return;
    }
    let asked = name.clone();
    let spawned = std::thread::Builder::new()
        .name("tenure-lookup".to_owned())
        .spawn(move || {
            sys::block_signals();
            let found = (name.as_str(), 0)
                .to_socket_addrs()
                .map(Iterator::collect)
                .map_err(|error| error.to_string());
            look_ups.answer(&name, &found);
        });
    if let Err(error) = spawned {
        look_ups.answer(&asked, &Err(format!("cannot start a thread: {error}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};

    const START: Time = Time::from_nanos(0);

    fn wait_for(look_ups: &LookUps, name: &str, now: Time) -> (bool, Receiver<Found>) {
        let (tell, told) = channel();
        let waiter = Box::new(move |found| tell.send(found).unwrap());
        (look_ups.join(name, waiter, now), told)
    }

    #[test]
    fn one_look_up_serves_all_who_wait_for_the_name() {
        let look_ups = LookUps::new();
        let waiting: Vec<_> = (0..1000)
            .map(|_| wait_for(&look_ups, "one.test", START))
            .collect();
        assert_eq!(waiting.iter().filter(|(starts, _)| *starts).count(), 1);
        let found = Ok(vec!["127.0.0.9:0".parse().unwrap()]);
        look_ups.answer("one.test", &found);
        for (_, told) in &waiting {
            assert_eq!(told.try_recv().unwrap(), found);
        }
        assert!(look_ups.lock().is_empty());
        assert!(wait_for(&look_ups, "one.test", START).0, "and asked again");
    }

    #[test]
    fn a_look_up_that_hangs_is_overtaken_and_its_waiters_with_it() {
        let look_ups = LookUps::new();
        let (starts, first) = wait_for(&look_ups, "hangs.test", START);
        assert!(starts);
        let late = START + OVERTAKEN_AFTER;
        let (starts, second) = wait_for(&look_ups, "hangs.test", late);
        assert!(starts);
        let (starts, third) = wait_for(&look_ups, "hangs.test", late);
        assert!(!starts);
        let found = Err("no such host".to_owned());
        look_ups.answer("hangs.test", &found);
        for told in [first, second, third] {
            assert_eq!(told.try_recv().unwrap(), found);
        }
        // The first still hangs, and is counted.
        assert_eq!(look_ups.lock()["hangs.test"].threads, 1);
        look_ups.answer("hangs.test", &found);
        assert!(look_ups.lock().is_empty());
    }

    #[test]
    fn names_that_hang_leave_room_for_another() {
        let look_ups = LookUps::new();
        let names = [1, 2, 3].map(|n| format!("hangs-{n}.test"));
        // Asked for again and again, for an hour.
        for minute in 0..60 {
            for name in &names {
                wait_for(&look_ups, name, START + Duration::from_secs(60 * minute));
            }
        }
        let threads = |look_ups: &LookUps| -> usize {
            look_ups.lock().values().map(|name| name.threads).sum()
        };
        assert!(threads(&look_ups) < LOOKUPS_MAX, "{}", threads(&look_ups));
        assert!(wait_for(&look_ups, "good.test", START).0);
        // Beyond the limit it is said why.
        let many = (0..LOOKUPS_MAX).map(|n| wait_for(&look_ups, &format!("{n}.test"), START));
        let refused: Vec<_> = many.filter(|(starts, _)| !starts).collect();
        assert!(!refused.is_empty());
        for (_, told) in refused {
            assert!(told.try_recv().unwrap().unwrap_err().contains("too many"));
        }
        assert_eq!(threads(&look_ups), LOOKUPS_MAX);
    }
}
