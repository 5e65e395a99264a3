//! The thread that runs callbacks: one for the process, started with the first of them.

use super::{Sink, process};
use crossbeam_channel::Sender;
use std::cell::Cell;
use std::sync::Arc;

thread_local! {
    static IS_HERE: Cell<bool> = const { Cell::new(false) };
}

/// What the dispatch thread is asked to do.
pub(super) enum Job {
    /// Deliver what is in a mailbox. The queue holds a mailbox at most once.
    Deliver(Arc<Sink>),
    /// Call the log's callback. The log bounds how many of these wait.
    Run(Box<dyn FnOnce() + Send>),
}

/// The way to the thread.
pub(super) struct Dispatch(Sender<Job>);

/// Asks the dispatch thread to do something.
pub(super) fn schedule(job: Job) {
    if let Some(Dispatch(queue)) = process::this().dispatch.get_or_init(start) {
        // The thread holds the other end for ever.
        let _ = queue.send(job);
    }
}

/// Has the dispatch thread do something that is the user's own: at once if this is it.
#[cfg(feature = "capi")]
pub(crate) fn on_dispatch(job: impl FnOnce() + Send + 'static) {
    if IS_HERE.get() {
        job();
    } else {
        schedule(Job::Run(Box::new(job)));
    }
}

fn start() -> Option<Dispatch> {
    let (send, receive) = crossbeam_channel::unbounded();
    let run = move || {
        IS_HERE.set(true);
        for job in receive {
            match job {
                Job::Deliver(sink) => sink.mailbox.deliver(),
                Job::Run(job) => {
                    // The panic hook has told the user.
                    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
                }
            }
        }
    };
    std::thread::Builder::new()
        .name("tenure-dispatch".to_owned())
        .spawn(run)
        .ok()
        .map(|_| Dispatch(send))
}
