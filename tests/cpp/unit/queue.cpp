// The queue of events, its descriptor, and its end.
#include "check.hpp"

#include <poll.h>
#include <thread>

namespace {

using check::limit;
using tenure::event_kind;
using std::chrono::seconds;

bool readable(int fd, int patience_ms)
{
    pollfd look{fd, POLLIN, 0};
    return poll(&look, 1, patience_ms) == 1 && (look.revents & POLLIN) != 0;
}

TEST(events_come_in_order_and_the_queue_ends)
{
    auto client = tenure::client::open("memory://queue-order/group");
    auto contender = client.contend();
    std::vector<event_kind> own;
    while (own.empty() || own.back() != event_kind::contender_leading) {
        const auto event = client.next_event(limit);
        CHECK(event);
        if (event->source() == contender.id())
            own.push_back(event.kind());
        if (event.kind() == event_kind::contender_leading) {
            CHECK(event->token() == event->member().token() && event->token() != 0);
            CHECK(event->lease_end() && *event->lease_end() > tenure::boottime_clock::now());
            CHECK(contender.leadership().token() == event->token());
        }
    }
    CHECK((own
           == std::vector<event_kind>{event_kind::contender_enrolling, event_kind::contender_enrolled,
                                      event_kind::contender_leading}));
    client.close();
    bool lost = false;
    std::error_code code;
    for (;;) {
        const auto event = client.next_event(limit, code);
        if (!event)
            break;
        if (event.kind() == event_kind::contender_lost) {
            CHECK(event->lost_reason() == tenure::lost_reason::closed && !lost);
            lost = true;
        }
    }
    CHECK(lost && code == tenure::errc::closed);
    // The end is permanent, no exception, and differs from "none yet".
    CHECK(!client.next_event() && !client.next_event(limit));
    CHECK(!client.next_event(seconds(0), code) && code == tenure::errc::closed);
}

TEST(none_in_time_is_no_exception)
{
    auto client = tenure::client::open("memory://queue-none/group");
    while (client.next_event(limit).kind() != event_kind::session_connected) {
    }
    CHECK(!client.next_event(seconds(0)));
    CHECK(!client.next_event(std::chrono::milliseconds(1)));
    std::error_code code;
    CHECK(!client.next_event(std::chrono::microseconds(1), code) && code == tenure::errc::timeout);
    // A real error is still an exception.
    bool thrown = false;
    try {
        tenure::client nothing;
        (void)nothing.next_event();
    } catch (const tenure::error &error) {
        thrown = error.code() == tenure::errc::invalid_argument;
    }
    CHECK(thrown);
    client.close();
}

TEST(the_descriptor_is_readable_while_there_is_something)
{
    auto client = tenure::client::open("memory://queue-fd/group");
    const int fd = client.event_fd();
    CHECK(fd >= 0 && fd == client.event_fd());
    bool connected = false;
    while (!connected) {
        CHECK(readable(fd, 20'000));
        const auto event = client.next_event(seconds(0));
        CHECK(event);
        connected = event.kind() == event_kind::session_connected;
    }
    CHECK(!client.next_event(seconds(0)) && !readable(fd, 0));
    auto group = client.group();
    const auto call = group.members_start();
    CHECK(call != 0 && readable(fd, 20'000));
    const auto done = client.next_event(seconds(0));
    CHECK(done.kind() == event_kind::call_done && done->call() == call);
    CHECK(done->source() == group.id() && done->status() == tenure::errc::ok && done->members().empty());
    CHECK(!readable(fd, 0));
    client.close();
    // At the end it stays readable, so that a loop notices.
    std::error_code code;
    while (code != tenure::errc::closed) {
        CHECK(readable(fd, 20'000));
        (void)client.next_event(seconds(0), code);
    }
    CHECK(readable(fd, 0));
}

TEST(closing_ends_calls_in_other_threads)
{
    auto client = tenure::client::open("memory://queue-close/group");
    auto leader = client.contend();
    leader.wait_leading(limit);
    auto second = client.contend();
    auto detector = client.detect();
    auto known = detector.detect({}, limit);
    auto group = client.group();
    auto list = group.wait_members({}, limit);
    const auto first = list[0];
    auto waiting = check::make_inbox<int>();
    std::vector<std::thread> threads;
    const auto closed = [&waiting, &threads](auto wait) {
        threads.emplace_back([&waiting, wait] {
            std::error_code code;
            waiting->put(1);
            wait(code);
            CHECK(code == tenure::errc::closed);
        });
    };
    closed([&](auto &code) { second.wait_leading(tenure::forever, code); });
    closed([&](auto &code) {
        while (auto next = detector.detect(known, tenure::forever, code))
            known = std::move(next);
    });
    closed([&](auto &code) {
        while (!code)
            list = group.wait_members(list, tenure::forever, code);
    });
    closed([&](auto &code) { group.cancelled(tenure::member(first), tenure::forever, code); });
    closed([&](auto &code) {
        while (client.next_event(tenure::forever, code)) {
        }
    });
    for (std::size_t at = 0; at < threads.size(); ++at)
        CHECK(waiting->take());
    client.close();
    for (std::thread &thread : threads)
        thread.join();
    CHECK(client.close() && client.close(limit));
}

} // namespace
