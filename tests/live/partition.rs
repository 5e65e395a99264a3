//! Real processes on hosts of their own, cut off by packets that vanish.

use crate::{LIMIT, T};
use serde_json::Value;
use std::time::Duration;
use tenure_field::tool::{Tool, is, token};
use tenure_field::{Host, Lab, Process, Zookeeper, or_skip};

const TICK: Duration = Duration::from_millis(500);

struct ServerInLab {
    lab: Lab,
    server: Zookeeper,
}

impl ServerInLab {
    /// A server in a lab, or `None`, with a printed reason, where namespaces are not allowed.
    fn new() -> Option<Self> {
        let lab = or_skip(Lab::new())?;
        let server = Zookeeper::start_in(&lab);
        Some(Self { lab, server })
    }

    fn run(&self, host: &Host, command: &str, more: &[&str]) -> Process {
        let tool = Tool::new(tenure_field::built_tool(), T).on(host.netns());
        tool.start(command, &self.server.url("/group"), more)
    }
}

fn now() -> Duration {
    Duration::from_nanos(tenure_field::boottime::now_ns())
}

fn boottime(line: &Value) -> Duration {
    Duration::from_nanos(line["boottime_ns"].as_u64().unwrap())
}

#[test]
fn a_leader_in_a_black_hole_says_lost_before_its_successor_leads() {
    let Some(inside) = ServerInLab::new() else {
        return;
    };
    let (one, two, three) = (
        inside.lab.host("a"),
        inside.lab.host("b"),
        inside.lab.host("c"),
    );
    let a = inside.run(&one, "contend", &["--data", "a"]);
    let first = a.wait_for("a leads", LIMIT, is("leading"));
    let b = inside.run(&two, "contend", &["--data", "b"]);
    b.wait_for("b stands by", LIMIT, is("standby"));
    let watcher = inside.run(&three, "detect", &[]);
    watcher.wait_for("the leader is known", LIMIT, is("leader"));

    one.cut();
    let cut = now();
    let jeopardy = a.wait_for("a is in jeopardy", LIMIT, is("jeopardy"));
    let lost = a.wait_for("a has lost", LIMIT, is("lost"));
    let second = b.wait_for("b leads", LIMIT, is("leading"));
    assert_eq!(lost["reason"], "lease_lapsed", "{lost}");
    assert!(boottime(&jeopardy) < boottime(&lost));
    assert!(
        boottime(&lost) < boottime(&second),
        "told {:?} after its successor led",
        boottime(&lost).saturating_sub(boottime(&second))
    );
    let lease_end = Duration::from_nanos(lost["lease_end_boottime_ns"].as_u64().unwrap());
    assert!(lease_end < boottime(&second));
    assert!(token(&second) > token(&first));
    let found = watcher.wait_for("the successor is known", LIMIT, |line| {
        line["event"] == "leader" && line["token"] == second["token"]
    });
    assert_eq!(found["data"], "b");
    let took = boottime(&second).saturating_sub(cut);
    println!(
        "successor led {took:?} after the cut, {:?} after the loss was told",
        boottime(&second).saturating_sub(boottime(&lost))
    );

    // It recovers by itself: the former leader contends again, behind.
    one.heal();
    let standby = a.wait_for("a stands by", LIMIT, is("standby"));
    assert!(standby["member"]["sequence"].as_i64() > first["member"]["sequence"].as_i64());
}

#[test]
fn a_cut_off_detector_says_unknown_in_time_and_the_leader_again() {
    let Some(inside) = ServerInLab::new() else {
        return;
    };
    let (one, two) = (inside.lab.host("a"), inside.lab.host("b"));
    let a = inside.run(&one, "contend", &[]);
    a.wait_for("a leads", LIMIT, is("leading"));
    let watcher = inside.run(&two, "detect", &[]);
    let before = watcher.wait_for("the leader is known", LIMIT, is("leader"));
    two.cut();
    let cut = now();
    let unknown = watcher.wait_for("unknown", LIMIT, is("unknown"));
    let took = boottime(&unknown).saturating_sub(cut);
    // A machine under load may be late to run it, not to decide it.
    assert!(took < T + 2 * TICK, "unknown only {took:?} after the cut");
    two.heal();
    let after = watcher.wait_for("the leader is known again", LIMIT, is("leader"));
    assert_eq!(before["token"], after["token"]);
}

#[test]
fn a_host_without_a_route_waits_without_spinning() {
    let Some(inside) = ServerInLab::new() else {
        return;
    };
    let one = inside.lab.host("a");
    let a = inside.run(&one, "contend", &[]);
    a.wait_for("a leads", LIMIT, is("leading"));
    one.link_down();
    a.wait_for("a has lost", LIMIT, is("lost"));
    let (used, start) = (a.cpu_time(), now());
    a.wait_for("the session is over", LIMIT, |line| {
        line["state"] == "expired"
    });
    let (busy, span) = (a.cpu_time() - used, now() - start);
    assert!(
        busy <= span / 5 + Duration::from_millis(50),
        "{busy:?} of {span:?}"
    );
    one.link_up();
    a.wait_for("a leads again", LIMIT, is("leading"));
}
