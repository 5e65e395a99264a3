//! The options of roles and observers.

use super::super::error::tenure_error;
use super::super::failure::Failure;
use super::super::guard;
use super::super::handle::{self, Head, Tagged};
use super::super::status::tenure_status;
use super::super::text::tenure_str;
use super::words::{
    TENURE_ROLE_OPTION_AGENT_PING_TIMEOUT_MS, TENURE_ROLE_OPTION_AGENT_REMOVALS,
    TENURE_ROLE_OPTION_AGENT_REMOVALS_EACH_MS, TENURE_ROLE_OPTION_AGENT_REREGISTER_TIMEOUT_MS,
    TENURE_ROLE_OPTION_BACKOFF_MAX_MS, TENURE_ROLE_OPTION_BACKOFF_MS,
    TENURE_ROLE_OPTION_FAILOVER_TIMEOUT_MS, TENURE_ROLE_OPTION_MAX_AGENT_PING_TIMEOUTS,
    TENURE_ROLE_OPTION_PING_TIMEOUT_MS, TENURE_ROLE_OPTION_SEED, tenure_role_option,
};
use crate::mesos::roles::{agent, driver, observer};
use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The options of a role or of an observer. They may be used for any number of them, changed in
/// between, and freed at once: a role copies them.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_role_options {
    head: Head,
    choice: Mutex<Choice>,
}

/// The choices so far. They are checked when they are used.
#[derive(Clone, Default)]
pub(super) struct Choice {
    id: Option<String>,
    numbers: BTreeMap<tenure_role_option, u64>,
}

impl Tagged for tenure_role_options {
    const TAG: u32 = 0x7465_0012;
    const NAME: &'static str = "a tenure_role_options";

    fn head(&self) -> &Head {
        &self.head
    }
}

/// The choices of the caller; none for NULL.
pub(super) fn read(options: *const tenure_role_options) -> Result<Choice, Failure> {
    if options.is_null() {
        return Ok(Choice::default());
    }
    let choice = handle::get(options)?.choice.lock();
    Ok(choice.unwrap_or_else(PoisonError::into_inner).clone())
}

impl Choice {
    /// The choices are for one of these options; another is a mistake.
    fn only(&self, of: &str, known: &[tenure_role_option]) -> Result<(), Failure> {
        let stranger = self.numbers.keys().find(|option| !known.contains(option));
        match stranger {
            Some(option) => Err(Failure::invalid(format!(
                "the option {} is not one of {of}",
                name(*option)
            ))),
            None if self.id.is_some() && known.is_empty() => {
                Err(Failure::invalid(format!("{of} has no id")))
            }
            None => Ok(()),
        }
    }

    fn span(&self, option: tenure_role_option, otherwise: Duration) -> Duration {
        let given = self.numbers.get(&option);
        given.map_or(otherwise, |millis| Duration::from_millis(*millis))
    }

    pub(super) fn of_master(&self) -> Result<(), Failure> {
        self.only("a master", &[])
    }

    /// The seed; one that no other process has if none was given.
    pub(super) fn seed(&self) -> u64 {
        let given = self.numbers.get(&TENURE_ROLE_OPTION_SEED);
        let given = given.copied().filter(|seed| *seed != 0);
        given.unwrap_or_else(|| RandomState::new().hash_one(std::process::id()))
    }

    pub(super) fn of_agent(&self) -> Result<agent::Options, Failure> {
        self.only(
            "an agent",
            &[
                TENURE_ROLE_OPTION_SEED,
                TENURE_ROLE_OPTION_BACKOFF_MS,
                TENURE_ROLE_OPTION_BACKOFF_MAX_MS,
                TENURE_ROLE_OPTION_PING_TIMEOUT_MS,
            ],
        )?;
        let or = agent::Options::default();
        Ok(agent::Options {
            id: self.id.clone(),
            backoff: self.span(TENURE_ROLE_OPTION_BACKOFF_MS, or.backoff),
            backoff_max: self.span(TENURE_ROLE_OPTION_BACKOFF_MAX_MS, or.backoff_max),
            ping_timeout: self.span(TENURE_ROLE_OPTION_PING_TIMEOUT_MS, or.ping_timeout),
        })
    }

    pub(super) fn of_driver(&self) -> Result<driver::Options, Failure> {
        self.only(
            "a driver",
            &[
                TENURE_ROLE_OPTION_SEED,
                TENURE_ROLE_OPTION_BACKOFF_MS,
                TENURE_ROLE_OPTION_FAILOVER_TIMEOUT_MS,
            ],
        )?;
        let or = driver::Options::default();
        Ok(driver::Options {
            id: self.id.clone(),
            backoff: self.span(TENURE_ROLE_OPTION_BACKOFF_MS, or.backoff),
            failover_timeout: self
                .span(TENURE_ROLE_OPTION_FAILOVER_TIMEOUT_MS, or.failover_timeout),
        })
    }

    pub(super) fn of_observer(&self) -> Result<observer::Options, Failure> {
        self.only(
            "an observer",
            &[
                TENURE_ROLE_OPTION_AGENT_PING_TIMEOUT_MS,
                TENURE_ROLE_OPTION_MAX_AGENT_PING_TIMEOUTS,
                TENURE_ROLE_OPTION_AGENT_REREGISTER_TIMEOUT_MS,
                TENURE_ROLE_OPTION_AGENT_REMOVALS,
                TENURE_ROLE_OPTION_AGENT_REMOVALS_EACH_MS,
            ],
        )?;
        if self.id.is_some() {
            return Err(Failure::invalid("an observer has no id"));
        }
        let or = observer::Options::default();
        let count = |option, otherwise: u32| {
            let given = self.numbers.get(&option);
            given.map_or(otherwise, |count| u32::try_from(*count).unwrap_or(u32::MAX))
        };
        let each = self.numbers.get(&TENURE_ROLE_OPTION_AGENT_REMOVALS_EACH_MS);
        let removals = self
            .numbers
            .contains_key(&TENURE_ROLE_OPTION_AGENT_REMOVALS);
        let limit = match (removals, each) {
            (false, None) => None,
            (true, Some(each)) => Some(observer::RemovalLimit {
                agents: count(TENURE_ROLE_OPTION_AGENT_REMOVALS, 0),
                each: Duration::from_millis(*each),
            }),
            _ => {
                return Err(Failure::invalid(
                    "agent_removals and agent_removals_each_ms belong together: set both, or neither",
                ));
            }
        };
        Ok(observer::Options {
            agent_ping_timeout: self.span(
                TENURE_ROLE_OPTION_AGENT_PING_TIMEOUT_MS,
                or.agent_ping_timeout,
            ),
            max_agent_ping_timeouts: count(
                TENURE_ROLE_OPTION_MAX_AGENT_PING_TIMEOUTS,
                or.max_agent_ping_timeouts,
            ),
            agent_reregister_timeout: self.span(
                TENURE_ROLE_OPTION_AGENT_REREGISTER_TIMEOUT_MS,
                or.agent_reregister_timeout,
            ),
            agent_removal_rate_limit: limit,
        })
    }
}

fn name(option: tenure_role_option) -> String {
    let words = tenure_mesos::words::OPTIONS.words.iter();
    let mut found = words.filter(|word| word.number == option);
    let name = found.next().map(|word| word.name.to_owned());
    name.unwrap_or_else(|| option.to_string())
}

/// The default options: those of Mesos.
///
/// @return options, to be freed with tenure_role_options_free; never NULL
///
/// Ownership: the caller owns the options. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_role_options_new() -> *mut tenure_role_options {
    handle::make(tenure_role_options {
        head: Head::new::<tenure_role_options>(),
        choice: Mutex::default(),
    })
}

/// Sets an option. Its range is checked when a role is made, and so is whether the role has it.
///
/// @param options    options
/// @param option     the option
/// @param value      its value: milliseconds, a number, or a seed
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a number that is no
///         TENURE_ROLE_OPTION_..., and for a negative value
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_options_set(
    options: *mut tenure_role_options,
    option: tenure_role_option,
    value: i64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let words = tenure_mesos::words::OPTIONS.words;
        if !words.iter().any(|word| word.number == option) {
            return Err(Failure::invalid(format!(
                "option is {option}, which is no TENURE_ROLE_OPTION_..."
            )));
        }
        let value = u64::try_from(value).map_err(|_| {
            let name = name(option);
            Failure::invalid(format!("{name} is {value}; it must not be negative"))
        })?;
        let mut choice = options
            .choice
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        choice.numbers.insert(option, value);
        Ok(())
    })
}

/// Sets the id of an agent or of a framework that an earlier run had.
///
/// @param options    options
/// @param id         the id; the empty text for none
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for text that is not UTF-8
///
/// Ownership: the text is copied. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_options_set_id(
    options: *mut tenure_role_options,
    id: tenure_str,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let id = id.read("id")?;
        let mut choice = options
            .choice
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        choice.id = (!id.is_empty()).then(|| id.to_owned());
        Ok(())
    })
}

/// Frees options.
///
/// @param options  options; they must not be used afterwards. NULL has no effect
///
/// Ownership: takes the options. Threading: any thread, and not while another uses them. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_options_free(options: *mut tenure_role_options) {
    guard::free(options);
}
