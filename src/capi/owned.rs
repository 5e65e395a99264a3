//! What the four handles with events have in common: client, contender, detector and group.

use super::call::{self, Answer};
use super::callback::{Foreign, tenure_destroy_fn, tenure_event_fn};
use super::error::tenure_error;
use super::event::tenure_event;
use super::failure::Failure;
use super::guard;
use super::handle::{self, Head, Tagged, must_have};
use super::queue::EventQueue;
use super::status::tenure_status;
use crate::api::{AnyEvents, Client, Contender, Detector, Group, Pending};
use std::ffi::c_void;
use std::sync::Arc;

/// An object of the Rust API that has events.
pub(super) trait Eventful: Send + Sync + 'static {
    fn events(&self) -> &AnyEvents;
}

impl Eventful for Client {
    fn events(&self) -> &AnyEvents {
        self.events().any()
    }
}

impl Eventful for Contender {
    fn events(&self) -> &AnyEvents {
        self.events().any()
    }
}

impl Eventful for Detector {
    fn events(&self) -> &AnyEvents {
        self.events().any()
    }
}

impl Eventful for Group {
    fn events(&self) -> &AnyEvents {
        self.events().any()
    }
}

/// What a handle with events begins with.
#[repr(C)]
pub(super) struct Owned<T: Eventful> {
    head: Head,
    id: u64,
    object: T,
    queue: Arc<EventQueue>,
}

impl<T: Eventful> Owned<T> {
    /// For a handle of type `H`; its events come to the queue.
    pub(super) fn new<H: EventHandle<Object = T>>(
        object: T,
        queue: Arc<EventQueue>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            id: queue.add(object.events().clone())?,
            head: Head::new::<H>(),
            object,
            queue,
        })
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn object(&self) -> &T {
        &self.object
    }

    pub(super) fn queue(&self) -> &Arc<EventQueue> {
        &self.queue
    }
}

impl<T: Eventful> Drop for Owned<T> {
    fn drop(&mut self) {
        self.queue.remove(self.id);
        // Something else may keep the session open, or a closing may still be under way.
        self.object.events().silence();
    }
}

/// A handle that begins with an [`Owned`], and is `repr(C)` so that it does.
pub(super) trait EventHandle: 'static {
    type Object: Eventful;
    /// See [`Tagged::TAG`].
    const TAG: u32;
    /// See [`Tagged::NAME`].
    const NAME: &'static str;

    fn owned(&self) -> &Owned<Self::Object>;
}

impl<H: EventHandle> Tagged for H {
    const TAG: u32 = <H as EventHandle>::TAG;
    const NAME: &'static str = <H as EventHandle>::NAME;

    fn head(&self) -> &Head {
        &self.owned().head
    }
}

/// The number that names the handle in events; 0 for NULL.
pub(super) fn id<H: EventHandle>(handle: *const H) -> u64 {
    guard::look(handle, 0, |handle| handle.owned().id)
}

/// The newest event that describes the state of the handle, for the caller to keep; NULL for none.
pub(super) fn state<H: EventHandle>(handle: *const H) -> *mut tenure_event {
    let known = guard::look(handle, None, |handle| {
        let Owned { id, object, .. } = handle.owned();
        object.events().latest().map(|event| (*id, event))
    });
    tenure_event::give(known)
}

/// Registers a callback of the user for the events of the handle.
pub(super) fn set_callback<H: EventHandle>(
    handle: *const H,
    callback: tenure_event_fn,
    user_data: *mut c_void,
    destroy: tenure_destroy_fn,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let foreign = Foreign::new(user_data, destroy);
    guard::on(handle, error_out, |handle| {
        let callback = callback.ok_or_else(|| Failure::null("callback"))?;
        let owned = handle.owned();
        let (id, events) = (owned.id, owned.object.events());
        owned.queue.call_back(id, events, move |event| {
            let event = tenure_event::new(id, event);
            // SAFETY: the caller says that it may be called, with this, until it is destroyed.
            guard::in_callback(|| unsafe { callback(foreign.user_data(), &raw const event) });
        })
    })
}

/// Begins a call, waits for it, and gives its result to the caller.
pub(super) fn wait<H: EventHandle, T, R>(
    handle: *const H,
    timeout_ms: i64,
    out: *mut R,
    error_out: *mut *mut tenure_error,
    begin: impl FnOnce(&H::Object) -> Result<Pending<T>, Failure>,
    give: impl FnOnce(T) -> R,
) -> tenure_status {
    guard::on(handle, error_out, |handle| {
        // Before the call begins: nothing may begin if the caller must not wait.
        let limit = guard::patience(timeout_ms)?;
        let pending = begin(&handle.owned().object)?;
        let value = call::wait(pending, limit)?;
        handle::put(out, || give(value));
        Ok(())
    })
}

/// Begins a call whose end comes to the queue.
pub(super) fn start<H: EventHandle, T: Into<Answer> + Send + 'static>(
    handle: *const H,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
    begin: impl FnOnce(&H::Object) -> Result<Pending<T>, Failure>,
) -> tenure_status {
    guard::on(handle, error_out, |handle| {
        must_have(call_out, "call_out")?;
        let owned = handle.owned();
        let call = owned.queue.start(owned.id, begin(&owned.object)?)?;
        handle::put(call_out, || call);
        Ok(())
    })
}
