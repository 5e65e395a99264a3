// tenure for C++17: leader election and group membership on Apache ZooKeeper.
//
// Header-only, over tenure.h alone: link what tenure.h needs, and nothing else. Licence: Apache-2.0.
//
//     #include <tenure.hpp>
//     #include <iostream>
//
//     int main()
//     {
//         auto client = tenure::client::open("memory://example/group");
//         auto contender = client.contend({.data = "10.0.0.1:80"}); // C++20; in C++17 set the field
//         auto lead = contender.wait_leading();
//         while (lead) // each test reads the clock
//             std::cout << "leading with token " << lead.token() << '\n';
//         client.close();
//     }
//
// # Ownership
// client, contender, detector, group, event, members and url own a C object, can be moved and not
// copied, and free the object in their destructor; in any order. A moved-from object is empty: its
// `operator bool` is false, functions that can fail give errc::invalid_argument, and functions that
// cannot fail return false, 0 or no text. member can be copied. event_view, member_view and members_view
// own nothing: they are valid as long as the object that they came from. A client that is destroyed
// without close() ends its session in the background; a process that ends at once does not wait for it.
//
// # Errors
// Functions that can fail take a sink last:
//     client.close();                       // throws tenure::error
//     std::error_code ec; client.close(tenure::forever, ec);   // sets ec, clears it on success
//     tenure::failure why; client.close(tenure::forever, why); // the same, with a message
// On failure with a sink they return an empty value. With -fno-exceptions a sink is required; the
// compiler says so.
//
// # Threads, events, guarantees
// As in tenure.h: every thread may call every function, several at once. The owner of a handle must
// order moving it, assigning to it and destroying it. Callbacks are std::functions and run on the
// library's dispatch thread. If a callback throws, this is reported on standard error, and the program
// goes on. When a handle is destroyed, its callback may be in the middle of its last call, and is
// destroyed on that thread soon after: let it own the objects that it uses (capture a std::shared_ptr),
// or refer to objects that outlive the library's threads.
#ifndef TENURE_HPP
#define TENURE_HPP

#include <tenure.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS)
#define TENURE_HPP_EXCEPTIONS 1
#else
#define TENURE_HPP_EXCEPTIONS 0
#endif

// One per program, even if its parts are compiled with hidden visibility: one part catches what another
// throws, and the address of a category identifies it.
#if defined(__GNUC__)
#define TENURE_HPP_SHARED __attribute__((visibility("default")))
#else
#define TENURE_HPP_SHARED
#endif

namespace tenure {

// generated: enums; do not edit, run `make words`
// The result of a call: 0 is success, every failure is negative. New ones may come; treat unknown ones as
// failures. See tenure_status.
enum class errc : std::int32_t {
    ok = TENURE_OK,
    invalid_argument = TENURE_ERR_INVALID_ARGUMENT,
    closed = TENURE_ERR_CLOSED,
    busy = TENURE_ERR_BUSY,
    reentrant = TENURE_ERR_REENTRANT,
    poisoned = TENURE_ERR_POISONED,
    forked = TENURE_ERR_FORKED,
    timeout = TENURE_ERR_TIMEOUT,
    session_expired = TENURE_ERR_SESSION_EXPIRED,
    auth_failed = TENURE_ERR_AUTH_FAILED,
    system = TENURE_ERR_SYSTEM,
    no_auth = TENURE_ERR_NO_AUTH,
    no_node = TENURE_ERR_NO_NODE,
    server = TENURE_ERR_SERVER,
    panic = TENURE_ERR_PANIC,
};

// The kind of an event. New ones may come: ignore unknown ones. See tenure_event_kind.
enum class event_kind : std::int32_t {
    nothing = TENURE_EVENT_NOTHING,
    session_connecting = TENURE_EVENT_SESSION_CONNECTING,
    session_connected = TENURE_EVENT_SESSION_CONNECTED,
    session_suspended = TENURE_EVENT_SESSION_SUSPENDED,
    session_retrying = TENURE_EVENT_SESSION_RETRYING,
    session_expired = TENURE_EVENT_SESSION_EXPIRED,
    session_auth_failed = TENURE_EVENT_SESSION_AUTH_FAILED,
    session_closed = TENURE_EVENT_SESSION_CLOSED,
    session_undertaker_lost = TENURE_EVENT_SESSION_UNDERTAKER_LOST,
    session_undertaker_replaced = TENURE_EVENT_SESSION_UNDERTAKER_REPLACED,
    contender_enrolling = TENURE_EVENT_CONTENDER_ENROLLING,
    contender_enrolled = TENURE_EVENT_CONTENDER_ENROLLED,
    contender_standby = TENURE_EVENT_CONTENDER_STANDBY,
    contender_leading = TENURE_EVENT_CONTENDER_LEADING,
    contender_jeopardy = TENURE_EVENT_CONTENDER_JEOPARDY,
    contender_lost = TENURE_EVENT_CONTENDER_LOST,
    contender_blocked = TENURE_EVENT_CONTENDER_BLOCKED,
    contender_strangers = TENURE_EVENT_CONTENDER_STRANGERS,
    contender_token_fell = TENURE_EVENT_CONTENDER_TOKEN_FELL,
    detector_unknown = TENURE_EVENT_DETECTOR_UNKNOWN,
    detector_none = TENURE_EVENT_DETECTOR_NONE,
    detector_leader = TENURE_EVENT_DETECTOR_LEADER,
    detector_failed = TENURE_EVENT_DETECTOR_FAILED,
    detector_token_fell = TENURE_EVENT_DETECTOR_TOKEN_FELL,
    group_unknown = TENURE_EVENT_GROUP_UNKNOWN,
    group_members = TENURE_EVENT_GROUP_MEMBERS,
    group_failed = TENURE_EVENT_GROUP_FAILED,
    group_membership_lost = TENURE_EVENT_GROUP_MEMBERSHIP_LOST,
    call_done = TENURE_EVENT_CALL_DONE,
};

// Why a candidacy or a membership ended. See tenure_lost_reason.
enum class lost_reason : std::int32_t {
    none = TENURE_LOST_REASON_NONE,
    session_expired = TENURE_LOST_REASON_SESSION_EXPIRED,
    lease_lapsed = TENURE_LOST_REASON_LEASE_LAPSED,
    evicted = TENURE_LOST_REASON_EVICTED,
    withdrawn = TENURE_LOST_REASON_WITHDRAWN,
    closed = TENURE_LOST_REASON_CLOSED,
    failed = TENURE_LOST_REASON_FAILED,
};

// Which side declared a session over. See tenure_expired_by.
enum class expired_by : std::int32_t {
    nobody = TENURE_EXPIRED_BY_NOBODY,
    server = TENURE_EXPIRED_BY_SERVER,
    local_timeout = TENURE_EXPIRED_BY_LOCAL_TIMEOUT,
};

// The kind of the server that granted a session. See tenure_server_kind.
enum class server_kind : std::int32_t {
    unknown = TENURE_SERVER_UNKNOWN,
    zookeeper = TENURE_SERVER_ZOOKEEPER,
    other = TENURE_SERVER_OTHER,
};

// When leadership ends if no server answers. See tenure_policy.
enum class policy : std::int32_t {
    verified = TENURE_POLICY_VERIFIED,
    strict = TENURE_POLICY_STRICT,
    session = TENURE_POLICY_SESSION, // not safe
    guarded = TENURE_POLICY_GUARDED, // safe on every server; all contenders of the group must use it
};

// Whether a contender enrols again after a lost candidacy. See tenure_reenrol.
enum class reenrol : std::int32_t {
    always = TENURE_REENROL_ALWAYS,
    never = TENURE_REENROL_NEVER,
};

// The severity of a log line. See tenure_log_level.
enum class log_level : std::int32_t {
    error = TENURE_LOG_LEVEL_ERROR,
    warn = TENURE_LOG_LEVEL_WARN,
    info = TENURE_LOG_LEVEL_INFO,
    debug = TENURE_LOG_LEVEL_DEBUG,
};

// A metric of a client. New ones may come. See tenure_metric.
enum class metric : std::int32_t {
    connections = TENURE_METRIC_CONNECTIONS,
    failed_attempts = TENURE_METRIC_FAILED_ATTEMPTS,
    suspensions = TENURE_METRIC_SUSPENSIONS,
    sessions_confirmed = TENURE_METRIC_SESSIONS_CONFIRMED,
    sessions_expired = TENURE_METRIC_SESSIONS_EXPIRED,
    bytes_sent = TENURE_METRIC_BYTES_SENT,
    bytes_received = TENURE_METRIC_BYTES_RECEIVED,
    events = TENURE_METRIC_EVENTS,
    leaderships = TENURE_METRIC_LEADERSHIPS,
    leaderships_ended = TENURE_METRIC_LEADERSHIPS_ENDED,
    renewals = TENURE_METRIC_RENEWALS,
    handles = TENURE_METRIC_HANDLES,
    calls = TENURE_METRIC_CALLS,
};

// generated: end

} // namespace tenure

template <> struct std::is_error_code_enum<tenure::errc> : std::true_type {};

namespace tenure {

namespace detail {

struct TENURE_HPP_SHARED statuses final : std::error_category {
    const char *name() const noexcept override { return "tenure"; }
    std::string message(int value) const override { return tenure_status_name(value); }
    std::error_condition default_error_condition(int value) const noexcept override
    {
        switch (value) {
        case TENURE_ERR_INVALID_ARGUMENT:
            return std::errc::invalid_argument;
        case TENURE_ERR_TIMEOUT:
            return std::errc::timed_out;
        case TENURE_ERR_AUTH_FAILED:
        case TENURE_ERR_NO_AUTH:
            return std::errc::permission_denied;
        case TENURE_ERR_NO_NODE:
            return std::errc::no_such_file_or_directory;
        default:
            return {value, *this};
        }
    }
};

// Never destroyed: callbacks may run while a process ends, after its statics are gone.
union immortal {
    detail::statuses statuses{};

    immortal() noexcept {} // NOLINT(modernize-use-equals-default): of a union it would be deleted
    ~immortal() {} // NOLINT(modernize-use-equals-default)
};

} // namespace detail

// The category of errc; its messages are the names of the statuses. Timeouts, invalid arguments and the
// like also equal the std::errc of that name.
TENURE_HPP_SHARED inline const std::error_category &category() noexcept
{
    static const detail::immortal instance;
    return instance.statuses;
}

inline std::error_code make_error_code(errc code) noexcept
{
    return {static_cast<int>(code), category()};
}

// A failure with its message: a sink that keeps both.
class failure {
public:
    failure() = default;
    failure(errc code, std::string message, bool retriable)
        : code_(code), message_(std::move(message)), retriable_(retriable)
    {
    }

    // Whether something failed.
    explicit operator bool() const noexcept { return code_ != errc::ok; }
    errc code() const noexcept { return code_; }
    // What went wrong and what to do about it; holds no secret.
    const std::string &message() const noexcept { return message_; }
    // Whether the same call can succeed later without any change.
    bool is_retriable() const noexcept { return retriable_; }

private:
    errc code_ = errc::ok;
    std::string message_{};
    bool retriable_ = false;
};

// The exception of functions without a sink. code() of std::system_error has tenure::category().
class TENURE_HPP_SHARED error : public std::system_error {
public:
    explicit error(failure why)
        : std::system_error(make_error_code(why.code()), why.message()),
          why_(std::make_shared<const failure>(std::move(why)))
    {
    }

    // No moves: an exception always keeps its message.
    error(const error &) noexcept = default;
    error &operator=(const error &) noexcept = default;
    ~error() override = default;

    const failure &why() const noexcept { return *why_; }
    bool is_retriable() const noexcept { return why_->is_retriable(); }

private:
    std::shared_ptr<const failure> why_; // shared, because copies of exceptions must not throw
};

// How long to wait: any std::chrono duration that is not negative, rounded up to milliseconds; or
// forever. Zero does not block.
class timeout {
public:
    template <class Rep, class Period>
    constexpr timeout(std::chrono::duration<Rep, Period> span) noexcept // NOLINT: meant to be implicit
        : ms_(round(span))
    {
    }

    static constexpr timeout never() noexcept { return timeout(-1, 0); }
    constexpr std::int64_t count() const noexcept { return ms_; }

private:
    constexpr timeout(std::int64_t ms, int) noexcept : ms_(ms) {}

    template <class Rep, class Period>
    static constexpr std::int64_t round(std::chrono::duration<Rep, Period> span) noexcept
    {
        using milliseconds = std::chrono::duration<long double, std::milli>;
        const long double exact = std::chrono::duration_cast<milliseconds>(span).count();
        if (!(exact >= 0)) // NaN too
            return std::numeric_limits<std::int64_t>::min(); // refused by the library
        if (exact >= 9.2e18L)
            return std::numeric_limits<std::int64_t>::max();
        const auto whole = static_cast<std::int64_t>(exact);
        return static_cast<long double>(whole) < exact ? whole + 1 : whole;
    }

    std::int64_t ms_;
};

inline constexpr timeout forever = timeout::never();

// CLOCK_BOOTTIME, which measures leases: it goes on while the machine sleeps.
struct boottime_clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<boottime_clock>;
    static constexpr bool is_steady = true;

    static time_point now() noexcept { return at(tenure_boottime_ns()); }
    static time_point at(std::uint64_t ns) noexcept
    {
        return time_point(duration(static_cast<rep>(ns)));
    }
};

// The release and the ABI version of the loaded library.
inline std::string_view version() noexcept { return tenure_version(); }
inline std::int32_t abi_version() noexcept { return tenure_abi_version(); }

inline std::ostream &operator<<(std::ostream &out, event_kind kind)
{
    return out << tenure_event_kind_name(static_cast<std::int32_t>(kind));
}

namespace detail {

inline tenure_str str(std::string_view text) noexcept
{
    tenure_str made{};
    made.data = text.data();
    made.len = text.size();
    return made;
}

inline std::string_view view(tenure_str text) noexcept
{
    return text.len == 0 ? std::string_view() : std::string_view(text.data, text.len);
}

inline std::optional<std::string_view> bytes(const void *data, std::size_t len) noexcept
{
    if (data == nullptr)
        return std::nullopt;
    return std::string_view(static_cast<const char *>(data), len);
}

// The sink of a call without one.
struct thrower {};

inline void tell(std::error_code &sink, errc code, const tenure_error *) { sink = code; }

inline void tell(failure &sink, errc code, const tenure_error *why)
{
    sink = failure(code, std::string(view(tenure_error_message(why))), tenure_error_is_retriable(why));
}

#if TENURE_HPP_EXCEPTIONS
inline void tell(thrower &, errc code, const tenure_error *why)
{
    failure what;
    tell(what, code, why);
    throw error(what);
}
#endif

// Takes the error of a C function, and passes it to the sink.
template <class Sink> class outcome {
    static_assert(TENURE_HPP_EXCEPTIONS || !std::is_same_v<Sink, thrower>,
                  "without exceptions, give a std::error_code or a tenure::failure as the last argument");
    static_assert(std::is_same_v<Sink, thrower> || std::is_same_v<Sink, std::error_code>
                      || std::is_same_v<Sink, failure>,
                  "a sink is a std::error_code or a tenure::failure");

public:
    explicit outcome(Sink &sink) noexcept : sink_(sink) {}
    outcome(const outcome &) = delete;
    outcome &operator=(const outcome &) = delete;
    ~outcome() { tenure_error_free(error_); }

    tenure_error **out() noexcept { return &error_; }

    // Whether it worked.
    bool operator()(tenure_status status)
    {
        if (status == TENURE_OK) {
            if constexpr (!std::is_same_v<Sink, thrower>)
                sink_ = Sink();
            return true;
        }
        tell(sink_, static_cast<errc>(status), error_);
        return false;
    }

private:
    Sink &sink_;
    tenure_error *error_ = nullptr;
};

template <class Sink> outcome(Sink &) -> outcome<Sink>;

// The result of operator-> where there is only a view, and no object to point to.
template <class View> struct arrow {
    View view;
    const View *operator->() const noexcept { return &view; }
};

template <class T, void (*Free)(T *)> struct freer {
    void operator()(T *held) const noexcept { Free(held); }
};

template <class T, void (*Free)(T *)> using owned = std::unique_ptr<T, freer<T, Free>>;

// Runs a callback of the user; no exception may leave it. Whether it can throw is part of the type, so
// that a program may have parts with and without exceptions: each keeps its own.
template <bool Throws> struct callbacks;

template <> struct callbacks<false> {
    template <class Body> static void run(Body &&body) noexcept { body(); }
};

#if TENURE_HPP_EXCEPTIONS
template <> struct callbacks<true> {
    template <class Body> static void run(Body &&body) noexcept
    {
        try {
            body();
        } catch (const std::exception &what) {
            std::fprintf(stderr, "tenure: a callback threw, which it must not: %s\n", what.what());
        } catch (...) {
            std::fputs("tenure: a callback threw, which it must not\n", stderr);
        }
    }
};
#endif

template <bool Throws, class Function> void destroy(void *user_data) noexcept
{
    callbacks<Throws>::run([&] { delete static_cast<Function *>(user_data); });
}

} // namespace detail

// A view of a member that an event, a list or a member object owns.
class member_view {
public:
    member_view() = default;
    explicit member_view(const tenure_member *seen) noexcept : seen_(seen) {}

    explicit operator bool() const noexcept { return seen_ != nullptr; }
    std::string_view path() const noexcept { return detail::view(tenure_member_path(seen_)); }
    std::string_view label() const noexcept { return detail::view(tenure_member_label(seen_)); }
    std::int32_t sequence() const noexcept { return tenure_member_sequence(seen_); }
    // The czxid: the order of members, and the fencing token.
    std::uint64_t token() const noexcept { return tenure_member_token(seen_); }
    const tenure_member *get() const noexcept { return seen_; }

private:
    const tenure_member *seen_ = nullptr;
};

// Whether two members or views are the same znode; two empty ones are equal.
inline bool operator==(member_view a, member_view b) noexcept
{
    return tenure_member_equal(a.get(), b.get()) || (!a && !b);
}
inline bool operator!=(member_view a, member_view b) noexcept { return !(a == b); }

// A member of a group; this object owns it.
class member {
public:
    member() = default;
    explicit member(tenure_member *held) noexcept : held_(held) {}
    member(member_view seen) : held_(tenure_member_clone(seen.get())) {} // NOLINT: meant to be implicit
    member(const member &other) : member(member_view(other)) {}
    member(member &&) noexcept = default;
    member &operator=(member other) noexcept
    {
        held_.swap(other.held_);
        return *this;
    }
    ~member() = default;

    // The member with this path and token, as another process or an earlier event named it.
    template <class Sink = detail::thrower>
    [[nodiscard]] static member known(std::string_view path, std::uint64_t token, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_member *made = nullptr;
        check(tenure_member_new(detail::str(path), token, &made, check.out()));
        return member(made);
    }

    operator member_view() const noexcept { return member_view(held_.get()); } // NOLINT: implicit
    explicit operator bool() const noexcept { return held_ != nullptr; }
    std::string_view path() const noexcept { return member_view(*this).path(); }
    std::string_view label() const noexcept { return member_view(*this).label(); }
    std::int32_t sequence() const noexcept { return member_view(*this).sequence(); }
    std::uint64_t token() const noexcept { return member_view(*this).token(); }
    const tenure_member *get() const noexcept { return held_.get(); }

private:
    detail::owned<tenure_member, tenure_member_free> held_{};
};

// The members of a group at one time, oldest first; the first one leads.
class members_view {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = member_view;
        using difference_type = std::ptrdiff_t;
        using pointer = detail::arrow<member_view>;
        using reference = member_view;

        iterator() = default;
        iterator(const tenure_members *list, std::size_t at) noexcept : list_(list), at_(at) {}
        member_view operator*() const noexcept { return member_view(tenure_members_at(list_, at_)); }
        pointer operator->() const noexcept { return {**this}; }
        iterator &operator++() noexcept
        {
            ++at_;
            return *this;
        }
        iterator operator++(int) noexcept
        {
            iterator before = *this;
            ++at_;
            return before;
        }
        friend bool operator==(iterator a, iterator b) noexcept { return a.at_ == b.at_; }
        friend bool operator!=(iterator a, iterator b) noexcept { return a.at_ != b.at_; }

    private:
        const tenure_members *list_ = nullptr;
        std::size_t at_ = 0;
    };

    members_view() = default;
    explicit members_view(const tenure_members *seen) noexcept : seen_(seen) {}

    std::size_t size() const noexcept { return tenure_members_count(seen_); }
    bool empty() const noexcept { return size() == 0; }
    // Empty beyond the end.
    member_view operator[](std::size_t at) const noexcept
    {
        return member_view(tenure_members_at(seen_, at));
    }
    iterator begin() const noexcept { return {seen_, 0}; }
    iterator end() const noexcept { return {seen_, size()}; }
    const tenure_members *get() const noexcept { return seen_; }

private:
    const tenure_members *seen_ = nullptr;
};

// A list of members; this object owns it.
class members {
public:
    members() = default;
    explicit members(tenure_members *held) noexcept : held_(held) {}

    operator members_view() const noexcept { return members_view(held_.get()); } // NOLINT: implicit
    std::size_t size() const noexcept { return members_view(*this).size(); }
    bool empty() const noexcept { return size() == 0; }
    member_view operator[](std::size_t at) const noexcept { return members_view(*this)[at]; }
    members_view::iterator begin() const noexcept { return members_view(*this).begin(); }
    members_view::iterator end() const noexcept { return members_view(*this).end(); }
    const tenure_members *get() const noexcept { return held_.get(); }

private:
    detail::owned<tenure_members, tenure_members_free> held_{};
};

// An event that a callback receives. tenure.h says which accessors have a value for which kind.
class event_view {
public:
    event_view() = default;
    explicit event_view(const tenure_event *seen) noexcept : seen_(seen) {}

    explicit operator bool() const noexcept { return seen_ != nullptr; }
    event_kind kind() const noexcept { return static_cast<event_kind>(tenure_event_type(seen_)); }
    // id() of the handle of the event.
    std::uint64_t source() const noexcept { return tenure_event_source(seen_); }
    member_view member() const noexcept { return member_view(tenure_event_member(seen_)); }
    std::uint64_t token() const noexcept { return tenure_event_token(seen_); }
    members_view members() const noexcept { return members_view(tenure_event_members(seen_)); }
    std::optional<std::string_view> data() const noexcept
    {
        std::size_t len = 0;
        const void *first = tenure_event_data(seen_, &len);
        return detail::bytes(first, len);
    }
    std::int64_t session() const noexcept { return tenure_event_session(seen_); }
    std::chrono::milliseconds session_timeout() const noexcept
    {
        return std::chrono::milliseconds(tenure_event_timeout_ms(seen_));
    }
    tenure::server_kind server() const noexcept
    {
        return static_cast<tenure::server_kind>(tenure_event_server(seen_));
    }
    std::uint32_t attempt() const noexcept { return tenure_event_attempt(seen_); }
    tenure::expired_by expired_by() const noexcept
    {
        return static_cast<tenure::expired_by>(tenure_event_expired_by(seen_));
    }
    std::size_t ahead() const noexcept { return tenure_event_ahead(seen_); }
    std::optional<boottime_clock::time_point> waits_until() const noexcept
    {
        return instant(tenure_event_waits_until_ns(seen_));
    }
    std::uint64_t token_before() const noexcept { return tenure_event_token_before(seen_); }
    std::optional<boottime_clock::time_point> lease_end() const noexcept
    {
        return instant(tenure_event_lease_end_ns(seen_));
    }
    std::optional<boottime_clock::time_point> since() const noexcept
    {
        return instant(tenure_event_since_ns(seen_));
    }
    std::optional<boottime_clock::time_point> as_of() const noexcept
    {
        return instant(tenure_event_as_of_ns(seen_));
    }
    tenure::lost_reason lost_reason() const noexcept
    {
        return static_cast<tenure::lost_reason>(tenure_event_lost_reason(seen_));
    }
    errc status() const noexcept { return static_cast<errc>(tenure_event_status(seen_)); }
    std::string_view message() const noexcept { return detail::view(tenure_event_message(seen_)); }
    std::uint64_t call() const noexcept { return tenure_event_call(seen_); }
    bool call_result() const noexcept { return tenure_event_call_result(seen_); }
    const tenure_event *get() const noexcept { return seen_; }

private:
    static std::optional<boottime_clock::time_point> instant(std::uint64_t ns) noexcept
    {
        if (ns == 0)
            return std::nullopt;
        return boottime_clock::at(ns);
    }

    const tenure_event *seen_ = nullptr;
};

// An event; this object owns it.
class event {
public:
    event() = default;
    explicit event(tenure_event *held) noexcept : held_(held) {}

    operator event_view() const noexcept { return event_view(held_.get()); } // NOLINT: implicit
    explicit operator bool() const noexcept { return held_ != nullptr; }
    // Its accessors: e->kind(), e->token(). Their results live as long as the event.
    detail::arrow<event_view> operator->() const noexcept { return {*this}; }
    event_kind kind() const noexcept { return event_view(*this).kind(); }
    const tenure_event *get() const noexcept { return held_.get(); }

private:
    detail::owned<tenure_event, tenure_event_free> held_{};
};

// Receives events, on the library's dispatch thread, one at a time and in order.
using event_function = std::function<void(event_view)>;

namespace detail {

template <bool Throws> void event_call(void *user_data, const tenure_event *seen) noexcept
{
    callbacks<Throws>::run([&] { (*static_cast<event_function *>(user_data))(event_view(seen)); });
}

template <class Handle>
using register_fn = tenure_status (*)(Handle *, tenure_event_fn, void *, tenure_destroy_fn,
                                      tenure_error **);

template <bool Throws, class Handle, class Sink>
bool call_back(register_fn<Handle> set, Handle *handle, event_function callback, Sink &sink)
{
    outcome check(sink);
    if (!callback)
        return check(set(handle, nullptr, nullptr, nullptr, check.out()));
    auto *kept = new event_function(std::move(callback));
    return check(
        set(handle, event_call<Throws>, kept, destroy<Throws, event_function>, check.out()));
}

} // namespace detail

// A leadership. It asks its contender, which must outlive it.
class leadership {
public:
    leadership() = default;
    leadership(const tenure_contender *contender, std::uint64_t token) noexcept
        : contender_(contender), token_(token)
    {
    }

    // Whether that contender leads with that token, right now: each call reads the clock.
    explicit operator bool() const noexcept { return lease_end().has_value(); }
    // The fencing token, also after the end of the leadership.
    std::uint64_t token() const noexcept { return token_; }
    // The end of the lease, unless it is renewed; nullopt after the end of the leadership.
    std::optional<boottime_clock::time_point> lease_end() const noexcept
    {
        std::uint64_t token = 0;
        std::uint64_t end = 0;
        if (!tenure_contender_leadership(contender_, &token, &end) || token != token_)
            return std::nullopt;
        return boottime_clock::at(end);
    }

private:
    const tenure_contender *contender_ = nullptr;
    std::uint64_t token_ = 0;
};

// The options of a contender.
struct contender_options {
    // The group; empty: the group of the client's URL.
    std::string path{};
    // generated: contender options; do not edit, run `make words`
    // The part before `_` in the name of the znode
    std::string label{};
    // The payload of the znode, which detectors get with the leader: at most 1,000,000 bytes
    std::string data{};
    // When leadership ends if no server answers
    tenure::policy policy = tenure::policy::verified;
    // Whether the contender enrols again after a lost candidacy
    tenure::reenrol reenrol = tenure::reenrol::always;
    // Whether to keep a lease ready while next in line, for one small write each twelfth of the session
    // timeout
    bool warm = false;
    // The length of the lease, for which a successor waits: 100 ms to 10 s and no longer than the session
    // timeout, by default a quarter of that; needs the policy `guarded`, and excludes `fail_over`
    std::optional<std::chrono::milliseconds> lease{};
    // The time in which a successor replaces a leader that is silent: 250 ms to 10 s and less than the
    // session timeout; needs the policy `guarded`, and excludes `lease`
    std::optional<std::chrono::milliseconds> fail_over{};
    // generated: end
};

namespace detail {

// These options in C; none on failure.
template <class Sink>
owned<tenure_contender_options, tenure_contender_options_free> of_c(const contender_options &options,
                                                                    outcome<Sink> &check)
{
    owned<tenure_contender_options, tenure_contender_options_free> made(
        tenure_contender_options_new());
    auto *set = made.get();
    const bool is_set
        = (options.path.empty()
           || check(tenure_contender_options_set_path(set, detail::str(options.path), check.out())))
            // generated: contender setters; do not edit, run `make words`
            && check(tenure_contender_options_set_label(
                set, detail::str(options.label), check.out()))
            && check(tenure_contender_options_set_data(
                set, options.data.data(), options.data.size(), check.out()))
            && check(tenure_contender_options_set_policy(
                set, static_cast<std::int32_t>(options.policy), check.out()))
            && check(tenure_contender_options_set_reenrol(
                set, static_cast<std::int32_t>(options.reenrol), check.out()))
            && check(tenure_contender_options_set_warm(
                set, options.warm, check.out()))
            && (!options.lease || check(tenure_contender_options_set_lease_ms(
                set, options.lease->count(), check.out())))
            && (!options.fail_over || check(tenure_contender_options_set_fail_over_ms(
                set, options.fail_over->count(), check.out())))
            // generated: end
            ;
    if (!is_set)
        made.reset();
    return made;
}

} // namespace detail

// See tenure_contender.
class contender {
public:
    contender() = default;
    explicit contender(tenure_contender *held) noexcept : held_(held) {}

    explicit operator bool() const noexcept { return held_ != nullptr; }
    std::uint64_t id() const noexcept { return tenure_contender_id(held_.get()); }

    // Whether it leads, right now. Never blocks, takes no lock.
    bool is_leading() const noexcept { return tenure_contender_is_leading(held_.get()); }

    // Its leadership, if it leads right now; otherwise a leadership that is over.
    tenure::leadership leadership() const noexcept
    {
        std::uint64_t token = 0;
        if (!tenure_contender_leadership(held_.get(), &token, nullptr))
            return {};
        return {held_.get(), token};
    }

    // Waits until it leads.
    template <class Sink = detail::thrower>
    tenure::leadership wait_leading(timeout limit = forever, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        std::uint64_t token = 0;
        if (!check(tenure_contender_wait_leading(held_.get(), limit.count(), &token, check.out())))
            return {};
        return {held_.get(), token};
    }

    // Ends the candidacy; true if this contender deleted its znode.
    template <class Sink = detail::thrower>
    bool withdraw(timeout limit = forever, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        bool removed = false;
        return check(tenure_contender_withdraw(held_.get(), limit.count(), &removed, check.out()))
            && removed;
    }

    // The same without waiting: returns the call() of the later event_kind::call_done; 0 on failure.
    template <class Sink = detail::thrower> std::uint64_t withdraw_start(Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        std::uint64_t call = 0;
        check(tenure_contender_withdraw_start(held_.get(), &call, check.out()));
        return call;
    }

    // Changes the payload; true when the znode has it. What another party writes there is replaced by it.
    template <class Sink = detail::thrower>
    bool set_data(std::string_view data, timeout limit = forever, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        bool written = false;
        return check(tenure_contender_set_data(held_.get(), data.data(), data.size(), limit.count(),
                                               &written, check.out()))
            && written;
    }

    template <class Sink = detail::thrower>
    std::uint64_t set_data_start(std::string_view data, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        std::uint64_t call = 0;
        check(tenure_contender_set_data_start(held_.get(), data.data(), data.size(), &call, check.out()));
        return call;
    }

    // Registers a callback for each event from now on. A handle has at most one, for life.
    template <class Sink = detail::thrower, bool Throws = TENURE_HPP_EXCEPTIONS != 0>
    bool on_event(event_function callback, Sink &&sink = Sink())
    {
        return detail::call_back<Throws>(tenure_contender_set_callback, held_.get(), std::move(callback), sink);
    }

    // The newest event; empty before the first one.
    event state() const { return event(tenure_contender_state(held_.get())); }

    tenure_contender *get() const noexcept { return held_.get(); }

private:
    detail::owned<tenure_contender, tenure_contender_free> held_{};
};

// See tenure_detector.
class detector {
public:
    detector() = default;
    explicit detector(tenure_detector *held) noexcept : held_(held) {}

    explicit operator bool() const noexcept { return held_ != nullptr; }
    std::uint64_t id() const noexcept { return tenure_detector_id(held_.get()); }

    // The current state: detector_leader, _none, _unknown or _failed.
    event state() const { return event(tenure_detector_state(held_.get())); }

    // Waits until the state differs from `previous` (empty: unknown); empty on failure.
    template <class Sink = detail::thrower>
    event detect(event_view previous = {}, timeout limit = forever, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_event *found = nullptr;
        check(tenure_detector_detect(held_.get(), previous.get(), limit.count(), &found, check.out()));
        return event(found);
    }

    template <class Sink = detail::thrower, bool Throws = TENURE_HPP_EXCEPTIONS != 0>
    bool on_event(event_function callback, Sink &&sink = Sink())
    {
        return detail::call_back<Throws>(tenure_detector_set_callback, held_.get(), std::move(callback), sink);
    }

    tenure_detector *get() const noexcept { return held_.get(); }

private:
    detail::owned<tenure_detector, tenure_detector_free> held_{};
};

// See tenure_group.
class group {
public:
    group() = default;
    explicit group(tenure_group *held) noexcept : held_(held) {}

    explicit operator bool() const noexcept { return held_ != nullptr; }
    std::uint64_t id() const noexcept { return tenure_group_id(held_.get()); }

    // Joins; the membership lives until cancel, the end of the session, or the end of this group.
    template <class Sink = detail::thrower>
    tenure::member join(std::string_view data, std::string_view label = {}, timeout limit = forever,
                        Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_member *joined = nullptr;
        check(tenure_group_join(held_.get(), data.data(), data.size(), detail::str(label), limit.count(),
                                &joined, check.out()));
        return tenure::member(joined);
    }

    template <class Sink = detail::thrower>
    std::uint64_t join_start(std::string_view data, std::string_view label = {}, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        std::uint64_t call = 0;
        check(tenure_group_join_start(held_.get(), data.data(), data.size(), detail::str(label), &call,
                                      check.out()));
        return call;
    }

    // Leaves; true only if this call removed the member.
    template <class Sink = detail::thrower>
    bool cancel(member_view who, timeout limit = forever, Sink &&sink = Sink())
    {
        return flag(tenure_group_cancel, who, limit, sink);
    }

    template <class Sink = detail::thrower>
    std::uint64_t cancel_start(member_view who, Sink &&sink = Sink())
    {
        return start(tenure_group_cancel_start, who, sink);
    }

    // Deletes any member of the group; true if it existed and this call removed it.
    template <class Sink = detail::thrower>
    bool evict(member_view who, timeout limit = forever, Sink &&sink = Sink())
    {
        return flag(tenure_group_evict, who, limit, sink);
    }

    template <class Sink = detail::thrower>
    std::uint64_t evict_start(member_view who, Sink &&sink = Sink())
    {
        return start(tenure_group_evict_start, who, sink);
    }

    // Waits for the end of any member; true if this group cancelled it meanwhile.
    template <class Sink = detail::thrower>
    bool cancelled(member_view who, timeout limit = forever, Sink &&sink = Sink())
    {
        return flag(tenure_group_cancelled, who, limit, sink);
    }

    template <class Sink = detail::thrower>
    std::uint64_t cancelled_start(member_view who, Sink &&sink = Sink())
    {
        return start(tenure_group_cancelled_start, who, sink);
    }

    // All members now, oldest first.
    template <class Sink = detail::thrower>
    tenure::members members(timeout limit = forever, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_members *found = nullptr;
        check(tenure_group_members(held_.get(), limit.count(), &found, check.out()));
        return tenure::members(found);
    }

    template <class Sink = detail::thrower> std::uint64_t members_start(Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        std::uint64_t call = 0;
        check(tenure_group_members_start(held_.get(), &call, check.out()));
        return call;
    }

    // The payload of any member; nullopt when it is gone.
    template <class Sink = detail::thrower>
    std::optional<std::string> data(member_view who, timeout limit = forever, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_data *found = nullptr;
        check(tenure_group_data(held_.get(), who.get(), limit.count(), &found, check.out()));
        const detail::owned<tenure_data, tenure_data_free> kept(found);
        std::size_t len = 0;
        const void *first = tenure_data_bytes(found, &len);
        const auto bytes = detail::bytes(first, len);
        return bytes ? std::optional<std::string>(std::string(*bytes)) : std::nullopt;
    }

    template <class Sink = detail::thrower>
    std::uint64_t data_start(member_view who, Sink &&sink = Sink())
    {
        return start(tenure_group_data_start, who, sink);
    }

    // Changes the payload of a member that this group joined; true when its znode has it. What another party writes
    // there is replaced by it.
    template <class Sink = detail::thrower>
    bool set_data(member_view who, std::string_view data, timeout limit = forever, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        bool written = false;
        return check(tenure_group_set_data(held_.get(), who.get(), data.data(), data.size(),
                                           limit.count(), &written, check.out()))
            && written;
    }

    template <class Sink = detail::thrower>
    std::uint64_t set_data_start(member_view who, std::string_view data, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        std::uint64_t call = 0;
        check(tenure_group_set_data_start(held_.get(), who.get(), data.data(), data.size(), &call,
                                          check.out()));
        return call;
    }

    // Reports every change of the members from now on, as event_kind::group_members.
    template <class Sink = detail::thrower> bool watch(Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        return check(tenure_group_watch(held_.get(), check.out()));
    }

    // Waits until the members differ from `expected`; an empty list on failure.
    template <class Sink = detail::thrower>
    tenure::members wait_members(members_view expected = {}, timeout limit = forever,
                                 Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_members *found = nullptr;
        check(tenure_group_wait_members(held_.get(), expected.get(), limit.count(), &found, check.out()));
        return tenure::members(found);
    }

    template <class Sink = detail::thrower, bool Throws = TENURE_HPP_EXCEPTIONS != 0>
    bool on_event(event_function callback, Sink &&sink = Sink())
    {
        return detail::call_back<Throws>(tenure_group_set_callback, held_.get(), std::move(callback), sink);
    }

    tenure_group *get() const noexcept { return held_.get(); }

private:
    using flag_fn = tenure_status (*)(tenure_group *, const tenure_member *, std::int64_t, bool *,
                                      tenure_error **);
    using start_fn = tenure_status (*)(tenure_group *, const tenure_member *, std::uint64_t *,
                                       tenure_error **);

    template <class Sink> bool flag(flag_fn act, member_view who, timeout limit, Sink &sink)
    {
        detail::outcome check(sink);
        bool answer = false;
        return check(act(held_.get(), who.get(), limit.count(), &answer, check.out())) && answer;
    }

    template <class Sink> std::uint64_t start(start_fn act, member_view who, Sink &sink)
    {
        detail::outcome check(sink);
        std::uint64_t call = 0;
        check(act(held_.get(), who.get(), &call, check.out()));
        return call;
    }

    detail::owned<tenure_group, tenure_group_free> held_{};
};

// TLS to the servers: see tenure_client_options_set_tls. Files are PEM.
struct tls_options {
    std::string ca_file{};          // the authorities to trust
    std::string certificate_file{}; // the client's certificate; empty for none
    std::string key_file{};         // its private key
    std::string server_name{};      // the name in the certificates, instead of the host in the URL
};

// The options of a client; those that are not set have their defaults.
struct client_options {
    std::optional<std::chrono::milliseconds> session_timeout{}; // default: 10 s, as in Mesos
    std::optional<std::chrono::milliseconds> tick{};            // never less than the servers' real tick
    std::optional<tls_options> tls{};                           // default: no TLS
    // The program that closes the session as soon as this process is dead: see tenure_client_options_set_undertaker.
    // The empty text for the one that is installed with the library; by default there is none.
    std::optional<std::string> undertaker{};
};

// See tenure_client.
class client {
public:
    client() = default;
    explicit client(tenure_client *held) noexcept : held_(held) {}

    // Opens a client and begins to connect; does not wait for a connection.
    template <class Sink = detail::thrower>
    [[nodiscard]] static client open(std::string_view url, const client_options &options = {},
                                     Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        const detail::owned<tenure_client_options, tenure_client_options_free> made(
            tenure_client_options_new());
        if (options.session_timeout
            && !check(tenure_client_options_set_session_timeout_ms(
                made.get(), options.session_timeout->count(), check.out())))
            return {};
        if (options.tick
            && !check(tenure_client_options_set_tick_ms(made.get(), options.tick->count(), check.out())))
            return {};
        if (const auto &tls = options.tls;
            tls
            && !check(tenure_client_options_set_tls(
                made.get(), detail::str(tls->ca_file), detail::str(tls->certificate_file),
                detail::str(tls->key_file), detail::str(tls->server_name), check.out())))
            return {};
        if (options.undertaker
            && !check(tenure_client_options_set_undertaker(
                made.get(), detail::str(*options.undertaker), check.out())))
            return {};
        tenure_client *opened = nullptr;
        check(tenure_client_open(detail::str(url), made.get(), &opened, check.out()));
        return client(opened);
    }

    explicit operator bool() const noexcept { return held_ != nullptr; }
    std::uint64_t id() const noexcept { return tenure_client_id(held_.get()); }
    // The path of the URL.
    std::string_view path() const noexcept { return detail::view(tenure_client_path(held_.get())); }

    // Contends for the leadership of a group.
    template <class Sink = detail::thrower>
    [[nodiscard]] contender contend(const contender_options &options = {}, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        const auto made = detail::of_c(options, check);
        tenure_contender *found = nullptr;
        if (made)
            check(tenure_contender_new(held_.get(), made.get(), &found, check.out()));
        return contender(found);
    }

    // Follows the leader of a group; by default of the group of the URL.
    template <class Sink = detail::thrower>
    [[nodiscard]] detector detect(std::string_view path = {}, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_detector *found = nullptr;
        check(tenure_detector_new(held_.get(), detail::str(path), &found, check.out()));
        return detector(found);
    }

    // Opens a group; by default the group of the URL.
    template <class Sink = detail::thrower>
    [[nodiscard]] tenure::group group(std::string_view path = {}, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_group *found = nullptr;
        check(tenure_group_new(held_.get(), detail::str(path), &found, check.out()));
        return tenure::group(found);
    }

    // The next event of the queue. Empty when no event came in time, and when no event will ever follow:
    // neither throws, and a sink gets the reason (errc::timeout, errc::closed).
    template <class Sink = detail::thrower>
    [[nodiscard]] event next_event(timeout limit = forever, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        tenure_event *found = nullptr;
        const tenure_status status
            = tenure_client_next_event(held_.get(), limit.count(), &found, check.out());
        if constexpr (std::is_same_v<std::decay_t<Sink>, detail::thrower>) {
            if (status == TENURE_ERR_TIMEOUT || status == TENURE_ERR_CLOSED)
                return {};
        }
        check(status);
        return event(found);
    }

    // A file descriptor that is readable while next_event would not block; -1 on failure.
    template <class Sink = detail::thrower> int event_fd(Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        int fd = -1;
        check(tenure_client_event_fd(held_.get(), &fd, check.out()));
        return fd;
    }

    // Registers a callback for each event of the session from now on.
    template <class Sink = detail::thrower, bool Throws = TENURE_HPP_EXCEPTIONS != 0>
    bool on_event(event_function callback, Sink &&sink = Sink())
    {
        return detail::call_back<Throws>(tenure_client_set_callback, held_.get(), std::move(callback), sink);
    }

    // The newest event of the session; empty before the first one.
    event state() const { return event(tenure_client_state(held_.get())); }

    // Closes the session in order; true when all its znodes are gone.
    template <class Sink = detail::thrower> bool close(timeout limit = forever, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        return check(tenure_client_close(held_.get(), limit.count(), check.out()));
    }

    // Like close, without blocking; event_kind::call_done reports the end.
    template <class Sink = detail::thrower> std::uint64_t close_start(Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        std::uint64_t call = 0;
        check(tenure_client_close_start(held_.get(), &call, check.out()));
        return call;
    }

    // Gives up a call that a function ending in _start began; true if it had not ended. A join that is given
    // up is undone; every other operation may have happened, or may still happen.
    template <class Sink = detail::thrower> bool give_up(std::uint64_t call, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        bool given_up = false;
        return check(tenure_client_give_up(held_.get(), call, &given_up, check.out())) && given_up;
    }

    // The value of a metric, counted since the client was opened.
    std::uint64_t metric(tenure::metric which) const noexcept
    {
        return tenure_client_metric(held_.get(), static_cast<std::int32_t>(which));
    }

    tenure_client *get() const noexcept { return held_.get(); }

private:
    detail::owned<tenure_client, tenure_client_free> held_{};
};

// A parsed URL: to check one, and to show it without its password.
class url {
public:
    template <class Sink = detail::thrower>
    [[nodiscard]] static url parse(std::string_view text, Sink &&sink = Sink())
    {
        detail::outcome check(sink);
        url made;
        tenure_url *found = nullptr;
        check(tenure_url_parse(detail::str(text), &found, check.out()));
        made.held_.reset(found);
        return made;
    }

    explicit operator bool() const noexcept { return held_ != nullptr; }
    std::string_view path() const noexcept { return detail::view(tenure_url_path(held_.get())); }
    std::string_view shown() const noexcept { return detail::view(tenure_url_shown(held_.get())); }
    bool is_standalone() const noexcept { return tenure_url_is_standalone(held_.get()); }
    std::size_t server_count() const noexcept { return tenure_url_server_count(held_.get()); }
    std::string_view server(std::size_t at) const noexcept
    {
        return detail::view(tenure_url_server(held_.get(), at));
    }
    const tenure_url *get() const noexcept { return held_.get(); }

private:
    detail::owned<tenure_url, tenure_url_free> held_{};
};

// Receives a log line, on the library's dispatch thread.
using log_function
    = std::function<void(log_level, boottime_clock::time_point, std::string_view)>;

namespace detail {

template <bool Throws>
void log_call(void *user_data, tenure_log_level level, std::uint64_t at_ns, tenure_str message) noexcept
{
    callbacks<Throws>::run([&] {
        (*static_cast<log_function *>(user_data))(static_cast<log_level>(level),
                                                  boottime_clock::at(at_ns), view(message));
    });
}

template <class Sink>
bool on_server(tenure_status (*act)(tenure_str, tenure_error **), std::string_view url, Sink &sink)
{
    outcome check(sink);
    return check(act(str(url), check.out()));
}

} // namespace detail

// Registers a callback for log lines of this level and of more severe ones; an empty function ends it.
template <class Sink = detail::thrower, bool Throws = TENURE_HPP_EXCEPTIONS != 0>
bool set_log(log_level level, log_function callback, Sink &&sink = Sink())
{
    detail::outcome check(sink);
    const auto number = static_cast<std::int32_t>(level);
    if (!callback)
        return check(tenure_log_set(number, nullptr, nullptr, nullptr, check.out()));
    auto *kept = new log_function(std::move(callback));
    return check(tenure_log_set(number, detail::log_call<Throws>, kept,
                                detail::destroy<Throws, log_function>, check.out()));
}

// The servers behind memory:// URLs, for your own tests.
namespace memory {

// Ends a session, or all (0); returns the number of ended sessions.
template <class Sink = detail::thrower>
std::size_t expire(std::string_view url, std::int64_t session = 0, Sink &&sink = Sink())
{
    detail::outcome check(sink);
    std::size_t ended = 0;
    check(tenure_memory_expire(detail::str(url), session, &ended, check.out()));
    return ended;
}

// A black hole: nothing gets through, neither side is notified.
template <class Sink = detail::thrower> bool cut(std::string_view url, Sink &&sink = Sink())
{
    return detail::on_server(tenure_memory_cut, url, sink);
}

template <class Sink = detail::thrower> bool heal(std::string_view url, Sink &&sink = Sink())
{
    return detail::on_server(tenure_memory_heal, url, sink);
}

// Connections close, and new ones are refused.
template <class Sink = detail::thrower> bool stop(std::string_view url, Sink &&sink = Sink())
{
    return detail::on_server(tenure_memory_stop, url, sink);
}

template <class Sink = detail::thrower> bool start(std::string_view url, Sink &&sink = Sink())
{
    return detail::on_server(tenure_memory_start, url, sink);
}

} // namespace memory

} // namespace tenure

#endif // TENURE_HPP
