//! Requests that a real server refuses because they have waited too long: it answers them in their
//! turn, does not carry them out, and takes no transaction for them.
//!
//! The real server's threads decide which requests are refused; the model gets that decision. A
//! request waits where the server processes one at a time and a write before it has not committed.

use crate::pair::Pair;
use crate::run::Run;
use crate::{NEVER, config, newer, ops, seed};
use tenure_field::Zookeeper;
use tenure_field::zookeeper::{Config, Version};

/// At least one in this many requests must be refused, and as many carried out, or the run compared
/// nothing.
const ONE_IN: u64 = 10;

#[test]
fn a_server_that_throttles_refuses_and_carries_nothing_out() {
    if let Err(why) = Version::V3_9.available() {
        return println!("skipped: {why}");
    }
    let property = |name: &str, value: &str| (format!("zookeeper.{name}"), value.to_owned());
    let mut config = config(NEVER);
    config.properties.extend([
        property("request_throttle_max_requests", "1"),
        property("throttled_op_wait_time", "1"),
        // A write is on its way for as long as its log may wait for others.
        property("flushDelay", "10"),
        property("maxWriteQueuePollTime", "10"),
    ]);
    let real = Zookeeper::start_with(Config {
        version: Version::V3_9,
        ..config
    });
    let pair = Pair::with(&[real.addr()], None, newer());
    let ops = ops(1000);
    let test = "a_server_that_throttles_refuses_and_carries_nothing_out";
    let mut run = Run::begin(test, pair, seed(), ops);
    run.newer = true;
    run.hurried = true;
    run.play(ops);
    let carried_out = ops - run.throttled;
    assert!(run.throttled.min(carried_out) >= ops / ONE_IN);
}
