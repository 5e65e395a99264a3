//! The numbers of the roles in the C ABI. Generated: do not edit, run `make words`.

#![allow(dead_code)] // the header has all of them

use std::ffi::CStr;

/// The part that a process plays in a Mesos cluster. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_role_kind = i32;

/// It contends, and it leads or follows.
pub const TENURE_ROLE_MASTER: tenure_role_kind = 1;
/// It obeys the detected leader alone.
pub const TENURE_ROLE_AGENT: tenure_role_kind = 2;
/// It registers a framework with the leader, and passes on messages of the leader alone.
pub const TENURE_ROLE_DRIVER: tenure_role_kind = 3;

/// An option of a role or of an observer, in the names, ranges and defaults of Mesos's flags. The
/// numbers are permanent; new ones may come.
///
/// @since ABI 1
pub type tenure_role_option = i32;

/// Agent, driver: the seed of the random delays, another one for each process; 0, the default,
/// takes a random one.
pub const TENURE_ROLE_OPTION_SEED: tenure_role_option = 1;
/// Agent, driver: the first attempt to register comes after a random part of this span, later ones
/// after a random part of twice, four times, ... it: 0 to 15 min; 1 s by default for an agent, 2 s
/// for a driver.
pub const TENURE_ROLE_OPTION_BACKOFF_MS: tenure_role_option = 2;
/// Agent: the longest such span: 1 s to 15 min; 1 min by default.
pub const TENURE_ROLE_OPTION_BACKOFF_MAX_MS: tenure_role_option = 3;
/// Agent: the time without a ping after which it registers again, unless the leader gives another:
/// 1 s to 1 day; 75 s by default.
pub const TENURE_ROLE_OPTION_PING_TIMEOUT_MS: tenure_role_option = 4;
/// Driver: the time after which the master removes the framework of a scheduler that is away; a
/// tenth of it is the longest span between attempts: 0 to 10 years; 0 by default, and then that is
/// 1 min.
pub const TENURE_ROLE_OPTION_FAILOVER_TIMEOUT_MS: tenure_role_option = 5;
/// Observer: the time between two pings of an agent: 1 s to 15 min; 15 s by default.
pub const TENURE_ROLE_OPTION_AGENT_PING_TIMEOUT_MS: tenure_role_option = 6;
/// Observer: how many pings in a row an agent may leave unanswered: 1 to 1,000,000; 5 by default.
pub const TENURE_ROLE_OPTION_MAX_AGENT_PING_TIMEOUTS: tenure_role_option = 7;
/// Observer: the time in which an agent must register again: 1 s to 30 days; 10 min by default.
pub const TENURE_ROLE_OPTION_AGENT_REREGISTER_TIMEOUT_MS: tenure_role_option = 8;
/// Observer: how many agents may become unreachable in `agent_removals_each_ms`: 1 to 1,000,000;
/// any number by default.
pub const TENURE_ROLE_OPTION_AGENT_REMOVALS: tenure_role_option = 9;
/// Observer: the time for `agent_removals`, which must be set, too: 1 s to 30 days.
pub const TENURE_ROLE_OPTION_AGENT_REMOVALS_EACH_MS: tenure_role_option = 10;

/// The state of a role. The numbers are permanent; new ones may come.
///
/// @since ABI 1
pub type tenure_role_state = i32;

/// There is no such role.
pub const TENURE_ROLE_STATE_NONE: tenure_role_state = 0;
/// A master that does not lead; nothing is known of a leader yet, or it is first itself and has no
/// lease yet. Requests for the leader: 503.
pub const TENURE_ROLE_STATE_CANDIDATE: tenure_role_state = 1;
/// A master; another one leads. Requests go to that one: 307.
pub const TENURE_ROLE_STATE_STANDBY: tenure_role_state = 2;
/// A master that does not lead, and no leader is known. Requests: 503.
pub const TENURE_ROLE_STATE_LEADERLESS: tenure_role_state = 3;
/// A master that leads, and answers requests.
pub const TENURE_ROLE_STATE_LEADER: tenure_role_state = 4;
/// A master that leads and answers requests, but its lease may end soon.
pub const TENURE_ROLE_STATE_JEOPARDY: tenure_role_state = 5;
/// The role has ended: the process must end.
pub const TENURE_ROLE_STATE_STOPPED: tenure_role_state = 6;
/// No leader is known, and there is no id yet.
pub const TENURE_ROLE_STATE_STARTING: tenure_role_state = 20;
/// A leader is known and is asked for an id.
pub const TENURE_ROLE_STATE_REGISTERING: tenure_role_state = 21;
/// The leader has confirmed the registration.
pub const TENURE_ROLE_STATE_REGISTERED: tenure_role_state = 22;
/// The leader with which it registered last has not confirmed the id again.
pub const TENURE_ROLE_STATE_REREGISTERING: tenure_role_state = 23;
/// Another leader than the one with which it registered last has not confirmed the id.
pub const TENURE_ROLE_STATE_MOVING: tenure_role_state = 24;
/// No leader is known; the id is kept.
pub const TENURE_ROLE_STATE_LOST: tenure_role_state = 25;

/// An output of a role or of an observer: an order to its host, or news for it. Each names its
/// accessors after the colon. The numbers are permanent; new ones may come.
///
/// @since ABI 1
pub type tenure_output_kind = i32;

/// There is no such output.
pub const TENURE_OUTPUT_NOTHING: tenure_output_kind = 0;
/// Master: it leads from now on: path, token, lease end.
pub const TENURE_OUTPUT_ELECTED: tenure_output_kind = 1;
/// Master: it leads until the lease end, unless it is confirmed before: lease end.
pub const TENURE_OUTPUT_IN_JEOPARDY: tenure_output_kind = 2;
/// Master: it is no longer in jeopardy: lease end.
pub const TENURE_OUTPUT_CONFIRMED: tenure_output_kind = 3;
/// Master: another one leads, or its address has changed: the leader's address, path, token.
pub const TENURE_OUTPUT_FOLLOWING: tenure_output_kind = 4;
/// Master: no leader is known any more.
pub const TENURE_OUTPUT_LEADERLESS: tenure_output_kind = 5;
/// The role has ended, and so must the process: reason, message (the line that Mesos logs), exit
/// status.
pub const TENURE_OUTPUT_STOP: tenure_output_kind = 6;
/// Agent: the registration no longer counts; updates wait, tasks go on. Driver: call the
/// scheduler's `disconnected`.
pub const TENURE_OUTPUT_DISCONNECTED: tenure_output_kind = 20;
/// Agent: the leader is another one than that of the last registration: address, path, token.
pub const TENURE_OUTPUT_NEW_LEADER: tenure_output_kind = 21;
/// Agent: the leader of the last registration leads: address, path, token.
pub const TENURE_OUTPUT_SAME_LEADER: tenure_output_kind = 22;
/// Agent: no leader is known any more; tasks go on.
pub const TENURE_OUTPUT_LOST: tenure_output_kind = 23;
/// Agent: ask the leader for an id: address, path, token.
pub const TENURE_OUTPUT_REGISTER: tenure_output_kind = 24;
/// Agent: ask the leader to take the agent with its id and its tasks: address, path, token, id.
pub const TENURE_OUTPUT_REREGISTER: tenure_output_kind = 25;
/// Agent: the leader has it, for the first time: id. Driver: call the scheduler's `registered`:
/// address, path, token, id.
pub const TENURE_OUTPUT_REGISTERED: tenure_output_kind = 26;
/// Agent: the leader has it again. Driver: call the scheduler's `reregistered`: address, path,
/// token.
pub const TENURE_OUTPUT_REREGISTERED: tenure_output_kind = 27;
/// Agent: answer the ping of the leader: address, path, token.
pub const TENURE_OUTPUT_PONG: tenure_output_kind = 28;
/// The message did not come from the leader.
pub const TENURE_OUTPUT_IGNORED: tenure_output_kind = 29;
/// Driver: ask the leader to register the framework: address, path, token, id, flag (another
/// instance with this id is to be removed).
pub const TENURE_OUTPUT_SUBSCRIBE: tenure_output_kind = 40;
/// Driver: send the call to the leader: address, path, token.
pub const TENURE_OUTPUT_SEND: tenure_output_kind = 41;
/// Driver: no master is there for the call: it is an error of the scheduler's call.
pub const TENURE_OUTPUT_DROPPED: tenure_output_kind = 42;
/// Driver: no master is there for the tasks: each is reported as `TASK_LOST`: message.
pub const TENURE_OUTPUT_TASKS_LOST: tenure_output_kind = 43;
/// Driver: the new description of the framework goes with the next subscription.
pub const TENURE_OUTPUT_POSTPONED: tenure_output_kind = 44;
/// Observer: ping the agent: agent, flag (goes into the ping as `connected`).
pub const TENURE_OUTPUT_PING: tenure_output_kind = 60;
/// Observer: the agent may be used: agent.
pub const TENURE_OUTPUT_ACTIVATED: tenure_output_kind = 61;
/// Observer: the agent's connection broke; it gets no tasks, and its tasks go on: agent.
pub const TENURE_OUTPUT_DEACTIVATED: tenure_output_kind = 62;
/// Observer: the agent will be unreachable when the rate limit permits it: agent, reason, message.
pub const TENURE_OUTPUT_SCHEDULED: tenure_output_kind = 63;
/// Observer: that was called off, the agent is there: agent.
pub const TENURE_OUTPUT_CANCELED: tenure_output_kind = 64;
/// Observer: the agent is unreachable, and its tasks are lost: agent, reason, message.
pub const TENURE_OUTPUT_UNREACHABLE: tenure_output_kind = 65;
/// Observer: an unreachable agent is back, with its tasks: agent.
pub const TENURE_OUTPUT_READMITTED: tenure_output_kind = 66;
/// Observer: it has no such agent; the message is to be ignored: agent.
pub const TENURE_OUTPUT_UNKNOWN: tenure_output_kind = 67;

/// Why a role stopped, or why an agent is unreachable. The numbers are permanent; new ones may
/// come.
///
/// @since ABI 1
pub type tenure_role_reason = i32;

/// There is no reason.
pub const TENURE_ROLE_REASON_NONE: tenure_role_reason = 0;
/// A leading master lost its candidacy.
pub const TENURE_ROLE_REASON_LOST_CANDIDACY: tenure_role_reason = 1;
/// A leading master learnt that a younger one leads: address, path, token.
pub const TENURE_ROLE_REASON_CONCEDED: tenure_role_reason = 2;
/// The lease of a leading master ended, and no event said so.
pub const TENURE_ROLE_REASON_LEASE_ENDED: tenure_role_reason = 3;
/// A master cannot contend any longer.
pub const TENURE_ROLE_REASON_CANNOT_CONTEND: tenure_role_reason = 4;
/// The leader gave another id than before: id.
pub const TENURE_ROLE_REASON_OTHER_ID: tenure_role_reason = 5;
/// The leader refused an agent's credentials.
pub const TENURE_ROLE_REASON_REFUSED: tenure_role_reason = 6;
/// The leader ended a framework with an error.
pub const TENURE_ROLE_REASON_FAILED: tenure_role_reason = 7;
/// The leader or the host asked for it.
pub const TENURE_ROLE_REASON_ASKED: tenure_role_reason = 8;
/// An agent left too many pings unanswered.
pub const TENURE_ROLE_REASON_NO_PONG: tenure_role_reason = 20;
/// An agent did not register again in time after its connection broke.
pub const TENURE_ROLE_REASON_DISCONNECTED: tenure_role_reason = 21;
/// An agent did not register in time after another leader was elected.
pub const TENURE_ROLE_REASON_FAILOVER: tenure_role_reason = 22;

/// A call of a scheduler to the master. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_call_kind = i32;

/// It launches tasks, or accepts offers with tasks in them.
pub const TENURE_CALL_LAUNCH: tenure_call_kind = 1;
/// It changes the framework's description.
pub const TENURE_CALL_UPDATE_FRAMEWORK: tenure_call_kind = 2;
/// Any other: kill, decline, revive, suppress, acknowledge, message, reconcile, request.
pub const TENURE_CALL_OTHER: tenure_call_kind = 3;

/// News of an agent for an observer. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_observer_input = i32;

/// It was registered again.
pub const TENURE_OBSERVER_REGISTERED: tenure_observer_input = 1;
/// It answered a ping.
pub const TENURE_OBSERVER_PONG: tenure_observer_input = 2;
/// Its connection broke.
pub const TENURE_OBSERVER_LINK_LOST: tenure_observer_input = 3;
/// It is gone for good: it has shut down, or an operator says so.
pub const TENURE_OBSERVER_REMOVED: tenure_observer_input = 4;

/// The state of one agent of an observer. The numbers are permanent; new ones may come.
///
/// @since ABI 1
pub type tenure_agent_state = i32;

/// The observer has no such agent.
pub const TENURE_AGENT_UNKNOWN: tenure_agent_state = 0;
/// An earlier leader had it; it has not registered with this one.
pub const TENURE_AGENT_EXPECTED: tenure_agent_state = 1;
/// It is registered and connected.
pub const TENURE_AGENT_ACTIVE: tenure_agent_state = 2;
/// Its connection broke. It is pinged on.
pub const TENURE_AGENT_DISCONNECTED: tenure_agent_state = 3;
/// It left too many pings unanswered, and waits for the rate limit.
pub const TENURE_AGENT_UNANSWERED: tenure_agent_state = 4;
/// The same, and its connection broke.
pub const TENURE_AGENT_SILENT: tenure_agent_state = 5;
/// It did not register again in time, and waits for the rate limit. It is not pinged.
pub const TENURE_AGENT_OVERDUE: tenure_agent_state = 6;
/// It is deactivated, and its tasks are lost. It is not pinged.
pub const TENURE_AGENT_UNREACHABLE: tenure_agent_state = 7;

/// The name of a number.
pub(super) const fn role_state_name(number: tenure_role_state) -> &'static CStr {
    match number {
        TENURE_ROLE_STATE_NONE => c"none",
        TENURE_ROLE_STATE_CANDIDATE => c"candidate",
        TENURE_ROLE_STATE_STANDBY => c"standby",
        TENURE_ROLE_STATE_LEADERLESS => c"leaderless",
        TENURE_ROLE_STATE_LEADER => c"leader",
        TENURE_ROLE_STATE_JEOPARDY => c"jeopardy",
        TENURE_ROLE_STATE_STOPPED => c"stopped",
        TENURE_ROLE_STATE_STARTING => c"starting",
        TENURE_ROLE_STATE_REGISTERING => c"registering",
        TENURE_ROLE_STATE_REGISTERED => c"registered",
        TENURE_ROLE_STATE_REREGISTERING => c"reregistering",
        TENURE_ROLE_STATE_MOVING => c"moving",
        TENURE_ROLE_STATE_LOST => c"lost",
        _ => c"unknown state",
    }
}

/// The name of a number.
pub(super) const fn output_kind_name(number: tenure_output_kind) -> &'static CStr {
    match number {
        TENURE_OUTPUT_NOTHING => c"nothing",
        TENURE_OUTPUT_ELECTED => c"elected",
        TENURE_OUTPUT_IN_JEOPARDY => c"in_jeopardy",
        TENURE_OUTPUT_CONFIRMED => c"confirmed",
        TENURE_OUTPUT_FOLLOWING => c"following",
        TENURE_OUTPUT_LEADERLESS => c"leaderless",
        TENURE_OUTPUT_STOP => c"stop",
        TENURE_OUTPUT_DISCONNECTED => c"disconnected",
        TENURE_OUTPUT_NEW_LEADER => c"new_leader",
        TENURE_OUTPUT_SAME_LEADER => c"same_leader",
        TENURE_OUTPUT_LOST => c"lost",
        TENURE_OUTPUT_REGISTER => c"register",
        TENURE_OUTPUT_REREGISTER => c"reregister",
        TENURE_OUTPUT_REGISTERED => c"registered",
        TENURE_OUTPUT_REREGISTERED => c"reregistered",
        TENURE_OUTPUT_PONG => c"pong",
        TENURE_OUTPUT_IGNORED => c"ignored",
        TENURE_OUTPUT_SUBSCRIBE => c"subscribe",
        TENURE_OUTPUT_SEND => c"send",
        TENURE_OUTPUT_DROPPED => c"dropped",
        TENURE_OUTPUT_TASKS_LOST => c"tasks_lost",
        TENURE_OUTPUT_POSTPONED => c"postponed",
        TENURE_OUTPUT_PING => c"ping",
        TENURE_OUTPUT_ACTIVATED => c"activated",
        TENURE_OUTPUT_DEACTIVATED => c"deactivated",
        TENURE_OUTPUT_SCHEDULED => c"scheduled",
        TENURE_OUTPUT_CANCELED => c"canceled",
        TENURE_OUTPUT_UNREACHABLE => c"unreachable",
        TENURE_OUTPUT_READMITTED => c"readmitted",
        TENURE_OUTPUT_UNKNOWN => c"unknown",
        _ => c"unknown output",
    }
}

/// The name of a number.
pub(super) const fn role_reason_name(number: tenure_role_reason) -> &'static CStr {
    match number {
        TENURE_ROLE_REASON_NONE => c"none",
        TENURE_ROLE_REASON_LOST_CANDIDACY => c"lost_candidacy",
        TENURE_ROLE_REASON_CONCEDED => c"conceded",
        TENURE_ROLE_REASON_LEASE_ENDED => c"lease_ended",
        TENURE_ROLE_REASON_CANNOT_CONTEND => c"cannot_contend",
        TENURE_ROLE_REASON_OTHER_ID => c"other_id",
        TENURE_ROLE_REASON_REFUSED => c"refused",
        TENURE_ROLE_REASON_FAILED => c"failed",
        TENURE_ROLE_REASON_ASKED => c"asked",
        TENURE_ROLE_REASON_NO_PONG => c"no_pong",
        TENURE_ROLE_REASON_DISCONNECTED => c"disconnected",
        TENURE_ROLE_REASON_FAILOVER => c"failover",
        _ => c"unknown reason",
    }
}

/// The name of a number.
pub(super) const fn agent_state_name(number: tenure_agent_state) -> &'static CStr {
    match number {
        TENURE_AGENT_UNKNOWN => c"unknown",
        TENURE_AGENT_EXPECTED => c"expected",
        TENURE_AGENT_ACTIVE => c"active",
        TENURE_AGENT_DISCONNECTED => c"disconnected",
        TENURE_AGENT_UNANSWERED => c"unanswered",
        TENURE_AGENT_SILENT => c"silent",
        TENURE_AGENT_OVERDUE => c"overdue",
        TENURE_AGENT_UNREACHABLE => c"unreachable",
        _ => c"unknown state",
    }
}
