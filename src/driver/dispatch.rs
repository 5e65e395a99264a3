//! The thread that runs callbacks: one for the process, started with the first of them.

use super::{Sink, process};
use crossbeam_channel::Sender;
use std::sync::Arc;

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

fn start() -> Option<Dispatch> {
    let (send, receive) = crossbeam_channel::unbounded();
    let run = move || {
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
