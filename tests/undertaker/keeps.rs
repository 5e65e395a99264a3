//! A process that lives keeps its seat, whatever it does to the helper and to itself.

use crate::principal::Principal;
use crate::{Successor, fresh_path, helper, server, signal, undertaker_of, wait_gone};
use tenure_field::stats;

#[test]
fn a_process_that_is_stopped() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let successor = Successor::behind(&url);
    leader.0.pause();
    successor.leads_not();
    leader.0.resume();
    leader.0.kill();
    successor.leads_soon();
}

#[test]
fn a_process_that_closes_all_its_descriptors() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let undertaker = undertaker_of(leader.0.pid());
    let successor = Successor::behind(&url);
    // The helper's socket, its pidfd, the connection to the server.
    assert!(leader.ask("lose-descriptors")["lost"].as_u64().unwrap() >= 3);
    successor.leads_not();
    // It waits for the end, at rest.
    let before = stats::cpu_time(undertaker);
    assert!(
        stats::is_alive(undertaker) && before.as_millis() < 500,
        "{before:?}"
    );
    leader.0.kill();
    successor.leads_soon();
    wait_gone(undertaker);
}

#[test]
fn a_process_whose_child_dies() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let successor = Successor::behind(&url);
    leader.ask("fork");
    successor.leads_not();
    leader.0.kill();
    successor.leads_soon();
}

#[test]
fn a_process_whose_undertaker_gets_signals_that_end_others() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let undertaker = undertaker_of(leader.0.pid());
    for ending in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGPIPE] {
        signal(undertaker, ending);
    }
    let successor = Successor::behind(&url);
    successor.leads_not();
    assert!(stats::is_alive(undertaker));
    leader.0.kill();
    successor.leads_soon();
}

#[test]
fn a_process_that_is_killed_together_with_its_undertaker() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let undertaker = undertaker_of(leader.0.pid());
    let successor = Successor::behind(&url);
    // Neither can act between the two signals.
    leader.0.pause();
    signal(undertaker, libc::SIGKILL);
    leader.0.kill();
    successor.leads_not();
}
