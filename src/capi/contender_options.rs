//! What to contend for, and how.

use super::error::tenure_error;
use super::failure::Failure;
use super::guard;
use super::handle::{self, Head, Tagged};
use super::status::tenure_status;
use super::text::{self, tenure_str};
use crate::api::{ContenderOptions, LeasePolicy, Reenrol};
use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

/// When leadership ends if no server answers. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_policy = i32;

/// Leadership ends with its lease, which rests on writes that a quorum has committed: before the
/// ensemble can elect another leader. The default.
pub const TENURE_POLICY_VERIFIED: tenure_policy = 0;
/// Like VERIFIED, and at once when the connection is lost.
pub const TENURE_POLICY_STRICT: tenure_policy = 1;
/// Leadership ends with the session, as in Mesos. **Not safe**: a successor may lead before that.
pub const TENURE_POLICY_SESSION: tenure_policy = 2;

/// Whether a contender enrols again after a lost candidacy. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_reenrol = i32;

/// The contender enrols again by itself. The default.
pub const TENURE_REENROL_ALWAYS: tenure_reenrol = 0;
/// The contender stops.
pub const TENURE_REENROL_NEVER: tenure_reenrol = 1;

/// The options of a contender. They may be used for any number of contenders, changed in between,
/// and freed at once: a contender copies them.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_contender_options {
    head: Head,
    choice: Mutex<Choice>,
}

/// What was chosen so far. It is checked when it is used.
#[derive(Clone, Default)]
struct Choice {
    path: Option<String>,
    label: Option<String>,
    data: Vec<u8>,
    policy: LeasePolicy,
    reenrol: Reenrol,
    warm: bool,
}

impl Tagged for tenure_contender_options {
    const TAG: u32 = 0x7465_0008;
    const NAME: &'static str = "a tenure_contender_options";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_contender_options {
    /// What was chosen; `path` where no other was.
    pub(super) fn read(&self, path: &str) -> ContenderOptions {
        let choice = self.choice.lock();
        let choice = choice.unwrap_or_else(PoisonError::into_inner).clone();
        let options = ContenderOptions::new(choice.path.unwrap_or_else(|| path.to_owned()))
            .data(choice.data)
            .policy(choice.policy)
            .reenrol(choice.reenrol)
            .warm(choice.warm);
        match choice.label {
            Some(label) => options.label(label),
            None => options,
        }
    }

    fn change(&self, change: impl FnOnce(&mut Choice)) {
        change(&mut self.choice.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The default options: the group of the client's URL, no label, no payload,
/// TENURE_POLICY_VERIFIED, TENURE_REENROL_ALWAYS, not warm.
///
/// @return options, to be freed with tenure_contender_options_free; never NULL
///
/// Ownership: the caller owns the options. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_contender_options_new() -> *mut tenure_contender_options {
    handle::make(tenure_contender_options {
        head: Head::new::<tenure_contender_options>(),
        choice: Mutex::default(),
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
        options.change(|choice| choice.label = (!label.is_empty()).then_some(label));
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
        options.change(|choice| choice.data = data);
        Ok(())
    })
}

/// Sets when leadership ends if no server answers.
///
/// @param options    options
/// @param policy     TENURE_POLICY_...
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a number that is no policy
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
        let policy = match policy {
            TENURE_POLICY_VERIFIED => LeasePolicy::Verified,
            TENURE_POLICY_STRICT => LeasePolicy::Strict,
            TENURE_POLICY_SESSION => LeasePolicy::Session,
            _ => return Err(no_such("policy", policy, "TENURE_POLICY")),
        };
        options.change(|choice| choice.policy = policy);
        Ok(())
    })
}

fn no_such(name: &str, number: i32, family: &str) -> Failure {
    Failure::invalid(format!("{name} is {number}, which is no {family}_..."))
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
        let reenrol = match reenrol {
            TENURE_REENROL_ALWAYS => Reenrol::Always,
            TENURE_REENROL_NEVER => Reenrol::Never,
            _ => return Err(no_such("reenrol", reenrol, "TENURE_REENROL")),
        };
        options.change(|choice| choice.reenrol = reenrol);
        Ok(())
    })
}

/// Sets whether to keep a lease ready while next in line. This costs one small write each twelfth
/// of the session timeout, and leadership then begins with the very event that reports the end of
/// the predecessor. Otherwise a session that was idle first needs three committed writes and a
/// tenth of a second.
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
        options.change(|choice| choice.warm = warm);
        Ok(())
    })
}

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
