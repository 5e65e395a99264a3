//! Ctrl-C and its kin: the first one ends the run in order, a second one at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::failure::{Step, Stop};

/// The exit status after an interruption: 128 and the number of SIGINT, as in a shell.
pub(crate) const EXIT_STATUS: u8 = 130;

/// Whether the run is to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens to signals from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: only a second signal finds the flag raised. The children end with
            // this process, the kernel sees to that; a temporary folder is left to the next run.
            let status = i32::from(EXIT_STATUS);
            flag::register_conditional_shutdown(signal, status, Arc::clone(&interrupt.0))?;
            flag::register(signal, Arc::clone(&interrupt.0))?;
        }
        Ok(interrupt)
    }

    /// Asks the run to end.
    pub(crate) fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// An error once the run is to end.
    pub(crate) fn check(&self) -> Step<()> {
        if self.0.load(Ordering::SeqCst) {
            Err(Stop::Interrupted)
        } else {
            Ok(())
        }
    }
}
