//! Three servers, a proxy before each, and the state on which all of them must agree.

use crate::LIMIT;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tenure::{Client, Contender, Detector, DetectorEvent, SessionEvent};
use tenure_field::ensemble::{self, Options};
use tenure_field::{Ensemble, Proxy, wait_until};
use tenure_observer::Observer;

/// Three servers, and a proxy before each that shows which client is connected to it.
pub(crate) struct Proxied {
    pub(crate) ensemble: Ensemble,
    pub(crate) proxies: Vec<Proxy>,
    /// Three JVMs at a time are enough for a small machine.
    _turn: MutexGuard<'static, ()>,
}

impl Proxied {
    #[track_caller]
    pub(crate) fn new(options: &Options) -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let ensemble = Ensemble::start_with(3, options);
        let addrs = ensemble.addrs();
        Self {
            proxies: addrs.into_iter().map(Proxy::start).collect(),
            ensemble,
            _turn: turn,
        }
    }

    /// All servers, each behind its proxy.
    pub(crate) fn url(&self, path: &str) -> String {
        let addrs: Vec<_> = self.proxies.iter().map(Proxy::addr).collect();
        ensemble::url(&addrs, path)
    }

    /// The server to which the only client behind the proxies is connected.
    #[track_caller]
    pub(crate) fn holder(&self) -> usize {
        wait_until("one connection behind the proxies", LIMIT, || {
            let open = self.proxies.iter().map(Proxy::open_connections);
            let holders: Vec<_> = (0..).zip(open).filter(|(_, open)| *open > 0).collect();
            match holders[..] {
                [(holder, 1)] => Some(holder),
                _ => None,
            }
        })
    }

    /// Lets new connections pass to `server` alone; `None` lets them pass to all.
    pub(crate) fn only(&self, server: Option<usize>) {
        for (index, proxy) in self.proxies.iter().enumerate() {
            proxy.refuse(server.is_some_and(|server| server != index));
        }
    }

    /// Looks at the ensemble by another client library, without stale answers.
    #[track_caller]
    pub(crate) fn observe(&self) -> Observer {
        Observer::connect(self.ensemble.server(self.ensemble.leader()).addr())
    }

    /// Waits until one of `contenders` leads, all `detectors` have it, and the group has only the
    /// contenders' znodes; returns the leader's token.
    #[track_caller]
    pub(crate) fn settled(&self, path: &str, group: &[Contender], detectors: &[Detector]) -> u64 {
        let observer = self.observe();
        wait_until("all to agree on one leader", LIMIT, || {
            let tokens: Vec<u64> = tokens(group);
            let [token] = tokens[..] else { return None };
            let known = |detector: &Detector| known_token(detector) == Some(token);
            let agreed = detectors.iter().all(known);
            (agreed && observer.children(path).len() == group.len()).then_some(token)
        })
    }
}

/// The tokens of the contenders that believe that they lead.
fn tokens(group: &[Contender]) -> Vec<u64> {
    let leaderships = group.iter().filter_map(Contender::leadership);
    leaderships.map(|leadership| leadership.token()).collect()
}

pub(crate) fn known_token(detector: &Detector) -> Option<u64> {
    match detector.state() {
        DetectorEvent::Leader(leader) => Some(leader.member.token),
        _ => None,
    }
}

/// The number of the session that `client` gets or got last, from its next connection.
#[track_caller]
pub(crate) fn next_session(client: &Client) -> i64 {
    loop {
        if let SessionEvent::Connected { session, .. } = client.events().next(Some(LIMIT)).unwrap()
        {
            return session;
        }
    }
}

/// Runs `act` while a thread checks repeatedly that no two of `group` believe at once.
#[track_caller]
pub(crate) fn with_one_leader_at_most<R>(group: &[Contender], act: impl FnOnce() -> R) -> R {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // A contender with the same token in both passes led from one to the other: no
                // lapsed tenure comes back. Two of them led at once.
                let before = tokens(group);
                let after = tokens(group);
                let throughout = after.iter().filter(|token| before.contains(token));
                assert!(throughout.count() <= 1, "two lead: {before:?}, {after:?}");
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        });
        // Also set when `act` panics.
        struct Done<'a>(&'a AtomicBool);
        impl Drop for Done<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let told = Done(&done);
        let result = act();
        drop(told);
        watching
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        result
    })
}
