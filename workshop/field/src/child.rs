//! A child process that is owned: killed and reaped with its value, and ended by
//! the kernel if this process ends first.

use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::netns::Netns;
use crate::signal::Signal;
use crate::{sys, wait_until};

/// A running or finished child.
#[derive(Debug)]
pub(crate) struct OwnedChild {
    pid: u32,
    name: String,
    child: Mutex<Child>,
}

impl OwnedChild {
    /// Starts `command`, in `netns` if there is one, else in this process's
    /// own namespace, with [default signals](crate::signal::defaults_for).
    #[track_caller]
    pub(crate) fn spawn(mut command: Command, netns: Option<&Netns>) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let netns = netns.map(|netns| netns.open().unwrap_or_else(|error| panic!("{error}")));
        sys::default_signals(&mut command);
        sys::prepare_child(&mut command, netns.as_ref().map(AsFd::as_fd));
        let child = spawn_from_lasting_thread(command, netns)
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        Self {
            pid: child.id(),
            name,
            child: Mutex::new(child),
        }
    }

    /// The PID; no other process has it as long as this value lives.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Runs `take` on the child, to take its pipes.
    pub(crate) fn with<T>(&self, take: impl FnOnce(&mut Child) -> T) -> T {
        take(&mut self.lock())
    }

    /// The exit status if the child has ended.
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        self.lock()
            .try_wait()
            .unwrap_or_else(|error| panic!("cannot wait for {}: {error}", self.name))
    }

    /// Sends `signal`; false if the child had ended already.
    #[track_caller]
    pub(crate) fn signal(&self, signal: Signal) -> bool {
        // Under the lock no thread reaps the child between the look and the signal, so its PID
        // cannot belong to another process.
        let mut child = self.lock();
        match child.try_wait() {
            Ok(None) => {
                sys::kill(self.pid, signal.number()).unwrap_or_else(|error| {
                    panic!("cannot send {signal:?} to {}: {error}", self.name)
                });
                true
            }
            Ok(Some(_)) => false,
            Err(error) => panic!("cannot wait for {}: {error}", self.name),
        }
    }

    /// Waits until the child has ended.
    #[track_caller]
    pub(crate) fn wait(&self, deadline: Duration) -> ExitStatus {
        wait_until(
            &format!("{} (pid {}) to end", self.name, self.pid),
            deadline,
            || self.exit_status(),
        )
    }

    /// Ends the child by SIGKILL and reaps it.
    pub(crate) fn kill(&self) -> Option<ExitStatus> {
        let mut child = self.lock();
        // A failure means that it has ended and was reaped.
        drop(child.kill());
        child.wait().ok()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Child> {
        // A panic elsewhere must not keep `drop` from killing the child.
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OwnedChild {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One order for the spawning thread.
struct Order {
    command: Command,
    /// Kept open until the child has entered it.
    _netns: Option<OwnedFd>,
    done: Sender<std::io::Result<Child>>,
}

/// Spawns from a thread that lives as long as this process.
///
/// PR_SET_PDEATHSIG fires at the death of the *thread* that forked. Each test has a thread of its
/// own; a server shared by several tests would die with the first test that ends.
fn spawn_from_lasting_thread(command: Command, netns: Option<OwnedFd>) -> std::io::Result<Child> {
    static SPAWNER: OnceLock<Sender<Order>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (orders, inbox) = mpsc::channel::<Order>();
        std::thread::Builder::new()
            .name("field-spawner".into())
            .spawn(move || {
                leave_callers_netns();
                for mut order in inbox {
                    // If the caller is gone, the answer has no receiver.
                    drop(order.done.send(order.command.spawn()));
                }
            })
            .expect("cannot start the thread that spawns children");
        orders
    });
    let (done, answer) = mpsc::channel();
    spawner
        .send(Order {
            command,
            _netns: netns,
            done,
        })
        .expect("the spawner outlives every caller");
    answer.recv().expect("the spawner answers every order")
}

/// The first caller may be in a lab's namespace, and threads inherit it; the children of later
/// callers must not.
fn leave_callers_netns() {
    if let Ok(own) = std::fs::File::open("/proc/self/ns/net") {
        // The system refuses it to an unprivileged process, which cannot have entered another
        // namespace either.
        drop(sys::enter_netns(own.as_fd()));
    }
}
