//! The command line, by TLS, to a real ZooKeeper.
//!
//! `cargo test --features tls --test tls` runs it. Where the server's jars lack the parts for TLS,
//! the tests with a ZooKeeper print `SKIPPED`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenure_field::tls::Pki;
use tenure_field::tool::{Tool, is};
use tenure_field::zookeeper::Version;
use tenure_field::{Process, Signal, Zookeeper, or_skip};

const T: Duration = Duration::from_secs(4);

/// Long enough for a busy machine; no test waits that long unless it fails.
const LIMIT: Duration = Duration::from_secs(60);
const TOOL: &str = env!("CARGO_BIN_EXE_tenure");

fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(Pki::new)
}

/// The server that the tests share. It ends with the process.
fn shared() -> Option<&'static Zookeeper> {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    or_skip(Version::Debian.secure())?;
    Some(SERVER.get_or_init(|| pki().zookeeper(Version::Debian, &[])))
}

/// A URL that no other test uses.
fn fresh_url(server: &Zookeeper) -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    format!("zk://{}/tls-tool-{number}", server.secure_addr())
}

/// Starts `tenure COMMAND URL WORDS…`, as this authority's client.
fn tenure(pki: &Pki, command: &str, url: &str, words: &[&str]) -> Process {
    tenure_for(T, pki, command, url, words)
}

/// The same with another session timeout.
fn tenure_for(timeout: Duration, pki: &Pki, command: &str, url: &str, words: &[&str]) -> Process {
    let [ca, certificate, key] =
        [&pki.ca, &pki.certificate, &pki.key].map(|file| file.to_str().unwrap());
    let trust = ["--tls-ca", ca, "--tls-cert", certificate, "--tls-key", key];
    Tool::new(TOOL, timeout).start(command, url, &[&trust, words].concat())
}

/// The exit code of a run and its output.
fn finish(process: &Process) -> (Option<i32>, String) {
    let code = process.wait_exit(LIMIT).code();
    let lines: Vec<String> = process.lines().into_iter().map(|line| line.text).collect();
    (code, format!("{}{}", lines.join("\n"), process.text()))
}

#[test]
fn every_command_with_a_session_has_tls() {
    let Some(server) = shared() else { return };
    let url = fresh_url(server);
    let leader = tenure(pki(), "contend", &url, &["--data", "d"]);
    let leading = leader.wait_for("leading", LIMIT, is("leading"));
    let member = leading["member"]["path"].as_str().unwrap();
    for (command, words, expected) in [
        ("detect", &["--once"][..], "\"data\":\"d\""),
        ("members", &[], "\"data\":\"d\""),
        ("status", &[], "\"standbys\":0"),
        ("evict", &[member], "\"led\":true"),
    ] {
        let (code, said) = finish(&tenure(pki(), command, &url, words));
        assert_eq!(code, Some(0), "{command}: {said}");
        assert!(said.contains(expected), "{command}: {said}");
    }
    leader.signal(Signal::Term);
    assert_eq!(finish(&leader).0, Some(0));
    let words = ["--", "sh", "-c", "echo token $TENURE_TOKEN"];
    let (code, said) = finish(&tenure(pki(), "run", &url, &words));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("token ") && said.contains("ended"), "{said}");
}

#[test]
fn a_contender_that_is_killed_is_succeeded_at_once() {
    if or_skip(Version::Debian.secure()).is_none() {
        return;
    }
    let server = pki().zookeeper(Version::Debian, &[("maxSessionTimeout", "60000")]);
    let url = fresh_url(&server);
    // So long that the test does not wait for its end. The successor's is as short as that of the others.
    let leader = tenure_for(LIMIT, pki(), "contend", &url, &[]);
    leader.wait_for("leading", LIMIT, is("leading"));
    let standby = tenure(pki(), "contend", &url, &[]);
    standby.wait_for("standby", LIMIT, is("standby"));
    leader.kill();
    standby.wait_for("leading", LIMIT / 2, is("leading"));
}

#[test]
fn what_is_wrong_with_the_server_is_told() {
    let Some(server) = shared() else { return };
    let url = fresh_url(server);
    // Both in one wait: the first handshake of a JVM takes a while, and the message has the last
    // error.
    let words = ["--timeout", "5s"];
    for (pki, more, expected) in [
        (&Pki::new(), &[][..], "not signed by an authority"),
        (pki(), &["--tls-server-name", "zk1.example"], "zk1.example"),
    ] {
        let words = [&words, more].concat();
        let (code, said) = finish(&tenure(pki, "status", &url, &words));
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn bad_words_and_files_are_refused_with_2() {
    let ca = pki().ca.to_str().unwrap();
    let key = pki().key.to_str().unwrap();
    for (args, word) in [
        (&["--tls-ca", "/nowhere/at/all"][..], "/nowhere/at/all"),
        (&["--tls-ca", key], "there is none"),
        (&["--tls-ca", "zk://u:sesame@h/g"], "@h/g"),
        (&["--tls-ca", ca, "--tls-cert", ca], "--tls-key"),
        (&["--tls-ca", ca, "--tls-key", key], "--tls-cert"),
        (&["--tls-cert", ca, "--tls-key", key], "--tls-ca"),
        (&["--tls-server-name", "h"], "--tls-ca"),
        (
            &["--tls-ca", ca, "--tls-cert", ca, "--tls-key", key],
            "does not belong",
        ),
        (&["--tls-ca", ca, "--tls-server-name", "a b"], "server name"),
    ] {
        let args = [&["detect", "zk://127.0.0.1:1/g"], args].concat();
        let (code, said) = finish(&Process::spawn(Path::new(TOOL), &args, None));
        assert_eq!(code, Some(2), "{args:?}: {said}");
        assert!(said.contains(word), "{args:?}: {said}");
        assert!(!said.contains("sesame"), "{args:?}: {said}");
    }
}
