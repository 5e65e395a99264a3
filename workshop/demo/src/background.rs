//! Work that blocks, done aside so that the run can go on telling what happens.

use std::thread;
use std::time::Duration;

use crate::failure::{Step, Stop};
use crate::progress::Until;
use crate::timeline::Timeline;

/// The name of the thread, by which a panic in it is known to be reported.
pub(crate) const THREAD: &str = "demo-background";
/// How often to look whether it is done.
pub(crate) const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Runs `work` and calls `meanwhile` again and again until it has ended. A panic in it is an
/// error; so is one of `meanwhile`, after the work has ended.
pub(crate) fn run<T: Send>(
    timeline: &mut Timeline,
    what: &str,
    at_most: Duration,
    mut meanwhile: impl FnMut(&Timeline) -> Step<()>,
    work: impl FnOnce() -> T + Send,
) -> Step<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name(THREAD.to_owned());
        let thread = thread.spawn_scoped(scope, work);
        let thread = thread.map_err(|error| Stop::failed("a new thread", error.to_string()))?;
        timeline.begin_wait(what, Until::Seen(at_most));
        let mut told = Ok(());
        while !thread.is_finished() {
            if told.is_ok() {
                told = meanwhile(timeline);
            }
            timeline.tick();
            thread::sleep(BETWEEN_LOOKS);
        }
        timeline.end_wait();
        let done = thread
            .join()
            .map_err(|panic| Stop::panicked(what, &*panic))?;
        told.map(|()| done)
    })
}
