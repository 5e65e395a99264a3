//! A leader that is dead is succeeded long before its session times out.

use crate::principal::Principal;
use crate::{LIMIT, Successor, T, fresh_path, helper, server, undertaker_of, wait_gone};
use std::time::Instant;
use tenure::LeasePolicy;
use tenure_field::raw;

#[test]
fn a_leader_that_is_killed_is_succeeded_at_once() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let undertaker = undertaker_of(leader.0.pid());
    let successor = Successor::behind(&url);
    let killed = Instant::now();
    leader.0.kill();
    successor.leads_soon();
    println!(
        "from SIGKILL to the successor at T = {T:?}: {:?}",
        killed.elapsed()
    );
    wait_gone(undertaker);
}

/// The lease is a quarter of the session timeout, longer than the test waits: the successor leads only because the
/// undertaker has said that the leadership is released.
#[test]
fn nobody_waits_for_the_lease_of_a_guarded_leader_that_is_dead() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead_guarded(&url, Some(helper()));
    let successor = Successor::behind_with(&url, LeasePolicy::Guarded);
    leader.0.kill();
    successor.leads_soon();
}

#[test]
fn without_an_undertaker_it_is_not() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, None);
    let successor = Successor::behind(&url);
    leader.0.kill();
    successor.leads_not();
}

#[test]
fn credentials_are_used_and_shown_nowhere() {
    let addr = server().addr();
    let url = format!("zk://somebody:a-word@{addr}{}", fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let undertaker = undertaker_of(leader.0.pid());
    let successor = Successor::behind(&url);
    let words = std::fs::read(format!("/proc/{undertaker}/cmdline")).unwrap();
    assert!(!String::from_utf8_lossy(&words).contains("a-word"));
    leader.0.kill();
    successor.leads_soon();
}

#[test]
fn a_session_that_replaced_another_is_closed() {
    let url = server().url(&fresh_path());
    let leader = Principal::start(&url, Some(helper()), false);
    let first = leader.session();
    let leads = |line: &serde_json::Value| line["event"] == "leading";
    leader.0.wait_for("leadership", LIMIT, leads);
    raw::expire_session(server().addr(), first, &raw::password_of(first)).unwrap();
    // It may have attached to the old one once more before that was over.
    while leader.session() == first {}
    leader.0.wait_for("leadership again", LIMIT, leads);
    let successor = Successor::behind(&url);
    leader.0.kill();
    successor.leads_soon();
}

#[test]
fn all_clients_of_a_process_have_one_undertaker_and_all_their_sessions_are_closed() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    leader.ask("open");
    leader.session();
    undertaker_of(leader.0.pid());
    let successor = Successor::behind(&url);
    leader.0.kill();
    // The second client of the process stood before it.
    successor.leads_soon();
}

#[test]
fn a_program_that_ends_without_closing_is_succeeded_at_once() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    let successor = Successor::behind(&url);
    // Its loop over the commands ends, and with it the process.
    leader.0.close_stdin();
    leader.0.wait_exit(LIMIT);
    successor.leads_soon();
}
