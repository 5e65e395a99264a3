//! A process that forks: the child gets clear errors and may open clients of its own; the parent
//! notices nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic
#![allow(unsafe_code)] // there is no safe call that forks

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use tenure::{
    Client, ClientOptions, Contender, ContenderOptions, Detector, DetectorEvent, Error, ErrorKind,
    Group, Url,
};

const LIMIT: Duration = Duration::from_secs(20);

/// Runs `child` in a forked child, and returns whether it ended well and in time.
fn in_child(child: impl FnOnce()) -> Result<(), String> {
    // SAFETY: the child makes calls that this library promises to work in a child, and leaves by
    // `_exit`.
    let pid = unsafe { libc::fork() };
    in_child_of(pid, child)
}

/// Likewise, by a system call without any library in between.
fn in_bare_child(child: impl FnOnce()) -> Result<(), String> {
    let flags = libc::c_long::from(libc::SIGCHLD);
    // SAFETY: as with `fork`; nothing is shared, and the child runs on a copy of this stack. It
    // must not allocate.
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) };
    in_child_of(i32::try_from(pid).unwrap(), child)
}

fn in_child_of(pid: i32, child: impl FnOnce()) -> Result<(), String> {
    assert!(pid >= 0, "no child could be made");
    if pid == 0 {
        // The message of a panic may wait for a lock that no thread releases here.
        std::panic::set_hook(Box::new(|_| {}));
        let well = catch_unwind(AssertUnwindSafe(child)).is_ok();
        // SAFETY: it only ends the process, without running the parent's handlers.
        unsafe { libc::_exit(i32::from(!well)) };
    }
    let began = Instant::now();
    loop {
        let mut status = 0;
        // SAFETY: `status` outlives the call.
        let ended = unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) };
        if ended == pid {
            let well = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0;
            return if well {
                Ok(())
            } else {
                Err(format!("the child failed: status {status:#x}"))
            };
        }
        if began.elapsed() > LIMIT {
            // SAFETY: it is our child, and not reaped yet.
            unsafe {
                libc::kill(pid, libc::SIGKILL);
                libc::waitpid(pid, &raw mut status, 0);
            }
            return Err("the child hangs".to_owned());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

struct Handles {
    client: Client,
    contender: Contender,
    detector: Detector,
    group: Group,
}

fn open(name: &str) -> (Url, Handles) {
    let url = Url::parse(&format!("memory://{name}/group")).unwrap();
    let client = Client::open(&url, ClientOptions::default()).unwrap();
    let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
    contender.wait_leading(Some(LIMIT)).unwrap();
    let detector = client.detect(url.path()).unwrap();
    let unknown = DetectorEvent::Unknown {
        since: tenure::Time::from_nanos(0),
    };
    detector.detect(&unknown, Some(LIMIT)).unwrap();
    let group = client.group(url.path()).unwrap();
    let handles = Handles {
        client,
        contender,
        detector,
        group,
    };
    (url, handles)
}

fn forked<T>(result: Result<T, Error>) {
    assert_eq!(result.err().map(|e| e.kind()), Some(ErrorKind::Forked));
}

#[test]
fn nothing_of_the_parents_works_in_a_child_and_nothing_hangs() {
    let (url, handles) = open("fork-refused");
    let pending = handles.group.members();
    let ended = in_child(|| {
        let h = handles;
        assert!(!h.contender.is_leading() && h.contender.leadership().is_none());
        forked(h.contender.wait_leading(None));
        forked(h.contender.withdraw().wait());
        forked(h.contender.events().next(None));
        forked(h.contender.events().on_each(|_| {}));
        forked(h.client.events().next(None));
        forked(h.client.contend(ContenderOptions::new(url.path())));
        forked(h.client.detect(url.path()));
        forked(h.client.group(url.path()));
        forked(h.client.close().wait());
        forked(h.group.join("x", None).unwrap().wait());
        forked(h.group.members().wait());
        forked(h.group.wait_members(&[], None));
        assert_eq!(h.detector.leader(), None);
        forked(h.detector.detect(&DetectorEvent::None, None));
        forked(pending.wait());
        drop(h);
    });
    assert_eq!(ended, Ok(()));
}

#[test]
fn a_child_opens_clients_of_its_own_and_its_parent_leads_on() {
    let (url, handles) = open("fork-again");
    let token = handles.contender.leadership().unwrap().token();
    let ended = in_child(|| {
        // In memory, so that it is another server by the same name.
        let (_, own) = open("fork-again");
        let (send, received) = std::sync::mpsc::channel();
        let tell = move |event| send.send(event).unwrap();
        own.contender.events().on_each(tell).unwrap();
        assert!(received.recv_timeout(LIMIT).is_ok());
        own.client.close().wait().unwrap();
        // And once more: a child of the child.
        in_child(|| drop(open("fork-again"))).unwrap();
    });
    assert_eq!(ended, Ok(()));
    assert_eq!(handles.contender.leadership().unwrap().token(), token);
    let member = handles.group.members().wait().unwrap();
    assert_eq!(member.len(), 1);
    assert!(handles.contender.withdraw().wait().unwrap());
    assert_eq!(url.path(), "/group");
}

#[test]
fn no_contender_leads_in_a_child_without_fork_handlers() {
    let (_url, handles) = open("fork-bare");
    assert!(handles.contender.is_leading());
    let in_both = |child: &dyn Fn()| in_bare_child(child);
    // And not in a child of that child.
    in_both(&|| {
        assert!(!handles.contender.is_leading());
        assert!(handles.contender.leadership().is_none());
        in_both(&|| assert!(!handles.contender.is_leading())).unwrap();
    })
    .unwrap();
    // An ordinary fork marks its child; a bare clone of that child is not marked again.
    in_child(|| {
        assert!(!handles.contender.is_leading());
        in_bare_child(|| assert!(!handles.contender.is_leading())).unwrap();
    })
    .unwrap();
    assert!(handles.contender.is_leading());
}

#[test]
fn what_the_library_opens_does_not_outlive_exec() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("zk://{}/group", listener.local_addr().unwrap());
    let url = Url::parse(&url).unwrap();
    let _client = Client::open(&url, ClientOptions::default()).unwrap();
    let _taken = listener.accept().unwrap();
    let mut open = 0;
    for descriptor in std::fs::read_dir("/proc/self/fd").unwrap().flatten() {
        let name = descriptor.file_name().into_string().unwrap();
        let about = std::fs::read_to_string(format!("/proc/self/fdinfo/{name}"));
        // A descriptor that another test has closed meanwhile.
        let (Ok(kind), Ok(about)) = (std::fs::read_link(descriptor.path()), about) else {
            continue;
        };
        let kind = kind.to_str().unwrap().to_owned();
        let is_ours = kind.starts_with("socket:") || kind.starts_with("anon_inode:");
        // Descriptors from the start of this process are not the library's.
        if !is_ours || ["0", "1", "2"].contains(&name.as_str()) {
            continue;
        }
        let flags = about.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = i32::from_str_radix(flags.unwrap().trim(), 8).unwrap();
        assert_ne!(flags & libc::O_CLOEXEC, 0, "{name}, {kind}: {about}");
        open += 1;
    }
    // Poll, wake-up, timer, connection.
    assert!(open >= 4, "{open}");
}
