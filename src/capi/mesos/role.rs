//! Roles: their making, their state, and their leader.

use super::super::error::tenure_error;
use super::super::failure::Failure;
use super::super::guard;
use super::super::handle::{self, Head, Tagged, must_have};
use super::super::status::tenure_status;
use super::super::text::tenure_str;
use super::leading::tenure_leading;
use super::role_options::{self, tenure_role_options};
use super::words::{
    self, TENURE_ROLE_AGENT, TENURE_ROLE_DRIVER, TENURE_ROLE_MASTER, TENURE_ROLE_STATE_NONE,
    tenure_role_kind, tenure_role_state,
};
use crate::api::Time;
use crate::mesos::roles::{Agent, Driver, Leading, Master, OutOfRange, Sender};
use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};
use tenure_mesos::words::{STATES, number};

/// A role: a master, an agent or a scheduler driver of a Mesos cluster, as a state machine without a
/// clock, a thread or a socket. The host feeds it with events and messages, and carries its outputs out;
/// docs/roles.md has every transition. Any thread may use it; inputs are taken one after another.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_role {
    head: Head,
    machine: Mutex<Machine>,
}

pub(super) enum Machine {
    Master(Master),
    Agent(Agent),
    Driver(Driver),
}

impl Tagged for tenure_role {
    const TAG: u32 = 0x7465_0014;
    const NAME: &'static str = "a tenure_role";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_role {
    pub(super) fn with<R>(&self, body: impl FnOnce(&mut Machine) -> R) -> R {
        body(&mut self.machine.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl From<OutOfRange> for Failure {
    fn from(error: OutOfRange) -> Self {
        Self::invalid(error.to_string())
    }
}

impl Machine {
    fn state(&self) -> &'static str {
        match self {
            Self::Master(master) => master.state().name(),
            Self::Agent(agent) => agent.state().name(),
            Self::Driver(driver) => driver.state().name(),
        }
    }

    fn leader(&self) -> Option<&Leading> {
        match self {
            Self::Master(master) => match master.requests() {
                crate::mesos::roles::master::Requests::To(leader) => Some(leader),
                _ => None,
            },
            Self::Agent(agent) => agent.leader(),
            Self::Driver(driver) => driver.leader(),
        }
    }

    fn due(&self) -> Option<Time> {
        match self {
            Self::Master(master) => master.due(),
            Self::Agent(agent) => agent.due(),
            Self::Driver(driver) => driver.due(),
        }
    }

    fn accepts(&self, sender: &Sender<'_>) -> bool {
        match self {
            Self::Master(_) => false,
            Self::Agent(agent) => agent.accepts(sender),
            Self::Driver(driver) => driver.accepts(sender),
        }
    }
}

/// The sender of a message.
pub(super) fn sender(address: &str, token: u64) -> Sender<'_> {
    Sender {
        address: address.as_bytes(),
        token: (token != 0).then_some(token),
    }
}

/// Makes a role that knows no leader yet.
///
/// @param kind       TENURE_ROLE_MASTER, _AGENT or _DRIVER
/// @param options    the options of the role; NULL for those of Mesos
/// @param role_out   the role is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a number that is no role, and for an
///         option that is out of its range or that the role does not have
///
/// Ownership: the caller keeps options, owns the role, and frees it with tenure_role_free. Threading:
/// any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_new(
    kind: tenure_role_kind,
    options: *const tenure_role_options,
    role_out: *mut *mut tenure_role,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::call(error_out, || {
        must_have(role_out, "role_out")?;
        let choice = role_options::read(options)?;
        let machine = match kind {
            TENURE_ROLE_MASTER => {
                choice.of_master()?;
                Machine::Master(Master::new())
            }
            TENURE_ROLE_AGENT => Machine::Agent(Agent::new(choice.of_agent()?, choice.seed())?),
            TENURE_ROLE_DRIVER => Machine::Driver(Driver::new(choice.of_driver()?, choice.seed())?),
            other => {
                return Err(Failure::invalid(format!(
                    "kind is {other}, which is no TENURE_ROLE_..."
                )));
            }
        };
        handle::put(role_out, || {
            handle::make(tenure_role {
                head: Head::new::<tenure_role>(),
                machine: Mutex::new(machine),
            })
        });
        Ok(())
    })
}

/// The state of a role.
///
/// @param role  a role, or NULL
/// @return the state; TENURE_ROLE_STATE_NONE if `role` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_state_of(role: *const tenure_role) -> tenure_role_state {
    guard::look(role, TENURE_ROLE_STATE_NONE, |role| {
        role.with(|machine| number(&STATES, machine.state()))
    })
}

/// The name of a state of a role, as `standby`; `"unknown state"` for a number that is none.
///
/// @param state  any number
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library owns the text. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_role_state_name(state: tenure_role_state) -> *const c_char {
    words::role_state_name(state).as_ptr()
}

/// Whether a message of this sender is to be obeyed: the sender is the leader that the agent has
/// detected, or the leader with which the driver is registered. False for everybody while no leader is
/// known, and for a master, which obeys nobody. Check every message of a master by it.
///
/// @param role     a role, or NULL
/// @param address  the address that the message came from: tenure_master_info_address of its sender
/// @param token    the fencing token that the message names; 0 if it names none, as Mesos's: then a
///                 deposed master at the leader's address passes for the leader
/// @return true if it is; false if `role` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_accepts(
    role: *const tenure_role,
    address: tenure_str,
    token: u64,
) -> bool {
    let Ok(address) = address.read("address") else {
        return false;
    };
    guard::look(role, false, |role| {
        role.with(|machine| machine.accepts(&sender(address, token)))
    })
}

/// The instant by which the role wants its next tenure_role_tick. It changes with every input.
///
/// @param role  a role, or NULL
/// @return nanoseconds of the boot-time clock (tenure_boottime_ns); 0 if the role waits for no time,
///         and if `role` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_due_ns(role: *const tenure_role) -> u64 {
    guard::look(role, 0, |role| {
        role.with(|machine| machine.due().map_or(0, |due| due.as_nanos().max(1)))
    })
}

/// The leader that a role knows: of a master, the other one that requests go to (307), and none while it
/// leads itself (it answers) or knows none (503).
///
/// @param role  a role, or NULL
/// @return the leader, to be freed with tenure_leading_free; NULL where none is known
///
/// Ownership: the caller owns the leader. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_leader(role: *const tenure_role) -> *mut tenure_leading {
    let leader = guard::look(role, None, |role| {
        role.with(|machine| machine.leader().map(tenure_leading::new))
    });
    leader.map_or(std::ptr::null_mut(), handle::make)
}

/// Frees a role.
///
/// @param role  a role; it must not be used afterwards. NULL has no effect
///
/// Ownership: takes the role. Threading: any thread, and not while another uses it. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_free(role: *mut tenure_role) {
    guard::free(role);
}
