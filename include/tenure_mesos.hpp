// Mesos masters, agents, schedulers and their observer in C++17, over tenure.h and tenure.hpp.
#ifndef TENURE_MESOS_HPP
#define TENURE_MESOS_HPP

#include "tenure.hpp"

namespace tenure::mesos {

// generated: enums; do not edit, run `make words`
// The part that a process plays in a Mesos cluster. See tenure_role_kind.
enum class role_kind : std::int32_t {
    master = TENURE_ROLE_MASTER,
    agent = TENURE_ROLE_AGENT,
    driver = TENURE_ROLE_DRIVER,
};

// An option of a role or of an observer, in the names, ranges and defaults of Mesos's flags. New ones may
// come. See tenure_role_option.
enum class role_option : std::int32_t {
    seed = TENURE_ROLE_OPTION_SEED,
    backoff_ms = TENURE_ROLE_OPTION_BACKOFF_MS,
    backoff_max_ms = TENURE_ROLE_OPTION_BACKOFF_MAX_MS,
    ping_timeout_ms = TENURE_ROLE_OPTION_PING_TIMEOUT_MS,
    failover_timeout_ms = TENURE_ROLE_OPTION_FAILOVER_TIMEOUT_MS,
    agent_ping_timeout_ms = TENURE_ROLE_OPTION_AGENT_PING_TIMEOUT_MS,
    max_agent_ping_timeouts = TENURE_ROLE_OPTION_MAX_AGENT_PING_TIMEOUTS,
    agent_reregister_timeout_ms = TENURE_ROLE_OPTION_AGENT_REREGISTER_TIMEOUT_MS,
    agent_removals = TENURE_ROLE_OPTION_AGENT_REMOVALS,
    agent_removals_each_ms = TENURE_ROLE_OPTION_AGENT_REMOVALS_EACH_MS,
};

// The state of a role. New ones may come. See tenure_role_state.
enum class role_state : std::int32_t {
    none = TENURE_ROLE_STATE_NONE,
    candidate = TENURE_ROLE_STATE_CANDIDATE,
    standby = TENURE_ROLE_STATE_STANDBY,
    leaderless = TENURE_ROLE_STATE_LEADERLESS,
    leader = TENURE_ROLE_STATE_LEADER,
    jeopardy = TENURE_ROLE_STATE_JEOPARDY,
    stopped = TENURE_ROLE_STATE_STOPPED,
    starting = TENURE_ROLE_STATE_STARTING,
    registering = TENURE_ROLE_STATE_REGISTERING,
    registered = TENURE_ROLE_STATE_REGISTERED,
    reregistering = TENURE_ROLE_STATE_REREGISTERING,
    moving = TENURE_ROLE_STATE_MOVING,
    lost = TENURE_ROLE_STATE_LOST,
};

// An output of a role or of an observer: an order to its host, or news for it. Each names its accessors
// after the colon. New ones may come. See tenure_output_kind.
enum class output_kind : std::int32_t {
    nothing = TENURE_OUTPUT_NOTHING,
    elected = TENURE_OUTPUT_ELECTED,
    in_jeopardy = TENURE_OUTPUT_IN_JEOPARDY,
    confirmed = TENURE_OUTPUT_CONFIRMED,
    following = TENURE_OUTPUT_FOLLOWING,
    leaderless = TENURE_OUTPUT_LEADERLESS,
    stop = TENURE_OUTPUT_STOP,
    disconnected = TENURE_OUTPUT_DISCONNECTED,
    new_leader = TENURE_OUTPUT_NEW_LEADER,
    same_leader = TENURE_OUTPUT_SAME_LEADER,
    lost = TENURE_OUTPUT_LOST,
    register = TENURE_OUTPUT_REGISTER,
    reregister = TENURE_OUTPUT_REREGISTER,
    registered = TENURE_OUTPUT_REGISTERED,
    reregistered = TENURE_OUTPUT_REREGISTERED,
    pong = TENURE_OUTPUT_PONG,
    ignored = TENURE_OUTPUT_IGNORED,
    subscribe = TENURE_OUTPUT_SUBSCRIBE,
    send = TENURE_OUTPUT_SEND,
    dropped = TENURE_OUTPUT_DROPPED,
    tasks_lost = TENURE_OUTPUT_TASKS_LOST,
    postponed = TENURE_OUTPUT_POSTPONED,
    ping = TENURE_OUTPUT_PING,
    activated = TENURE_OUTPUT_ACTIVATED,
    deactivated = TENURE_OUTPUT_DEACTIVATED,
    scheduled = TENURE_OUTPUT_SCHEDULED,
    canceled = TENURE_OUTPUT_CANCELED,
    unreachable = TENURE_OUTPUT_UNREACHABLE,
    readmitted = TENURE_OUTPUT_READMITTED,
    unknown = TENURE_OUTPUT_UNKNOWN,
};

// Why a role stopped, or why an agent is unreachable. New ones may come. See tenure_role_reason.
enum class role_reason : std::int32_t {
    none = TENURE_ROLE_REASON_NONE,
    lost_candidacy = TENURE_ROLE_REASON_LOST_CANDIDACY,
    conceded = TENURE_ROLE_REASON_CONCEDED,
    lease_ended = TENURE_ROLE_REASON_LEASE_ENDED,
    cannot_contend = TENURE_ROLE_REASON_CANNOT_CONTEND,
    other_id = TENURE_ROLE_REASON_OTHER_ID,
    refused = TENURE_ROLE_REASON_REFUSED,
    failed = TENURE_ROLE_REASON_FAILED,
    asked = TENURE_ROLE_REASON_ASKED,
    no_pong = TENURE_ROLE_REASON_NO_PONG,
    disconnected = TENURE_ROLE_REASON_DISCONNECTED,
    failover = TENURE_ROLE_REASON_FAILOVER,
};

// A call of a scheduler to the master. See tenure_call_kind.
enum class call_kind : std::int32_t {
    launch = TENURE_CALL_LAUNCH,
    update_framework = TENURE_CALL_UPDATE_FRAMEWORK,
    other = TENURE_CALL_OTHER,
};

// News of an agent for an observer. See tenure_observer_input.
enum class observer_input : std::int32_t {
    registered = TENURE_OBSERVER_REGISTERED,
    pong = TENURE_OBSERVER_PONG,
    link_lost = TENURE_OBSERVER_LINK_LOST,
    removed = TENURE_OBSERVER_REMOVED,
};

// The state of one agent of an observer. New ones may come. See tenure_agent_state.
enum class agent_state : std::int32_t {
    unknown = TENURE_AGENT_UNKNOWN,
    expected = TENURE_AGENT_EXPECTED,
    active = TENURE_AGENT_ACTIVE,
    disconnected = TENURE_AGENT_DISCONNECTED,
    unanswered = TENURE_AGENT_UNANSWERED,
    silent = TENURE_AGENT_SILENT,
    overdue = TENURE_AGENT_OVERDUE,
    unreachable = TENURE_AGENT_UNREACHABLE,
};

// generated: end

} // namespace tenure::mesos

#endif
