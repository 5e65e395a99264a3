//! A thousand contenders and a thousand detectors in one process: standbys and leaders.

use crate::client_process::ClientProcess;
use crate::{LIMIT, T};
use std::time::Instant;
use tenure_field::process::Options;
use tenure_field::{Zookeeper, wait_until};

/// The test harness has two of its own.
const THREADS_MAX: u64 = 3;
const PEAK_KIB_MAX: u64 = 48 << 10;

#[test]
fn a_thousand_contenders_and_detectors_share_a_connection_and_an_io_thread() {
    share(100, 10);
}

#[test]
fn so_do_a_thousand_of_one_group() {
    share(1, 1000);
}

fn share(groups: usize, each: usize) {
    let server = Zookeeper::start();
    let client = ClientProcess::start(&server.url("/crowd"), T, Options::default());
    let start = Instant::now();
    client.ask(&format!("crowd {groups} {each}"));
    let took = start.elapsed();
    // The server counts the test's own connection.
    let connections = || server.monitor()["zk_num_alive_connections"].clone();
    wait_until("one connection", LIMIT, || {
        (connections() == "2").then_some(())
    });
    let (threads, peak) = (client.process.threads(), client.process.peak_rss_kib());
    println!("{took:?} until all were told, {threads} threads, {peak} KiB at most");
    assert!(threads <= THREADS_MAX, "{threads} threads");
    assert!(peak < PEAK_KIB_MAX, "{peak} KiB");
    let monitor = server.monitor();
    assert_eq!(monitor["zk_ephemerals_count"], (groups * each).to_string());
    assert_eq!(monitor["zk_num_alive_connections"], "2");
}
