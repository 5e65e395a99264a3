//! A leader in Go that is killed is succeeded long before its session times out; a program that cannot be an
//! undertaker is an error that says why.

use crate::make;
use std::path::Path;
use std::time::Duration;
use tenure_field::tool::{Tool, is};
use tenure_field::zookeeper::Config;
use tenure_field::{UnfitUndertakers, Zookeeper, built_tool, built_undertaker};

/// How long any step may take on a busy machine: less than the session timeout of the leader.
const LIMIT: Duration = Duration::from_secs(25);

#[test]
fn a_leader_that_is_killed_is_succeeded_at_once() {
    let program = make::program("leader");
    let server = Zookeeper::start_with(Config {
        max_session_timeout_ms: Some(60_000),
        ..Config::default()
    });
    let url = server.url("/undertaker-go");
    let helper = built_undertaker().to_str().unwrap();
    let leader = make::start(&program, &[&url, "30000", helper]);
    leader.wait_for("leadership", LIMIT, is("leading"));
    let tool = Tool::new(built_tool(), Duration::from_secs(4));
    let standby = tool.start("contend", &url, &["--no-undertaker"]);
    standby.wait_for("standby", LIMIT, is("standby"));
    leader.kill();
    standby.wait_for("succession", LIMIT, is("leading"));

    let unfit = UnfitUndertakers::new();
    for (path, why) in &unfit.all {
        let path = path.to_str().unwrap();
        let refused = make::start(&program, &[&url, "30000", path]);
        assert!(!refused.wait_exit(LIMIT).success());
        let text = refused.text();
        assert!(text.contains(path) && text.contains(why), "{text}");
    }
}

/// A helper of this build refuses a library of another one; so would every test of a library that is not the one under
/// test.
#[test]
fn a_program_is_linked_with_the_archive_beside_the_package() {
    let program = std::fs::read(make::program("leader")).unwrap();
    let header =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings/go/internal/native/archive.h");
    let header = std::fs::read_to_string(header).unwrap();
    let sum = header.split('"').nth(1).unwrap().as_bytes();
    assert!(program.windows(sum.len()).any(|part| part == sum));
}
