// Ownership: moves, handles that are empty, and the order of destruction.
#include "check.hpp"

#include <type_traits>

namespace {

using check::limit;

template <class T>
constexpr bool only_moves = std::is_nothrow_default_constructible_v<T>
    && std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>
    && !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;

static_assert(only_moves<tenure::client>);
static_assert(only_moves<tenure::contender>);
static_assert(only_moves<tenure::detector>);
static_assert(only_moves<tenure::group>);
static_assert(only_moves<tenure::event>);
static_assert(only_moves<tenure::members>);
static_assert(only_moves<tenure::url>);
static_assert(std::is_copy_constructible_v<tenure::member>);
static_assert(std::is_nothrow_move_constructible_v<tenure::member>);
static_assert(std::is_nothrow_copy_constructible_v<tenure::error>, "as exceptions have to be");
static_assert(std::is_trivially_copyable_v<tenure::event_view>);
static_assert(std::is_trivially_copyable_v<tenure::leadership>);
// Nothing becomes a bool, a pointer or a number by accident.
static_assert(!std::is_convertible_v<tenure::client, bool>);
static_assert(!std::is_convertible_v<tenure::leadership, bool>);
static_assert(!std::is_convertible_v<int, tenure::timeout>, "a number has no unit");
static_assert(!std::is_convertible_v<tenure_client *, tenure::client>);

void all_fail(const std::vector<tenure::errc> &found)
{
    for (const tenure::errc code : found)
        CHECK(code == tenure::errc::invalid_argument);
}

// Every function of an empty handle that can fail fails, and the others return nothing.
void use_empty(tenure::client &client, tenure::contender &contender, tenure::detector &detector,
               tenure::group &group)
{
    std::vector<tenure::errc> found;
    tenure::failure why;
    const auto note = [&] {
        found.push_back(why.code());
        CHECK(!why.message().empty());
        CHECK(!why.is_retriable());
        why = {};
    };
    CHECK(!client && !contender && !detector && !group);
    CHECK(client.id() == 0 && contender.id() == 0 && detector.id() == 0 && group.id() == 0);
    CHECK(client.path().empty() && client.metric(tenure::metric::events) == 0);
    CHECK(!client.state() && !contender.state() && !detector.state());
    CHECK(!contender.is_leading() && !contender.leadership());
    CHECK(contender.leadership().token() == 0 && !contender.leadership().lease_end());
    CHECK(client.get() == nullptr && contender.get() == nullptr && detector.get() == nullptr
          && group.get() == nullptr);

    CHECK(!client.contend({}, why)), note();
    CHECK(!client.detect({}, why)), note();
    CHECK(!client.group({}, why)), note();
    CHECK(!client.next_event(limit, why)), note();
    CHECK(client.event_fd(why) == -1), note();
    CHECK(!client.on_event([](tenure::event_view) {}, why)), note();
    CHECK(!client.close(limit, why)), note();

    CHECK(!contender.wait_leading(limit, why)), note();
    CHECK(!contender.withdraw(limit, why)), note();
    CHECK(contender.withdraw_start(why) == 0), note();
    CHECK(!contender.set_data("x", limit, why)), note();
    CHECK(contender.set_data_start("x", why) == 0), note();
    CHECK(!contender.on_event([](tenure::event_view) {}, why)), note();

    CHECK(!detector.detect({}, limit, why)), note();
    CHECK(!detector.on_event([](tenure::event_view) {}, why)), note();

    const tenure::member nobody;
    CHECK(!group.join("x", {}, limit, why)), note();
    CHECK(group.join_start("x", {}, why) == 0), note();
    CHECK(!group.cancel(nobody, limit, why)), note();
    CHECK(group.cancel_start(nobody, why) == 0), note();
    CHECK(!group.evict(nobody, limit, why)), note();
    CHECK(group.evict_start(nobody, why) == 0), note();
    CHECK(!group.cancelled(nobody, limit, why)), note();
    CHECK(group.cancelled_start(nobody, why) == 0), note();
    CHECK(group.members(limit, why).empty()), note();
    CHECK(group.members_start(why) == 0), note();
    CHECK(!group.data(nobody, limit, why)), note();
    CHECK(group.data_start(nobody, why) == 0), note();
    CHECK(!group.set_data(nobody, "x", limit, why)), note();
    CHECK(group.set_data_start(nobody, "x", why) == 0), note();
    CHECK(!group.watch(why)), note();
    CHECK(group.wait_members({}, limit, why).empty()), note();
    CHECK(!group.on_event([](tenure::event_view) {}, why)), note();
    CHECK(found.size() == 32);
    all_fail(found);
}

TEST(empty_handles_fail_with_words_and_never_worse)
{
    tenure::client client;
    tenure::contender contender;
    tenure::detector detector;
    tenure::group group;
    use_empty(client, contender, detector, group);

    const tenure::event event;
    CHECK(!event && event.get() == nullptr && event.kind() == tenure::event_kind::nothing);
    CHECK(event->kind() == tenure::event_kind::nothing && event->source() == 0 && !event->member());
    CHECK(event->token() == 0 && event->members().empty() && !event->data() && event->session() == 0);
    CHECK(event->session_timeout().count() == 0 && event->attempt() == 0 && event->ahead() == 0);
    CHECK(event->expired_by() == tenure::expired_by::nobody && !event->lease_end() && !event->since());
    CHECK(!event->as_of() && event->lost_reason() == tenure::lost_reason::none);
    CHECK(event->status() == tenure::errc::ok && event->message().empty() && event->call() == 0);
    CHECK(!event->call_result() && event->get() == nullptr);

    const tenure::member member;
    CHECK(!member && member.path().empty() && member.label().empty() && member.token() == 0);
    CHECK(member.sequence() == tenure::member_view().sequence());
    CHECK(member == tenure::member() && tenure::member(member) == member);
    const tenure::members members;
    CHECK(members.empty() && members.size() == 0 && !members[0] && members.begin() == members.end());
    const tenure::url url;
    CHECK(!url && url.path().empty() && url.shown().empty() && !url.is_standalone());
    CHECK(url.server_count() == 0 && url.server(0).empty() && url.get() == nullptr);
    CHECK(!tenure::leadership() && tenure::leadership().token() == 0);
}

TEST(what_is_moved_from_is_empty_and_what_is_moved_to_is_it)
{
    auto a = tenure::client::open("memory://handles-moves/group");
    auto contender = a.contend();
    auto detector = a.detect();
    auto group = a.group();
    const auto *raw = contender.get();
    const auto id = contender.id();

    // A leadership follows its contender.
    auto lead = contender.wait_leading(limit);
    tenure::contender moved(std::move(contender));
    CHECK(moved.get() == raw && moved.id() == id && moved.is_leading() && lead);
    tenure::client b = std::move(a);
    tenure::detector d = std::move(detector);
    tenure::group g = std::move(group);
    CHECK(b && d && g);
    // NOLINTBEGIN(bugprone-use-after-move): the test is about that
    use_empty(a, contender, detector, group);
    // NOLINTEND
    a = std::move(b);
    CHECK(a && !b);

    // The former object of a handle is freed when another is moved to it.
    auto gone = check::make_inbox<int>();
    auto other = a.contend({});
    CHECK(other.on_event([w = check::witness(gone)](tenure::event_view) {}));
    other = std::move(moved);
    CHECK(gone->take());
    CHECK(lead && lead.token() != 0);
    a.close();
    CHECK(!lead && lead.token() != 0 && !lead.lease_end());
}

TEST(handles_go_in_any_order)
{
    for (int order = 0; order < 6; ++order) {
        auto client = std::make_optional(tenure::client::open("memory://handles-order/group"));
        auto contender = std::make_optional(client->contend());
        auto group = std::make_optional(client->group());
        const bool first = order % 2 == 0;
        if (order < 2)
            client.reset();
        if (first)
            contender.reset();
        if (order < 4)
            group.reset();
        client.reset();
        group.reset();
        contender.reset();
    }
    // The session lives on in the handles of a client that is gone.
    auto client = tenure::client::open("memory://handles-order/other");
    auto contender = client.contend();
    client = {};
    auto lead = contender.wait_leading(limit);
    CHECK(lead);
}

TEST(members_events_and_lists_outlive_what_they_came_from)
{
    tenure::member kept;
    tenure::members list;
    tenure::event event;
    {
        auto client = tenure::client::open("memory://handles-outlive/group");
        auto group = client.group();
        kept = group.join("payload", "label", limit);
        auto detector = client.detect();
        while (!event || event.kind() != tenure::event_kind::detector_leader)
            event = detector.detect(event, limit);
        list = group.members(limit);
        client.close();
    }
    CHECK(kept && kept.label() == "label" && kept.path() == "/group/label_0000000000");
    CHECK(kept.sequence() == 0 && kept.token() != 0);
    CHECK(list.size() == 1 && list[0] == kept && kept == list[0] && !list[1]);
    CHECK(event->member() == kept && event->data() == "payload" && event->token() == kept.token());
    CHECK(event->as_of() && *event->as_of() <= tenure::boottime_clock::now());

    tenure::member copy = event->member();
    tenure::member also(copy);
    event = {};
    CHECK(also == kept && also != tenure::member() && !(also != copy));
    auto &same = also;
    also = same;
    CHECK(also == kept);
    copy = std::move(also);
    CHECK(copy == kept && !also); // NOLINT(bugprone-use-after-move)
    int seen = 0;
    for (const tenure::member_view member : list)
        seen += member.token() == kept.token() ? 1 : 0;
    CHECK(seen == 1 && list.begin()->label() == "label");
    auto at = list.begin();
    CHECK(at++ == list.begin() && at == list.end());
    CHECK(std::distance(list.begin(), list.end()) == 1);
}

} // namespace
