//! A process that is PID 1 of a container: it has an undertaker, which the kernel ends together with it.

use crate::principal::Principal;
use crate::{LIMIT, Successor, fresh_path, helper, server, signal, undertaker_of, wait_gone};
use std::process::Command;
use tenure_field::{or_skip, stats, wait_until};

/// Whether a process may be PID 1 of a namespace here.
fn allowed() -> Result<(), String> {
    let words = ["--pid", "--fork", "--mount-proc", "true"];
    match Command::new("unshare").args(words).output() {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => Err(format!(
            "no PID namespaces: {}",
            String::from_utf8_lossy(&done.stderr)
        )),
        Err(error) => Err(format!("no unshare: {error}")),
    }
}

#[test]
fn it_has_an_undertaker_and_no_zombies_and_dies_together_with_it() {
    if or_skip(allowed()).is_none() {
        return;
    }
    let url = server().url(&fresh_path());
    let outside = Principal::first(&url, helper());
    outside.session();
    // In the namespace it is PID 1; here it is the child of `unshare`.
    let leader = stats::descendants(outside.0.pid())[0];
    let undertaker = undertaker_of(leader);
    outside.ask("close");
    wait_gone(undertaker);
    wait_until("the undertaker to be reaped", LIMIT, || {
        (!std::fs::exists(format!("/proc/{undertaker}")).unwrap()).then_some(())
    });
    outside.ask("open");
    outside
        .0
        .wait_for("leadership", LIMIT, |line| line["event"] == "leading");
    let undertaker = undertaker_of(leader);
    let successor = Successor::behind(&url);
    signal(leader, libc::SIGKILL);
    wait_gone(undertaker);
    // As GUARANTEES says: the session times out.
    successor.leads_not();
}
