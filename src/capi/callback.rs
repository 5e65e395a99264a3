//! Callbacks of the user, with their user_data.

use super::event::tenure_event;
use super::guard;
use crate::api::on_dispatch;
use std::ffi::c_void;

/// Receives an event. It runs on the library's dispatch thread, one callback at a time in the
/// process, in the order of the events of its handle, with no lock of the library held. It may call
/// every function of this header, but functions that block return TENURE_ERR_REENTRANT unless their
/// timeout is 0. It must not throw, longjmp out, or fork. A slow callback delays notifications,
/// never a lease.
///
/// @param user_data  the pointer that was given with the callback
/// @param event      lives until the callback returns; do not free it
///
/// @since ABI 1
pub type tenure_event_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, event: *const tenure_event)>;

/// Frees user_data. It runs exactly once for each registration that it was given to, on the
/// library's dispatch thread: after the last call of the callback, when the handle has had its last
/// event (the handle was freed, or its client closed); or, if the registration failed, soon, and
/// the callback was then never called. (If the system refuses the dispatch thread, it runs on the
/// thread that registered.) NULL if there is nothing to free.
///
/// @param user_data  the pointer that was given with the callback
///
/// @since ABI 1
pub type tenure_destroy_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// `user_data` with its end.
pub(super) struct Foreign {
    user_data: UserData,
    destroy: tenure_destroy_fn,
}

/// A pointer of the user, which is only passed back.
#[derive(Clone, Copy)]
struct UserData(*mut c_void);

// SAFETY: the header says that callback and destroy run on another thread than the one that gave
// `user_data`: the caller makes it fit for that.
unsafe impl Send for UserData {}

impl Foreign {
    pub(super) fn new(user_data: *mut c_void, destroy: tenure_destroy_fn) -> Self {
        Self {
            user_data: UserData(user_data),
            destroy,
        }
    }

    pub(super) fn user_data(&self) -> *mut c_void {
        self.user_data.0
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy {
            let user_data = self.user_data;
            on_dispatch(move || {
                let whole = user_data;
                // SAFETY: the caller promises that it may be called, with this, once.
                guard::in_callback(|| unsafe { destroy(whole.0) });
            });
        }
    }
}
