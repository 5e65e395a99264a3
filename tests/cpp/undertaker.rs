//! A leader in C++ that is killed is succeeded long before its session times out; a program that cannot be an
//! undertaker is an error that says so.

use crate::make::{self, PLAIN};
use std::os::unix::fs::symlink;
use std::time::Duration;
use tenure_field::tool::{Tool, is};
use tenure_field::zookeeper::Config;
use tenure_field::{
    UnfitUndertakers, Zookeeper, built_tool, built_undertaker, poll, stats, wait_until,
};

/// How long any step may take on a busy machine: less than the session timeout of the leader.
const LIMIT: Duration = Duration::from_secs(25);
/// For how long a seat is watched that must be kept.
const A_WHILE: Duration = Duration::from_secs(4);

#[test]
fn a_leader_that_is_killed_is_succeeded_at_once() {
    let program = make::program("undertaker", &make::sources("tests/cpp/undertaker"), PLAIN);
    let server = Zookeeper::start_with(Config {
        max_session_timeout_ms: Some(60_000),
        ..Config::default()
    });
    let url = server.url("/undertaker-cpp");
    let leader = make::start(
        &program,
        &[url.as_str(), built_undertaker().to_str().unwrap()],
    );
    leader.wait_for("leadership", LIMIT, is("leading"));
    let tool = Tool::new(built_tool(), Duration::from_secs(4));
    let standby = tool.start("contend", &url, &["--no-undertaker"]);
    standby.wait_for("standby", LIMIT, is("standby"));
    leader.kill();
    standby.wait_for("succession", LIMIT, is("leading"));

    // The one that is installed: in libexec/tenure beside the library's folder.
    let place = crate::scratch("libexec/tenure").join("tenure-undertaker");
    drop(std::fs::remove_file(&place));
    symlink(built_undertaker(), &place).unwrap();
    let leader = make::start(&program, &[url.as_str(), ""]);
    wait_until("an undertaker", LIMIT, || {
        (stats::undertakers(leader.pid()).len() == 1).then_some(())
    });
    std::fs::remove_file(&place).unwrap();

    let unfit = UnfitUndertakers::new();
    for (path, why) in &unfit.all {
        let path = path.to_str().unwrap();
        let refused = make::start(&program, &[url.as_str(), path]);
        assert!(!refused.wait_exit(LIMIT).success());
        let text = refused.text();
        assert!(text.contains(path) && text.contains(why), "{text}");
    }
}

#[test]
fn a_leader_that_is_stopped_or_closes_all_its_descriptors_keeps_its_seat() {
    let program = make::program("undertaker", &make::sources("tests/cpp/undertaker"), PLAIN);
    let server = Zookeeper::start_with(Config {
        max_session_timeout_ms: Some(60_000),
        ..Config::default()
    });
    let tool = Tool::new(built_tool(), Duration::from_secs(4));
    for harm in ["stop", "close"] {
        let url = server.url(&format!("/undertaker-cpp-{harm}"));
        let leader = make::start(
            &program,
            &[url.as_str(), built_undertaker().to_str().unwrap()],
        );
        leader.wait_for("leadership", LIMIT, is("leading"));
        let standby = tool.start("contend", &url, &["--no-undertaker"]);
        standby.wait_for("standby", LIMIT, is("standby"));
        match harm {
            "stop" => leader.pause(),
            _ => {
                leader.write_stdin(b"close\n");
                leader.wait_for("the end of its descriptors", LIMIT, is("closed"));
            }
        }
        let leads = poll(A_WHILE, || standby.find(is("leading")).map(drop));
        assert_eq!(leads, None, "{harm}: the seat was not kept");
        leader.kill();
        standby.wait_for("succession", LIMIT, is("leading"));
    }
}
