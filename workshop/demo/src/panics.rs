//! Panics of the field are how it says that it cannot go on. They are caught and reported like any
//! other failure; printed where they happen as well, they would only tear the narration up.

use std::panic;
use std::thread;

use crate::background;

/// Keeps quiet about panics that the run catches; all others are printed as ever.
pub(crate) fn leave_to_the_report() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let thread = thread::current();
        if !matches!(thread.name(), Some("main" | background::THREAD)) {
            print(info);
        }
    }));
}
