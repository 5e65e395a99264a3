//! A killed test process leaves nothing that runs, and its namespaces only until the next lab is
//! made.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)] // a test may panic

use std::path::Path;
use std::time::Duration;

use tenure_field::process::Options;
use tenure_field::{Lab, Process, Zookeeper, wait_until};

const LONG: Duration = Duration::from_secs(30);
const ROLE: &str = "TESTKIT_TEST_IS_TO_BE_KILLED";

/// Is the test process that is killed, when the other test runs it.
#[test]
fn is_killed() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    let server = Zookeeper::start();
    let process = Process::spawn(Path::new("/bin/sleep"), ["600"], None);
    let lab = Lab::new();
    let namespace = lab.as_ref().map_or("", |lab| lab.servers().name());
    println!(
        "\n{}",
        serde_json::json!({"server": server.pid(), "process": process.pid(), "namespace": namespace})
    );
    let _status = process.wait_exit(Duration::from_secs(600));
}

#[test]
fn leaves_nothing_that_runs() {
    let options = Options {
        env: vec![(ROLE.to_owned(), "1".to_owned())],
        ..Options::default()
    };
    let this = std::env::current_exe().unwrap();
    let killed = Process::spawn_with(&this, ["--exact", "is_killed", "--nocapture"], options);
    let line = killed.wait_for("its children", LONG, |line| line["server"].is_u64());
    let alive = |name: &str| Path::new(&format!("/proc/{}", line[name])).exists();
    assert!(alive("server") && alive("process"));

    killed.kill();
    wait_until("its children to end", LONG, || {
        (!alive("server") && !alive("process")).then_some(())
    });

    let namespace = line["namespace"].as_str().unwrap();
    if !namespace.is_empty() {
        let _lab = Lab::new().unwrap();
        assert!(!Path::new("/run/netns").join(namespace).exists());
    }
}
