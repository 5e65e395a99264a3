//! Refused input, and help.

use crate::{LIMIT, Run, finish, first, follow, run, tenure};
use std::path::PathBuf;
use tenure_field::bad::{Kind, Server};
use tenure_field::{Signal, wait_until};

/// A file; dropping it removes it.
pub(crate) struct TempFile(PathBuf);

impl TempFile {
    pub(crate) fn new(name: &str, content: &[u8]) -> Self {
        let name = format!("tenure-cli-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

#[test]
fn bad_input_is_refused_with_2_and_a_reason_before_any_connection() {
    let server = Server::start(Kind::Silent);
    let url = server.url("/g");
    let long = TempFile::new("long", &vec![b'x'; 1_000_001]);
    let long = format!("@{}", long.path());
    let text = "x".repeat(100_000);
    let host = server.addr();
    let no_path = format!("zk://{host}");
    let root = format!("zk://{host}/");
    let odd_path = format!("zk://{host}/a//b");
    let odd_port = format!("zk://{host}x/g");
    // The message is the same in every build; tests/tls has the rest.
    let no_ca = match cfg!(feature = "tls") {
        true => "/nowhere/at/all",
        false => "this build has no TLS; build with --features tls",
    };
    let cases: &[(&[&str], &str)] = &[
        (&["contend"], "<URL>"),
        (&["contend", "127.0.0.1:2181"], "zk://"),
        (&["detect", "127.0.0.1"], "host:port"),
        (&["detect", "http"], "zk://"),
        (&["detect", "http://127.0.0.1/g"], "zk://"),
        (&["detect", "ZK://127.0.0.1/g"], "zk://"),
        (&["detect", "zk:/127.0.0.1:2181/g"], "zk://"),
        (&["status", "127.0.0.1:x"], "port"),
        (&["status", "::1"], "brackets"),
        (&["detect", &no_path], "names no path"),
        (&["members", &root], "'/'"),
        (&["detect", &odd_path], "//"),
        (&["members", &odd_port], "port"),
        (&["contend", "file:///nowhere/at/all"], "cannot read"),
        (
            &["contend", &url, "--session-timeout", "0s"],
            "at least 1ms",
        ),
        (&["contend", &url, "--session-timeout", "-1s"], "500ms"),
        (&["contend", &url, "--session-timeout", "4"], "500ms"),
        (&["contend", &url, "--session-timeout", "soon"], "500ms"),
        (&["contend", &url, "--session-timeout", "25d"], "24 days"),
        (
            &[
                "contend",
                &url,
                "--session-timeout",
                "99999999999999999999y",
            ],
            "500ms",
        ),
        (
            &["contend", &url, "--session-timeout", "99999y"],
            "365 days",
        ),
        (&["detect", &url, "--timeout", "0s"], "at least 1ms"),
        (&["detect", &url, "--once", "--timeout", "-5s"], "500ms"),
        (&["members", &url, "--timeout", "366d"], "365 days"),
        (&["contend", &url, "--tick", "0s"], "at least 1ms"),
        (
            &["contend", &url, "--tick", "5001ms"],
            "half of the session timeout",
        ),
        (
            &[
                "detect",
                &url,
                "--session-timeout",
                "2s",
                "--tick",
                "1001ms",
            ],
            "half",
        ),
        (&["members", &url, "--policy", "brave"], "verified"),
        (
            &["contend", &url, "--lease", "1s"],
            "`--lease` needs `--policy guarded`, and the policy is `verified`",
        ),
        (
            &[
                "run",
                &url,
                "--policy",
                "strict",
                "--fail-over",
                "2s",
                "--",
                "a",
            ],
            "`--fail-over` needs `--policy guarded`",
        ),
        (
            &["contend", &url, "--policy", "guarded", "--lease", "99ms"],
            "`--lease` is 99ms; it must be from 100ms to 10s",
        ),
        (
            &["contend", &url, "--policy", "guarded", "--fail-over", "11s"],
            "`--fail-over` is 11s; it must be from 250ms to 10s",
        ),
        (
            &[
                "contend",
                &url,
                "--policy",
                "guarded",
                "--lease",
                "1s",
                "--fail-over",
                "2s",
            ],
            "cannot be used with '--fail-over",
        ),
        (
            &["contend", &url, "--policy", "guarded", "--lease", "-1s"],
            "500ms",
        ),
        (
            &[
                "run", &url, "--policy", "guarded", "--lease", "499ms", "--", "a",
            ],
            "`--lease` is 499ms; `run` needs at least 500ms",
        ),
        (
            &[
                "run",
                &url,
                "--policy",
                "guarded",
                "--fail-over",
                "1249ms",
                "--",
                "a",
            ],
            "`run` needs at least 1s 250ms",
        ),
        (&["contend", &url, "--reenrol", "sometimes"], "always"),
        (&["contend", &url, "--label", ""], "label is empty"),
        (&["contend", &url, "--label", "a/b"], "'/'"),
        (&["detect", &url, "--label", "a/b"], "'/'"),
        (&["contend", &url, "--label", &text], "at most 255"),
        (
            &["contend", &url, "--data", "@/nowhere/at/all"],
            "cannot read /nowhere/at/all",
        ),
        (&["contend", &url, "--data", "@/tmp"], "cannot read /tmp"),
        (
            &["contend", &url, "--data", "@/dev/zero"],
            "more than 1000000 bytes",
        ),
        (&["run", &url, "--label", "", "--", "a"], "label is empty"),
        (&["run", &url, "--data", &long, "--", "a"], "more than"),
        (
            &["contend", &url, "--data", &long],
            "more than 1000000 bytes",
        ),
        (&["contend", &url, "--data", "a", "--data", "b"], "--data"),
        (&["contend", &url, "--once"], "--once"),
        (&["detect", &url, "--tls-ca", "/nowhere/at/all"], no_ca),
        (&["detect", &url, "--tls-cert", "a"], "--tls-"),
        (&["run", &url], "COMMAND"),
        (&["run", &url, "a", "--", "b"], "unexpected"),
        (&["run", &url, "--drain", "0s", "--", "a"], "at least 1ms"),
        (&["run", &url, "--stop-timeout", "x", "--", "a"], "500ms"),
        (&["status", &url, "--timeout", "0s"], "at least 1ms"),
        (&["evict", &url], "<MEMBER>"),
        (&["evict", &url, "/other/m_0000000000"], "not under"),
        (&["evict", &url, "log_replicas"], "not the name of a member"),
        (&["contend", &url, &url], "unexpected"),
    ];
    for (args, word) in cases {
        let Run { code, out, err } = run(args.iter());
        assert_eq!(code, Some(2), "{args:?}: {err}");
        assert!(err.starts_with("tenure: "), "{args:?}: {err}");
        assert!(err.contains(word), "{args:?}: {err}");
        assert_eq!(out, "", "{args:?}");
    }
    assert_eq!(server.connections(), 0);
    // The control: valid input is accepted, and connects.
    let good = [
        "contend", &url, "--tick", "5s", "--label", "-l", "--data", "-d",
    ];
    let good = tenure(good);
    wait_until("a connection", LIMIT, || {
        (server.connections() > 0).then_some(())
    });
    good.kill();
}

#[test]
fn all_commands_take_the_same_session_options() {
    for command in ["contend", "detect", "members", "status"] {
        let words = ["--policy", "session", "--tick", "2s"];
        let process = follow(command, "memory://m/g", &words);
        first(&process);
        let expected = match command {
            "members" => 0,
            // The group is empty.
            "status" => 1,
            _ => {
                process.signal(Signal::Term);
                0
            }
        };
        assert_eq!(finish(&process).code, Some(expected), "{command}");
    }
}

#[test]
fn a_misspelled_command_suggests_the_right_one() {
    let Run { code, err, .. } = run(["contned", "memory://m/g"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("'contend'"), "{err}");
}

#[test]
fn help_and_version_go_to_standard_output() {
    for args in [
        &["--help"][..],
        &["help"],
        &["contend", "--help"],
        &["detect", "--help"],
        &["members", "--help"],
        &["run", "--help"],
        &["status", "--help"],
        &["evict", "--help"],
    ] {
        let Run { code, out, err } = run(args);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{args:?}");
        for word in [
            "Examples:",
            "Exit codes:",
            "500ms",
            "zk://",
            "memory://",
            "HOST:PORT",
            "--tls-ca",
        ] {
            assert!(out.contains(word), "{args:?} does not tell of {word}");
        }
    }
    let contend = run(["contend", "--help"]).out;
    let run_help = run(["run", "--help"]).out;
    for word in ["TENURE_TOKEN", "setsid", "127", "--drain", "guardian"] {
        assert!(run_help.contains(word), "{word}");
    }
    for word in [
        "[default: 10s]",
        "[default: verified]",
        "SIGTERM",
        "not safe",
    ] {
        assert!(contend.contains(word), "{word}");
    }
    let Run { code, out, err } = run(["--version"]);
    let version = format!("tenure {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((code, out, err.as_str()), (Some(0), version, ""));
    // Without a command it prints the help, but exits with an error.
    let Run { code, out, err } = run([""; 0]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("Examples:"), "{err}");
}

#[test]
fn a_password_is_never_printed() {
    let refusing = Server::start(Kind::Refuse);
    let good = format!("zk://u:sesame@{}/g", refusing.addr());
    let with_slash = format!("zk://u:ses/ame@{}/g", refusing.addr());
    let bad_port = "zk://u:sesame@h:x/g";
    let option = format!("--nonsense={bad_port}");
    for args in [
        &["contend", bad_port][..],
        &["contend", &with_slash],
        &["contend", "zk://u:sesame@h"],
        &["contend", "u:sesame@h/g"],
        &["contend", bad_port, "--help"],
        &["contend", "zk://h/g", bad_port],
        &["contend", &option],
        &[bad_port],
        &["detect", "u:sesame"],
        &["status", "file://zk://u:sesame@h/g"],
        &["contend", "zk://h/g", "--policy", bad_port],
        &["contend", "zk://h/g", "--session-timeout", bad_port],
        &["detect", &good, "--once", "--timeout", "200ms"],
        &["detect", &good, "--once", "--timeout", "200ms", "--json"],
        &["members", &good, "--timeout", "200ms"],
    ] {
        let Run { code, out, err } = run(args);
        assert_ne!(out.len() + err.len(), 0, "{args:?} says nothing");
        assert_eq!(code == Some(0), args.contains(&"--help"), "{args:?}: {err}");
        let said = format!("{out}{err}");
        assert!(
            !said.contains("sesame") && !said.contains("ame@"),
            "{args:?}: {said}"
        );
    }
}
