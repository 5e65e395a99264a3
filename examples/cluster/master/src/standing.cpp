#include "standing.hpp"

#include "address.hpp"
#include "clock.hpp"

#include <algorithm>

using tenure::event_kind;
using tenure::mesos::output;
using tenure::mesos::output_kind;
using namespace std::chrono_literals;

namespace {

const char *session_word(event_kind kind)
{
    switch (kind) {
    case event_kind::session_connecting:
    case event_kind::session_retrying:
        return "connecting";
    case event_kind::session_connected:
        return "connected";
    case event_kind::session_suspended:
        return "suspended";
    case event_kind::session_expired:
        return "expired";
    case event_kind::session_auth_failed:
        return "refused";
    case event_kind::session_closed:
        return "closed";
    default:
        return nullptr;
    }
}

} // namespace

standing::standing(tenure::client &client, tenure::mesos::master_info info, feed &news)
    : info_(std::move(info)), contender_(tenure::mesos::contend(client, info_)),
      detector_(tenure::mesos::detect(client)), role_(tenure::mesos::master::create()), news_(news)
{
    news_.tell("candidate", {{"address", info_.address()}});
}

// Of the leadership that the role knows; call it with the mutex.
tenure::leadership standing::held_leadership() const
{
    if (look_.state != "leader" && look_.state != "jeopardy")
        return {};
    const auto held = contender_.leadership();
    return held.token() == look_.own_token ? held : tenure::leadership();
}

std::optional<standing::lease> standing::leased() const
{
    const std::lock_guard guard(mutex_);
    const auto held = held_leadership();
    const auto end = held.lease_end();
    if (!end)
        return std::nullopt;
    return lease{held.token(), std::max(*end - tenure::boottime_clock::now(), 0ns),
                 *std::max_element(renewed_to_.begin(), renewed_to_.end())};
}

std::optional<std::uint64_t> standing::leads() const
{
    const std::lock_guard guard(mutex_);
    const auto held = held_leadership();
    return held ? std::optional(held.token()) : std::nullopt;
}

standing::look standing::now() const
{
    const std::lock_guard held(mutex_);
    return look_;
}

void standing::take(const tenure::event &event)
{
    note(event);
    if (has_stopped())
        return;
    perform(role_.take(event));
    enter_state();
}

void standing::tick()
{
    if (has_stopped())
        return;
    perform(role_.tick());
    enter_state();
}

// What is shown and no input of the role: the session, and the own member.
void standing::note(const tenure::event &event)
{
    const std::lock_guard held(mutex_);
    if (const char *word = session_word(event.kind()); word != nullptr && look_.session != word) {
        look_.session = word;
        news_.changed();
    }
    if (event->source() == contender_.id())
        if (const auto own = event->member()) {
            look_.own_path = own.path();
            look_.own_token = own.token();
        }
}

void standing::perform(const std::vector<output> &outputs)
{
    for (const output &each : outputs) {
        json fields = json::object();
        switch (each.kind) {
        case output_kind::elected:
        case output_kind::confirmed:
        case output_kind::in_jeopardy: {
            const bool is_elected = each.kind == output_kind::elected;
            if (is_elected) {
                const std::lock_guard held(mutex_);
                look_.elected_at = wall_text();
                renewed_to_ = {};
            }
            fields["token"] = std::to_string(now().own_token);
            if (each.lease_end)
                fields["lease_end_boottime_ns"] = std::to_string(each.lease_end->time_since_epoch().count());
            enter_state(); // the line is printed when this master answers as leader
            news_.tell(is_elected ? "elected" : each.kind == output_kind::confirmed ? "confirmed" : "jeopardy", fields);
            break;
        }
        case output_kind::following:
            enter_state();
            news_.tell("standby", {{"leader", each.address}, {"token", std::to_string(each.token)}});
            break;
        case output_kind::leaderless:
            enter_state();
            news_.tell("leaderless");
            break;
        case output_kind::stop:
            exit_status_ = each.exit_status;
            enter_state(); // from here on nobody is answered as by a leader
            news_.tell("stop", {{"message", each.message}, {"reason", name(each.reason)}});
            break;
        default:
            break;
        }
    }
}

// Publishes the state of the role.
void standing::enter_state()
{
    const std::string state(name(role_.state()));
    const std::lock_guard held(mutex_);
    const auto before = look_.state;
    look_.state = state;
    if (state == "leader" || state == "jeopardy") {
        look_.leading = leader{std::string(info_.address()), std::string(info_.hostname()), look_.own_path,
                               look_.elected_at, info_.port(), look_.own_token};
    } else {
        const auto old = look_.leading;
        look_.leading = known_leader(old ? old->since : "");
        if (old && look_.leading && old->token != look_.leading->token)
            look_.leading->since = wall_text();
    }
    if (before != state)
        news_.changed();
}

// The other master that leads, if it is known.
std::optional<standing::leader> standing::known_leader(std::string since) const
{
    const auto known = role_.leader();
    if (!known)
        return std::nullopt;
    leader found;
    found.address = known->address;
    found.path = known->path;
    found.token = known->token;
    found.since = since.empty() ? wall_text() : std::move(since);
    if (const auto info = detector_.master(); info && info->address() == found.address) {
        found.host = info->host();
        found.port = info->port();
    } else if (const auto at = parse_endpoint(found.address)) {
        found.host = at->ip;
        found.port = at->port;
    }
    return found;
}

void standing::watch_lease()
{
    {
        const std::lock_guard guard(mutex_);
        const auto end = held_leadership().lease_end();
        if (!end || *end == last_lease_end_)
            return;
        last_lease_end_ = *end;
        renewed_to_[renewals_++ % renewed_to_.size()] = *end - tenure::boottime_clock::now();
    }
    news_.renewed();
}

void standing::hand_over()
{
    exit_status_ = 0;
    {
        const std::lock_guard held(mutex_);
        look_.state = "stopped";
        look_.leading.reset();
    }
    news_.tell("stop", {{"message", "asked to stop: the next master may lead"}, {"reason", name(tenure::mesos::role_reason::asked)}});
}
