//! Everything that descends from the command ends with it, whatever its session, its process group or
//! its user.

use crate::{
    LIMIT, TOOL, count, fresh_path, gone, guardian_of, is_alive, next, run, run_for, server, token,
};
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tenure_field::process::{Options, Stream};
use tenure_field::{Process, Signal, boottime, stats, wait_until};
use tenure_observer::Observer;

/// A program that only SIGKILL ends. It writes its PID to the file `$1`.
const WORKER: &str = r#"trap "" TERM INT HUP; echo $$ >>"$1"; while :; do sleep 0.05; done"#;

/// The ways of commands to leave their session, group, user, terminal or parent: `$0` is a worker,
/// `$1` its file.
const WAYS: &[(&str, &str)] = &[
    ("setsid", r#"setsid sh -c "$0" sh "$1" & wait"#),
    ("timeout", r#"timeout 1000 sh -c "$0" sh "$1""#),
    ("nohup", r#"nohup sh -c "$0" sh "$1" >/dev/null"#),
    ("job control", r#"set -m; sh -c "$0" sh "$1" & wait"#),
    (
        "a daemon",
        r#"(setsid sh -c 'sh -c "$0" sh "$1" &' "$0" "$1"); sleep 1000"#,
    ),
    (
        "a daemon of a daemon",
        r#"(setsid sh -c '(setsid sh -c "$0" sh "$1" &)' "$0" "$1"); sleep 1000"#,
    ),
    (
        "a terminal",
        r#"script -qec "sh -c '$0' sh $1" /dev/null </dev/null >/dev/null"#,
    ),
    (
        "closed descriptors",
        r#"exec 0<&- 1>&- 2>&-; sh -c "$0" sh "$1""#,
    ),
    (
        "a PID namespace",
        r#"unshare --pid --fork sh -c "$0" sh "$1""#,
    ),
];

/// The ways that need privileges.
const WAYS_OF_ROOT: &[(&str, &str)] = &[
    ("su", r#"su -s /bin/sh -c "$0" nobody sh "$1""#),
    (
        "setpriv",
        r#"setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "$0" sh "$1""#,
    ),
    (
        "setpriv in a session",
        r#"setsid setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "$0" sh "$1" & wait"#,
    ),
];

/// A directory that everyone may write to.
pub(crate) struct Shelf(PathBuf);

impl Shelf {
    pub(crate) fn new() -> Self {
        let name = format!(
            "tenure-descent-{}{}",
            std::process::id(),
            fresh_path().replace('/', "-")
        );
        let shelf = Self(std::env::temp_dir().join(name));
        std::fs::create_dir(&shelf.0).unwrap();
        std::fs::set_permissions(&shelf.0, PermissionsExt::from_mode(0o777)).unwrap();
        shelf
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// The PIDs that workers have written, as the test sees them.
    fn workers(&self, name: &str) -> Vec<u32> {
        let text = std::fs::read_to_string(self.file(name)).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }
}

impl Drop for Shelf {
    /// If a test fails, its workers live: each names this directory in its arguments.
    fn drop(&mut self) {
        let directory = self.0.to_str().unwrap_or("/");
        for entry in std::fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let pids = std::fs::read_to_string(entry.path()).unwrap_or_default();
            for pid in pids.lines().filter_map(|line| line.parse::<u32>().ok()) {
                let arguments = std::fs::read_to_string(format!("/proc/{pid}/cmdline"));
                if arguments.is_ok_and(|arguments| arguments.contains(directory)) {
                    // It may be ending by itself.
                    send_kill(pid);
                }
            }
        }
        drop(std::fs::remove_dir_all(&self.0));
    }
}

pub(crate) fn is_root() -> bool {
    // The owner of our own directory in /proc is our effective user.
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A tool that cannot make a control group, and has no privileges if `as_nobody`.
fn run_without_cgroup(as_nobody: bool, url: &str, words: &[&str]) -> Process {
    let mut args: Vec<OsString> = Vec::new();
    let mut add = |words: &[&str]| args.extend(words.iter().map(OsString::from));
    // Hides the control groups: nothing can be made below an empty file system that has none.
    add(&[
        "--mount",
        "sh",
        "-c",
        r#"mount -t tmpfs none /sys/fs/cgroup; exec "$@""#,
        "sh",
    ]);
    if as_nobody {
        add(&[
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
        ]);
    }
    add(&[TOOL, "run", url, "--json"]);
    if !words.contains(&"--session-timeout") {
        add(&["--session-timeout", "4s"]);
    }
    add(words);
    spawn("/usr/bin/unshare", args)
}

/// Starts a program that becomes the tool, whose lines are on standard error.
pub(crate) fn spawn<S: AsRef<OsStr>>(program: &str, args: impl IntoIterator<Item = S>) -> Process {
    let options = Options {
        events: Stream::Stderr,
        ..Options::default()
    };
    Process::spawn_with(Path::new(program), args, options)
}

/// The command and everything that descends from it.
fn command_of(tool: &Process) -> Vec<u32> {
    stats::descendants(guardian_of(tool))
}

/// Ends the leadership; on a busy machine it may have ended by itself.
fn depose(observer: &Observer, leading: &Value) {
    let _ = observer.delete(leading["member"]["path"].as_str().unwrap());
}

#[track_caller]
fn check_ways(start: impl Fn(&str, &[&str]) -> Process, ways: &[(&str, &str)], of: &str) {
    let observer = Observer::connect(server().addr());
    let shelf = Shelf::new();
    for (number, (way, script)) in ways.iter().enumerate() {
        let file = shelf.file(&number.to_string());
        let name = number.to_string();
        // The tool's lines are there: programs that are killed say so in the middle of them.
        let script = format!("exec 2>/dev/null; {script}");
        let url = server().url(&fresh_path());
        let tool = start(
            &url,
            &["--drain", "200ms", "--", "sh", "-c", &script, WORKER, &file],
        );
        let leading = next(&tool, "leading");
        let started = next(&tool, "started");
        wait_until(&format!("a worker by {way}, {of}"), LIMIT, || {
            (!shelf.workers(&name).is_empty()).then_some(())
        });
        let all = command_of(&tool);
        assert!(all.len() > 1, "{way}, {of}: {all:?}");
        depose(&observer, &leading);
        // Said only when nothing is left.
        next(&tool, "killed");
        let left: Vec<&u32> = all.iter().filter(|pid| is_alive(**pid)).collect();
        assert!(left.is_empty(), "{way}, {of}: {left:?} live on");
        next(&tool, "ended");
        let again = next(&tool, "started");
        assert!(token(&again) > token(&started), "{way}, {of}");
        let again = command_of(&tool);
        tool.kill();
        for pid in again {
            gone(&format!("{way}, {of}, after the tool was killed"), pid);
        }
    }
}

#[test]
fn commands_that_leave_their_group_session_terminal_or_parent_end_with_the_lease() {
    check_ways(run, WAYS, "by default");
    if is_root() {
        check_ways(
            |url, words| run_without_cgroup(false, url, words),
            WAYS,
            "without a control group",
        );
        check_ways(
            |url, words| run_without_cgroup(true, url, words),
            &WAYS[..7],
            "without privileges",
        );
    }
}

/// F2: kickstart-tests#1199, PMSS#737.
#[test]
fn commands_that_change_their_user_end_with_the_lease() {
    if !is_root() {
        return println!("skipped: only root can change its user");
    }
    check_ways(run, WAYS_OF_ROOT, "by default");
    check_ways(
        |url, words| run_without_cgroup(false, url, words),
        WAYS_OF_ROOT,
        "without a control group",
    );
}

/// A copy of a program that gives its process the privileges of root.
fn set_user_id(shelf: &Shelf) -> String {
    let up = shelf.file("up");
    std::fs::copy("/usr/bin/setpriv", &up).unwrap();
    std::fs::set_permissions(&up, PermissionsExt::from_mode(0o4755)).unwrap();
    up
}

/// F1: Supervisor#76, icinga2#8723, trio#1209.
#[test]
fn a_command_without_privileges_gets_none_that_would_save_it_from_its_end() {
    if !is_root() {
        return println!("skipped: only root can make a set-user-ID program");
    }
    let shelf = Shelf::new();
    let (up, file) = (set_user_id(&shelf), shelf.file("pids"));
    let start = |words: &[&str]| run_without_cgroup(true, &server().url(&fresh_path()), words);
    let rise = [
        "--reuid=0",
        "--regid=0",
        "--clear-groups",
        "sh",
        "-c",
        WORKER,
        "sh",
    ];

    // The command itself is such a program: refused at the start, with the reason.
    let words: Vec<&str> = ["--", &up]
        .into_iter()
        .chain(rise)
        .chain([&*file])
        .collect();
    let refused = start(&words);
    assert_eq!(refused.wait_exit(LIMIT).code(), Some(2));

    // It is started by the command: it gets no privileges, and fails.
    let words: Vec<&str> = ["--", "sh", "-c", r#""$@"; exit 9"#, "sh", &up]
        .into_iter()
        .chain(rise)
        .chain([&*file])
        .collect();
    let prevented = start(&words);
    assert_eq!(prevented.wait_exit(LIMIT).code(), Some(9));
    assert!(shelf.workers("pids").is_empty());

    // The user wants it all the same: the tool says that it cannot kill it, starts no other command,
    // and the second request to end ends it.
    let words: Vec<&str> = ["--allow-new-privileges", "--drain", "200ms", "--", &up]
        .into_iter()
        .chain(rise)
        .chain([&*file])
        .collect();
    let allowed = start(&words);
    let leading = next(&allowed, "leading");
    next(&allowed, "started");
    let worker = wait_until("the worker", LIMIT, || {
        shelf.workers("pids").first().copied()
    });
    let observer = Observer::connect(server().addr());
    depose(&observer, &leading);
    let error = next(&allowed, "error")["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        error.contains("cannot be killed") && error.contains(&worker.to_string()),
        "{error}"
    );
    // Leadership that it has again starts nothing beside the worker. The line has no order with the error.
    // On a busy machine it may lose that, too, and lead a third time.
    wait_until("leadership again", LIMIT, || {
        (count(&allowed, "leading") >= 2).then_some(())
    });
    let asked = boottime::now_ns();
    allowed.signal(Signal::Term);
    wait_until("a second request", LIMIT, || {
        (boottime::now_ns() > asked + 400_000_000).then_some(())
    });
    allowed.signal(Signal::Term);
    assert_eq!(allowed.wait_exit(LIMIT).code(), Some(1));
    assert!(is_alive(worker));
    for claim in ["killed", "ended"] {
        assert_eq!(count(&allowed, claim), 0, "{claim}");
    }
    assert_eq!(count(&allowed, "started"), 1);
    assert!(count(&allowed, "error") < 20, "{:#?}", allowed.lines());
    kill(worker);
    gone("the worker", worker);
}

pub(crate) fn kill(pid: u32) {
    assert!(send_kill(pid), "{pid} is no process");
}

/// Whether there was such a process.
fn send_kill(pid: u32) -> bool {
    let status = std::process::Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status();
    status.unwrap().success()
}

/// F5: moby#47583, amalgam8#377.
#[test]
fn orphans_are_reaped_while_the_command_runs() {
    let script =
        "i=0; while [ $i -lt 200 ]; do (sleep 0 &); i=$((i+1)); done; echo done; exec sleep 1000";
    let tool = run(&server().url(&fresh_path()), &["--", "sh", "-c", script]);
    next(&tool, "started");
    crate::said(&tool, "done");
    let guardian = guardian_of(&tool);
    wait_until("the guardian to have one child", LIMIT, || {
        let children =
            std::fs::read_to_string(format!("/proc/{guardian}/task/{guardian}/children"));
        (children.unwrap().split_whitespace().count() == 1).then_some(())
    });
    tool.signal(Signal::Term);
    tool.wait_exit(LIMIT);
}

/// A session that lasts on a host that is busy with a bomb.
const BUSY: Duration = Duration::from_secs(20);

/// Each of 500 ignores every signal, and starts others all the time.
const BOMB: &str = r#"trap "" TERM INT HUP QUIT USR1 USR2
i=0; while [ $i -lt 500 ]; do (while :; do sleep 1 & sleep 2; done) & i=$((i+1)); done; echo lit; wait"#;

#[test]
fn a_bomb_of_500_that_ignores_every_signal_is_over_before_the_lease() {
    bomb("by default", |url, words| run_for(BUSY, url, words));
    if is_root() {
        bomb("without a control group", |url, words| {
            run_without_cgroup(false, url, &[&["--session-timeout", "20s"], words].concat())
        });
    }
}

fn bomb(of: &str, start: impl Fn(&str, &[&str]) -> Process) {
    let url = server().url(&fresh_path());
    let tool = start(&url, &["--stop-timeout", "100ms", "--", "sh", "-c", BOMB]);
    next(&tool, "started");
    crate::said(&tool, "lit");
    let all = command_of(&tool);
    assert!(all.len() > 400, "{}", all.len());
    tool.signal(Signal::Term);
    let killed: Value = next(&tool, "killed");
    let asked = next_before(&tool, "stopping");
    let took = killed["boottime_ns"].as_u64().unwrap() - asked["boottime_ns"].as_u64().unwrap();
    println!(
        "{of}: {} processes, gone after {} ms",
        all.len(),
        took / 1_000_000
    );
    let left: Vec<u32> = all.into_iter().filter(|pid| is_alive(*pid)).collect();
    assert!(left.is_empty(), "{of}: {left:?}");
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(137));
}

/// The last such event so far.
fn next_before(tool: &Process, event: &str) -> Value {
    let lines = tool.lines();
    let found = lines
        .iter()
        .rev()
        .find(|line| tenure_field::tool::is(event)(&line.json));
    found.unwrap().json.clone()
}

#[test]
fn a_killed_guardian_leaves_nothing_of_what_has_left_the_group() {
    let shelf = Shelf::new();
    let script = r#"setsid sh -c "$0" sh "$1" & (setsid sh -c "$0" sh "$1" &); wait; sleep 1000"#;
    let file = shelf.file("pids");
    let tool = run(
        &server().url(&fresh_path()),
        &["--", "sh", "-c", script, WORKER, &file],
    );
    next(&tool, "started");
    wait_until("two workers", LIMIT, || {
        (shelf.workers("pids").len() == 2).then_some(())
    });
    let guardian = guardian_of(&tool);
    let all = command_of(&tool);
    kill(guardian);
    for pid in all {
        gone("a process of the command", pid);
    }
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(137));
}

#[test]
fn without_proc_the_tool_refuses_with_the_way_out() {
    if !is_root() {
        return println!("skipped: only root can hide /proc");
    }
    let script = r#"mount -t tmpfs none /proc; exec "$@""#;
    let args = [
        "--mount",
        "sh",
        "-c",
        script,
        "sh",
        TOOL,
        "run",
        "memory://m/g",
        "--",
        "true",
    ];
    let tool = Process::spawn(Path::new("/usr/bin/unshare"), args, None);
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(1));
    assert!(tool.text().contains("mount -t proc"), "{}", tool.text());
}

#[test]
fn the_other_children_of_the_tool_are_left_alone_even_when_it_cleans_up_after_its_guardian() {
    // The shell that becomes the tool has started a child before.
    let script = r#"sleep 1000 & echo $!; exec "$@""#;
    let words = ["run", "memory://m/g", "--json", "--", "sleep", "1000"];
    let args = ["-c", script, "sh", TOOL].into_iter().chain(words);
    let tool = spawn("/bin/sh", args);
    let started = next(&tool, "started");
    let other: u32 = tool.text().trim().parse().unwrap();
    let of_tool = stats::descendants(tool.pid());
    let command = crate::pid(&started);
    let is_guardian = |pid: &&u32| **pid != other && **pid != command;
    kill(*of_tool.iter().find(is_guardian).unwrap());
    gone("the command", command);
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(137));
    assert!(is_alive(other));
    kill(other);
}
