//! Blocking work in a thread, so that the narration can continue.

use std::thread;
use std::time::Duration;

use tenure_field::poll;

use crate::failure::{Step, Stop};
use crate::narrator::Narrator;
use crate::progress::Until;

/// The name of the thread: a panic in a thread of this name is reported by the demo.
pub(crate) const THREAD: &str = "demo-background";

/// Runs `work` and calls `meanwhile` repeatedly until it has ended. A panic in it is an error; so
/// is an error of `meanwhile`, after the work has ended.
pub(crate) fn run<T: Send>(
    narrator: &mut Narrator,
    what: &str,
    at_most: Duration,
    mut meanwhile: impl FnMut(&Narrator) -> Step<()>,
    work: impl FnOnce() -> T + Send,
) -> Step<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name(THREAD.to_owned());
        let thread = thread.spawn_scoped(scope, work);
        let thread = thread.map_err(|error| Stop::failed("a new thread", error.to_string()))?;
        narrator.begin_wait(what, Until::Seen(at_most));
        let mut told = Ok(());
        poll(Duration::MAX, || {
            if told.is_ok() {
                told = meanwhile(narrator);
            }
            narrator.tick();
            thread.is_finished().then_some(())
        });
        narrator.end_wait();
        let done = thread
            .join()
            .map_err(|panic| Stop::panicked(what, &*panic))?;
        told.map(|()| done)
    })
}
