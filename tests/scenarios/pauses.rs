//! Failures of other libraries that began with a process that stopped, or a machine that slept.

use crate::leader_process::{answer, start, tell};
use crate::{
    LIMIT, SHORT, T, close, contend, expire, fresh_path, open, shared, standing_by, until,
};
use std::path::Path;
use std::process::Command;
use tenure_field::wait_until;

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

/// CURATOR-444 and many: a process that was stopped continues as leader.
#[test]
fn d1_first_question_after_a_stop_is_answered_no_and_a_stale_write_refused() {
    let path = fresh_path();
    let url = shared().url(&path);
    let (first, led) = start(&url, SHORT, Vec::new());
    let others = open(&url);
    let successor = contend(&others, &path, "b");
    until(successor.events(), standing_by);
    let mut register = Register::default();
    let old = led["token"].as_u64().unwrap();
    assert!(register.write(old));
    // The first question comes before the library has noticed the stop.
    first.hold_back("tenure-io");
    tell(&first, "stop");
    // Until the server has ended its session.
    let new = successor.wait_leading(Some(LIMIT)).unwrap().token();
    assert!(register.write(new));
    first.resume();
    assert_eq!(answer(&first, "stop")["leads"], false);
    first.let_run("tenure-io");
    tell(&first, "write");
    let stale = answer(&first, "write")["token"].as_u64().unwrap();
    assert!(!register.write(stale), "{stale} after {new}");
    assert!(register.write(new));
    tell(&first, "loss");
    answer(&first, "loss");
    close([others]);
}

/// leapmux#403: the lease of a machine that slept. The process is stopped for a moment only, and
/// its boot-time clock shows an hour; the monotonic clock does not.
#[test]
fn d2_lease_does_not_outlast_a_sleep_of_the_machine() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (library, slept) = (directory.join("suspend.so"), directory.join("slept"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/suspend.c");
    // The linker that built this test is a C compiler.
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &source])
        .status();
    assert!(built.unwrap().success());
    std::fs::write(&slept, 0_i64.to_ne_bytes()).unwrap();
    let set = |name: &str, file: &Path| (name.to_owned(), file.display().to_string());
    let env = vec![set("LD_PRELOAD", &library), set("TENURE_SLEPT", &slept)];

    let path = fresh_path();
    let url = shared().url(&path);
    let (first, led) = start(&url, T, env);
    let others = open(&url);
    let successor = contend(&others, &path, "b");
    until(successor.events(), standing_by);
    tell(&first, "stop");
    wait_until("it to be stopped", LIMIT, || {
        is_stopped(first.pid()).then_some(())
    });
    // Meanwhile the servers, which did not sleep, have ended its session.
    expire(led["session"].as_i64().unwrap());
    let hour_ns: i64 = 3_600_000_000_000;
    std::fs::write(&slept, hour_ns.to_ne_bytes()).unwrap();
    first.resume();
    assert_eq!(answer(&first, "stop")["leads"], false);
    tell(&first, "loss");
    let reason = answer(&first, "loss")["reason"].clone();
    assert!(
        reason == "LeaseLapsed" || reason == "SessionExpired",
        "{reason}"
    );
    successor.wait_leading(Some(LIMIT)).unwrap();
    close([others]);
}

fn is_stopped(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let state = stat.rsplit(')').next().unwrap().trim_start().chars().next();
    state == Some('T')
}
