//! Objects that C holds by a pointer: how they are made, looked at and freed.

use super::failure::Failure;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What an object was before it was freed.
const FREED: u32 = 0x6672_6565;

/// What each object begins with. It tells a pointer to another kind of object, or to one that was
/// freed a moment ago, from a good one: not always, but often enough to name the mistake.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Head {
    tag: AtomicU32,
    poisoned: AtomicBool,
    /// The caller's to free; what is only shown is not.
    given: AtomicBool,
}

impl Head {
    pub(super) fn new<T: Tagged>() -> Self {
        Self {
            tag: AtomicU32::new(T::TAG),
            poisoned: AtomicBool::new(false),
            given: AtomicBool::new(false),
        }
    }

    pub(super) fn poison(&self) {
        self.poisoned.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Relaxed)
    }
}

/// An object that begins with a [`Head`], and is `repr(C)` so that it does. (It says so by `cfg_attr`:
/// cbindgen does not look into that, and so the header shows nothing of what is inside.)
pub(super) trait Tagged: 'static {
    const TAG: u32;
    /// What it is called in messages, with its article.
    const NAME: &'static str;

    fn head(&self) -> &Head;
}

/// A pointer for the caller to keep.
pub(super) fn make<T: Tagged>(object: T) -> *mut T {
    object.head().given.store(true, Ordering::Relaxed);
    Box::into_raw(Box::new(object))
}

/// The object behind a pointer.
pub(super) fn get<'a, T: Tagged>(pointer: *const T) -> Result<&'a T, Failure> {
    if pointer.is_null() {
        return Err(Failure::invalid(format!(
            "{} is needed, and NULL was given",
            T::NAME
        )));
    }
    if !pointer.is_aligned() {
        return Err(Failure::invalid(format!(
            "{} is needed: the pointer is wild",
            T::NAME
        )));
    }
    // SAFETY: the pointer is aligned, and the caller says that it leads to an object of this
    // library; each begins with a head, so that this much can be read before it is known which.
    let tag = unsafe { &(*pointer.cast::<Head>()).tag }.load(Ordering::Relaxed);
    if tag == FREED {
        return Err(Failure::invalid(format!("{} was freed already", T::NAME)));
    }
    if tag != T::TAG {
        return Err(Failure::invalid(format!(
            "{} is needed: the pointer leads to something else",
            T::NAME
        )));
    }
    // SAFETY: it is an object of this kind, and not freed while the caller uses it.
    Ok(unsafe { &*pointer })
}

/// Takes an object back from the caller; nothing for NULL, for what is no such object, and for what
/// was only shown, as the event of a callback is.
pub(super) fn take<T: Tagged>(pointer: *mut T) -> Option<Box<T>> {
    let object = get(pointer.cast_const()).ok()?;
    if !object.head().given.load(Ordering::Relaxed) {
        return None;
    }
    // Whoever changes the tag frees the object: of two that do so at once only one.
    object
        .head()
        .tag
        .compare_exchange(T::TAG, FREED, Ordering::AcqRel, Ordering::Relaxed)
        .ok()?;
    // SAFETY: `make` made it by the same means, and nobody else can take it any more.
    Some(unsafe { Box::from_raw(pointer) })
}

/// Writes a result where the caller wants it; NULL says that it does not.
pub(super) fn put<T>(out: *mut T, value: impl FnOnce() -> T) {
    if !out.is_null() && out.is_aligned() {
        // SAFETY: the caller says that it may be written to. What was there is not dropped: it need
        // not be anything yet.
        unsafe { out.write(value()) };
    }
}

/// A place for a result that must be taken, or it would be lost.
pub(super) fn must_have<T>(out: *mut T, name: &str) -> Result<(), Failure> {
    if out.is_null() {
        return Err(Failure::null(name));
    }
    Ok(())
}
