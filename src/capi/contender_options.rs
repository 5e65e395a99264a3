//! The options of a contender.

use super::error::tenure_error;
use super::failure::Failure;
use super::guard;
use super::handle::{self, Head, Tagged};
use super::status::tenure_status;
use super::text::{self, tenure_str};
use super::words::{tenure_policy, tenure_reenrol};
use crate::api::{ContenderOptions, LeasePolicy, Reenrol};
use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

/// The options of a contender. They may be used for any number of contenders, changed in between,
/// and freed at once: a contender copies them.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_contender_options {
    head: Head,
    choice: Mutex<Choice>,
}

/// The choices so far. They are checked when they are used.
#[derive(Clone)]
struct Choice {
    path: Option<String>,
    options: ContenderOptions,
}

impl Tagged for tenure_contender_options {
    const TAG: u32 = 0x7465_0008;
    const NAME: &'static str = "a tenure_contender_options";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_contender_options {
    /// The choices; `path` if no other group was chosen.
    pub(super) fn read(&self, path: &str) -> ContenderOptions {
        let choice = self.choice.lock();
        let Choice { path: own, options } = choice.unwrap_or_else(PoisonError::into_inner).clone();
        options.at(own.unwrap_or_else(|| path.to_owned()))
    }

    fn change(&self, change: impl FnOnce(&mut Choice)) {
        change(&mut self.choice.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// What a number chooses.
fn chosen<T>(found: Option<T>, name: &str, number: i32, family: &str) -> Result<T, Failure> {
    let refused = || Failure::invalid(format!("{name} is {number}, which is no {family}_..."));
    found.ok_or_else(refused)
}

/// The default options: the group of the client's URL, no label, no payload,
/// TENURE_POLICY_VERIFIED, TENURE_REENROL_ALWAYS, not warm, no lease and no time to fail over of its
/// own.
///
/// @return options, to be freed with tenure_contender_options_free; never NULL
///
/// Ownership: the caller owns the options. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_contender_options_new() -> *mut tenure_contender_options {
    handle::make(tenure_contender_options {
        head: Head::new::<tenure_contender_options>(),
        choice: Mutex::new(Choice {
            path: None,
            // The group is known when they are used.
            options: ContenderOptions::new(""),
        }),
    })
}

/// Sets the group to contend for, instead of the group of the client's URL.
///
/// @param options    options
/// @param path       the group's znode; checked by tenure_contender_new, and created if it is missing
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for text that is not UTF-8
///
/// Ownership: the text is copied. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_options_set_path(
    options: *mut tenure_contender_options,
    path: tenure_str,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let path = path.read("path")?.to_owned();
        options.change(|choice| choice.path = Some(path));
        Ok(())
    })
}

// generated: setters; do not edit, run `make words`
/// Sets the label: the part before `_` in the name of the znode. Mesos reads the name up to the
/// first `_`.
///
/// @param options    options
/// @param label      the label, checked by tenure_contender_new; the empty text for none
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for text that is not UTF-8
///
/// Ownership: the text is copied. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_options_set_label(
    options: *mut tenure_contender_options,
    label: tenure_str,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let label = label.read("label")?.to_owned();
        let label = (!label.is_empty()).then_some(label);
        options.change(|choice| choice.options.spec_mut().label = label);
        Ok(())
    })
}

/// Sets the payload of the znode, which detectors get with the leader.
///
/// @param options    options
/// @param data       the bytes; may be NULL if len is 0
/// @param len        the number of bytes, at most 1,000,000; checked by tenure_contender_new
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the bytes are copied. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_options_set_data(
    options: *mut tenure_contender_options,
    data: *const c_void,
    len: usize,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let data = text::bytes(data.cast(), len, "data")?.to_vec();
        options.change(|choice| choice.options.spec_mut().data = data);
        Ok(())
    })
}

/// Sets when leadership ends if no server answers.
///
/// @param options    options
/// @param policy     TENURE_POLICY_...
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a number that is no
///         TENURE_POLICY_...
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_options_set_policy(
    options: *mut tenure_contender_options,
    policy: tenure_policy,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let found = LeasePolicy::from_number(policy);
        let policy = chosen(found, "policy", policy, "TENURE_POLICY")?;
        options.change(|choice| choice.options.spec_mut().policy = policy);
        Ok(())
    })
}

/// Sets whether the contender enrols again after a lost candidacy.
///
/// @param options    options
/// @param reenrol    TENURE_REENROL_...
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a number that is no
///         TENURE_REENROL_...
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_options_set_reenrol(
    options: *mut tenure_contender_options,
    reenrol: tenure_reenrol,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let found = Reenrol::from_number(reenrol);
        let reenrol = chosen(found, "reenrol", reenrol, "TENURE_REENROL")?;
        options.change(|choice| choice.options.spec_mut().reenrol = reenrol);
        Ok(())
    })
}

/// Sets whether to keep a lease ready while next in line (not by default). This costs one small
/// write each twelfth of the session timeout, and leadership then begins with the very event that
/// reports the end of the predecessor. Otherwise a session that was idle first needs three
/// committed writes and a tenth of a second.
///
/// @param options    options
/// @param warm       true to keep a lease ready
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_options_set_warm(
    options: *mut tenure_contender_options,
    warm: bool,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        options.change(|choice| choice.options.spec_mut().warm = warm);
        Ok(())
    })
}

/// Sets the length of the lease, 100 ms to 10 s and no longer than the session timeout; a quarter
/// of the session timeout, and at most 10 s, by default. Only with TENURE_POLICY_GUARDED, and
/// without `fail_over`, which has a lease of its own. A successor waits for as long unless the
/// leader has released its leadership. The leader writes a proof each third of it.
///
/// @param options    options
/// @param lease_ms   milliseconds, from 100 to 10000; checked by tenure_contender_new
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a negative number
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_options_set_lease_ms(
    options: *mut tenure_contender_options,
    lease_ms: i64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let lease = guard::span(lease_ms, "lease_ms")?;
        options.change(|choice| choice.options.spec_mut().lease = Some(lease));
        Ok(())
    })
}

/// Sets the time in which a successor replaces a leader that is silent, 250 ms to 10 s and less
/// than the session timeout; only with TENURE_POLICY_GUARDED, and without `lease`. The leader shows
/// each tenth of it that it lives; the next in line deletes its znode after four tenths of silence,
/// and waits for its lease, another four tenths. This costs ten small writes in this time, and
/// needs the right to delete members and an ensemble that commits a write in less than a tenth of
/// it. A leader that is suspected wrongly loses its leadership; there are never two.
///
/// @param options       options
/// @param fail_over_ms  milliseconds, from 250 to 10000; checked by tenure_contender_new
/// @param error_out     an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a negative number
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_options_set_fail_over_ms(
    options: *mut tenure_contender_options,
    fail_over_ms: i64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let fail_over = guard::span(fail_over_ms, "fail_over_ms")?;
        options.change(|choice| choice.options.spec_mut().fail_over = Some(fail_over));
        Ok(())
    })
}
// generated: end

/// Frees options. Contenders that were made with them keep their copies.
///
/// @param options  options; they must not be used afterwards. NULL has no effect
///
/// Ownership: takes the options. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_options_free(options: *mut tenure_contender_options) {
    guard::free(options);
}
