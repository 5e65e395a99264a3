//! What stands around every function: arguments are checked, panics do not leave.

use super::failure::Failure;
use super::handle::{self, Tagged};
use super::status::{
    TENURE_ERR_PANIC, TENURE_ERR_POISONED, TENURE_ERR_REENTRANT, TENURE_OK, tenure_status,
};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

pub(super) type Outcome = Result<(), Failure>;

/// A function that is about no handle. `error_out` is where the caller wants the error, an object
/// of type `E`.
pub(super) fn call<E: Tagged + From<Failure>>(
    error_out: *mut *mut E,
    body: impl FnOnce() -> Outcome,
) -> tenure_status {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => TENURE_OK,
        Ok(Err(failure)) => hand_out(failure, error_out),
        Err(panic) => hand_out(defect(&*panic), error_out),
    }
}

/// A function of a handle. A panic in it poisons the handle.
pub(super) fn on<T: Tagged, E: Tagged + From<Failure>>(
    handle: *const T,
    error_out: *mut *mut E,
    body: impl FnOnce(&T) -> Outcome,
) -> tenure_status {
    call(error_out, || {
        let object = handle::get(handle)?;
        if object.head().is_poisoned() {
            return Err(Failure::new(
                TENURE_ERR_POISONED,
                format!(
                    "an earlier call on this object ({}) hit a defect of the library; free it",
                    T::NAME
                ),
            ));
        }
        catch_unwind(AssertUnwindSafe(|| body(object))).unwrap_or_else(|panic| {
            object.head().poison();
            Err(defect(&*panic))
        })
    })
}

/// A look at an object that cannot fail: `otherwise` for NULL, for what is no such object, and for
/// one that is poisoned.
pub(super) fn look<T: Tagged, R>(
    handle: *const T,
    otherwise: R,
    body: impl FnOnce(&'static T) -> R,
) -> R {
    let Ok(object) = handle::get(handle) else {
        return otherwise;
    };
    if object.head().is_poisoned() {
        return otherwise;
    }
    catch_unwind(AssertUnwindSafe(|| body(object))).unwrap_or_else(|_| {
        object.head().poison();
        otherwise
    })
}

/// Frees an object, whatever its state.
pub(super) fn free<T: Tagged>(handle: *mut T) {
    // A panic while dropping leaks what was left to drop, which is the lesser evil.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(handle::take(handle))));
}

/// Gives the failure to the caller if it wants it.
fn hand_out<E: Tagged + From<Failure>>(failure: Failure, error_out: *mut *mut E) -> tenure_status {
    let status = failure.status;
    handle::put(error_out, || handle::make(E::from(failure)));
    status
}

fn defect(panic: &(dyn std::any::Any + Send)) -> Failure {
    let words = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no more is known");
    Failure::new(
        TENURE_ERR_PANIC,
        format!("a defect of the library, please report it: {words}"),
    )
}

thread_local! {
    static IN_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

/// Runs a callback of the user's, in which nothing may block.
pub(super) fn in_callback(body: impl FnOnce()) {
    struct Leave(bool);
    impl Drop for Leave {
        fn drop(&mut self) {
            IN_CALLBACK.set(self.0);
        }
    }
    let _leave = Leave(IN_CALLBACK.replace(true));
    body();
}

pub(super) fn is_in_callback() -> bool {
    IN_CALLBACK.get()
}

/// How long a function may block: `None` is for ever.
pub(super) fn patience(timeout_ms: i64) -> Result<Option<Duration>, Failure> {
    let limit = match timeout_ms {
        -1 => None,
        _ => Some(Duration::from_millis(u64::try_from(timeout_ms).map_err(
            |_| {
                Failure::invalid(format!(
                    "timeout_ms is {timeout_ms}; it must be -1 (for ever), 0 (do not block) or more"
                ))
            },
        )?)),
    };
    if limit != Some(Duration::ZERO) && is_in_callback() {
        return Err(Failure::new(
            TENURE_ERR_REENTRANT,
            "a callback must not block: give 0 as timeout_ms, or use the function that ends in _start",
        ));
    }
    Ok(limit)
}

/// A duration that is not a timeout.
pub(super) fn span(milliseconds: i64, name: &str) -> Result<Duration, Failure> {
    u64::try_from(milliseconds)
        .map(Duration::from_millis)
        .map_err(|_| Failure::invalid(format!("{name} is {milliseconds}; it must not be negative")))
}

#[cfg(test)]
mod tests {
    use super::super::error::tenure_error;
    use super::super::handle::Head;
    use super::super::status::TENURE_ERR_INVALID_ARGUMENT;
    use super::*;
    use std::ptr;

    #[repr(C)]
    struct Thing {
        head: Head,
        value: u8,
    }

    impl Tagged for Thing {
        const TAG: u32 = 1;
        const NAME: &'static str = "a thing";

        fn head(&self) -> &Head {
            &self.head
        }
    }

    #[repr(C)]
    struct Other {
        head: Head,
    }

    impl Tagged for Other {
        const TAG: u32 = 2;
        const NAME: &'static str = "another thing";

        fn head(&self) -> &Head {
            &self.head
        }
    }

    /// No error is wanted.
    const UNWANTED: *mut *mut tenure_error = ptr::null_mut();

    fn thing() -> *mut Thing {
        handle::make(Thing {
            head: Head::new::<Thing>(),
            value: 7,
        })
    }

    #[test]
    fn a_panic_becomes_a_status_and_poisons_the_handle_alone() {
        let (bad, good) = (thing(), thing());
        let status = on(bad, UNWANTED, |_| panic!("part of the test"));
        assert_eq!(status, TENURE_ERR_PANIC);
        let status = on(bad, UNWANTED, |_| Ok(()));
        assert_eq!(status, TENURE_ERR_POISONED);
        assert_eq!(look(bad, 0, |thing| thing.value), 0);
        assert_eq!(on(good, UNWANTED, |_| Ok(())), TENURE_OK);
        assert_eq!(look(good, 0, |_| panic!("part of the test")), 0);
        assert_eq!(look(good, 0, |thing| thing.value), 0);
        free(bad);
        free(good);
    }

    #[test]
    fn null_and_strangers_are_refused() {
        let invalid = TENURE_ERR_INVALID_ARGUMENT;
        assert_eq!(on(ptr::null::<Thing>(), UNWANTED, |_| Ok(())), invalid);
        let other = handle::make(Other {
            head: Head::new::<Other>(),
        });
        assert_eq!(on(other.cast::<Thing>(), UNWANTED, |_| Ok(())), invalid);
        free(other.cast::<Thing>());
        assert_eq!(on(other, UNWANTED, |_| Ok(())), TENURE_OK);
        free(other);
        free(ptr::null_mut::<Thing>());
        let mut shown = Thing {
            head: Head::new::<Thing>(),
            value: 7,
        };
        free(&raw mut shown);
        assert_eq!(look(&raw const shown, 0, |thing| thing.value), 7);
    }

    #[test]
    fn what_would_block_in_a_callback_is_refused() {
        in_callback(|| {
            assert!(patience(0).is_ok());
            for timeout in [1, -1, i64::MAX] {
                assert_eq!(patience(timeout).unwrap_err().status, TENURE_ERR_REENTRANT);
            }
        });
        assert_eq!(patience(-1), Ok(None));
        assert_eq!(
            patience(i64::MIN).unwrap_err().status,
            TENURE_ERR_INVALID_ARGUMENT
        );
    }
}
