//! The thread that runs callbacks: one for the process, started with the first of them.

use super::Sink;
use crossbeam_channel::Sender;
use std::sync::{Arc, OnceLock};

/// Asks the dispatch thread to deliver what is in a mailbox. The queue holds a mailbox at most
/// once, so it is bounded by the number of handles.
pub(super) fn schedule(sink: Arc<Sink>) {
    static QUEUE: OnceLock<Option<Sender<Arc<Sink>>>> = OnceLock::new();
    let queue = QUEUE.get_or_init(|| {
        let (send, receive) = crossbeam_channel::unbounded::<Arc<Sink>>();
        let run = move || {
            for sink in receive {
                sink.mailbox.deliver();
            }
        };
        std::thread::Builder::new()
            .name("tenure-dispatch".to_owned())
            .spawn(run)
            .ok()
            .map(|_| send)
    });
    if let Some(queue) = queue {
        // The thread holds the other end for ever.
        let _ = queue.send(sink);
    }
}
