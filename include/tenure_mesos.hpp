// Masters, agents, schedulers and observers of a Mesos cluster in C++17, header-only over tenure.hpp and
// tenure.h. Licence: Apache-2.0.
//
//     #include <tenure_mesos.hpp>
//     #include <algorithm>
//     #include <iostream>
//
//     int main()
//     {
//         namespace mesos = tenure::mesos;
//         auto client = tenure::client::open("memory://example/mesos"); // or zk://host1:2181/mesos
//         const mesos::master_info info("3f0f2b7e", "10.0.0.1:5050", "m1.example.com", "1.12.0");
//         auto contender = mesos::contend(client, info);
//         auto detector = mesos::detect(client); // on the same session
//         auto role = mesos::master::create();
//         while (role.state() != mesos::role_state::stopped) {
//             // Sleep until the next event, or until the role is due: the end of a lease is no event.
//             auto wait = tenure::forever;
//             if (const auto due = role.due())
//                 wait = std::max(*due - tenure::boottime_clock::now(), std::chrono::nanoseconds(0));
//             const auto event = client.next_event(wait);
//             for (const auto &output : event ? role.take(event) : role.tick())
//                 std::cout << mesos::name(output.kind) << ' ' << output.message << std::endl;
//         }
//     }
//
// A master's contender is a contender with the label `json.info` and a master_info as payload, and a master's
// detector is a detector whose leader's payload is read as one, by its label. A Mesos cluster reads and
// writes the same znodes. Contender and detector of one master share a client, and so a session.
//
// # Roles
// master, agent, driver and observer are state machines without a clock, a thread or a socket: the host
// gives them events, messages and the time, and carries out the outputs that they return. docs/roles.md of
// the project has every transition. Times are of boottime_clock; an earlier one than before counts as that.
//
// # Ownership, errors, threads
// As in tenure.hpp: objects of these classes can be moved and not copied, and are empty when moved from;
// functions that can fail take a sink last. master_info can be copied, output owns its texts. A function
// that takes the time has it before the sink. Any thread may use an object; the inputs of a role are taken
// one after another.
#ifndef TENURE_MESOS_HPP
#define TENURE_MESOS_HPP

#include <tenure.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
    register_ = TENURE_OUTPUT_REGISTER,
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

// The session timeouts of master_contender::create and master_detector::create by default, as in Mesos.
inline constexpr std::chrono::milliseconds MASTER_CONTENDER_ZK_SESSION_TIMEOUT{
    TENURE_MASTER_CONTENDER_ZK_SESSION_TIMEOUT_MS};
inline constexpr std::chrono::milliseconds MASTER_DETECTOR_ZK_SESSION_TIMEOUT{
    TENURE_MASTER_DETECTOR_ZK_SESSION_TIMEOUT_MS};

// The name of an output, as `in_jeopardy`; `unknown output` for a number that is none.
inline std::string_view name(output_kind kind) noexcept
{
    return tenure_output_kind_name(static_cast<std::int32_t>(kind));
}

// The name of a state of a role, as `standby`; `unknown state` for a number that is none.
inline std::string_view name(role_state state) noexcept
{
    return tenure_role_state_name(static_cast<std::int32_t>(state));
}

// The name of a reason, as `lost_candidacy`; `unknown reason` for a number that is none.
inline std::string_view name(role_reason reason) noexcept
{
    return tenure_role_reason_name(static_cast<std::int32_t>(reason));
}

// The name of a state of an agent, as `unreachable`; `unknown state` for a number that is none.
inline std::string_view name(agent_state state) noexcept
{
    return tenure_agent_state_name(static_cast<std::int32_t>(state));
}

inline std::ostream &operator<<(std::ostream &out, output_kind kind) { return out << name(kind); }
inline std::ostream &operator<<(std::ostream &out, role_state state) { return out << name(state); }
inline std::ostream &operator<<(std::ostream &out, role_reason reason) { return out << name(reason); }
inline std::ostream &operator<<(std::ostream &out, agent_state state) { return out << name(state); }

// The fields of a master_info that not every master has.
struct master_extras {
    // The fault domain: both, or neither.
    std::string region{};
    std::string zone{};
    // The names of its capabilities: `AGENT_UPDATE`, `AGENT_DRAINING`, `QUOTA_V2`.
    std::vector<std::string> capabilities{};
};

// What a master says of itself: the payload of its znode. It never changes; copies are cheap and share it.
// Its texts live as long as any copy, and are empty where there is none. See tenure_master_info.
class master_info {
public:
    // Empty, as after a move: every text is empty.
    master_info() = default;
    explicit master_info(tenure_master_info *held) : held_(held, tenure_master_info_free) {}

    // Of a master with this id, another one at each start (a random UUID, for example), which listens at
    // this address, `IPv4:PORT`. The host name may be the IP address. errc::invalid_argument for an
    // address, a capability or a domain that cannot be, and for an empty id, host name or version; with a
    // sink this object is empty then.
    template <class Sink = detail::thrower>
    master_info(std::string_view id, std::string_view address, std::string_view hostname,
                std::string_view version, const master_extras &extras = {}, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        std::string capabilities;
        for (const std::string &capability : extras.capabilities)
            capabilities.append(capabilities.empty() ? "" : ",").append(capability);
        tenure_master_info *made = nullptr;
        if (check(tenure_master_info_new(detail::str(id), detail::str(address), detail::str(hostname),
                                         detail::str(version), detail::str(extras.region),
                                         detail::str(extras.zone), detail::str(capabilities), &made,
                                         check.out())))
            held_.reset(made, tenure_master_info_free);
    }

    // Reads the payload of a member, by its label: `json.info` JSON, `info` protobuf, no label the oldest
    // form `master@IP:PORT`. errc::invalid_argument for another label, and for a payload that cannot be
    // read: the message names the field and the rule.
    template <class Sink = detail::thrower>
    [[nodiscard]] static master_info decode(std::string_view label, std::string_view data,
                                            Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_master_info *made = nullptr;
        if (!check(tenure_master_info_decode(detail::str(label), data.data(), data.size(), &made,
                                             check.out())))
            return {};
        return master_info(made);
    }

    explicit operator bool() const noexcept { return held_ != nullptr; }
    std::string_view id() const noexcept { return detail::view(tenure_master_info_id(get())); }
    // The address from which its messages come, as the roles compare it: the part of the PID behind `@`,
    // or else `IP:PORT`.
    std::string_view address() const noexcept
    {
        return detail::view(tenure_master_info_address(get()));
    }
    // Where to reach it: its host name, or else its IP address.
    std::string_view host() const noexcept { return detail::view(tenure_master_info_host(get())); }
    std::string_view hostname() const noexcept
    {
        return detail::view(tenure_master_info_hostname(get()));
    }
    // IPv4; `0.0.0.0` for a fixed leader that was given by its name.
    std::string_view ip() const noexcept { return detail::view(tenure_master_info_ip(get())); }
    std::uint16_t port() const noexcept { return tenure_master_info_port(get()); }
    // `master@IP:PORT`.
    std::string_view pid() const noexcept { return detail::view(tenure_master_info_pid(get())); }
    std::string_view version() const noexcept
    {
        return detail::view(tenure_master_info_version(get()));
    }
    std::string_view region() const noexcept { return detail::view(tenure_master_info_region(get())); }
    std::string_view zone() const noexcept { return detail::view(tenure_master_info_zone(get())); }
    std::size_t capability_count() const noexcept { return tenure_master_info_capability_count(get()); }
    // Empty beyond the end; `UNKNOWN` for one that is not known here. The text lives for ever.
    std::string_view capability(std::size_t at) const noexcept
    {
        return detail::view(tenure_master_info_capability(get(), at));
    }
    // Byte for byte as Mesos writes it.
    std::string_view json() const noexcept { return detail::view(tenure_master_info_json(get())); }

    // Whether Mesos takes both for the same master: all but address and capabilities is equal. Because of
    // the id, a master that was started again is another one. An empty one is the same as none.
    bool is_same(const master_info &other) const noexcept
    {
        return tenure_master_info_is_same(get(), other.get());
    }

    // Whether all fields are equal; two empty ones are.
    friend bool operator==(const master_info &a, const master_info &b) noexcept
    {
        return a.held_ == b.held_ || (a && b && a.json() == b.json());
    }
    friend bool operator!=(const master_info &a, const master_info &b) noexcept { return !(a == b); }

    const tenure_master_info *get() const noexcept { return held_.get(); }

private:
    std::shared_ptr<tenure_master_info> held_{};
};

} // namespace tenure::mesos

namespace tenure::detail {

// Fails before any C function is called.
template <class Sink> void refuse(Sink &sink, const char *why)
{
    const failure what(errc::invalid_argument, why, false);
    if constexpr (std::is_same_v<Sink, std::error_code>) {
        sink = what.code();
    } else if constexpr (std::is_same_v<Sink, failure>) {
        sink = what;
    } else {
#if TENURE_HPP_EXCEPTIONS
        throw error(what);
#endif
    }
}

template <class Sink>
tenure_contender *contend(client &by, const mesos::master_info &info, const contender_options &options,
                          Sink &sink)
{
    outcome check(sink);
    const auto made = of_c(options, check);
    tenure_contender *found = nullptr;
    if (made)
        check(tenure_master_contender_new(by.get(), info.get(), made.get(), &found, check.out()));
    return found;
}

// A client whose session has this timeout.
template <class Sink>
client open(std::string_view url, std::chrono::milliseconds session_timeout, Sink &sink)
{
    client_options options;
    options.session_timeout = session_timeout;
    return client::open(url, options, sink);
}

} // namespace tenure::detail

namespace tenure::mesos {

// The contender of a master: a contender whose znode has the label `json.info` and the master_info in JSON,
// as every Mesos since 0.24 writes and reads it. Unlike Mesos's class, which contends once, it enrols again
// by itself after a lost candidacy: keep that for masters, because nothing else starts a standby again whose
// session expired.
class master_contender : public contender {
public:
    master_contender() = default;
    explicit master_contender(tenure_contender *held, tenure::client own = {}) noexcept
        : contender(held), own_(std::move(own))
    {
    }

    // Contends by the URL of the masters, `zk://…` or `file://…` (or `memory://…`, for tests), on a session
    // of its own with this timeout. A file keeps the timeout, and may not name another file.
    template <class Sink = detail::thrower>
    [[nodiscard]] static master_contender
    create(std::string_view url, const master_info &info,
           std::chrono::milliseconds session_timeout = MASTER_CONTENDER_ZK_SESSION_TIMEOUT,
           Sink &&sink = Sink())
    {
        auto own = detail::open(url, session_timeout, sink);
        if (!own)
            return {};
        tenure_contender *made = detail::contend(own, info, {}, sink);
        return made ? master_contender(made, std::move(own)) : master_contender();
    }

    // Changes the master_info of this candidacy and of later ones; true when the znode has it.
    // errc::invalid_argument for a master_info that lacks a field that a reader relies on.
    template <class Sink = detail::thrower>
    bool set_info(const master_info &info, timeout limit = forever, Sink &&sink = Sink())
    {
        {
            detail::outcome check(sink);
            if (!info) {
                detail::refuse(sink, "the master_info is empty");
                return false;
            }
            if (!check(tenure_master_info_check(info.get(), check.out())))
                return false;
        }
        return set_data(info.json(), limit, sink);
    }

    // The client that create opened: to close it in order, and for its events. Otherwise an empty one.
    tenure::client &client() noexcept { return own_; }

private:
    tenure::client own_{};
};

// The master that the event of a detector reports: its leader's payload, read by the leader's label; of a
// fixed leader, its address. nullopt if the event reports no leader. errc::invalid_argument for a payload
// that cannot be read: the message names the field and the rule, and event_view::data has the bytes. In
// Mesos such a payload ends every master and agent; here the next leader is an event again.
template <class Sink = detail::thrower>
std::optional<master_info> master_of(event_view seen, Sink &&sink = Sink())
{
    detail::outcome check(sink);
    if (seen.kind() != event_kind::detector_leader) {
        check(TENURE_OK);
        return std::nullopt;
    }
    tenure_master_info *found = nullptr;
    if (!check(tenure_event_master_info(seen.get(), &found, check.out())))
        return std::nullopt;
    return master_info(found);
}

// The detector of masters: a detector, whose events master_of reads.
class master_detector : public detector {
public:
    master_detector() = default;
    explicit master_detector(tenure_detector *held, tenure::client own = {}) noexcept
        : detector(held), own_(std::move(own))
    {
    }

    // Follows the masters by what an agent is given as `--master`: `zk://…`, the `HOST:PORT` of a master that
    // leads for ever, or `file://…` with one of these. A session of its own has this timeout. A file keeps
    // the timeout, and may not name another file.
    template <class Sink = detail::thrower>
    [[nodiscard]] static master_detector
    create(std::string_view url,
           std::chrono::milliseconds session_timeout = MASTER_DETECTOR_ZK_SESSION_TIMEOUT,
           Sink &&sink = Sink())
    {
        auto own = detail::open(url, session_timeout, sink);
        if (!own)
            return {};
        tenure::detector made = own.detect({}, sink);
        return made ? master_detector(std::move(made), std::move(own)) : master_detector();
    }

    // A detector that reads masters.
    explicit master_detector(tenure::detector made, tenure::client own = {}) noexcept
        : detector(std::move(made)), own_(std::move(own))
    {
    }

    // The leading master, if it is known now and its payload can be read.
    std::optional<master_info> master() const
    {
        failure unread; // master_of with a sink says why
        return master_of(state(), unread);
    }

    // The client that create opened: to close it in order, and for its events. Otherwise an empty one.
    tenure::client &client() noexcept { return own_; }

private:
    tenure::client own_{};
};

// Contends as a master, on the session of a client; label and payload of the options do not count.
// errc::invalid_argument for a master_info that lacks a field that a reader relies on, and for a client
// without a session.
template <class Sink = detail::thrower>
[[nodiscard]] master_contender contend(client &by, const master_info &info,
                                       const contender_options &options = {}, Sink &&sink = Sink())
{
    return master_contender(detail::contend(by, info, options, sink));
}

// Follows the masters of a group, on the session of a client; by default of the group of its URL.
template <class Sink = detail::thrower>
[[nodiscard]] master_detector detect(client &by, std::string_view path = {}, Sink &&sink = Sink())
{
    return master_detector(by.detect(path, sink));
}

// A client without servers, for masters without ZooKeeper: its detectors, of whatever path, report the
// master that `appoint` names, and none before. It has no session, and nobody can contend by it.
template <class Sink = detail::thrower> [[nodiscard]] client standalone(Sink &&sink = Sink())
{
    detail::outcome check(sink);
    tenure_client *opened = nullptr;
    check(tenure_client_open_standalone(&opened, check.out()));
    return client(opened);
}

// Appoints the leader of a standalone client, or none (nullptr). Each call is an event of every detector,
// also for the same master again.
template <class Sink = detail::thrower>
bool appoint(client &by, const master_info *info, Sink &&sink = Sink())
{
    detail::outcome check(sink);
    if (info != nullptr && !*info) {
        detail::refuse(sink, "the master_info is empty; nullptr appoints none");
        return false;
    }
    return check(tenure_client_appoint(by.get(), info ? info->get() : nullptr, check.out()));
}

// The sender of a message.
struct sender {
    // The address that the message came from: master_info::address of a master.
    std::string_view address{};
    // The fencing token that the message names. 0 if it names none, as Mesos's: then a deposed master at the
    // leader's address passes for the leader.
    std::uint64_t token = 0;
};

// A leader, as a role knows it.
struct leading {
    std::string address{};   // from which its messages come: master_info::address
    std::string path{};      // of its znode
    std::uint64_t token = 0; // of its leadership; 0 without ZooKeeper
};

// An order of a role or of an observer to its host, or news for it. output_kind of tenure.h says which fields
// count for which kind; the others are empty.
struct output {
    output_kind kind = output_kind::nothing;
    std::string address{};   // of the leader
    std::string path{};      // of the leader's znode; of `elected`, the own one
    std::uint64_t token = 0; // of the leader; of `elected`, the own one
    std::string id{};        // of the agent or of the framework
    std::optional<boottime_clock::time_point> lease_end{}; // unless the lease is renewed
    bool flag = false;       // `subscribe`: another instance is to be removed; `ping`: `connected`
    std::uint64_t agent = 0; // the observer's number of the agent
    role_reason reason = role_reason::none;
    std::string message{};   // in Mesos's words: the line that Mesos logs when it stops, for example
    int exit_status = 0;     // with which the process should exit after `stop`
};

} // namespace tenure::mesos

namespace tenure::detail {

inline std::uint64_t ns(boottime_clock::time_point at) noexcept
{
    const auto count = at.time_since_epoch().count();
    return count < 0 ? 0 : static_cast<std::uint64_t>(count);
}

inline std::optional<boottime_clock::time_point> instant(std::uint64_t ns) noexcept
{
    if (ns == 0)
        return std::nullopt;
    return boottime_clock::at(ns);
}

inline mesos::output output_at(const tenure_outputs *list, std::size_t at)
{
    mesos::output made;
    made.kind = static_cast<mesos::output_kind>(tenure_outputs_kind(list, at));
    made.address = view(tenure_outputs_address(list, at));
    made.path = view(tenure_outputs_path(list, at));
    made.token = tenure_outputs_token(list, at);
    made.id = view(tenure_outputs_id(list, at));
    made.lease_end = instant(tenure_outputs_lease_end_ns(list, at));
    made.flag = tenure_outputs_flag(list, at);
    made.agent = tenure_outputs_agent(list, at);
    made.reason = static_cast<mesos::role_reason>(tenure_outputs_reason(list, at));
    made.message = view(tenure_outputs_message(list, at));
    made.exit_status = tenure_outputs_exit_status(list, at);
    return made;
}

// Gives an input, and copies the outputs.
template <class Sink, class Give> std::vector<mesos::output> outputs(Sink &sink, Give &&give)
{
    outcome check(sink);
    tenure_outputs *found = nullptr;
    check(give(&found, check.out()));
    const owned<tenure_outputs, tenure_outputs_free> kept(found);
    std::vector<mesos::output> made;
    made.reserve(tenure_outputs_count(found));
    for (std::size_t at = 0; at < tenure_outputs_count(found); ++at)
        made.push_back(output_at(found, at));
    return made;
}

using role_options = owned<tenure_role_options, tenure_role_options_free>;

struct role_number {
    mesos::role_option option;
    std::optional<std::int64_t> value;
};

inline std::optional<std::int64_t> count(std::optional<std::chrono::milliseconds> span)
{
    return span ? std::optional<std::int64_t>(span->count()) : std::nullopt;
}

// The options that are set; none on failure.
template <class Sink>
role_options options_of(std::string_view id, std::initializer_list<role_number> numbers,
                        outcome<Sink> &check)
{
    role_options made(tenure_role_options_new());
    bool is_set = id.empty() || check(tenure_role_options_set_id(made.get(), str(id), check.out()));
    for (const role_number &number : numbers)
        is_set = is_set
            && (!number.value
                || check(tenure_role_options_set(made.get(), static_cast<std::int32_t>(number.option),
                                                 *number.value, check.out())));
    if (!is_set)
        made.reset();
    return made;
}

template <class Sink>
tenure_role *role_of(mesos::role_kind kind, const role_options &options, outcome<Sink> &check)
{
    tenure_role *made = nullptr;
    if (options)
        check(tenure_role_new(static_cast<std::int32_t>(kind), options.get(), &made, check.out()));
    return made;
}

} // namespace tenure::detail

namespace tenure::mesos {

// The functions that all roles have. See tenure_role.
class role {
public:
    explicit operator bool() const noexcept { return held_ != nullptr; }

    // role_state::none for an empty one.
    role_state state() const noexcept
    {
        return static_cast<role_state>(tenure_role_state_of(held_.get()));
    }

    // The time by which it wants its next tick; nullopt if it waits for none. It changes with every input.
    std::optional<boottime_clock::time_point> due() const noexcept
    {
        return detail::instant(tenure_role_due_ns(held_.get()));
    }

    // The leader that it knows. Of a master, the other one that requests go to (307); none while it leads
    // itself, and answers, or knows none (503).
    std::optional<leading> leader() const
    {
        const detail::owned<tenure_leading, tenure_leading_free> found(tenure_role_leader(held_.get()));
        if (!found)
            return std::nullopt;
        leading made;
        made.address = detail::view(tenure_leading_address(found.get()));
        made.path = detail::view(tenure_leading_path(found.get()));
        made.token = tenure_leading_token(found.get());
        return made;
    }

    // Takes an event: of the detector of masters, and of a master also of its contender and of its client.
    // Events that do not concern the role have no outputs, so that a loop gives it all events.
    template <class Sink = detail::thrower>
    std::vector<output> take(event_view seen,
                             boottime_clock::time_point now = boottime_clock::now(),
                             Sink &&sink = Sink())
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_role_take(held_.get(), seen.get(), detail::ns(now), found, why);
        });
    }

    // Time has passed: at due(), or at any other time.
    template <class Sink = detail::thrower>
    std::vector<output> tick(boottime_clock::time_point now = boottime_clock::now(),
                             Sink &&sink = Sink())
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_role_tick(held_.get(), detail::ns(now), found, why);
        });
    }

    tenure_role *get() const noexcept { return held_.get(); }

protected:
    role() = default;
    explicit role(tenure_role *held) noexcept : held_(held) {}

    template <class Sink>
    std::vector<output> take_registered(sender from, std::string_view id, std::int64_t ping_timeout_ms,
                                        boottime_clock::time_point now, Sink &sink)
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_role_registered(held_.get(), detail::str(from.address), from.token,
                                          detail::str(id), ping_timeout_ms, detail::ns(now), found, why);
        });
    }

    template <class Sink>
    std::vector<output> take_refused(sender from, std::string_view reason,
                                     boottime_clock::time_point now, Sink &sink)
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_role_refused(held_.get(), detail::str(from.address), from.token,
                                       detail::str(reason), detail::ns(now), found, why);
        });
    }

    template <class Sink>
    std::vector<output> take_link_lost(boottime_clock::time_point now, Sink &sink)
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_role_link_lost(held_.get(), detail::ns(now), found, why);
        });
    }

    template <class Sink>
    std::vector<output> take_shutdown(sender from, boottime_clock::time_point now, Sink &sink)
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_role_shutdown(held_.get(), detail::str(from.address), from.token,
                                        detail::ns(now), found, why);
        });
    }

    bool is_from_leader(sender from) const noexcept
    {
        return tenure_role_accepts(held_.get(), detail::str(from.address), from.token);
    }

private:
    detail::owned<tenure_role, tenure_role_free> held_{};
};

// A master: it leads, or follows the one that does. Give it the events of its contender, its detector and
// its client. After `stop` the process must end.
class master : public role {
public:
    master() = default;

    // A master that knows no leader yet.
    template <class Sink = detail::thrower> [[nodiscard]] static master create(Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        const auto made = detail::options_of({}, {}, check);
        return master(detail::role_of(role_kind::master, made, check));
    }

private:
    explicit master(tenure_role *held) noexcept : role(held) {}
};

// The options of an agent; those that are not set are Mesos's.
struct agent_options {
    // The id that an earlier run had; empty for none.
    std::string id{};
    // Of the random delays, another one for each process; 0 takes a random one.
    std::int64_t seed = 0;
    // The first attempt to register comes after a random part of this span, later ones after a random part
    // of twice, four times, … it: 0 to 15 min; default: 1 s.
    std::optional<std::chrono::milliseconds> backoff{};
    // The longest such span: 1 s to 15 min; default: 1 min.
    std::optional<std::chrono::milliseconds> backoff_max{};
    // The time without a ping after which it registers again, unless the leader gives another: 1 s to 1 day;
    // default: 75 s.
    std::optional<std::chrono::milliseconds> ping_timeout{};
};

// An agent: it obeys the detected leader alone.
class agent : public role {
public:
    agent() = default;

    // An agent that knows no leader yet. errc::invalid_argument for an option out of its range.
    template <class Sink = detail::thrower>
    [[nodiscard]] static agent create(const agent_options &options = {}, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        const auto made = detail::options_of(
            options.id,
            {{role_option::seed, options.seed},
             {role_option::backoff_ms, detail::count(options.backoff)},
             {role_option::backoff_max_ms, detail::count(options.backoff_max)},
             {role_option::ping_timeout_ms, detail::count(options.ping_timeout)}},
            check);
        return agent(detail::role_of(role_kind::agent, made, check));
    }

    // Whether a message of this sender is to be obeyed: the sender is the leader that the agent has
    // detected. Check every message of a master by it.
    bool accepts(sender from) const noexcept { return is_from_leader(from); }

    // A master has registered the agent, for the first time or again. After `ping_timeout` without a ping
    // the agent registers again; nullopt if the master gives none.
    template <class Sink = detail::thrower>
    std::vector<output> registered(sender from, std::string_view id,
                                   std::optional<std::chrono::milliseconds> ping_timeout = {},
                                   boottime_clock::time_point now = boottime_clock::now(),
                                   Sink &&sink = Sink())
    {
        // -1 is no timeout in C; here it is a negative one, which is refused.
        const auto ms = ping_timeout ? ping_timeout->count() : -1;
        return take_registered(from, id, ping_timeout && ms < 0 ? -2 : ms, now, sink);
    }

    // A master has refused the credentials of the agent.
    template <class Sink = detail::thrower>
    std::vector<output> refused(sender from, std::string_view reason,
                                boottime_clock::time_point now = boottime_clock::now(),
                                Sink &&sink = Sink())
    {
        return take_refused(from, reason, now, sink);
    }

    // A master asks whether the agent is alive, and says whether it believes that the agent is connected.
    template <class Sink = detail::thrower>
    std::vector<output> ping(sender from, bool connected,
                             boottime_clock::time_point now = boottime_clock::now(),
                             Sink &&sink = Sink())
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_role_ping(get(), detail::str(from.address), from.token, connected,
                                    detail::ns(now), found, why);
        });
    }

    // The connection to the leader broke.
    template <class Sink = detail::thrower>
    std::vector<output> link_lost(boottime_clock::time_point now = boottime_clock::now(),
                                  Sink &&sink = Sink())
    {
        return take_link_lost(now, sink);
    }

    // The host asks the agent to end.
    template <class Sink = detail::thrower>
    std::vector<output> shutdown(boottime_clock::time_point now = boottime_clock::now(),
                                 Sink &&sink = Sink())
    {
        return take_shutdown({}, now, sink);
    }

    // A master orders the agent to end. errc::invalid_argument for an empty address.
    template <class Sink = detail::thrower>
    std::vector<output> shutdown(sender from,
                                 boottime_clock::time_point now = boottime_clock::now(),
                                 Sink &&sink = Sink())
    {
        if (from.address.empty()) { // which in C is the host
            detail::outcome check(sink);
            detail::refuse(sink, "the order has no sender; without one, shutdown() is the host's");
            return {};
        }
        return take_shutdown(from, now, sink);
    }

private:
    explicit agent(tenure_role *held) noexcept : role(held) {}
};

// The options of a driver; those that are not set are Mesos's.
struct driver_options {
    // The id of the framework that an earlier run had; empty for none.
    std::string id{};
    // Of the random delays, another one for each process; 0 takes a random one.
    std::int64_t seed = 0;
    // The first attempt to register comes after a random part of this span, later ones after a random part
    // of twice, four times, … it: 0 to 15 min; default: 2 s.
    std::optional<std::chrono::milliseconds> backoff{};
    // The time after which the master removes the framework of a scheduler that is away; a tenth of it is
    // the longest span between attempts: 0 to 10 years; default: 0, and then that is 1 min.
    std::optional<std::chrono::milliseconds> failover_timeout{};
};

// A scheduler driver: it registers a framework with the leader, and passes on messages of the leader alone.
class driver : public role {
public:
    driver() = default;

    // A driver that knows no leader yet. errc::invalid_argument for an option out of its range.
    template <class Sink = detail::thrower>
    [[nodiscard]] static driver create(const driver_options &options = {}, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        const auto made = detail::options_of(
            options.id,
            {{role_option::seed, options.seed},
             {role_option::backoff_ms, detail::count(options.backoff)},
             {role_option::failover_timeout_ms, detail::count(options.failover_timeout)}},
            check);
        return driver(detail::role_of(role_kind::driver, made, check));
    }

    // Whether a message of this sender reaches the scheduler: the sender is the leader with which the driver
    // is registered. Check every message of a master or of an executor by it.
    bool accepts(sender from) const noexcept { return is_from_leader(from); }

    // A master has registered the framework, for the first time or again.
    template <class Sink = detail::thrower>
    std::vector<output> registered(sender from, std::string_view id,
                                   boottime_clock::time_point now = boottime_clock::now(),
                                   Sink &&sink = Sink())
    {
        return take_registered(from, id, -1, now, sink);
    }

    // A master ends the framework with an error.
    template <class Sink = detail::thrower>
    std::vector<output> error(sender from, std::string_view reason,
                              boottime_clock::time_point now = boottime_clock::now(),
                              Sink &&sink = Sink())
    {
        return take_refused(from, reason, now, sink);
    }

    // The connection to the leader broke.
    template <class Sink = detail::thrower>
    std::vector<output> link_lost(boottime_clock::time_point now = boottime_clock::now(),
                                  Sink &&sink = Sink())
    {
        return take_link_lost(now, sink);
    }

    // The scheduler makes a call: the output says where it goes.
    template <class Sink = detail::thrower>
    std::vector<output> call(call_kind kind,
                             boottime_clock::time_point now = boottime_clock::now(),
                             Sink &&sink = Sink())
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_role_call(get(), static_cast<std::int32_t>(kind), detail::ns(now), found, why);
        });
    }

    // The scheduler asks the driver to end.
    template <class Sink = detail::thrower>
    std::vector<output> stop(boottime_clock::time_point now = boottime_clock::now(),
                             Sink &&sink = Sink())
    {
        return take_shutdown({}, now, sink);
    }

private:
    explicit driver(tenure_role *held) noexcept : role(held) {}
};

// The options of an observer; those that are not set are Mesos's.
struct observer_options {
    // The time between two pings of an agent: 1 s to 15 min; default: 15 s.
    std::optional<std::chrono::milliseconds> agent_ping_timeout{};
    // How many pings in a row an agent may leave unanswered: 1 to 1,000,000; default: 5.
    std::optional<std::uint32_t> max_agent_ping_timeouts{};
    // The time in which an agent must register again: 1 s to 30 days; default: 10 min.
    std::optional<std::chrono::milliseconds> agent_reregister_timeout{};
    // How many agents may become unreachable in `agent_removals_each`: 1 to 1,000,000; default: any number.
    std::optional<std::uint32_t> agent_removals{};
    // The time for `agent_removals`, which must be set, too: 1 s to 30 days.
    std::optional<std::chrono::milliseconds> agent_removals_each{};
};

// A new agent of an observer.
struct admitted {
    std::uint64_t agent = 0; // its number; 0 on failure
    std::vector<output> outputs{};
};

// The observer by which a leading master watches its agents. See tenure_observer.
class observer {
public:
    observer() = default;

    // An observer without agents. errc::invalid_argument for an option out of its range, and for one of
    // `agent_removals` and `agent_removals_each` alone.
    template <class Sink = detail::thrower>
    [[nodiscard]] static observer create(const observer_options &options = {}, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        const auto made = detail::options_of(
            {},
            {{role_option::agent_ping_timeout_ms, detail::count(options.agent_ping_timeout)},
             {role_option::max_agent_ping_timeouts, options.max_agent_ping_timeouts},
             {role_option::agent_reregister_timeout_ms, detail::count(options.agent_reregister_timeout)},
             {role_option::agent_removals, options.agent_removals},
             {role_option::agent_removals_each_ms, detail::count(options.agent_removals_each)}},
            check);
        observer found;
        tenure_observer *held = nullptr;
        if (made)
            check(tenure_observer_new(made.get(), &held, check.out()));
        found.held_.reset(held);
        return found;
    }

    explicit operator bool() const noexcept { return held_ != nullptr; }

    // Takes a new agent that has just registered: it is active, and pinged at once. errc::system for more
    // than 1,000,000 agents.
    template <class Sink = detail::thrower>
    admitted admit(boottime_clock::time_point now = boottime_clock::now(), Sink &&sink = Sink())
    {
        admitted made;
        made.outputs = detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_observer_admit(held_.get(), detail::ns(now), &made.agent, found, why);
        });
        return made;
    }

    // Takes an agent that an earlier leader had, which is expected to register again: its number; 0 on
    // failure. errc::system for more than 1,000,000 agents.
    template <class Sink = detail::thrower>
    std::uint64_t expect(boottime_clock::time_point now = boottime_clock::now(), Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        std::uint64_t made = 0;
        check(tenure_observer_expect(held_.get(), detail::ns(now), &made, check.out()));
        return made;
    }

    // Takes news of an agent; of one that the observer does not have, the output is `unknown`.
    template <class Sink = detail::thrower>
    std::vector<output> take(observer_input input, std::uint64_t agent,
                             boottime_clock::time_point now = boottime_clock::now(),
                             Sink &&sink = Sink())
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_observer_take(held_.get(), static_cast<std::int32_t>(input), agent,
                                        detail::ns(now), found, why);
        });
    }

    // Time has passed: at due(), or at any other time. One call serves 1,024 timers at most, so that answers
    // are taken between the pings of a large cluster.
    template <class Sink = detail::thrower>
    std::vector<output> tick(boottime_clock::time_point now = boottime_clock::now(),
                             Sink &&sink = Sink())
    {
        return detail::outputs(sink, [&](tenure_outputs **found, tenure_error **why) {
            return tenure_observer_tick(held_.get(), detail::ns(now), found, why);
        });
    }

    // agent_state::unknown if it has no such agent.
    agent_state state(std::uint64_t agent) const noexcept
    {
        return static_cast<agent_state>(tenure_observer_state(held_.get(), agent));
    }

    // The time by which it wants its next tick, which may be past; nullopt if it waits for none.
    std::optional<boottime_clock::time_point> due() const noexcept
    {
        return detail::instant(tenure_observer_due_ns(held_.get()));
    }

    // How many agents it has, in all states but agent_state::unknown.
    std::size_t size() const noexcept { return tenure_observer_agents(held_.get()); }

    // The time from the first unanswered ping until an agent is unreachable: the leader gives it to each
    // agent that it registers (agent::registered).
    std::chrono::milliseconds total_ping_timeout() const noexcept
    {
        return std::chrono::milliseconds(tenure_observer_total_ping_timeout_ms(held_.get()));
    }

    tenure_observer *get() const noexcept { return held_.get(); }

private:
    detail::owned<tenure_observer, tenure_observer_free> held_{};
};

} // namespace tenure::mesos

#endif // TENURE_MESOS_HPP
