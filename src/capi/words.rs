//! The numbers of the C ABI. Generated: do not edit, run `make words`.

#![allow(dead_code)] // the header has all of them

use std::ffi::CStr;

/// The result of a call: 0 is success, every failure is negative. The numbers are permanent. New
/// ones may come; treat unknown ones as failures.
///
/// @since ABI 1
pub type tenure_status = i32;

/// It worked.
pub const TENURE_OK: tenure_status = 0;
/// An argument can never work: NULL where it is not allowed, text that is not UTF-8, a path that
/// ZooKeeper does not allow, a duration out of range. Nothing was sent.
pub const TENURE_ERR_INVALID_ARGUMENT: tenure_status = -1;
/// The client was closed; for tenure_client_next_event: no event will ever follow.
pub const TENURE_ERR_CLOSED: tenure_status = -2;
/// The handle has a callback already. A handle has at most one, and its events then do not come to
/// the queue.
pub const TENURE_ERR_BUSY: tenure_status = -3;
/// A callback called a function that would block. Give 0 as the timeout, or use the form of the
/// function that ends in `_start`.
pub const TENURE_ERR_REENTRANT: tenure_status = -4;
/// An earlier call on this handle hit a defect of the library (TENURE_ERR_PANIC). The handle no
/// longer leads; free it.
pub const TENURE_ERR_POISONED: tenure_status = -5;
/// The handle was made before a fork, by the parent of this process. Open a client in this process.
pub const TENURE_ERR_FORKED: tenure_status = -6;
/// The result was not known in time. The operation may have happened, or may still happen.
pub const TENURE_ERR_TIMEOUT: tenure_status = -20;
/// The session is over, and the call belonged to it. A new session follows by itself.
pub const TENURE_ERR_SESSION_EXPIRED: tenure_status = -21;
/// The server refused the credentials of the URL.
pub const TENURE_ERR_AUTH_FAILED: tenure_status = -22;
/// The operating system refused a resource (a thread, a file descriptor, memory), or the library
/// did because too much is under way.
pub const TENURE_ERR_SYSTEM: tenure_status = -23;
/// The ACL of a znode does not allow it; the message names path and permission.
pub const TENURE_ERR_NO_AUTH: tenure_status = -40;
/// The znode does not exist.
pub const TENURE_ERR_NO_NODE: tenure_status = -41;
/// A server refused for another reason; the message names the server's error.
pub const TENURE_ERR_SERVER: tenure_status = -42;
/// A defect of the library. The handle that was called is no longer usable; the process and all
/// other handles are safe.
pub const TENURE_ERR_PANIC: tenure_status = -90;

/// The kind of an event. Each kind names its main accessors after the colon. The numbers are
/// permanent; new ones may come, so ignore unknown ones.
///
/// @since ABI 1
pub type tenure_event_kind = i32;

/// No event: the kind of NULL.
pub const TENURE_EVENT_NOTHING: tenure_event_kind = 0;
/// The client asks for a new session.
pub const TENURE_EVENT_SESSION_CONNECTING: tenure_event_kind = 1;
/// A session is established, new or kept: tenure_event_session, tenure_event_timeout_ms,
/// tenure_event_server.
pub const TENURE_EVENT_SESSION_CONNECTED: tenure_event_kind = 2;
/// The connection is lost; the session may live on: tenure_event_since_ns, tenure_event_message.
pub const TENURE_EVENT_SESSION_SUSPENDED: tenure_event_kind = 3;
/// An attempt to connect failed; the next one follows by itself: tenure_event_attempt,
/// tenure_event_message.
pub const TENURE_EVENT_SESSION_RETRYING: tenure_event_kind = 4;
/// The session is over; a new one follows by itself: tenure_event_expired_by.
pub const TENURE_EVENT_SESSION_EXPIRED: tenure_event_kind = 5;
/// The server refused the credentials; the client is no longer usable.
pub const TENURE_EVENT_SESSION_AUTH_FAILED: tenure_event_kind = 6;
/// The client was closed; this is the last event of the client itself.
pub const TENURE_EVENT_SESSION_CLOSED: tenure_event_kind = 7;
/// The helper process that would close the session when this process is dead has ended, or could
/// not be started. All else goes on as without it: tenure_event_message.
pub const TENURE_EVENT_SESSION_UNDERTAKER_LOST: tenure_event_kind = 8;
/// Another helper process has taken the place of a lost one: it closes the session when this
/// process is dead.
pub const TENURE_EVENT_SESSION_UNDERTAKER_REPLACED: tenure_event_kind = 9;
/// A candidacy begins: its znode is being created.
pub const TENURE_EVENT_CONTENDER_ENROLLING: tenure_event_kind = 20;
/// The znode exists; its rank is not known yet: tenure_event_member, tenure_event_token.
pub const TENURE_EVENT_CONTENDER_ENROLLED: tenure_event_kind = 21;
/// Another member leads, or the contender waits for the lease of the leader before it:
/// tenure_event_member, tenure_event_token, tenure_event_ahead, tenure_event_waits_until_ns.
pub const TENURE_EVENT_CONTENDER_STANDBY: tenure_event_kind = 22;
/// This contender leads: tenure_event_member, tenure_event_token, tenure_event_lease_end_ns. Ask
/// tenure_contender_is_leading before you act: events are news, the lease is the truth.
pub const TENURE_EVENT_CONTENDER_LEADING: tenure_event_kind = 23;
/// It leads, but a renewal is overdue or the connection is lost: tenure_event_member,
/// tenure_event_token, tenure_event_lease_end_ns. LEADING with the same token follows, or LOST.
pub const TENURE_EVENT_CONTENDER_JEOPARDY: tenure_event_kind = 24;
/// The candidacy is over; exactly one event for each candidacy that began: tenure_event_member,
/// tenure_event_token, tenure_event_lease_end_ns, tenure_event_lost_reason, tenure_event_status,
/// tenure_event_message. The lease end is that of the leadership, 0 if it did not lead.
pub const TENURE_EVENT_CONTENDER_LOST: tenure_event_kind = 25;
/// The candidacy cannot go on for now, and the contender tries again by itself; one event for each
/// cause, and for the lack of a lease one in each session timeout: tenure_event_member,
/// tenure_event_token, tenure_event_status, tenure_event_message.
pub const TENURE_EVENT_CONTENDER_BLOCKED: tenure_event_kind = 26;
/// The group's znode has children of another recipe, such as Curator's LeaderLatch, whose
/// contenders and this one do not wait for each other; one event for each candidacy, which goes on:
/// tenure_event_member, tenure_event_token, tenure_event_message.
pub const TENURE_EVENT_CONTENDER_STRANGERS: tenure_event_kind = 27;
/// The group's fencing token fell: the ensemble was emptied or restored. Resources that remember
/// the old token refuse the new leader until they are reset: tenure_event_member,
/// tenure_event_token, tenure_event_token_before.
pub const TENURE_EVENT_CONTENDER_TOKEN_FELL: tenure_event_kind = 28;
/// The leader cannot be known: no server has answered for too long. It is not the same as NONE:
/// tenure_event_since_ns.
pub const TENURE_EVENT_DETECTOR_UNKNOWN: tenure_event_kind = 40;
/// No leader: the group is empty.
pub const TENURE_EVENT_DETECTOR_NONE: tenure_event_kind = 41;
/// A member leads, or the leader's payload has changed: tenure_event_member, tenure_event_token,
/// tenure_event_data, tenure_event_as_of_ns.
pub const TENURE_EVENT_DETECTOR_LEADER: tenure_event_kind = 42;
/// The group cannot be read, and the library tries again by itself: tenure_event_status,
/// tenure_event_message.
pub const TENURE_EVENT_DETECTOR_FAILED: tenure_event_kind = 43;
/// The group's fencing token fell: the ensemble was emptied or restored. Resources that remember
/// the old token refuse the new leader until they are reset: tenure_event_member,
/// tenure_event_token, tenure_event_token_before.
pub const TENURE_EVENT_DETECTOR_TOKEN_FELL: tenure_event_kind = 44;
/// The members cannot be known: no server has answered for too long: tenure_event_since_ns.
pub const TENURE_EVENT_GROUP_UNKNOWN: tenure_event_kind = 60;
/// All members, oldest first: tenure_event_members.
pub const TENURE_EVENT_GROUP_MEMBERS: tenure_event_kind = 61;
/// The group cannot be read, and the library tries again by itself: tenure_event_status,
/// tenure_event_message.
pub const TENURE_EVENT_GROUP_FAILED: tenure_event_kind = 62;
/// A membership that this group joined has ended, and not by tenure_group_cancel:
/// tenure_event_member, tenure_event_token, tenure_event_lost_reason, tenure_event_status,
/// tenure_event_message.
pub const TENURE_EVENT_GROUP_MEMBERSHIP_LOST: tenure_event_kind = 63;
/// A call that a function ending in `_start` began has ended: tenure_event_call,
/// tenure_event_status, tenure_event_message, and the accessor that the function names for its
/// result.
pub const TENURE_EVENT_CALL_DONE: tenure_event_kind = 80;

/// Why a candidacy or a membership ended. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_lost_reason = i32;

/// The event is not the end of a candidacy or membership.
pub const TENURE_LOST_REASON_NONE: tenure_lost_reason = 0;
/// The session is over.
pub const TENURE_LOST_REASON_SESSION_EXPIRED: tenure_lost_reason = 1;
/// The lease ended before it could be renewed, or the contender could not get a lease because it
/// may not read its own znode.
pub const TENURE_LOST_REASON_LEASE_LAPSED: tenure_lost_reason = 2;
/// Another party deleted the znode.
pub const TENURE_LOST_REASON_EVICTED: tenure_lost_reason = 3;
/// tenure_contender_withdraw was called.
pub const TENURE_LOST_REASON_WITHDRAWN: tenure_lost_reason = 4;
/// The client was closed.
pub const TENURE_LOST_REASON_CLOSED: tenure_lost_reason = 5;
/// The candidacy cannot succeed, and trying again cannot help: the znode may not be created, the
/// members may not be listed, the times do not fit the session timeout, or the policy is not safe
/// on this server. tenure_event_status says why.
pub const TENURE_LOST_REASON_FAILED: tenure_lost_reason = 6;

/// Which side declared a session over. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_expired_by = i32;

/// Neither: the event is of another kind.
pub const TENURE_EXPIRED_BY_NOBODY: tenure_expired_by = 0;
/// A server: everything of the session is gone. On a server that cannot reattach sessions, such as
/// ClickHouse Keeper, each lost connection ends the session, and the client then deletes the znodes
/// that it knows.
pub const TENURE_EXPIRED_BY_SERVER: tenure_expired_by = 1;
/// The client's own clock: no server answered for too long.
pub const TENURE_EXPIRED_BY_LOCAL_TIMEOUT: tenure_expired_by = 2;

/// The kind of the server that granted a session. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_server_kind = i32;

/// None: the event is of another kind.
pub const TENURE_SERVER_UNKNOWN: tenure_server_kind = 0;
/// A server of Apache ZooKeeper.
pub const TENURE_SERVER_ZOOKEEPER: tenure_server_kind = 1;
/// A server that speaks ZooKeeper's protocol and ends sessions by rules of its own, such as
/// ClickHouse Keeper: only contenders with the policy GUARDED lead safely there.
pub const TENURE_SERVER_OTHER: tenure_server_kind = 2;

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
/// Leadership ends with a lease whose length the group's znode tells every successor, which waits
/// for it: safe also on servers that are not ZooKeeper. All contenders of the group must use it.
pub const TENURE_POLICY_GUARDED: tenure_policy = 3;

/// Whether a contender enrols again after a lost candidacy. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_reenrol = i32;

/// The contender enrols again by itself. The default.
pub const TENURE_REENROL_ALWAYS: tenure_reenrol = 0;
/// The contender stops.
pub const TENURE_REENROL_NEVER: tenure_reenrol = 1;

/// The severity of a log line. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_log_level = i32;

/// Something does not work, and will not work by itself.
pub const TENURE_LOG_LEVEL_ERROR: tenure_log_level = 1;
/// Something is wrong: a connection lost, a leadership in jeopardy.
pub const TENURE_LOG_LEVEL_WARN: tenure_log_level = 2;
/// Changes of state: sessions, leaderships, leaders.
pub const TENURE_LOG_LEVEL_INFO: tenure_log_level = 3;
/// The steps between: each attempt, each step of a candidacy.
pub const TENURE_LOG_LEVEL_DEBUG: tenure_log_level = 4;

/// A metric of a client. The numbers are permanent; new ones may come.
///
/// @since ABI 1
pub type tenure_metric = i32;

/// Established connections, counted before the handshake.
pub const TENURE_METRIC_CONNECTIONS: tenure_metric = 1;
/// Attempts to connect that failed, including attempts that failed in the handshake.
pub const TENURE_METRIC_FAILED_ATTEMPTS: tenure_metric = 2;
/// Connections that were lost after a session had been confirmed on them.
pub const TENURE_METRIC_SUSPENSIONS: tenure_metric = 3;
/// How often a session was confirmed: a new session, or the same one on another connection.
pub const TENURE_METRIC_SESSIONS_CONFIRMED: tenure_metric = 4;
/// Sessions that expired, whichever side declared them over.
pub const TENURE_METRIC_SESSIONS_EXPIRED: tenure_metric = 5;
/// Bytes that were passed to connections.
pub const TENURE_METRIC_BYTES_SENT: tenure_metric = 6;
/// Bytes that were read from connections.
pub const TENURE_METRIC_BYTES_RECEIVED: tenure_metric = 7;
/// Events of all handles, fetched or not.
pub const TENURE_METRIC_EVENTS: tenure_metric = 8;
/// Leaderships that began.
pub const TENURE_METRIC_LEADERSHIPS: tenure_metric = 9;
/// Leaderships that ended.
pub const TENURE_METRIC_LEADERSHIPS_ENDED: tenure_metric = 10;
/// How often the lease of a leadership was extended. If one proof extends the leases of several
/// leaderships, each of them counts.
pub const TENURE_METRIC_RENEWALS: tenure_metric = 11;
/// Contenders, detectors and groups that are open now. It rises and falls.
pub const TENURE_METRIC_HANDLES: tenure_metric = 12;
/// Calls that wait for an answer now. It rises and falls.
pub const TENURE_METRIC_CALLS: tenure_metric = 13;

/// The name of a number.
pub(super) const fn status_name(number: tenure_status) -> &'static CStr {
    match number {
        TENURE_OK => c"TENURE_OK",
        TENURE_ERR_INVALID_ARGUMENT => c"TENURE_ERR_INVALID_ARGUMENT",
        TENURE_ERR_CLOSED => c"TENURE_ERR_CLOSED",
        TENURE_ERR_BUSY => c"TENURE_ERR_BUSY",
        TENURE_ERR_REENTRANT => c"TENURE_ERR_REENTRANT",
        TENURE_ERR_POISONED => c"TENURE_ERR_POISONED",
        TENURE_ERR_FORKED => c"TENURE_ERR_FORKED",
        TENURE_ERR_TIMEOUT => c"TENURE_ERR_TIMEOUT",
        TENURE_ERR_SESSION_EXPIRED => c"TENURE_ERR_SESSION_EXPIRED",
        TENURE_ERR_AUTH_FAILED => c"TENURE_ERR_AUTH_FAILED",
        TENURE_ERR_SYSTEM => c"TENURE_ERR_SYSTEM",
        TENURE_ERR_NO_AUTH => c"TENURE_ERR_NO_AUTH",
        TENURE_ERR_NO_NODE => c"TENURE_ERR_NO_NODE",
        TENURE_ERR_SERVER => c"TENURE_ERR_SERVER",
        TENURE_ERR_PANIC => c"TENURE_ERR_PANIC",
        _ => c"unknown status",
    }
}

/// The name of a number.
pub(super) const fn event_kind_name(number: tenure_event_kind) -> &'static CStr {
    match number {
        TENURE_EVENT_NOTHING => c"nothing",
        TENURE_EVENT_SESSION_CONNECTING => c"session connecting",
        TENURE_EVENT_SESSION_CONNECTED => c"session connected",
        TENURE_EVENT_SESSION_SUSPENDED => c"session suspended",
        TENURE_EVENT_SESSION_RETRYING => c"session retrying",
        TENURE_EVENT_SESSION_EXPIRED => c"session expired",
        TENURE_EVENT_SESSION_AUTH_FAILED => c"session auth failed",
        TENURE_EVENT_SESSION_CLOSED => c"session closed",
        TENURE_EVENT_SESSION_UNDERTAKER_LOST => c"session undertaker lost",
        TENURE_EVENT_SESSION_UNDERTAKER_REPLACED => c"session undertaker replaced",
        TENURE_EVENT_CONTENDER_ENROLLING => c"contender enrolling",
        TENURE_EVENT_CONTENDER_ENROLLED => c"contender enrolled",
        TENURE_EVENT_CONTENDER_STANDBY => c"contender standby",
        TENURE_EVENT_CONTENDER_LEADING => c"contender leading",
        TENURE_EVENT_CONTENDER_JEOPARDY => c"contender jeopardy",
        TENURE_EVENT_CONTENDER_LOST => c"contender lost",
        TENURE_EVENT_CONTENDER_BLOCKED => c"contender blocked",
        TENURE_EVENT_CONTENDER_STRANGERS => c"contender strangers",
        TENURE_EVENT_CONTENDER_TOKEN_FELL => c"contender token fell",
        TENURE_EVENT_DETECTOR_UNKNOWN => c"detector unknown",
        TENURE_EVENT_DETECTOR_NONE => c"detector none",
        TENURE_EVENT_DETECTOR_LEADER => c"detector leader",
        TENURE_EVENT_DETECTOR_FAILED => c"detector failed",
        TENURE_EVENT_DETECTOR_TOKEN_FELL => c"detector token fell",
        TENURE_EVENT_GROUP_UNKNOWN => c"group unknown",
        TENURE_EVENT_GROUP_MEMBERS => c"group members",
        TENURE_EVENT_GROUP_FAILED => c"group failed",
        TENURE_EVENT_GROUP_MEMBERSHIP_LOST => c"group membership lost",
        TENURE_EVENT_CALL_DONE => c"call done",
        _ => c"unknown event",
    }
}
