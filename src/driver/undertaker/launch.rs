//! Starts a helper, and waits until it is ready.

use super::find::{PROGRAM, invalid};
use super::hello::{Hello, PROTOCOL};
use super::refused::Refused;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SocketFlags, SocketType,
    recvmsg, socketpair,
};
use rustix::process::{PidfdFlags, Signal, getpid, pidfd_open, pidfd_send_signal};
use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The only argument of a helper.
pub(crate) const ROLE: &str = "of-the-process-that-started-it";

/// How long a helper may take to be ready: a busy host needs a while to start a program.
const START_LIMIT: Timespec = Timespec {
    tv_sec: 10,
    tv_nsec: 0,
};

/// A helper that is ready.
pub(super) struct Helper {
    pub(super) socket: OwnedFd,
    /// Readable as soon as it has ended.
    pub(super) process: OwnedFd,
    pub(super) tls: bool,
}

/// Starts the program. The helper is no child of this process: it leaves its parent at once.
pub(super) fn launch(program: &Path) -> Result<Helper, Refused> {
    let shown = program.display();
    let (socket, theirs) = socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )
    .map_err(|error| Refused::unable("open a socket for it", error.into()))?;
    // Opened by this process, it can be no other process's.
    let own = pidfd_open(getpid(), PidfdFlags::empty())
        .map_err(|error| Refused::unable("watch a process (Linux 5.3 can)", error.into()))?;
    let mut command = Command::new(program);
    command
        .arg0(PROGRAM)
        .arg(ROLE)
        .stdin(Stdio::from(theirs))
        .stdout(Stdio::from(own))
        .stderr(Stdio::null());
    let spawned = command.spawn();
    // Our copy of the helper's end: without it the end of the helper shows.
    drop(command);
    let mut child = spawned.map_err(|error| match error.raw_os_error() {
        Some(libc::EAGAIN | libc::ENOMEM | libc::EMFILE | libc::ENFILE) => {
            Refused::unable(&format!("start {shown}"), error)
        }
        _ => Refused::Bad(invalid(format!(
            "cannot start the undertaker {shown}: {error}; name the path of {PROGRAM}, or do without an \
             undertaker"
        ))),
    })?;
    let Some((hello, process)) = greeting(&socket) else {
        end(&mut child);
        return Err(Refused::Bad(invalid(format!(
            "{shown} does not answer as an undertaker; name the path of {PROGRAM}, of the same release as the library"
        ))));
    };
    // It has left this process. Whoever reaps all children may have been faster.
    drop(child.wait());
    if hello.protocol != PROTOCOL {
        // It would wait for the end of this process.
        if let Some(process) = process {
            let _ = pidfd_send_signal(process, Signal::KILL);
        }
        return Err(Refused::Bad(invalid(format!(
            "{shown} is of another release: it speaks version {} of the undertaker's protocol, and this library \
             version {PROTOCOL}; install both from one release",
            hello.protocol
        ))));
    }
    let process = process.ok_or_else(|| Refused::Unable(format!("cannot watch {shown}")))?;
    Ok(Helper {
        socket,
        process,
        tls: hello.tls,
    })
}

/// The greeting, and the pidfd that came with it.
fn greeting(socket: &OwnedFd) -> Option<(Hello, Option<OwnedFd>)> {
    let mut ready = [PollFd::new(socket, PollFlags::IN)];
    loop {
        match poll(&mut ready, Some(&START_LIMIT)) {
            Ok(0) => return None,
            Ok(_) => break,
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return None,
        }
    }
    let mut message = [0; 256];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
    let mut parts = [IoSliceMut::new(&mut message)];
    let length = recvmsg(socket, &mut parts, &mut control, flags).ok()?.bytes;
    let process = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    Some((Hello::decode(message.get(..length)?)?, process))
}

fn end(child: &mut Child) {
    // An error means that it has ended.
    drop(child.kill());
    drop(child.wait());
}
