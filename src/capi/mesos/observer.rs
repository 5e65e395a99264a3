//! Observers: the leading master watches its agents.

use super::super::error::tenure_error;
use super::super::failure::Failure;
use super::super::guard;
use super::super::handle::{self, Head, Tagged, must_have};
use super::super::status::{TENURE_ERR_SYSTEM, tenure_status};
use super::outputs::tenure_outputs;
use super::role_options::{self, tenure_role_options};
use super::words::{
    self, TENURE_AGENT_UNKNOWN, TENURE_OBSERVER_LINK_LOST, TENURE_OBSERVER_PONG,
    TENURE_OBSERVER_REGISTERED, TENURE_OBSERVER_REMOVED, tenure_agent_state, tenure_observer_input,
};
use crate::api::Time;
use crate::mesos::roles::Observer;
use crate::mesos::roles::observer::{AGENTS_MAX, AgentKey, Input};
use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};
use tenure_mesos::words::{AGENT_STATES, number};

/// An observer: by it the leading master pings its agents, and learns which of them are unreachable. It
/// is a state machine without a clock, a thread or a socket; docs/roles.md has every transition. Any
/// thread may use it; inputs are taken one after another.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_observer {
    head: Head,
    machine: Mutex<Observer>,
}

impl Tagged for tenure_observer {
    const TAG: u32 = 0x7465_0015;
    const NAME: &'static str = "a tenure_observer";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_observer {
    fn with<R>(&self, body: impl FnOnce(&mut Observer) -> R) -> R {
        body(&mut self.machine.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn full() -> Failure {
    Failure::new(
        TENURE_ERR_SYSTEM,
        format!("an observer has at most {AGENTS_MAX} agents; remove those that are gone"),
    )
}

/// Makes an observer without agents.
///
/// @param options       the options of the observer; NULL for those of Mesos
/// @param observer_out  the observer is written here, on success only
/// @param error_out     an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, and for an option that is out of its range or
///         that an observer does not have
///
/// Ownership: the caller keeps options, owns the observer, and frees it with tenure_observer_free.
/// Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_new(
    options: *const tenure_role_options,
    observer_out: *mut *mut tenure_observer,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::call(error_out, || {
        must_have(observer_out, "observer_out")?;
        let observer = Observer::new(role_options::read(options)?.of_observer()?)?;
        handle::put(observer_out, || {
            handle::make(tenure_observer {
                head: Head::new::<tenure_observer>(),
                machine: Mutex::new(observer),
            })
        });
        Ok(())
    })
}

/// Takes a new agent that has just registered: it is active, and pinged at once.
///
/// @param observer     an observer
/// @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
/// @param agent_out    the number of the agent is written here, on success only
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL; TENURE_ERR_SYSTEM for more than 1,000,000
///         agents
///
/// Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
/// thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_admit(
    observer: *mut tenure_observer,
    now_ns: u64,
    agent_out: *mut u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(observer, error_out, |observer| {
        must_have(agent_out, "agent_out")?;
        must_have(outputs_out, "outputs_out")?;
        let mut outputs = Vec::new();
        let now = Time::from_nanos(now_ns);
        let agent = observer.with(|machine| machine.admit(now, &mut outputs));
        let agent = agent.ok_or_else(full)?;
        handle::put(agent_out, || agent.as_u64());
        handle::put(outputs_out, || tenure_outputs::make(outputs));
        Ok(())
    })
}

/// Takes an agent that an earlier leader had: it is expected to register again.
///
/// @param observer   an observer
/// @param now_ns     the time: tenure_boottime_ns. An earlier one than before counts as that
/// @param agent_out  the number of the agent is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL; TENURE_ERR_SYSTEM for more than 1,000,000
///         agents
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_expect(
    observer: *mut tenure_observer,
    now_ns: u64,
    agent_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(observer, error_out, |observer| {
        must_have(agent_out, "agent_out")?;
        let agent = observer.with(|machine| machine.expect(Time::from_nanos(now_ns)));
        let agent = agent.ok_or_else(full)?;
        handle::put(agent_out, || agent.as_u64());
        Ok(())
    })
}

/// Gives an observer news of an agent.
///
/// @param observer     an observer
/// @param input        the news: TENURE_OBSERVER_...
/// @param agent        the number of the agent; one that the observer does not have is the output
///                     `unknown`
/// @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for a number that is no
///         TENURE_OBSERVER_...
///
/// Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
/// thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_take(
    observer: *mut tenure_observer,
    input: tenure_observer_input,
    agent: u64,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let agent = AgentKey::from_u64(agent);
    let input = match input {
        TENURE_OBSERVER_REGISTERED => Ok(Input::Registered(agent)),
        TENURE_OBSERVER_PONG => Ok(Input::Pong(agent)),
        TENURE_OBSERVER_LINK_LOST => Ok(Input::LinkLost(agent)),
        TENURE_OBSERVER_REMOVED => Ok(Input::Removed(agent)),
        other => Err(other),
    };
    put(observer, input, now_ns, outputs_out, error_out)
}

/// Tells an observer that time has passed: at the instant of tenure_observer_due_ns, or at any other.
/// One call serves 1,024 timers at most, so that answers are taken between the pings of a large cluster.
///
/// @param observer     an observer
/// @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
/// thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_tick(
    observer: *mut tenure_observer,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(observer, Ok(Input::Tick), now_ns, outputs_out, error_out)
}

fn put(
    observer: *const tenure_observer,
    input: Result<Input, tenure_observer_input>,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(observer, error_out, |observer| {
        must_have(outputs_out, "outputs_out")?;
        let input = input.map_err(|other| {
            Failure::invalid(format!("input is {other}, which is no TENURE_OBSERVER_..."))
        })?;
        let mut outputs = Vec::new();
        let now = Time::from_nanos(now_ns);
        observer.with(|machine| machine.handle(input, now, &mut outputs));
        handle::put(outputs_out, || tenure_outputs::make(outputs));
        Ok(())
    })
}

/// The state of an agent.
///
/// @param observer  an observer, or NULL
/// @param agent     the number of the agent
/// @return the state; TENURE_AGENT_UNKNOWN if the observer has no such agent, or is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_state(
    observer: *const tenure_observer,
    agent: u64,
) -> tenure_agent_state {
    guard::look(observer, TENURE_AGENT_UNKNOWN, |observer| {
        let state = observer.with(|machine| machine.state(AgentKey::from_u64(agent)));
        number(&AGENT_STATES, state.name())
    })
}

/// The name of a state of an agent, as `unreachable`; `"unknown state"` for a number that is none.
///
/// @param state  any number
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library owns the text. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_agent_state_name(state: tenure_agent_state) -> *const c_char {
    words::agent_state_name(state).as_ptr()
}

/// The instant by which an observer wants its next tenure_observer_tick; it may be past.
///
/// @param observer  an observer, or NULL
/// @return nanoseconds of the boot-time clock (tenure_boottime_ns); 0 if it waits for no time, and if
///         `observer` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_due_ns(observer: *const tenure_observer) -> u64 {
    guard::look(observer, 0, |observer| {
        let due = observer.with(|machine| machine.due());
        due.map_or(0, |due| due.as_nanos().max(1))
    })
}

/// How many agents an observer has, in all states but unknown.
///
/// @param observer  an observer, or NULL
/// @return the number; 0 if `observer` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_agents(observer: *const tenure_observer) -> usize {
    guard::look(observer, 0, |observer| {
        observer.with(|machine| machine.agents())
    })
}

/// The time from the first unanswered ping until an agent is unreachable: the leader gives it to each
/// agent that it registers (tenure_role_registered).
///
/// @param observer  an observer, or NULL
/// @return milliseconds; 0 if `observer` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_total_ping_timeout_ms(
    observer: *const tenure_observer,
) -> i64 {
    guard::look(observer, 0, |observer| {
        let total = observer.with(|machine| machine.options().total_ping_timeout());
        i64::try_from(total.as_millis()).unwrap_or(i64::MAX)
    })
}

/// Frees an observer.
///
/// @param observer  an observer; it must not be used afterwards. NULL has no effect
///
/// Ownership: takes the observer. Threading: any thread, and not while another uses it. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_observer_free(observer: *mut tenure_observer) {
    guard::free(observer);
}
