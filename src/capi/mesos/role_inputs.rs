//! The inputs of roles.

use super::super::error::tenure_error;
use super::super::event::tenure_event;
use super::super::failure::Failure;
use super::super::guard;
use super::super::handle::{self, must_have};
use super::super::news::News;
use super::super::status::tenure_status;
use super::super::text::tenure_str;
use super::outputs::{Row, tenure_outputs};
use super::role::{Machine, sender, tenure_role};
use super::words::{
    TENURE_CALL_LAUNCH, TENURE_CALL_OTHER, TENURE_CALL_UPDATE_FRAMEWORK, tenure_call_kind,
};
use crate::api::{SessionEvent, Time};
use crate::mesos::MasterEvent;
use crate::mesos::roles::driver::Call;
use crate::mesos::roles::{agent, driver, master};

/// Gives the machine an input, and its outputs to the caller.
pub(super) fn put<T: Into<Row>>(
    role: *const tenure_role,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
    input: impl FnOnce(&mut Machine) -> Result<Vec<T>, Failure>,
) -> tenure_status {
    guard::on(role, error_out, |role| {
        must_have(outputs_out, "outputs_out")?;
        let outputs = role.with(input)?;
        handle::put(outputs_out, || tenure_outputs::make(outputs));
        Ok(())
    })
}

pub(super) fn rows<T: Into<Row>>(outputs: Vec<T>) -> Vec<Row> {
    outputs.into_iter().map(Into::into).collect()
}

/// The role has no such input.
fn foreign(input: &str, of: &str) -> Failure {
    Failure::invalid(format!("{input} is an input of {of} alone"))
}

fn take(machine: &mut Machine, news: &News, now: Time) -> Vec<Row> {
    match (machine, news) {
        (Machine::Master(master), News::Contender(event)) => {
            let input = master::Input::of(event);
            input.map_or_else(Vec::new, |input| rows(master.handle(input, now)))
        }
        (Machine::Master(master), News::Session(event)) => {
            let why = match event {
                SessionEvent::Closed => "the client was closed",
                SessionEvent::AuthFailed => "ZooKeeper refused the credentials",
                _ => return Vec::new(),
            };
            rows(master.handle(master::Input::Ended(why.to_owned()), now))
        }
        (machine, News::Detector(event)) => {
            let Some(detection) = MasterEvent::of(event.clone()).detection() else {
                return Vec::new();
            };
            match machine {
                Machine::Master(master) => rows(master.handle(detection.into(), now)),
                Machine::Agent(agent) => rows(agent.handle(detection.into(), now)),
                Machine::Driver(driver) => rows(driver.handle(detection.into(), now)),
            }
        }
        _ => Vec::new(),
    }
}

/// Gives a role an event: of the detector of masters, and for a master also of its contender and of its
/// client. Events that do not concern the role have no outputs, so that a loop gives it all events.
///
/// @param role         a role
/// @param event        an event; the role copies it
/// @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the caller keeps the event, owns the outputs, and frees them with tenure_outputs_free.
/// Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_take(
    role: *mut tenure_role,
    event: *const tenure_event,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(role, outputs_out, error_out, |machine| {
        let news = handle::get(event)?.news();
        Ok(take(machine, news, Time::from_nanos(now_ns)))
    })
}

/// Tells a role that time has passed: at the instant of tenure_role_due_ns, or at any other.
///
/// @param role         a role
/// @param now_ns       the time: tenure_boottime_ns. An earlier one than before counts as that
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
/// thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_tick(
    role: *mut tenure_role,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(role, outputs_out, error_out, |machine| {
        let now = Time::from_nanos(now_ns);
        Ok(match machine {
            Machine::Master(master) => rows(master.handle(master::Input::Tick, now)),
            Machine::Agent(agent) => rows(agent.handle(agent::Input::Tick, now)),
            Machine::Driver(driver) => rows(driver.handle(driver::Input::Tick, now)),
        })
    })
}

/// A master has registered the agent or the framework, for the first time or again.
///
/// @param role             an agent or a driver
/// @param address          the address that the message came from
/// @param token            the fencing token that the message names; 0 for none
/// @param id               the id of the agent or of the framework
/// @param ping_timeout_ms  agent: the time without a ping after which it shall register again, as the
///                         master gives it; -1 if it gives none
/// @param now_ns           the time: tenure_boottime_ns
/// @param outputs_out      the outputs are written here, on success only
/// @param error_out        an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a master, for text that is not UTF-8, for
///         an empty id, and for another negative time
///
/// Ownership: the texts are copied; the caller owns the outputs and frees them with
/// tenure_outputs_free. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_registered(
    role: *mut tenure_role,
    address: tenure_str,
    token: u64,
    id: tenure_str,
    ping_timeout_ms: i64,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(role, outputs_out, error_out, |machine| {
        let from = sender(address.read("address")?, token);
        let id = id.read("id")?;
        if id.is_empty() {
            return Err(Failure::invalid(
                "the id of a registration must not be empty",
            ));
        }
        let ping_timeout = match ping_timeout_ms {
            -1 => None,
            given => Some(guard::span(given, "ping_timeout_ms")?),
        };
        let now = Time::from_nanos(now_ns);
        match machine {
            Machine::Master(_) => Err(foreign("a registration", "agents and drivers")),
            Machine::Agent(agent) => {
                let input = agent::Input::Registered {
                    from,
                    id,
                    ping_timeout,
                };
                Ok(rows(agent.handle(input, now)))
            }
            Machine::Driver(driver) => Ok(rows(
                driver.handle(driver::Input::Registered { from, id }, now),
            )),
        }
    })
}

/// A master has refused the agent's credentials, or ends the framework with an error.
///
/// @param role         an agent or a driver
/// @param address      the address that the message came from
/// @param token        the fencing token that the message names; 0 for none
/// @param why          the master's reason
/// @param now_ns       the time: tenure_boottime_ns
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a master, and for text that is not UTF-8
///
/// Ownership: the texts are copied; the caller owns the outputs and frees them with
/// tenure_outputs_free. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_refused(
    role: *mut tenure_role,
    address: tenure_str,
    token: u64,
    why: tenure_str,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(role, outputs_out, error_out, |machine| {
        let from = sender(address.read("address")?, token);
        let why = why.read("why")?;
        let now = Time::from_nanos(now_ns);
        match machine {
            Machine::Master(_) => Err(foreign("a refusal", "agents and drivers")),
            Machine::Agent(agent) => {
                Ok(rows(agent.handle(agent::Input::Refused { from, why }, now)))
            }
            Machine::Driver(driver) => {
                Ok(rows(driver.handle(driver::Input::Error { from, why }, now)))
            }
        }
    })
}

/// A master asks whether the agent is alive.
///
/// @param role         an agent
/// @param address      the address that the message came from
/// @param token        the fencing token that the message names; 0 for none
/// @param connected    whether the agent is connected, as that master believes
/// @param now_ns       the time: tenure_boottime_ns
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for another role, and for text that is not
///         UTF-8
///
/// Ownership: the texts are copied; the caller owns the outputs and frees them with
/// tenure_outputs_free. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_ping(
    role: *mut tenure_role,
    address: tenure_str,
    token: u64,
    connected: bool,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(role, outputs_out, error_out, |machine| {
        let from = sender(address.read("address")?, token);
        let Machine::Agent(agent) = machine else {
            return Err(foreign("a ping", "agents"));
        };
        let ping = agent::Input::Ping { from, connected };
        Ok(agent.handle(ping, Time::from_nanos(now_ns)))
    })
}

/// The connection of an agent or a driver to the leader broke.
///
/// @param role         an agent or a driver
/// @param now_ns       the time: tenure_boottime_ns
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for a master
///
/// Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
/// thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_link_lost(
    role: *mut tenure_role,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(role, outputs_out, error_out, |machine| {
        let now = Time::from_nanos(now_ns);
        match machine {
            Machine::Master(_) => Err(foreign("a lost connection", "agents and drivers")),
            Machine::Agent(agent) => Ok(rows(agent.handle(agent::Input::LinkLost, now))),
            Machine::Driver(driver) => Ok(rows(driver.handle(driver::Input::LinkLost, now))),
        }
    })
}

/// An agent or a driver shall end: a master orders it (agent), or the host asks for it.
///
/// @param role         an agent or a driver
/// @param address      the address that the order came from; the empty text if the host asks for it
/// @param token        the fencing token that the order names; 0 for none
/// @param now_ns       the time: tenure_boottime_ns
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a master, for a driver with an address,
///         and for text that is not UTF-8
///
/// Ownership: the text is copied; the caller owns the outputs and frees them with
/// tenure_outputs_free. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_shutdown(
    role: *mut tenure_role,
    address: tenure_str,
    token: u64,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(role, outputs_out, error_out, |machine| {
        let address = address.read("address")?;
        let from = (!address.is_empty()).then(|| sender(address, token));
        let now = Time::from_nanos(now_ns);
        match machine {
            Machine::Master(_) => Err(foreign("an order to end", "agents and drivers")),
            Machine::Agent(agent) => Ok(rows(agent.handle(agent::Input::Shutdown { from }, now))),
            Machine::Driver(_) if from.is_some() => {
                Err(foreign("an order to end by a master", "agents"))
            }
            Machine::Driver(driver) => Ok(rows(driver.handle(driver::Input::Stop, now))),
        }
    })
}

/// The scheduler makes a call: the output says where it goes.
///
/// @param role         a driver
/// @param call         TENURE_CALL_LAUNCH, _UPDATE_FRAMEWORK or _OTHER
/// @param now_ns       the time: tenure_boottime_ns
/// @param outputs_out  the outputs are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for another role, and for a number that is no
///         TENURE_CALL_...
///
/// Ownership: the caller owns the outputs and frees them with tenure_outputs_free. Threading: any
/// thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_call(
    role: *mut tenure_role,
    call: tenure_call_kind,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(role, outputs_out, error_out, |machine| {
        let call = match call {
            TENURE_CALL_LAUNCH => Call::Launch,
            TENURE_CALL_UPDATE_FRAMEWORK => Call::UpdateFramework,
            TENURE_CALL_OTHER => Call::Other,
            other => {
                return Err(Failure::invalid(format!(
                    "call is {other}, which is no TENURE_CALL_..."
                )));
            }
        };
        let Machine::Driver(driver) = machine else {
            return Err(foreign("a call", "drivers"));
        };
        Ok(driver.handle(driver::Input::Call(call), Time::from_nanos(now_ns)))
    })
}
