// Callbacks: their arguments, the calls that they may make, and their end.
#include "check.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>

namespace {

using check::limit;
using tenure::event_kind;

// Waits for an event of this kind.
void wait_for(check::inbox<event_kind> &told, event_kind wanted)
{
    for (;;) {
        const auto kind = told.take();
        CHECK(kind);
        if (*kind == wanted)
            return;
    }
}

tenure::event_function into(const std::shared_ptr<check::inbox<event_kind>> &told)
{
    return [told](tenure::event_view event) { told->put(event.kind()); };
}

TEST(each_handle_tells_its_own_events_in_order)
{
    auto session = check::make_inbox<event_kind>();
    auto contending = check::make_inbox<event_kind>();
    auto detecting = check::make_inbox<event_kind>();
    auto grouping = check::make_inbox<event_kind>();
    auto client = tenure::client::open("memory://callbacks-order/group");
    CHECK(client.on_event(into(session)));
    auto detector = client.detect();
    CHECK(detector.on_event(into(detecting)));
    auto group = client.group();
    CHECK(group.on_event(into(grouping)) && group.watch());
    wait_for(*session, event_kind::session_connected);
    wait_for(*detecting, event_kind::detector_none);
    auto contender = client.contend();
    CHECK(contender.on_event(into(contending)));
    for (const auto expected : {event_kind::contender_enrolling, event_kind::contender_enrolled,
                                event_kind::contender_leading})
        CHECK(contending->take() == expected);
    wait_for(*detecting, event_kind::detector_leader);
    wait_for(*grouping, event_kind::group_members);

    // A session that times out is reported, with its consequences.
    CHECK(tenure::memory::expire("memory://callbacks-order/group") == 1);
    wait_for(*session, event_kind::session_expired);
    wait_for(*contending, event_kind::contender_lost);
    wait_for(*session, event_kind::session_connected);
    wait_for(*contending, event_kind::contender_leading);

    // No event of it came to the queue.
    std::error_code code;
    CHECK(!client.next_event(std::chrono::seconds(0), code) && code == tenure::errc::timeout);
    client.close();
    CHECK(contending->take() == event_kind::contender_lost);
    wait_for(*session, event_kind::session_closed);
    CHECK(session->size() == 0 && contending->size() == 0);
}

TEST(a_handle_has_one_callback_and_an_empty_one_is_none)
{
    auto client = tenure::client::open("memory://callbacks-one/group");
    tenure::failure why;
    CHECK(!client.on_event({}, why) && why.code() == tenure::errc::invalid_argument);
    auto gone = check::make_inbox<int>();
    CHECK(client.on_event([w = check::witness(gone)](tenure::event_view) {}, why) && !why);
    // The function of a call that fails is destroyed all the same.
    auto refused = check::make_inbox<int>();
    CHECK(!client.on_event([w = check::witness(refused)](tenure::event_view) {}, why));
    CHECK(why.code() == tenure::errc::busy && refused->take());
    auto wasted = check::make_inbox<int>();
    tenure::detector empty;
    CHECK(!empty.on_event([w = check::witness(wasted)](tenure::event_view) {}, why));
    CHECK(why.code() == tenure::errc::invalid_argument && wasted->take());
    CHECK(gone->size() == 0);
    client.close();
    CHECK(gone->take());
}

TEST(a_callback_is_destroyed_with_its_handle)
{
    auto client = tenure::client::open("memory://callbacks-destroy/group");
    for (int round = 0; round < 20; ++round) {
        auto gone = check::make_inbox<int>();
        auto contender = client.contend();
        auto detector = client.detect();
        auto group = client.group();
        CHECK(contender.on_event([w = check::witness(gone)](tenure::event_view) {}));
        CHECK(detector.on_event([w = check::witness(gone)](tenure::event_view) {}));
        CHECK(group.on_event([w = check::witness(gone)](tenure::event_view) {}));
        contender = {};
        detector = {};
        group = {};
        for (int of_three = 0; of_three < 3; ++of_three)
            CHECK(gone->take());
        CHECK(gone->size() == 0);
    }
}

TEST(one_that_throws_is_called_again)
{
    auto client = tenure::client::open("memory://callbacks-throw/group");
    auto told = check::make_inbox<event_kind>();
    auto contender = client.contend();
    tenure::failure why; // as in bare.cpp, which has on_event for this sink, too, and cannot catch
    CHECK(contender.on_event(
        [told](tenure::event_view event) {
            told->put(event.kind());
            if (event.kind() == event_kind::contender_enrolled)
                throw 42; // not an exception of the standard library
            throw std::runtime_error("of the test");
        },
        why));
    wait_for(*told, event_kind::contender_leading);
    CHECK(contender.withdraw(limit));
    wait_for(*told, event_kind::contender_lost);
    client.close();
}

// Every function, from a callback: blocking functions are refused, and none hangs.
void call_everything(tenure::client &client, tenure::contender &contender, tenure::detector &detector,
                     tenure::group &group)
{
    const auto at_once = std::chrono::seconds(0);
    tenure::failure why;
    const auto refused = [&] { return why.code() == tenure::errc::reentrant; };
    const auto not_yet = [&] {
        return !why || why.code() == tenure::errc::timeout || why.code() == tenure::errc::closed;
    };
    const tenure::member nobody;
    const auto state = contender.state();
    const tenure::member own = state->member();

    CHECK(!client.next_event(tenure::forever, why) && refused());
    (void)client.next_event(at_once, why);
    CHECK(not_yet());
    CHECK(client.event_fd(why) >= 0 && !why);
    CHECK(client.id() != 0 && !client.path().empty() && client.state());
    (void)client.metric(tenure::metric::events);

    CHECK(!contender.wait_leading(limit, why) && refused());
    contender.wait_leading(at_once, why);
    CHECK(not_yet());
    (void)contender.is_leading();
    (void)contender.leadership().lease_end();
    CHECK(!contender.set_data("x", limit, why) && refused());
    contender.set_data("x", at_once, why);
    CHECK(not_yet());
    CHECK(contender.set_data_start("x", why) != 0);
    CHECK(!contender.withdraw(tenure::forever, why) && refused());

    CHECK(!detector.detect({}, tenure::forever, why) && refused());
    (void)detector.detect(detector.state(), at_once, why);
    CHECK(not_yet());

    CHECK(!group.join("x", {}, limit, why) && refused());
    CHECK(group.join_start("x", {}, why) != 0);
    CHECK(group.members(limit, why).empty() && refused());
    CHECK(group.members_start(why) != 0);
    CHECK(group.wait_members({}, limit, why).empty() && refused());
    CHECK(group.watch(why));
    CHECK(own);
    CHECK(!group.data(own, limit, why) && refused());
    CHECK(group.data_start(own, why) != 0);
    CHECK(!group.set_data(own, "y", limit, why) && refused());
    CHECK(group.set_data_start(own, "y", why) != 0);
    CHECK(!group.cancel(own, limit, why) && refused());
    CHECK(group.cancel_start(own, why) != 0);
    CHECK(!group.cancelled(own, limit, why) && refused());
    CHECK(group.cancelled_start(own, why) != 0);
    CHECK(!group.evict(own, limit, why) && refused());

    CHECK(tenure::url::parse("zk://host/x", why));
    CHECK(!tenure::client::open("nonsense", {}, why).on_event({}, why));
    auto other = tenure::client::open("memory://callbacks-everything/other", {}, why);
    CHECK(other && other.contend({}, why) && other.detect({}, why) && other.group({}, why));
    CHECK(other.close(limit, why));
    CHECK(tenure::set_log(tenure::log_level::error, {}, why));
    CHECK(tenure::memory::heal("memory://callbacks-everything/group", why));
}

TEST(a_callback_may_call_everything_and_close)
{
    struct handles {
        tenure::client client;
        tenure::contender contender;
        tenure::detector detector;
        tenure::group group;
    };
    auto all = std::make_shared<handles>();
    auto done = check::make_inbox<int>();
    auto ended = check::make_inbox<int>();
    all->client = tenure::client::open("memory://callbacks-everything/group");
    all->contender = all->client.contend();
    all->detector = all->client.detect();
    all->group = all->client.group();
    CHECK(all->contender.wait_leading(limit));
    CHECK(all->client.on_event([ended](tenure::event_view event) {
        if (event.kind() == event_kind::session_closed)
            ended->put(1);
    }));
    CHECK(all->contender.on_event([all, done](tenure::event_view event) {
        if (event.kind() != event_kind::contender_leading)
            return;
        call_everything(all->client, all->contender, all->detector, all->group);
        std::error_code code;
        // Starts the close without waiting for it, for every limit.
        CHECK(all->client.close(tenure::forever, code) && !code);
        CHECK(!all->contender.is_leading());
        done->put(1);
    }));
    CHECK(done->take() && ended->take());
    CHECK(all->client.close(limit) && !all->contender.is_leading());
    std::error_code code;
    CHECK(!all->contender.wait_leading(limit, code) && code == tenure::errc::closed);
    CHECK(all->group.members(limit, code).empty() && code == tenure::errc::closed);
}

TEST(a_callback_may_free_its_own_handle)
{
    auto held = std::make_shared<tenure::detector>();
    auto client = tenure::client::open("memory://callbacks-free/group");
    auto gone = check::make_inbox<int>();
    auto told = check::make_inbox<event_kind>();
    *held = client.detect();
    // The detector is freed in its callback, and the callback owns the detector.
    CHECK(held->on_event([held, told, w = check::witness(gone)](tenure::event_view event) {
        *held = {};
        told->put(event.kind());
    }));
    held.reset();
    CHECK(told->take());
    CHECK(gone->take());
    CHECK(told->size() == 0);
    client.close();
}

TEST(callbacks_of_all_handles_run_on_one_thread_one_at_a_time)
{
    auto client = tenure::client::open("memory://callbacks-thread/group");
    auto inside = std::make_shared<std::atomic<int>>(0);
    auto threads = check::make_inbox<std::thread::id>();
    const auto callback = [inside, threads](tenure::event_view) {
        CHECK(inside->fetch_add(1) == 0);
        threads->put(std::this_thread::get_id());
        inside->fetch_sub(1);
    };
    auto contender = client.contend();
    auto detector = client.detect();
    CHECK(client.on_event(callback) && contender.on_event(callback) && detector.on_event(callback));
    contender.wait_leading(limit);
    const auto first = threads->take();
    CHECK(first && *first != std::this_thread::get_id());
    for (int of = 0; of < 3; ++of)
        CHECK(threads->take() == first);
    client.close();
}

TEST(the_log_is_told_and_ended)
{
    struct line {
        tenure::log_level level;
        std::string text;
    };
    auto told = check::make_inbox<line>();
    auto gone = check::make_inbox<int>();
    const auto before = tenure::boottime_clock::now();
    CHECK(tenure::set_log(tenure::log_level::debug,
                          [told, before, w = check::witness(gone)](
                              tenure::log_level level, tenure::boottime_clock::time_point at,
                              std::string_view text) {
                              CHECK(at >= before && at <= tenure::boottime_clock::now());
                              told->put({level, std::string(text)});
                              throw std::runtime_error("a log that throws");
                          }));
    auto client = tenure::client::open("memory://callbacks-log/group");
    auto contender = client.contend();
    contender.wait_leading(limit);
    for (;;) {
        const auto found = told->take();
        CHECK(found && !found->text.empty());
        if (found->level == tenure::log_level::info)
            break;
    }
    // The next takes its place.
    CHECK(tenure::set_log(tenure::log_level::warn, [](auto, auto, auto) {}));
    CHECK(gone->take());
    std::error_code code;
    CHECK(!tenure::set_log(static_cast<tenure::log_level>(99), [](auto, auto, auto) {}, code));
    CHECK(code == tenure::errc::invalid_argument);
    CHECK(tenure::set_log(tenure::log_level::warn, {}));
    client.close();
}

} // namespace
