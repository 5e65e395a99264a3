//! The contexts of leaders in processes of their own: one is cut off, and one is stopped.

use crate::{make, shared};
use serde_json::Value;
use std::time::Duration;
use tenure_field::{Process, Proxy, wait_until};
use tenure_observer::Observer;

/// How long any step may take on a machine that is busy.
const LIMIT: Duration = Duration::from_secs(60);

/// The session timeout of the leaders, in milliseconds.
const TIMEOUT_MS: &str = "2000";

/// The thread that drives the library's sessions.
const LIBRARY: &str = "tenure-io";

/// A process that leads whenever it can: `bindings/go/internal/leader`.
struct Leader(Process);

impl Leader {
    fn start(url: &str) -> Self {
        Self(make::start(&make::program("leader"), &[url, TIMEOUT_MS]))
    }

    /// The next line of a leadership: `leading` or `lost`.
    #[track_caller]
    fn wait_for(&self, event: &str) -> Value {
        self.0.wait_for(event, LIMIT, |line| line["event"] == event)
    }

    fn tell(&self, command: &str) {
        self.0.write_stdin(format!("{command}\n").as_bytes());
    }

    /// The answer to a command. It may come before or after the lines of leaderships.
    #[track_caller]
    fn answer(&self, command: &str) -> Value {
        self.0.peek(command, LIMIT, |line| line["done"] == command)
    }

    /// Ends it in order: the race detector has the last word.
    #[track_caller]
    fn end(&self) {
        self.0.close_stdin();
        let status = self.0.wait_exit(LIMIT);
        assert!(status.success(), "{status}\n{}", self.0.text());
    }
}

fn number(line: &Value, key: &str) -> u64 {
    line[key]
        .as_u64()
        .unwrap_or_else(|| panic!("{key}: {line}"))
}

/// Waits until a group has this many members.
#[track_caller]
fn wait_members(path: &str, count: usize) {
    let observer = Observer::connect(shared().addr());
    wait_until("the members", LIMIT, || {
        (observer.children(path).len() == count).then_some(())
    });
}

/// The end of a context that is cancelled because of a loss.
#[track_caller]
fn assert_lost(line: &Value) {
    assert_eq!(line["is_lost"], true, "{line}");
    let reason = line["reason"].as_str().unwrap();
    // By its own clock, or because the server's news of its session came first after a stop.
    let reasons = ["lease_lapsed", "session_expired"];
    assert!(reasons.contains(&reason), "{line}");
    let cause = line["cause"].as_str().unwrap();
    assert!(cause.contains("leadership lost"), "{line}");
    assert_eq!(line["leads"], false, "{line}");
}

#[test]
fn in_a_black_hole_the_context_is_done_before_the_successor_leads() {
    let path = "/go-black-hole";
    let proxy = Proxy::start(shared().addr());
    let old = Leader::start(&proxy.url(path));
    let first = old.wait_for("leading");
    let successor = Leader::start(&shared().url(path));
    wait_members(path, 2);
    proxy.hold();
    let held = tenure_field::boottime::now_ns();
    let lost = old.wait_for("lost");
    let second = successor.wait_for("leading");
    assert_lost(&lost);
    assert_eq!(lost["reason"], "lease_lapsed", "{lost}");
    assert!(number(&lost, "boottime_ns") > held, "{lost}");
    assert!(
        number(&lost, "boottime_ns") < number(&second, "boottime_ns"),
        "done after its successor led: {lost} {second}"
    );
    assert_eq!(number(&lost, "token"), number(&first, "token"));
    assert!(number(&second, "token") > number(&first, "token"));
    let between = number(&second, "boottime_ns") - number(&lost, "boottime_ns");
    println!(
        "the successor led {:?} after the context was done",
        Duration::from_nanos(between)
    );
    // The former leader contends again, behind.
    proxy.release();
    wait_members(path, 2);
    successor.end();
    let third = old.wait_for("leading");
    assert!(number(&third, "token") > number(&second, "token"));
    old.end();
}

/// A storage: it refuses writes with an older token than it has seen.
#[derive(Default)]
struct Register(u64);

impl Register {
    fn write(&mut self, token: u64) -> bool {
        let taken = token >= self.0;
        self.0 = self.0.max(token);
        taken
    }
}

#[test]
fn after_a_stop_the_first_question_is_answered_no_and_a_stale_write_refused() {
    let path = "/go-stop";
    let old = Leader::start(&shared().url(path));
    let first = old.wait_for("leading");
    let successor = Leader::start(&shared().url(path));
    wait_members(path, 2);
    let mut register = Register::default();
    assert!(register.write(number(&first, "token")));
    // The question comes before the library has noticed the stop.
    old.0.hold_back(LIBRARY);
    old.tell("stop");
    let second = successor.wait_for("leading");
    let token = number(&second, "token");
    assert!(register.write(token));
    old.0.resume();
    let answer = old.answer("stop");
    assert_eq!(answer["leads"], false, "{answer}");
    assert!(number(&answer, "boottime_ns") > number(&second, "boottime_ns"));
    old.0.let_run(LIBRARY);
    assert_lost(&old.wait_for("lost"));
    old.tell("write");
    let stale = number(&old.answer("write"), "token");
    assert!(!register.write(stale), "{stale} after {token}");
    assert!(register.write(token));
    successor.end();
    old.end();
}
