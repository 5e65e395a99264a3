//! Ten thousand candidacies and lost connections in one process, on a real server: the client, and
//! the server for it, use the same resources in the end as near the start.

use crate::LIMIT;
use crate::client_process::ClientProcess;
use std::time::{Duration, Instant};
use tenure_field::process::Options;
use tenure_field::proxy::Cut;
use tenure_field::wire::opcode;
use tenure_field::zookeeper::Config;
use tenure_field::{Proxy, Zookeeper};

const CANDIDACIES: usize = 10_000;
/// Each costs half a second: a client whose connections fail makes pauses.
const RECONNECTS: usize = 80;
/// Between a tenth of the cycles and all: 60 bytes that are kept for each of the others are too
/// much.
const GROWTH_KIB_MAX: u64 = 512;
/// A test machine may be slow, and no timeout is under test; the pauses are a sixth of it.
const T: Duration = Duration::from_secs(4);

/// The resources that must not grow.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    threads: u64,
    descriptors: usize,
    connections: u64,
    watches: u64,
    znodes: u64,
    ephemerals: u64,
}

struct ProxiedSubject {
    server: Zookeeper,
    proxy: Proxy,
    client: ClientProcess,
}

impl ProxiedSubject {
    /// Waits until the background has cleaned up after a cycle.
    fn held(&self) -> Held {
        let look = || {
            let monitor = self.server.monitor();
            let number = |name: &str| monitor[name].parse().unwrap();
            Held {
                threads: self.client.process.threads(),
                descriptors: self.client.process.open_fds(),
                connections: number("zk_num_alive_connections"),
                watches: number("zk_watch_count"),
                znodes: number("zk_znode_count"),
                ephemerals: number("zk_ephemerals_count"),
            }
        };
        let (start, mut before) = (Instant::now(), look());
        loop {
            std::thread::sleep(Duration::from_millis(100));
            let now = look();
            if now == before {
                return now;
            }
            assert!(start.elapsed() < LIMIT, "{before:?} and still {now:?}");
            before = now;
        }
    }

    /// Breaks the connection `times` times, each time as soon as the client has read everything
    /// again on it.
    fn reconnect(&self, times: usize) {
        // The own znode and the data of the leader: the first reads of a new connection.
        let reads = [opcode::EXISTS, opcode::GET_DATA];
        for n in 0..times {
            self.proxy.reset_counts();
            let how = if n % 2 == 0 { Cut::Reset } else { Cut::Fin };
            self.proxy.cut_connections(how);
            let start = Instant::now();
            loop {
                let replies = self.proxy.counts().replies;
                if reads.iter().all(|read| replies.contains_key(read)) {
                    break;
                }
                assert!(start.elapsed() < LIMIT, "reconnect {n}: only {replies:?}");
                std::thread::sleep(Duration::from_micros(500));
            }
        }
    }
}

#[test]
fn ten_thousand_cycles_leave_nothing_behind() {
    let server = Zookeeper::start_with(Config {
        tick_ms: 1_000,
        ..Config::default()
    });
    let proxy = Proxy::start(server.addr());
    let client = ClientProcess::start(&proxy.url("/cycles"), T, Options::default());
    let proxied = ProxiedSubject {
        server,
        proxy,
        client,
    };
    let token = proxied.client.ask("lead")["token"].clone();
    let start = Instant::now();
    proxied.client.ask(&format!("cycles {}", CANDIDACIES / 10));
    proxied.reconnect(RECONNECTS / 10);
    let (early, early_kib) = (proxied.held(), proxied.client.process.rss_kib());
    proxied
        .client
        .ask(&format!("cycles {}", CANDIDACIES * 9 / 10));
    let enrolled = start.elapsed();
    proxied.reconnect(RECONNECTS * 9 / 10);
    let (late, late_kib) = (proxied.held(), proxied.client.process.rss_kib());
    println!(
        "{enrolled:?} until the last withdrawal, {:?} until the last reconnect; {early_kib} KiB, \
         then {late_kib}; {late:?}",
        start.elapsed()
    );
    assert_eq!(late, early);
    assert!(
        late_kib < early_kib + GROWTH_KIB_MAX,
        "{early_kib} KiB after a tenth, {late_kib} in the end"
    );
    assert_eq!(proxied.proxy.open_connections(), 1);
    let state = proxied.client.ask("state");
    assert_eq!((&state["token"], &state["lost"]), (&token, &0.into()));
}
