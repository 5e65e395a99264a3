//! How the tool ends: by signals, by a closed pipe, by a full disk.

use crate::{LIMIT, TOOL, finish, follow, fresh_path, next, observe, path, server};
use nix::fcntl::OFlag;
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tenure_field::{Proxy, Signal, boottime, signal, wait_until};

/// A child with pipes of its own; dropping it kills it.
pub(crate) struct Piped(pub(crate) Child);

impl Piped {
    pub(crate) fn start(args: &[&str], stdout: Stdio) -> Self {
        Self::start_with(args, stdout, Stdio::piped())
    }

    pub(crate) fn start_with(args: &[&str], stdout: Stdio, stderr: Stdio) -> Self {
        let mut command = Command::new(TOOL);
        signal::defaults_for(&mut command);
        command.args(args).stdin(Stdio::null());
        Self(command.stdout(stdout).stderr(stderr).spawn().unwrap())
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = nix::unistd::Pid::from_raw(self.0.id().try_into().unwrap());
        let signal = nix::sys::signal::Signal::try_from(signal.number()).unwrap();
        nix::sys::signal::kill(pid, signal).unwrap();
    }

    /// Its exit code and its standard error, if that is a pipe to here.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let status = wait_until("the tool to end", LIMIT, || self.0.try_wait().unwrap());
        let mut said = String::new();
        if let Some(mut stderr) = self.0.stderr.take() {
            stderr.read_to_string(&mut said).unwrap();
        }
        (status.code(), said)
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Reads until a line has one of the words.
#[track_caller]
fn wait_line(lines: &mut impl BufRead, words: &[&str]) {
    let mut line = String::new();
    while !words.iter().any(|word| line.contains(word)) {
        line.clear();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "{words:?}");
    }
}

#[test]
fn a_signal_leaves_nothing_behind() {
    for signal in [Signal::Term, Signal::Int, Signal::Hup] {
        let group = fresh_path();
        let contender = follow("contend", &server().url(&group), &[]);
        next(&contender, "leading");
        assert_eq!(observe().children(&group).len(), 1);
        contender.signal(signal);
        let run = finish(&contender);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        assert_eq!(observe().children(&group).len(), 0, "{signal:?}");
        assert!(contender.find(|line| line["state"] == "closed").is_some());
    }
}

#[test]
fn f14_a_terminal_that_is_closed_ends_every_command_in_order() {
    let group = fresh_path();
    let url = server().url(&group);
    for args in [
        &["contend", &url, "--json"][..],
        &["detect", &url, "--json"],
        &["members", &url, "--watch", "--json"],
    ] {
        let mut tool = Piped::start(args, Stdio::piped());
        let mut lines = BufReader::new(tool.0.stdout.take().unwrap());
        wait_line(&mut lines, &["leading", "none", "members"]);
        tool.signal(Signal::Hup);
        // Its reader gets everything up to the end of the session.
        wait_line(&mut lines, &["closed"]);
        assert_eq!(tool.end(), (Some(0), String::new()), "{args:?}");
        assert_eq!(observe().children(&group).len(), 0, "{args:?}");
    }
}

#[test]
fn f14_a_second_hangup_does_not_cut_the_withdrawal_short() {
    let proxy = Proxy::start(server().addr());
    let contender = follow("contend", &proxy.url(&fresh_path()), &[]);
    let leads = next(&contender, "leading");
    proxy.hold();
    contender.signal(Signal::Hup);
    let lost = next(&contender, "lost")["boottime_ns"].as_u64().unwrap();
    wait_until("the time of one request to pass", LIMIT, || {
        (boottime::now_ns() > lost + 400_000_000).then_some(())
    });
    contender.signal(Signal::Hup);
    proxy.release();
    assert_eq!(finish(&contender).code, Some(0));
    assert_eq!(observe().stat(path(&leads)), None);
}

#[test]
fn f14_a_hangup_that_was_ignored_on_entry_stays_ignored() {
    let group = fresh_path();
    let url = server().url(&group);
    let mut command = Command::new("sh");
    signal::defaults_for(&mut command);
    let script = r#"trap '' HUP; exec "$@""#;
    command.args(["-c", script, "sh", TOOL, "contend", &url, "--json"]);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    let mut tool = Piped(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(tool.0.stdout.take().unwrap());
    wait_line(&mut lines, &["leading"]);
    tool.signal(Signal::Hup);
    // It leads on, and notices what happens to it.
    let observer = observe();
    let member = &observer.children(&group)[0];
    assert!(observer.delete(&format!("{group}/{member}")));
    wait_line(&mut lines, &["evicted"]);
    wait_line(&mut lines, &["leading"]);
    tool.signal(Signal::Term);
    wait_line(&mut lines, &["withdrawn"]);
    assert_eq!(tool.end(), (Some(0), String::new()));
}

#[test]
fn signals_at_once_are_one_wish() {
    let contender = follow("contend", &server().url(&fresh_path()), &[]);
    next(&contender, "leading");
    contender.pause();
    contender.signal(Signal::Term);
    contender.signal(Signal::Int);
    contender.resume();
    assert_eq!(next(&contender, "lost")["reason"], "withdrawn");
    assert_eq!(finish(&contender).code, Some(0));
}

#[test]
fn without_a_server_a_signal_ends_it_within_the_session_timeout() {
    let proxy = Proxy::start(server().addr());
    let contender = follow("contend", &proxy.url(&fresh_path()), &[]);
    next(&contender, "leading");
    proxy.hold();
    let asked = Instant::now();
    contender.signal(Signal::Term);
    // Leadership ends at once all the same.
    assert_eq!(next(&contender, "lost")["reason"], "withdrawn");
    assert!(asked.elapsed() < Duration::from_secs(2));
    let run = finish(&contender);
    assert!(asked.elapsed() < Duration::from_secs(4 + 2));
    assert_eq!(run.code, Some(0));
    assert!(run.err.contains("no server has confirmed"), "{}", run.err);
}

#[test]
fn a_second_signal_ends_it_at_once_with_1() {
    let proxy = Proxy::start(server().addr());
    let words = ["--session-timeout", "10s"];
    let contender = crate::tenure(
        ["contend", &proxy.url(&fresh_path()), "--json"]
            .iter()
            .chain(&words),
    );
    next(&contender, "leading");
    proxy.hold();
    contender.signal(Signal::Term);
    let lost = next(&contender, "lost")["boottime_ns"].as_u64().unwrap();
    wait_until("a second wish", LIMIT, || {
        (boottime::now_ns() > lost + 400_000_000).then_some(())
    });
    let asked = Instant::now();
    contender.signal(Signal::Int);
    assert_eq!(finish(&contender).code, Some(1));
    assert!(asked.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_closed_pipe_ends_it_quietly_and_leaves_nothing_behind() {
    let group = fresh_path();
    let url = server().url(&group);
    for args in [
        &["contend", &url, "--json"][..],
        &["contend", &url],
        &["detect", &url],
        &["members", &url, "--watch", "--json"],
    ] {
        let mut tool = Piped::start(args, Stdio::piped());
        let mut lines = BufReader::new(tool.0.stdout.take().unwrap());
        wait_line(&mut lines, &["leading", "none", "members"]);
        // It prints no further line: it must notice without a write.
        drop(lines);
        assert_eq!(tool.end(), (Some(0), String::new()), "{args:?}");
        assert_eq!(observe().children(&group).len(), 0, "{args:?}");
    }
}

#[test]
fn a_terminal_that_is_gone_ends_it_quietly_and_leaves_nothing_behind() {
    let group = fresh_path();
    let url = server().url(&group);
    for args in [&["contend", &url, "--json"][..], &["detect", &url]] {
        // No other child of the tests may have it.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let slave = ptsname_r(&master).unwrap();
        let slave = File::options().read(true).write(true).open(slave).unwrap();
        let tool = Piped::start(args, slave.into());
        let mut lines = BufReader::new(master);
        wait_line(&mut lines, &["leading", "none"]);
        drop(lines);
        assert_eq!(tool.end(), (Some(0), String::new()), "{args:?}");
        assert_eq!(observe().children(&group).len(), 0, "{args:?}");
    }
}

#[test]
fn a_pipe_that_is_closed_from_the_start_is_quiet_too() {
    for args in [
        &["--help"][..],
        &["--version"],
        &["contend", "memory://m/g"],
        &["detect", "memory://m/g", "--once"],
        &["members", "memory://m/g", "--json"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let tool = Piped::start(args, writer.into());
        assert_eq!(tool.end(), (Some(0), String::new()), "{args:?}");
    }
}

#[test]
fn a_full_disk_is_a_failure_that_leaves_nothing_behind() {
    let group = fresh_path();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let tool = Piped::start(&["contend", &server().url(&group)], full.into());
    let (code, said) = tool.end();
    assert_eq!(code, Some(1));
    assert!(said.contains("cannot write to standard output"), "{said}");
    assert_eq!(observe().children(&group).len(), 0);
}

#[test]
fn a_killed_leader_leaves_its_znode_to_the_server() {
    // The control for the tests above: without a withdrawal the znode stays. An undertaker would delete it.
    let words = ["--no-undertaker"];
    let contender = follow("contend", &server().url(&fresh_path()), &words);
    let leads = next(&contender, "leading");
    contender.kill();
    assert!(observe().stat(path(&leads)).is_some());
}
