//! The thread that runs callbacks: one for the process, started with the first of them.

use super::guard;
use super::process::{Lazy, PerProcess};
use crate::core::{Error, ErrorKind};
use crossbeam_channel::Sender;
use std::cell::Cell;
use std::sync::Arc;

thread_local! {
    static IS_HERE: Cell<bool> = const { Cell::new(false) };
}

/// Something with events for a callback.
pub(super) trait Deliver: Send + Sync {
    /// Calls the callback with one event. Returns whether it must be called again.
    fn deliver(&self) -> bool;
}

/// The tasks of the dispatch thread.
pub(super) enum Job {
    /// Deliver one event in its turn. The queue holds each source at most once.
    Deliver(Arc<dyn Deliver>),
    /// Call the log's callback. The log bounds how many of these wait.
    Run(Box<dyn FnOnce() + Send>),
}

/// The way to the thread.
struct Dispatch(Sender<Job>);

/// The way to the thread of this process.
fn dispatch() -> Result<&'static Dispatch, Error> {
    static DISPATCH: PerProcess<Lazy<Dispatch>> = PerProcess::new(Lazy::new);
    DISPATCH.get().get(start)
}

/// Gives the dispatch thread a job.
pub(super) fn schedule(job: Job) {
    if let Ok(Dispatch(queue)) = dispatch() {
        // The thread holds the other end for ever.
        let _ = queue.send(job);
    }
}

/// Starts the dispatch thread if it does not run yet. A registration of a callback calls this, so that
/// the thread starts from a thread of the user and has its signal mask.
pub(crate) fn start_dispatch() -> Result<(), Error> {
    dispatch().map(|_| ())
}

/// Runs user code on the dispatch thread: at once if this is that thread, or if it cannot be started.
#[cfg(feature = "capi")]
pub(crate) fn on_dispatch(job: impl FnOnce() + Send + 'static) {
    if IS_HERE.get() || start_dispatch().is_err() {
        job();
    } else {
        schedule(Job::Run(Box::new(job)));
    }
}

fn start() -> Result<Dispatch, Error> {
    let (send, receive) = crossbeam_channel::unbounded();
    let run = move || {
        IS_HERE.set(true);
        for job in receive {
            // The captures of a job are foreign, too, and dropped inside.
            guard::foreign(|| match job {
                Job::Deliver(source) => {
                    if source.deliver() {
                        schedule(Job::Deliver(source));
                    }
                }
                Job::Run(job) => job(),
            });
        }
    };
    std::thread::Builder::new()
        .name("tenure-dispatch".to_owned())
        .spawn(run)
        .map(|_| Dispatch(send))
        .map_err(|why| {
            Error::new(
                ErrorKind::System,
                format!("cannot start the dispatch thread: {why}"),
            )
        })
}
