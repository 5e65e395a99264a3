//! The process that dies: the library alone, which leads in the URL's group and obeys one command a line.
//!
//! | line | effect |
//! |---|---|
//! | `close` | closes all clients |
//! | `open` | opens a client more, with the same options |
//! | `lose-descriptors` | puts `/dev/null` in the place of all sockets and of what it holds of the helper |
//! | `fork` | forks a child that ends at once |
//! | `reap` | reaps all children, and says whether there was one |

use crate::{LIMIT, T};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use tenure::{
    Client, ClientOptions, ContenderEvent, ContenderOptions, LeasePolicy, SessionEvent, Undertaker,
    Url,
};
use tenure_field::Process;
use tenure_field::process::{Options, Stream};

const URL: &str = "TENURE_PRINCIPAL_URL";
/// The path of the helper; none if it is missing.
const HELPER: &str = "TENURE_PRINCIPAL_HELPER";
/// Whether its lease is guarded.
const GUARDED: &str = "TENURE_PRINCIPAL_GUARDED";
/// Whether orphans become its children.
const SUBREAPER: &str = "TENURE_PRINCIPAL_SUBREAPER";

/// The process, from outside.
pub(crate) struct Principal(pub(crate) Process);

impl Principal {
    /// Starts it, and waits until it leads.
    #[track_caller]
    pub(crate) fn lead(url: &str, helper: Option<&Path>) -> Self {
        Self::start(url, helper, false).leading()
    }

    /// The same with a guarded lease.
    #[track_caller]
    pub(crate) fn lead_guarded(url: &str, helper: Option<&Path>) -> Self {
        Self::start_with(url, helper, &[GUARDED]).leading()
    }

    #[track_caller]
    fn leading(self) -> Self {
        self.0
            .wait_for("leadership", LIMIT, |line| line["event"] == "leading");
        self
    }

    #[track_caller]
    pub(crate) fn start(url: &str, helper: Option<&Path>, subreaper: bool) -> Self {
        let subreaper = subreaper.then_some(SUBREAPER);
        Self::start_with(url, helper, subreaper.as_slice())
    }

    #[track_caller]
    fn start_with(url: &str, helper: Option<&Path>, set: &[&str]) -> Self {
        let mut env = vec![(URL.to_owned(), url.to_owned())];
        if let Some(helper) = helper {
            env.push((HELPER.to_owned(), helper.to_str().unwrap().to_owned()));
        }
        for name in set {
            env.push(((*name).to_owned(), "yes".to_owned()));
        }
        let options = Options {
            env,
            ..Options::default()
        };
        Self(Process::spawn_test(
            "principal::process_under_test",
            options,
        ))
    }

    /// Starts it as PID 1 of a namespace; the process here is `unshare`, which ends with it.
    #[track_caller]
    pub(crate) fn first(url: &str, helper: &Path) -> Self {
        let env = [(URL, url), (HELPER, helper.to_str().unwrap())];
        let options = Options {
            env: env
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            events: Stream::Stderr,
            ..Options::default()
        };
        let program = std::env::current_exe().unwrap();
        let words = [
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            program.to_str().unwrap(),
            "--exact",
            "principal::process_under_test",
            "--ignored",
            "--nocapture",
        ];
        Self(Process::spawn_with(Path::new("unshare"), words, options))
    }

    #[track_caller]
    pub(crate) fn ask(&self, line: &str) -> Value {
        self.0.write_stdin(format!("{line}\n").as_bytes());
        self.0.wait_for(line, LIMIT, |said| said["done"] == line)
    }

    /// Waits for the session that it has next.
    #[track_caller]
    pub(crate) fn session(&self) -> i64 {
        let line = self
            .0
            .wait_for("a session", LIMIT, |line| line["event"] == "connected");
        line["session"].as_i64().unwrap()
    }
}

/// Not a test: the process under test, which the tests start from this very program.
#[test]
#[ignore = "the process that the other tests start"]
fn process_under_test() {
    if std::env::var_os(URL).is_some() {
        run();
    }
}

fn say(line: &Value) {
    // The parent process has gone: nothing reads the answer.
    drop(writeln!(std::io::stderr(), "{line}"));
}

fn open(url: &Url) -> Client {
    let undertaker = match std::env::var_os(HELPER) {
        Some(path) => Undertaker::At(path.into()),
        None => Undertaker::Off,
    };
    let options = ClientOptions::default()
        .session_timeout(T)
        .undertaker(undertaker);
    let client = Client::open(url, options).unwrap();
    let tell = |event| match event {
        SessionEvent::Connected { session, .. } => {
            say(&json!({"event": "connected", "session": session}));
        }
        SessionEvent::UndertakerLost { error } => {
            say(&json!({"event": "undertaker_lost", "error": error}));
        }
        SessionEvent::UndertakerReplaced => say(&json!({"event": "undertaker_replaced"})),
        _ => {}
    };
    client.events().on_each(tell).unwrap();
    let policy = match std::env::var_os(GUARDED) {
        Some(_) => LeasePolicy::Guarded,
        None => LeasePolicy::Verified,
    };
    let options = ContenderOptions::new(url.path()).policy(policy);
    let contender = client.contend(options).unwrap();
    let tell = |event| {
        if let ContenderEvent::Leading { member, .. } = event {
            say(&json!({"event": "leading", "token": member.token}));
        }
    };
    contender.events().on_each(tell).unwrap();
    // It contends until the client is closed.
    std::mem::forget(contender);
    client
}

/// To the helper it is the same as a daemon that closes all its descriptors. (Debug builds of Rust abort when
/// they find a number closed, and the thread that waits would lose what it waits by.)
fn lose_descriptors() -> usize {
    let null = std::fs::File::open("/dev/null").unwrap();
    let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let lost = open.filter_map(|entry| {
        let target = std::fs::read_link(entry.path()).ok()?;
        let target = target.to_str()?;
        let goes = target.starts_with("socket:") || target == "anon_inode:[pidfd]";
        goes.then(|| entry.file_name().to_str()?.parse().ok())
            .flatten()
    });
    let lost: Vec<i32> = lost.collect();
    for fd in &lost {
        // SAFETY: the library loses its descriptors, which is the test.
        assert_eq!(unsafe { libc::dup2(null.as_raw_fd(), *fd) }, *fd);
    }
    lost.len()
}

fn run() {
    if std::env::var_os(SUBREAPER).is_some() {
        // SAFETY: the call takes numbers.
        assert_eq!(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) }, 0);
    }
    let url: Url = std::env::var(URL).unwrap().parse().unwrap();
    let mut clients = vec![open(&url)];
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let mut answer = match line.as_str() {
            "open" => {
                clients.push(open(&url));
                json!({})
            }
            "close" => {
                for client in clients.drain(..) {
                    client.close().wait().unwrap();
                }
                json!({"descriptors": tenure_field::stats::open_fds(std::process::id())})
            }
            "lose-descriptors" => json!({"lost": lose_descriptors()}),
            "fork" => {
                // SAFETY: the child only ends.
                let pid = unsafe { libc::fork() };
                if pid == 0 {
                    // SAFETY: likewise.
                    unsafe { libc::_exit(0) };
                }
                // SAFETY: it is our child; no status is asked for.
                assert_eq!(unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) }, pid);
                json!({})
            }
            "reap" => {
                // SAFETY: no status is asked for.
                let reaped = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) };
                json!({"children": reaped >= 0})
            }
            other => panic!("{other:?} is no command"),
        };
        answer["done"] = json!(line);
        say(&answer);
    }
}
