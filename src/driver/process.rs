//! Values of one process. The I/O thread, the dispatch thread, the look-ups of names and the log exist once
//! for each process: they are statics of type [`PerProcess`], each in its own file. A forked child has none of its
//! parent's threads, and some of its parent's locks may be held for ever: it gets each of these things
//! new when it first uses it.

use super::sys;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A value that each process makes for itself, at first use.
pub(super) struct PerProcess<T: 'static> {
    make: fn() -> T,
    own: OnceLock<T>,
    /// That of the next generation: made by a child, in the child's memory.
    child: OnceLock<Box<Self>>,
}

impl<T> PerProcess<T> {
    pub(super) const fn new(make: fn() -> T) -> Self {
        Self {
            make,
            own: OnceLock::new(),
            child: OnceLock::new(),
        }
    }

    /// The value of the process that runs this.
    pub(super) fn get(&'static self) -> &'static T {
        let mut generation = self;
        for _ in 0..sys::forks() {
            generation = generation
                .child
                .get_or_init(|| Box::new(Self::new(self.make)));
        }
        generation.own.get_or_init(self.make)
    }
}

/// A value that is made at first use, if the system allows it. A refusal is not kept: the next use asks
/// again.
pub(super) struct Lazy<T> {
    made: OnceLock<T>,
    making: Mutex<()>,
}

impl<T> Lazy<T> {
    pub(super) fn new() -> Self {
        Self {
            made: OnceLock::new(),
            making: Mutex::new(()),
        }
    }

    pub(super) fn get<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have made it meanwhile.
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let made = make()?;
        Ok(self.made.get_or_init(|| made))
    }
}
