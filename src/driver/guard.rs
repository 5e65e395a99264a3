//! Foreign code on threads of ours: wakers, callbacks, and their captures when they are dropped.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

/// Runs user code, or drops its captures. A panic ends here: the panic hook has reported it, and the
/// thread goes on for all other users.
pub(super) fn foreign(act: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(act)) {
        discard(payload);
    }
}

/// Drops the payload of a panic. That is foreign, too: a payload that panics again is leaked.
pub(super) fn discard(payload: Box<dyn std::any::Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
}

/// Wakes all of them, even if some panic.
pub(super) fn wake(wakers: impl IntoIterator<Item = Waker>) {
    for waker in wakers {
        foreign(|| waker.wake());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::panic_any;

    struct Bomb(u8);

    impl Drop for Bomb {
        fn drop(&mut self) {
            if self.0 > 0 {
                panic_any(Self(self.0 - 1));
            }
        }
    }

    #[test]
    fn what_a_panic_brings_may_panic_as_it_goes() {
        for depth in 0..4 {
            foreign(|| panic_any(Bomb(depth)));
        }
    }
}
