//! Real clients against the server: kazoo, and tenure's own tool.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;
use tenure_field::process::Process;
use tenure_field::tool::{Tool, is, token};
use tenure_field::{built_tool, or_skip};

/// Long enough for a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
/// The exit code of the script when a tool is missing or a package cannot be fetched.
const CANNOT_BE_HAD: i32 = 3;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every client gets this session timeout: on a busy machine, too, a session that has lost its client is
/// still there when the next one looks.
const TIMEOUT: [&str; 4] = [
    "--min-session-timeout",
    "60s",
    "--max-session-timeout",
    "60s",
];

/// A server of a kind. It ends with this value.
struct Server {
    process: Process,
    address: String,
}

impl Server {
    fn start(kind: &str) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_tenure-keeper"));
        let words = ["--server", kind];
        let process = Process::spawn(program, words.iter().chain(&TIMEOUT), None);
        let line = process.wait_for("the port", LIMIT, |line| line["listening"].is_string());
        let address = line["listening"].as_str().unwrap().to_owned();
        Self { process, address }
    }

    fn url(&self) -> String {
        format!("zk://{}/group", self.address)
    }

    /// Gives an order and waits until it is carried out.
    #[track_caller]
    fn order(&self, order: &str) {
        self.process.write_stdin(format!("{order}\n").as_bytes());
        let is_answer = |line: &serde_json::Value| line["done"] == order;
        self.process.wait_for("an answer", LIMIT, is_answer);
    }

    #[track_caller]
    fn sessions(&self) -> usize {
        self.process.write_stdin(b"sessions\n");
        let list = |line: &serde_json::Value| line["sessions"].is_array();
        let line = self.process.wait_for("the sessions", LIMIT, list);
        line["sessions"].as_array().unwrap().len()
    }
}

/// The Python that has kazoo; `None`, with a printed reason, where it cannot be had.
fn kazoo() -> Option<&'static Path> {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = PYTHON.get_or_init(|| {
        let output = Command::new(root().join("scripts/interop-readers"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let folder = String::from_utf8_lossy(&output.stdout);
        match output.status.code() {
            Some(0) => Ok(Path::new(folder.lines().last().unwrap()).join("python/bin/python")),
            Some(CANNOT_BE_HAD) => Err(said),
            _ => panic!("scripts/interop-readers: {}\n{said}", output.status),
        }
    });
    or_skip(made.as_ref()).map(PathBuf::as_path)
}

/// A session of kazoo, which has looked at the group.
fn kazoo_at(python: &Path, server: &Server) -> Process {
    let program = root().join("tests/interop/python/kazoo_client.py");
    let words = ["-B", program.to_str().unwrap(), &server.address, "/group"];
    let process = Process::spawn(python, words, None);
    process.peek("kazoo to look", LIMIT, |line| line["event"].is_string());
    process
}

#[track_caller]
fn join(kazoo: &Process, data: &str) {
    let data = BASE64.encode(data);
    let order =
        format!("{{\"id\": 1, \"do\": \"join\", \"name\": \"m_\", \"data\": \"{data}\"}}\n");
    kazoo.write_stdin(order.as_bytes());
    kazoo.peek("kazoo's member", LIMIT, |line| line["done"] == 1);
}

/// Waits for a member with this payload.
#[track_caller]
fn wait_lowest(kazoo: &Process, data: &str) {
    let data = BASE64.encode(data);
    kazoo.wait_for("kazoo to see the member", LIMIT, |line| {
        line["event"] == "lowest" && line["data"] == data.as_str()
    });
}

#[test]
fn kazoo_makes_members_that_it_watches_and_a_keeper_s_shut_down_deletes_them() {
    let Some(python) = kazoo() else {
        return;
    };
    for (kind, keeps) in [
        ("zookeeper", true),
        ("keeper", false),
        ("old-keeper", false),
        ("raftkeeper", true),
    ] {
        let server = Server::start(kind);
        let watcher = kazoo_at(python, &server);
        let member = kazoo_at(python, &server);
        join(&member, "me");
        wait_lowest(&watcher, "me");
        assert_eq!(server.sessions(), 2, "{kind}");
        server.order("shut-down");
        assert_eq!(server.sessions(), if keeps { 2 } else { 0 }, "{kind}");
        // Neither comes back to a server that is down.
        member.kill();
        watcher.kill();
        server.order("start");
        let after = kazoo_at(python, &server);
        if keeps {
            wait_lowest(&after, "me");
            server.order("expire");
        }
        let after = kazoo_at(python, &server);
        after.wait_for("no member", LIMIT, |line| line["event"] == "none");
    }
}

#[test]
fn a_kill_is_no_shut_down_and_a_stepped_clock_ends_a_session() {
    let Some(python) = kazoo() else {
        return;
    };
    let server = Server::start("keeper");
    let watcher = kazoo_at(python, &server);
    let member = kazoo_at(python, &server);
    join(&member, "me");
    wait_lowest(&watcher, "me");
    server.order("kill");
    member.kill();
    watcher.kill();
    server.order("start");
    let watcher = kazoo_at(python, &server);
    wait_lowest(&watcher, "me");
    // The watcher's session ends, too: it is overdue, though it pings.
    server.order("step-clock 1h");
    tenure_field::wait_until("the end of all sessions", LIMIT, || {
        (server.sessions() == 0).then_some(())
    });
    let after = kazoo_at(python, &server);
    after.wait_for("no member", LIMIT, |line| line["event"] == "none");
}

#[test]
fn our_client_leads_and_its_member_vanishes_with_the_server() {
    for (kind, keeps) in [("zookeeper", true), ("keeper", false)] {
        let server = Server::start(kind);
        let tool = Tool::new(built_tool(), Duration::from_secs(4));
        // The undertaker would close the session of the killed process.
        let words = ["--data", "me", "--policy", "session", "--no-undertaker"];
        let contender = tool.start("contend", &server.url(), &words);
        contender.wait_for("leadership", LIMIT, is("leading"));
        let detector = tool.start("detect", &server.url(), &[]);
        detector.wait_for("the leader", LIMIT, is("leader"));
        server.order("shut-down");
        contender.kill();
        detector.kill();
        server.order("start");
        let detector = tool.start("detect", &server.url(), &[]);
        let sees = detector.wait_for("a look", LIMIT, |line| {
            line["event"] == "leader" || line["event"] == "none"
        });
        assert_eq!(sees["event"] == "leader", keeps, "{kind}: {sees}");
    }
}

#[test]
fn our_client_leads_again_after_a_shut_down() {
    let server = Server::start("keeper");
    let tool = Tool::new(built_tool(), Duration::from_secs(4));
    let words = ["--data", "me", "--policy", "session"];
    let contender = tool.start("contend", &server.url(), &words);
    let first = contender.wait_for("leadership", LIMIT, is("leading"));
    server.order("shut-down");
    server.order("start");
    let lost = contender.wait_for("the end", LIMIT, is("lost"));
    assert_eq!(token(&lost), token(&first));
    let second = contender.wait_for("leadership again", LIMIT, is("leading"));
    assert!(token(&second) > token(&first), "{second}");
    assert_eq!(server.sessions(), 1);
}

#[test]
fn a_guarded_contender_leads_on_every_server_and_again_after_its_end() {
    let started = ["keeper", "old-keeper", "raftkeeper"].map(|kind| {
        let server = Server::start(kind);
        let tool = Tool::new(built_tool(), Duration::from_secs(4));
        let words = ["--data", "me", "--policy", "guarded"];
        let contender = tool.start("contend", &server.url(), &words);
        (server, contender)
    });
    let all = started.map(|(server, contender)| {
        let waits = contender.wait_for("the wait of a new group", LIMIT, is("standby"));
        assert!(waits["waits_until_boottime_ns"].is_u64(), "{waits}");
        let first = contender.wait_for("leadership", LIMIT, is("leading"));
        (server, contender, token(&first))
    });
    for (server, contender, first) in all {
        server.order("shut-down");
        server.order("start");
        contender.wait_for("another leadership, or the same one", LIMIT, |line| {
            line["event"] == "leading" && token(line) >= first
        });
        assert_eq!(server.sessions(), 1);
    }
}

#[test]
fn a_verified_contender_is_refused_with_the_way_out() {
    for kind in ["keeper", "raftkeeper"] {
        for policy in ["verified", "strict"] {
            let server = Server::start(kind);
            let output = Command::new(built_tool())
                .args(["contend", &server.url(), "--policy", policy])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(1), "{kind} {policy}");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("not Apache ZooKeeper"), "{said}");
            assert!(said.contains("`guarded`"), "{said}");
        }
    }
}

#[test]
fn our_client_leads_on_servers_without_create2() {
    for kind in ["old-keeper", "raftkeeper"] {
        let server = Server::start(kind);
        let tool = Tool::new(built_tool(), Duration::from_secs(4));
        let words = ["--data", "me", "--policy", "session"];
        let contender = tool.start("contend", &server.url(), &words);
        contender.wait_for("leadership", LIMIT, is("leading"));
    }
}

#[test]
fn bad_input_is_refused_with_what_is_expected() {
    let program = env!("CARGO_BIN_EXE_tenure-keeper");
    for (words, expected) in [
        (["--server", "consul"], "one of zookeeper, keeper"),
        (["--tick", "0ms"], "at least 1ms"),
        (["--port", "70000"], "--port"),
    ] {
        let output = Command::new(program).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected), "{said}");
    }
    let help = Command::new(program).arg("--help").output().unwrap();
    let help = String::from_utf8_lossy(&help.stdout);
    for word in ["shut-down", "step-clock", "raftkeeper", "Exit codes"] {
        assert!(help.contains(word), "{help}");
    }
    let server = Server::start("keeper");
    // Its port is taken.
    let port = server.address.rsplit(':').next().unwrap();
    let second = Command::new(program)
        .args(["--port", port])
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    server.process.write_stdin(b"halt\n");
    server.process.wait_for("the reason", LIMIT, |line| {
        let error = line["error"].as_str();
        error.is_some_and(|error| error.contains("expecting shut-down"))
    });
    server.process.close_stdin();
    assert!(server.process.wait_exit(LIMIT).success());
}
