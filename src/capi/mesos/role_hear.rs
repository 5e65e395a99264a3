//! Events by their parts, for languages that copy events.

use super::super::error::tenure_error;
use super::super::failure::Failure;
use super::super::status::tenure_status;
use super::super::text::tenure_str;
use super::super::words as events;
use super::super::words::{tenure_event_kind, tenure_lost_reason};
use super::outputs::{Row, tenure_outputs};
use super::role::{Machine, tenure_role};
use super::role_inputs::{put, rows};
use crate::api::{Error, ErrorKind, LostReason, Time};
use crate::mesos::roles::{Detection, Leading, MemberId, master};

/// The parts of an event.
struct Parts<'a> {
    kind: tenure_event_kind,
    address: &'a str,
    path: &'a str,
    token: u64,
    lease_end: Time,
    reason: tenure_lost_reason,
    message: &'a str,
}

impl Parts<'_> {
    fn member(&self) -> MemberId {
        MemberId {
            path: self.path.to_owned(),
            token: self.token,
        }
    }

    /// The knowledge, if it is an event of a detector that brings some.
    fn detection(&self) -> Option<Detection> {
        match self.kind {
            events::TENURE_EVENT_DETECTOR_LEADER => Some(Detection::Leader(Leading {
                member: self.member(),
                address: self.address.as_bytes().to_vec(),
            })),
            events::TENURE_EVENT_DETECTOR_NONE => Some(Detection::NoLeader),
            events::TENURE_EVENT_DETECTOR_UNKNOWN | events::TENURE_EVENT_DETECTOR_FAILED => {
                Some(Detection::Unknown(self.message.to_owned()))
            }
            _ => None,
        }
    }

    /// The input, if it is an event of the contender or of the session that changes the state of a master.
    fn of_master(&self) -> Result<Option<master::Input>, Failure> {
        let (member, lease_end) = (self.member(), self.lease_end);
        Ok(Some(match self.kind {
            events::TENURE_EVENT_CONTENDER_ENROLLING => master::Input::Enrolling,
            events::TENURE_EVENT_CONTENDER_ENROLLED => master::Input::Enrolled(member),
            events::TENURE_EVENT_CONTENDER_STANDBY => master::Input::Behind(member),
            events::TENURE_EVENT_CONTENDER_LEADING => master::Input::Leading { member, lease_end },
            events::TENURE_EVENT_CONTENDER_JEOPARDY => {
                master::Input::Jeopardy { member, lease_end }
            }
            events::TENURE_EVENT_CONTENDER_LOST => master::Input::Lost(self.lost()?),
            events::TENURE_EVENT_SESSION_CLOSED | events::TENURE_EVENT_SESSION_AUTH_FAILED => {
                master::Input::Ended(self.message.to_owned())
            }
            _ => return Ok(None),
        }))
    }

    fn lost(&self) -> Result<LostReason, Failure> {
        Ok(match self.reason {
            events::TENURE_LOST_REASON_SESSION_EXPIRED => LostReason::SessionExpired,
            events::TENURE_LOST_REASON_LEASE_LAPSED => LostReason::LeaseLapsed,
            events::TENURE_LOST_REASON_EVICTED => LostReason::Evicted,
            events::TENURE_LOST_REASON_WITHDRAWN => LostReason::Withdrawn,
            events::TENURE_LOST_REASON_CLOSED => LostReason::Closed,
            events::TENURE_LOST_REASON_FAILED => {
                LostReason::Failed(Error::new(ErrorKind::System, self.message))
            }
            other => {
                return Err(Failure::invalid(format!(
                    "reason is {other}, which is no TENURE_LOST_REASON_... of a loss"
                )));
            }
        })
    }
}

fn hear(machine: &mut Machine, parts: &Parts<'_>, now: Time) -> Result<Vec<Row>, Failure> {
    if let Some(detection) = parts.detection() {
        return Ok(match machine {
            Machine::Master(master) => rows(master.handle(detection.into(), now)),
            Machine::Agent(agent) => rows(agent.handle(detection.into(), now)),
            Machine::Driver(driver) => rows(driver.handle(detection.into(), now)),
        });
    }
    let Machine::Master(master) = machine else {
        return Ok(Vec::new());
    };
    let input = parts.of_master()?;
    Ok(input.map_or_else(Vec::new, |input| rows(master.handle(input, now))))
}

/// Gives a role an event by its parts, for a program that has copied them and freed the event; otherwise
/// as tenure_role_take, which is simpler. The leader of TENURE_EVENT_DETECTOR_LEADER is the master at
/// `address`; where its payload cannot be read, give TENURE_EVENT_DETECTOR_UNKNOWN.
///
/// @param role          a role
/// @param kind          the kind of the event: TENURE_EVENT_...; another kind has no outputs
/// @param address       detector leader: tenure_master_info_address of the leader; otherwise the empty
///                      text
/// @param path          the path of the event's member: tenure_member_path; the empty text for none
/// @param token         its token: tenure_event_token; 0 for none
/// @param lease_end_ns  contender leading, jeopardy: tenure_event_lease_end_ns; otherwise 0
/// @param reason        contender lost: tenure_event_lost_reason; otherwise TENURE_LOST_REASON_NONE
/// @param message       a sentence for people, where the event has an error: tenure_event_message
/// @param now_ns        the time: tenure_boottime_ns. An earlier one than before counts as that
/// @param outputs_out   the outputs are written here, on success only
/// @param error_out     an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for text that is not UTF-8, and for a loss
///         without a reason
///
/// Ownership: the texts are copied; the caller owns the outputs and frees them with
/// tenure_outputs_free. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_role_hear(
    role: *mut tenure_role,
    kind: tenure_event_kind,
    address: tenure_str,
    path: tenure_str,
    token: u64,
    lease_end_ns: u64,
    reason: tenure_lost_reason,
    message: tenure_str,
    now_ns: u64,
    outputs_out: *mut *mut tenure_outputs,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    put(role, outputs_out, error_out, |machine| {
        let parts = Parts {
            kind,
            address: address.read("address")?,
            path: path.read("path")?,
            token,
            lease_end: Time::from_nanos(lease_end_ns),
            reason,
            message: message.read("message")?,
        };
        hear(machine, &parts, Time::from_nanos(now_ns))
    })
}
