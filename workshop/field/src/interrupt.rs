//! Ctrl-C and similar signals: the first one ends a run in order, a second one at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit status after an interruption: 128 and the number of SIGINT, as in a shell.
pub const EXIT_STATUS: u8 = 130;

/// How long after its time limit a run may take to end in order.
const LAST_GRACE: Duration = Duration::from_secs(90);

/// Whether a run is to end.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    asked: Arc<AtomicBool>,
    late: Arc<AtomicBool>,
}

impl Interrupt {
    /// Handles signals from now on.
    ///
    /// # Errors
    /// Those of the system.
    pub fn listen() -> io::Result<Self> {
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: only a second signal finds the flag set. The kernel ends the children
            // with this process; the next run removes temporary folders.
            let status = i32::from(EXIT_STATUS);
            flag::register_conditional_shutdown(signal, status, Arc::clone(&interrupt.asked))?;
            flag::register(signal, Arc::clone(&interrupt.asked))?;
        }
        Ok(interrupt)
    }

    /// Asks the run to end.
    pub fn raise(&self) {
        self.asked.store(true, Ordering::SeqCst);
    }

    /// Whether the run is to end.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.asked.load(Ordering::SeqCst) || self.is_late()
    }

    /// Whether the run is to end because it takes too long.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.late.load(Ordering::SeqCst)
    }

    /// Ends the run after `limit`: in order, or at once after some more time, with status 1 and a
    /// line in the name of `program`. All processes that it has started end with it.
    pub fn raise_after(&self, limit: Duration, program: &'static str) {
        let late = Arc::clone(&self.late);
        let watch = move || {
            std::thread::sleep(limit);
            late.store(true, Ordering::SeqCst);
            std::thread::sleep(LAST_GRACE);
            eprintln!("{program}: it does not end in order");
            std::process::exit(1);
        };
        // Without such a thread there is no limit, which is no reason to fail.
        drop(
            std::thread::Builder::new()
                .name("watch".to_owned())
                .spawn(watch),
        );
    }
}
