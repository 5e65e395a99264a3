// Groups, contenders and detectors with all their functions, and the servers behind memory://.
#include "check.hpp"

#include <map>

namespace {

using check::limit;
using tenure::event_kind;
using std::chrono::seconds;

// The ends of started calls, in any order.
class ends {
public:
    explicit ends(tenure::client &client) : client_(client) {}

    tenure::event of(std::uint64_t call)
    {
        CHECK(call != 0);
        while (found_.count(call) == 0) {
            auto event = client_.next_event(limit);
            CHECK(event);
            if (event.kind() == event_kind::call_done)
                found_[event->call()] = std::move(event);
        }
        return std::move(found_[call]);
    }

private:
    tenure::client &client_;
    std::map<std::uint64_t, tenure::event> found_;
};

TEST(a_group_joins_lists_reads_changes_evicts_and_cancels)
{
    auto a = tenure::client::open("memory://groups-all/group");
    auto b = tenure::client::open("memory://groups-all/group");
    auto ours = a.group();
    auto theirs = b.group("/group");
    const auto one = ours.join("one", "first", limit);
    const auto two = theirs.join("two", {}, limit);
    const auto both = ours.members(limit);
    CHECK(both.size() == 2 && both[0] == one && both[1] == two && one.token() < two.token());
    CHECK(one.sequence() == 0 && two.sequence() == 1);
    CHECK(ours.data(two, limit) == "two");
    // Only the handle that joined it changes or cancels it.
    CHECK(ours.set_data(one, "uno", limit) && theirs.data(one, limit) == "uno");
    CHECK(!ours.set_data(two, "due", limit) && !ours.cancel(two, limit));
    std::error_code code;
    CHECK(!ours.cancelled(two, seconds(0), code) && code == tenure::errc::timeout);
    // Any client evicts it.
    CHECK(ours.evict(two, limit) && !ours.evict(two, limit));
    CHECK(!theirs.cancelled(two, limit) && !ours.data(two, limit));
    for (;;) {
        const auto event = b.next_event(limit);
        CHECK(event);
        if (event.kind() == event_kind::group_membership_lost) {
            CHECK(event->member() == two && event->lost_reason() == tenure::lost_reason::evicted);
            break;
        }
    }
    CHECK(ours.wait_members(both, limit).size() == 1);
    const auto ending = ours.cancelled_start(one);
    CHECK(ours.cancel(one, limit) && !ours.cancel(one, limit));
    CHECK(ends(a).of(ending)->call_result());
    CHECK(theirs.members(limit).empty());
    a.close();
    b.close();
}

TEST(a_member_is_known_by_its_path_and_its_token)
{
    auto client = tenure::client::open("memory://groups-known/group");
    auto group = client.group();
    const auto joined = group.join("data", "a_label", limit);
    const auto known = tenure::member::known(joined.path(), joined.token());
    CHECK(known == joined && known.label() == "a_label" && known.sequence() == joined.sequence());
    CHECK(group.data(known, limit) == "data");
    // Another znode of the same name is not touched.
    CHECK(!group.evict(tenure::member::known(joined.path(), joined.token() + 1), limit));
    CHECK(group.evict(known, limit) && !group.evict(known, limit));
    std::error_code code;
    for (const char *path : {"", "/", "group/x", "/group/"})
        CHECK(!tenure::member::known(path, 1, code) && code == tenure::errc::invalid_argument);
    client.close();
}

TEST(a_call_that_is_given_up_reports_no_end)
{
    const char *url = "memory://groups-given-up/group";
    auto client = tenure::client::open(url);
    auto group = client.group();
    CHECK(group.join("first", {}, limit));
    tenure::memory::cut(url);
    const auto given_up = group.join_start("never");
    const auto kept = group.join_start("kept");
    CHECK(client.give_up(given_up) && !client.give_up(given_up));
    CHECK(!client.give_up(client.id()) && !client.give_up(0));
    tenure::memory::heal(url);
    for (bool ended = false; !ended;) {
        const auto event = client.next_event(limit);
        CHECK(event && event->call() != given_up);
        ended = event->call() == kept;
    }
    // A call that has ended is not given up, whether its event was fetched or waits.
    CHECK(!client.give_up(kept));
    const auto listed = group.members_start();
    CHECK(group.members(limit).size() == 2);
    CHECK(!client.give_up(listed));
    const auto closing = client.close_start();
    bool closed = false;
    while (const auto event = client.next_event(limit)) {
        CHECK(event->call() != given_up);
        if (event->call() == closing) {
            CHECK(event->status() == tenure::errc::ok && event->source() == client.id() && !closed);
            closed = true;
        }
    }
    CHECK(closed);
    // A client that was closed before is closed as the caller wants.
    const auto again = client.close_start();
    const auto event = client.next_event(limit);
    CHECK(event && event->call() == again && event->status() == tenure::errc::ok);
    CHECK(client.close(limit));
}

TEST(each_call_of_a_group_has_a_form_that_does_not_wait)
{
    auto client = tenure::client::open("memory://groups-start/group");
    ends end(client);
    auto group = client.group();
    const auto joined = end.of(group.join_start("data", "label"));
    CHECK(joined->status() == tenure::errc::ok && joined->source() == group.id());
    const tenure::member member = joined->member();
    CHECK(member && member.label() == "label");
    const auto listed = end.of(group.members_start());
    CHECK(listed->members().size() == 1 && listed->members()[0] == member);
    CHECK(end.of(group.data_start(member))->data() == "data");
    CHECK(end.of(group.set_data_start(member, "new"))->call_result());
    CHECK(end.of(group.data_start(member))->data() == "new");
    const auto ending = group.cancelled_start(member);
    CHECK(end.of(group.cancel_start(member))->call_result());
    CHECK(end.of(ending)->call_result());
    CHECK(!end.of(group.data_start(member))->data());
    CHECK(!end.of(group.evict_start(member))->call_result());
    client.close();
}

TEST(a_group_that_is_watched_tells_each_change)
{
    auto client = tenure::client::open("memory://groups-watch/group");
    auto group = client.group();
    CHECK(group.watch());
    auto other = client.group();
    const auto member = other.join("x", {}, limit);
    for (std::size_t expected : {std::size_t(1), std::size_t(0)}) {
        for (;;) {
            const auto event = client.next_event(limit);
            CHECK(event);
            if (event.kind() == event_kind::group_members && event->source() == group.id()
                && event->members().size() == expected)
                break;
        }
        if (expected == 1)
            CHECK(other.cancel(member, limit));
    }
    client.close();
}

TEST(leadership_is_handed_over_and_its_token_rises)
{
    auto client = tenure::client::open("memory://groups-lead/group");
    ends end(client);
    tenure::contender_options options;
    options.label = "json.info";
    options.data = "one";
    options.reenrol = tenure::reenrol::never;
    auto first = client.contend(options);
    const auto one = first.wait_leading(limit);
    CHECK(one && one.lease_end() && one.token() != 0 && first.is_leading());
    CHECK(first.leadership().token() == one.token());
    CHECK(one.lease_end() > tenure::boottime_clock::now());

    options.data = "two";
    options.warm = true;
    auto second = client.contend(options);
    std::error_code code;
    CHECK(!second.wait_leading(std::chrono::milliseconds(1), code) && code == tenure::errc::timeout);
    CHECK(!second.is_leading() && !second.leadership());
    auto detector = client.detect();
    tenure::event state;
    while (state.kind() != event_kind::detector_leader)
        state = detector.detect(state, limit);
    CHECK(state->data() == "one" && state->token() == one.token());
    CHECK(state->member().label() == "json.info");

    CHECK(first.set_data("uno", limit));
    while (state->data() != "uno")
        state = detector.detect(state, limit);
    CHECK(end.of(first.set_data_start("eins"))->call_result());
    CHECK(first.withdraw(limit) && !first.withdraw(limit));
    CHECK(!one && !first.is_leading() && one.token() != 0 && !first.set_data("late", limit, code));
    const auto two = second.wait_leading(limit);
    CHECK(two && two.token() > one.token());
    // A leadership is that of one token: a later one of the same contender is another.
    const tenure::leadership stale(second.get(), one.token());
    CHECK(!stale && !stale.lease_end());
    while (state->data() != "two")
        state = detector.detect(state, limit);
    CHECK(end.of(second.withdraw_start())->call_result());
    while (state.kind() != event_kind::detector_none)
        state = detector.detect(state, limit);
    CHECK(detector.state().kind() == event_kind::detector_none);
    CHECK(!second.wait_leading(limit, code) && code == tenure::errc::closed);
    client.close();
}

TEST(servers_in_memory_can_be_stopped_cut_and_made_to_forget)
{
    const char *url = "memory://groups-memory/group";
    tenure::client_options options;
    options.session_timeout = seconds(1);
    auto client = tenure::client::open(url, options);
    auto contender = client.contend();
    auto detector = client.detect();
    const auto lead = contender.wait_leading(limit);
    tenure::event state;
    while (state.kind() != event_kind::detector_leader)
        state = detector.detect(state, limit);
    const auto until = [&](event_kind wanted) {
        for (;;) {
            auto event = client.next_event(limit);
            CHECK(event);
            if (event.kind() == wanted)
                return event;
        }
    };
    const auto session = until(event_kind::session_connected)->session();

    CHECK(tenure::memory::stop(url));
    const auto suspended = until(event_kind::session_suspended);
    CHECK(suspended->since() && !suspended->message().empty());
    CHECK(until(event_kind::session_retrying)->attempt() >= 1);
    CHECK(tenure::memory::start(url));
    CHECK(until(event_kind::session_connected)->session() != 0);

    // A black hole: the client's own clock reports it.
    CHECK(tenure::memory::cut(url));
    auto lost = until(event_kind::contender_lost);
    CHECK(lost->lost_reason() != tenure::lost_reason::none && !contender.is_leading() && !lead);
    CHECK(until(event_kind::session_expired)->expired_by() == tenure::expired_by::local_timeout);
    while (state.kind() != event_kind::detector_unknown)
        state = detector.detect(state, limit);
    CHECK(state->since());
    CHECK(tenure::memory::heal(url));
    auto again = contender.wait_leading(limit);
    CHECK(again && again.token() > lead.token());

    CHECK(tenure::memory::expire(url, session) == 0);
    CHECK(tenure::memory::expire(url) == 1);
    lost = until(event_kind::contender_lost);
    while (lost->lost_reason() != tenure::lost_reason::session_expired)
        lost = until(event_kind::contender_lost);
    CHECK(contender.wait_leading(limit).token() > again.token());
    CHECK(client.metric(tenure::metric::sessions_expired) == 2);
    CHECK(client.metric(tenure::metric::leaderships) >= 3);
    CHECK(client.metric(tenure::metric::handles) == 2);
    CHECK(client.metric(static_cast<tenure::metric>(4711)) == 0);

    std::error_code code;
    CHECK(!tenure::memory::stop("zk://host/x", code) && code == tenure::errc::invalid_argument);
    CHECK(tenure::memory::expire("zk://host/x", 0, code) == 0 && code);
    client.close();
}

} // namespace
