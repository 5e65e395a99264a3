//! An undertaker that is lost is replaced, within bounds.

use crate::principal::Principal;
use crate::{LIMIT, Successor, fresh_path, helper, server, signal, undertaker_of, wait_gone};

/// Kills the undertaker and waits for the news; the text.
#[track_caller]
fn kill_undertaker(leader: &Principal) -> String {
    let undertaker = undertaker_of(leader.0.pid());
    signal(undertaker, libc::SIGKILL);
    let lost = |line: &serde_json::Value| line["event"] == "undertaker_lost";
    let line = leader.0.wait_for("the loss", LIMIT, lost);
    wait_gone(undertaker);
    line["error"].as_str().unwrap().to_owned()
}

#[track_caller]
fn wait_replaced(leader: &Principal) {
    let replaced = |line: &serde_json::Value| line["event"] == "undertaker_replaced";
    leader.0.wait_for("another undertaker", LIMIT, replaced);
}

#[test]
fn another_one_closes_the_sessions_of_all_clients() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    leader.ask("open");
    leader.session();
    let text = kill_undertaker(&leader);
    assert!(text.contains("another one is started"), "{text}");
    assert!(text.contains("session times out"), "{text}");
    // Each client says so.
    wait_replaced(&leader);
    wait_replaced(&leader);
    undertaker_of(leader.0.pid());
    let successor = Successor::behind(&url);
    leader.0.kill();
    // The second client of the process stood before it.
    successor.leads_soon();
}

#[test]
fn another_one_is_started_three_times_and_then_the_session_times_out() {
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(helper()));
    for _ in 0..3 {
        let text = kill_undertaker(&leader);
        assert!(text.contains("another one is started"), "{text}");
        wait_replaced(&leader);
    }
    let text = kill_undertaker(&leader);
    assert!(text.contains("no other one is started"), "{text}");
    assert!(text.contains("three times within a minute"), "{text}");
    // A client that is opened later has another one, for itself.
    leader.ask("open");
    undertaker_of(leader.0.pid());
    let successor = Successor::behind(&url);
    leader.0.kill();
    successor.leads_not();
}

#[test]
fn a_program_that_is_gone_meanwhile_is_news() {
    let folder = tenure_field::tls::Files::new();
    let copy = folder.path().join("tenure-undertaker");
    std::fs::copy(helper(), &copy).unwrap();
    let url = server().url(&fresh_path());
    let leader = Principal::lead(&url, Some(&copy));
    std::fs::remove_file(&copy).unwrap();
    kill_undertaker(&leader);
    let given_up = |line: &serde_json::Value| {
        line["error"]
            .as_str()
            .is_some_and(|text| text.contains("no other undertaker could be started"))
    };
    let line = leader.0.wait_for("the end of it", LIMIT, given_up);
    assert!(
        line["error"].as_str().unwrap().contains("No such file"),
        "{line}"
    );
    let successor = Successor::behind(&url);
    leader.0.kill();
    successor.leads_not();
}
