//! The field panics when it fails. The run catches the panics and reports them like any other
//! failure; printing them at once, too, would only disturb the narration.

use std::panic;
use std::thread;

use crate::background;

/// Prints no panic that the run catches, and all others as usual.
pub(crate) fn leave_to_the_report() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let thread = thread::current();
        if !matches!(thread.name(), Some("main" | background::THREAD)) {
            print(info);
        }
    }));
}
