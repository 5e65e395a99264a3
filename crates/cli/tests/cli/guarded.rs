//! `--policy guarded`: the wait of a first leader, on a real server.

use crate::{LIMIT, Run, T, TOOL, first, follow, fresh_path, next, run, server, token};
use std::time::Duration;
use tenure_field::Signal;
use tenure_field::tool::Tool;

const GUARDED: [&str; 4] = ["--policy", "guarded", "--lease", "1s"];
/// For how long a contender waits if nothing in the group tells who led before.
const LONGEST_NS: u64 = 10_000_000_000;
/// The longest session timeout that the server grants.
const LONG: Duration = Duration::from_secs(10);

#[test]
fn a_first_leader_waits_also_with_try_and_the_next_one_does_not() {
    let url = server().url(&fresh_path());
    let begun = tenure::now().as_nanos();
    let earlier = follow("contend", &url, &[&GUARDED[..], &["--try"]].concat());
    let connected = earlier.wait_for("connected", LIMIT, |line| line["state"] == "connected");
    assert_eq!(connected["server"], "zookeeper");
    let standby = next(&earlier, "standby");
    assert_eq!(standby["ahead"], 0);
    let until = standby["waits_until_boottime_ns"].as_u64().unwrap();
    assert!(until >= begun + LONGEST_NS);

    // A second one has a member before itself, and that ends its try.
    let Run { code, err, .. } = run(["contend", &url, "--policy", "guarded", "--try"]);
    assert_eq!(code, Some(4), "{err}");
    let leading = next(&earlier, "leading");
    assert!(leading["boottime_ns"].as_u64().unwrap() >= until);

    let later = follow("contend", &url, &GUARDED);
    let standby = next(&later, "standby");
    assert_eq!(standby["ahead"], 1);
    assert!(standby.get("waits_until_boottime_ns").is_none());
    earlier.signal(Signal::Term);
    assert_eq!(next(&earlier, "lost")["reason"], "withdrawn");
    // It waits for no lease.
    let led = first(&later);
    assert_eq!(led["event"], "leading");
    assert!(token(&led) > token(&leading));
}

#[test]
fn a_lease_that_outlasts_the_session_is_named_by_its_flag() {
    let url = server().url(&fresh_path());
    let timeout = format!("{}ms", T.as_millis());
    let mut words = vec!["contend", &url, "--session-timeout", &timeout];
    words.extend(["--policy", "guarded", "--lease", "5s"]);
    let Run { code, err, .. } = run(words);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("shorter lease, or ask for a longer session timeout"),
        "{err}"
    );
}

#[test]
fn a_silent_leader_is_replaced_while_its_session_lives() {
    let url = server().url(&fresh_path());
    let words = ["--policy", "guarded", "--fail-over", "2s"];
    let tool = Tool::new(TOOL, LONG);
    let first = tool.start("contend", &url, &words);
    let leads = next(&first, "leading");
    let second = tool.start("contend", &url, &words);
    assert_eq!(next(&second, "standby")["ahead"], 1);
    first.signal(Signal::Stop);
    let waits = next(&second, "standby");
    assert_eq!(waits["ahead"], 0);
    let led = next(&second, "leading");
    assert!(led["boottime_ns"].as_u64() >= waits["waits_until_boottime_ns"].as_u64());
    assert!(token(&led) > token(&leads));
    // It learns of its loss as soon as it runs again.
    first.signal(Signal::Cont);
    let lost = next(&first, "lost");
    assert_eq!(token(&lost), token(&leads));
    assert!(lost["lease_end_boottime_ns"].as_u64() <= led["boottime_ns"].as_u64());
    let then = first.wait_for("enrolled or expired", LIMIT, |line| {
        line["event"] == "enrolled" || line["state"] == "expired"
    });
    assert_eq!(then["event"], "enrolled", "its session did not live on");
}
