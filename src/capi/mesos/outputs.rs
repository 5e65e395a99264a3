//! The outputs of roles and observers.

use super::super::guard;
use super::super::handle::{self, Head, Tagged};
use super::super::text::tenure_str;
use super::leading::address;
use super::words::{
    self, TENURE_OUTPUT_NOTHING, TENURE_ROLE_REASON_NONE, tenure_output_kind, tenure_role_reason,
};
use crate::mesos::roles::{Leading, MemberId, Stop, StopReason, agent, driver, master, observer};
use std::ffi::c_char;
use tenure_mesos::words::{OUTPUTS, REASONS, number};

/// The outputs of a role or of an observer after one input, to be carried out in their order. The list
/// never changes; any thread may read it. Its texts belong to it and live as long as it. An accessor
/// gives 0, false or the empty text where the output has no such part.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_outputs {
    head: Head,
    list: Vec<Row>,
}

impl Tagged for tenure_outputs {
    const TAG: u32 = 0x7465_0013;
    const NAME: &'static str = "a tenure_outputs";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_outputs {
    pub(super) fn make<T: Into<Row>>(list: Vec<T>) -> *mut Self {
        handle::make(Self {
            head: Head::new::<Self>(),
            list: list.into_iter().map(Into::into).collect(),
        })
    }
}

/// One output, whatever machine put it out.
#[derive(Default)]
pub(super) struct Row {
    kind: tenure_output_kind,
    address: String,
    path: String,
    token: u64,
    id: String,
    lease_end_ns: u64,
    flag: bool,
    agent: u64,
    reason: tenure_role_reason,
    message: String,
    exit_status: i32,
}

impl Row {
    fn of(name: &str) -> Self {
        Self {
            kind: number(&OUTPUTS, name),
            ..Self::default()
        }
    }

    fn leader(self, leader: &Leading) -> Self {
        let address = address(leader);
        Self { address, ..self }.member(&leader.member)
    }

    fn member(self, member: &MemberId) -> Self {
        Self {
            path: member.path.clone(),
            token: member.token,
            ..self
        }
    }

    fn id(self, id: &str) -> Self {
        let id = id.to_owned();
        Self { id, ..self }
    }

    fn stop(self, stop: &Stop) -> Self {
        let row = Self {
            reason: number(&REASONS, stop.reason.name()),
            message: stop.to_string(),
            exit_status: stop.status(),
            ..self
        };
        match &stop.reason {
            StopReason::Conceded(leader) => row.leader(leader),
            StopReason::OtherId { given, .. } => row.id(given),
            _ => row,
        }
    }
}

impl From<master::Output> for Row {
    fn from(output: master::Output) -> Self {
        use master::Output;
        let row = Self::of(output.name());
        let until = |row: Self, end: &crate::api::Time| Self {
            lease_end_ns: end.as_nanos(),
            ..row
        };
        match &output {
            Output::Elected { member, lease_end } => until(row.member(member), lease_end),
            Output::InJeopardy { lease_end } | Output::Confirmed { lease_end } => {
                until(row, lease_end)
            }
            Output::Following(leader) => row.leader(leader),
            Output::Leaderless => row,
            Output::Stop(stop) => row.stop(stop),
        }
    }
}

impl From<agent::Output> for Row {
    fn from(output: agent::Output) -> Self {
        use agent::Output;
        let row = Self::of(output.name());
        match &output {
            Output::NewLeader(leader)
            | Output::SameLeader(leader)
            | Output::Register(leader)
            | Output::Pong(leader) => row.leader(leader),
            Output::Reregister { to, id } => row.leader(to).id(id),
            Output::Registered { id } => row.id(id),
            Output::Disconnected | Output::Lost | Output::Reregistered | Output::Ignored => row,
            Output::Stop(stop) => row.stop(stop),
        }
    }
}

impl From<driver::Output> for Row {
    fn from(output: driver::Output) -> Self {
        use driver::Output;
        let row = Self::of(output.name());
        match &output {
            Output::Subscribe { to, id, force } => Self {
                flag: *force,
                ..row.leader(to).id(id.as_deref().unwrap_or_default())
            },
            Output::Registered { leader, id } => row.leader(leader).id(id),
            Output::Reregistered(leader) | Output::Send(leader) => row.leader(leader),
            Output::TasksLost => Self {
                message: driver::MASTER_DISCONNECTED.to_owned(),
                ..row
            },
            Output::Disconnected | Output::Dropped | Output::Postponed | Output::Ignored => row,
            Output::Stop(stop) => row.stop(stop),
        }
    }
}

impl From<observer::Output> for Row {
    fn from(output: observer::Output) -> Self {
        use observer::{Output, Reason};
        let row = Self::of(output.name());
        let because = |row: Self, reason: Reason| Self {
            reason: match reason {
                Reason::NoPong => words::TENURE_ROLE_REASON_NO_PONG,
                Reason::Disconnected(_) => words::TENURE_ROLE_REASON_DISCONNECTED,
                Reason::Failover(_) => words::TENURE_ROLE_REASON_FAILOVER,
            },
            message: reason.to_string(),
            ..row
        };
        let (agent, row) = match output {
            Output::Ping { agent, connected } => {
                let flag = connected;
                (agent, Self { flag, ..row })
            }
            Output::Scheduled { agent, reason } | Output::Unreachable { agent, reason } => {
                (agent, because(row, reason))
            }
            Output::Activated(agent)
            | Output::Deactivated(agent)
            | Output::Canceled(agent)
            | Output::Readmitted(agent)
            | Output::Unknown(agent) => (agent, row),
        };
        let agent = agent.as_u64();
        Self { agent, ..row }
    }
}

fn look<T>(
    outputs: *const tenure_outputs,
    index: usize,
    otherwise: T,
    body: impl FnOnce(&'static Row) -> T,
) -> T {
    let row = guard::look(outputs, None, |outputs| outputs.list.get(index));
    row.map_or(otherwise, body)
}

/// How many outputs a list has.
///
/// @param outputs  a list, or NULL
/// @return the number; 0 if `outputs` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_count(outputs: *const tenure_outputs) -> usize {
    guard::look(outputs, 0, |outputs| outputs.list.len())
}

/// The kind of an output.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the kind; TENURE_OUTPUT_NOTHING where there is none
///
/// Ownership: nothing changes hands. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_kind(
    outputs: *const tenure_outputs,
    index: usize,
) -> tenure_output_kind {
    look(outputs, index, TENURE_OUTPUT_NOTHING, |row| row.kind)
}

/// The address of the leader that an output is about: tenure_master_info_address.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the text; the empty text where there is none
///
/// Ownership: the text belongs to the list and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_address(
    outputs: *const tenure_outputs,
    index: usize,
) -> tenure_str {
    look(outputs, index, tenure_str::EMPTY, |row| {
        tenure_str::of(&row.address)
    })
}

/// The path of the znode of the leader that an output is about; of `elected`, the own one.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the text; the empty text where there is none
///
/// Ownership: the text belongs to the list and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_path(
    outputs: *const tenure_outputs,
    index: usize,
) -> tenure_str {
    look(outputs, index, tenure_str::EMPTY, |row| {
        tenure_str::of(&row.path)
    })
}

/// The fencing token of the leader that an output is about; of `elected`, the own one.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the token; 0 where there is none
///
/// Ownership: nothing changes hands. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_token(outputs: *const tenure_outputs, index: usize) -> u64 {
    look(outputs, index, 0, |row| row.token)
}

/// The id of the agent or of the framework.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the text; the empty text where there is none
///
/// Ownership: the text belongs to the list and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_id(
    outputs: *const tenure_outputs,
    index: usize,
) -> tenure_str {
    look(outputs, index, tenure_str::EMPTY, |row| {
        tenure_str::of(&row.id)
    })
}

/// The end of the lease, unless it is renewed: nanoseconds of the boot-time clock (tenure_boottime_ns).
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the instant; 0 where there is none
///
/// Ownership: nothing changes hands. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_lease_end_ns(
    outputs: *const tenure_outputs,
    index: usize,
) -> u64 {
    look(outputs, index, 0, |row| row.lease_end_ns)
}

/// The yes or no of an output: see its kind.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the flag; false where there is none
///
/// Ownership: nothing changes hands. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_flag(outputs: *const tenure_outputs, index: usize) -> bool {
    look(outputs, index, false, |row| row.flag)
}

/// The agent of an observer that an output is about.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the number that tenure_observer_admit gave; 0 where there is none
///
/// Ownership: nothing changes hands. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_agent(outputs: *const tenure_outputs, index: usize) -> u64 {
    look(outputs, index, 0, |row| row.agent)
}

/// Why a role stopped, or why an agent is unreachable.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the reason; TENURE_ROLE_REASON_NONE where there is none
///
/// Ownership: nothing changes hands. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_reason(
    outputs: *const tenure_outputs,
    index: usize,
) -> tenure_role_reason {
    look(outputs, index, TENURE_ROLE_REASON_NONE, |row| row.reason)
}

/// The sentence of an output, in Mesos's words: the line that Mesos logs when it stops, for example.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the text; the empty text where there is none
///
/// Ownership: the text belongs to the list and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_message(
    outputs: *const tenure_outputs,
    index: usize,
) -> tenure_str {
    look(outputs, index, tenure_str::EMPTY, |row| {
        tenure_str::of(&row.message)
    })
}

/// The status with which the process should exit after `stop`: 0 if its end was asked for, otherwise 1.
///
/// @param outputs  a list, or NULL
/// @param index    from 0
/// @return the status; 0 where there is none
///
/// Ownership: nothing changes hands. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_exit_status(
    outputs: *const tenure_outputs,
    index: usize,
) -> i32 {
    look(outputs, index, 0, |row| row.exit_status)
}

/// The name of an output, as `in_jeopardy`; `"unknown output"` for a number that is none.
///
/// @param number  any number
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library owns the text. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_output_kind_name(number: tenure_output_kind) -> *const c_char {
    words::output_kind_name(number).as_ptr()
}

/// The name of a reason, as `lost_candidacy`; `"unknown reason"` for a number that is none.
///
/// @param number  any number
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library owns the text. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_role_reason_name(number: tenure_role_reason) -> *const c_char {
    words::role_reason_name(number).as_ptr()
}

/// Frees a list of outputs.
///
/// @param outputs  a list; neither it nor its texts may be used afterwards. NULL has no effect
///
/// Ownership: takes the list. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_outputs_free(outputs: *mut tenure_outputs) {
    guard::free(outputs);
}
