// The guarded lease: its options, the wait of a first leader, and the kind of the server.
#include "check.hpp"

#include <tenure_mesos.hpp>

namespace {

using check::limit;
using std::chrono::milliseconds;
using std::chrono::seconds;

tenure::contender_options guarded()
{
    tenure::contender_options options;
    options.policy = tenure::policy::guarded;
    return options;
}

TEST(times_of_a_guarded_lease_that_cannot_work_are_refused)
{
    auto client = tenure::client::open("memory://guarded-refused/group");
    const auto info = tenure::mesos::master_info("m1", "10.0.0.1:5050", "m1", "1");
    const auto refused = [&](const tenure::contender_options &options, const char *word) {
        tenure::failure why;
        const auto said = [&] {
            return why.code() == tenure::errc::invalid_argument
                && why.message().find(word) != std::string::npos;
        };
        CHECK(!client.contend(options, why) && said());
        why = {};
        CHECK(!tenure::mesos::contend(client, info, options, why) && said());
    };
    tenure::contender_options verified;
    verified.lease = seconds(1);
    refused(verified, "needs the policy `guarded`");
    auto options = guarded();
    options.lease = milliseconds(99);
    refused(options, "`lease` is 99ms");
    options.lease = milliseconds(10001);
    refused(options, "from 100ms to 10s");
    options.lease = milliseconds(-1);
    refused(options, "must not be negative");
    options.lease = seconds(1);
    options.fail_over = seconds(1);
    refused(options, "exclude each other");
    options.lease = {};
    options.fail_over = milliseconds(249);
    refused(options, "`fail_over` is 249ms");
}

// The next event of this kind; those before it are dropped.
tenure::event next(tenure::client &client, tenure::event_kind kind)
{
    for (;;) {
        auto event = client.next_event(limit);
        CHECK(event);
        if (event.kind() == kind)
            return event;
    }
}

TEST(a_first_guarded_leader_waits_and_the_next_one_does_not)
{
    const auto begun = tenure::boottime_clock::now();
    auto client = tenure::client::open("memory://guarded-first/group");
    const auto connected = next(client, tenure::event_kind::session_connected);
    CHECK(connected->server() == tenure::server_kind::zookeeper && !connected->waits_until());
    auto options = guarded();
    options.lease = seconds(2);
    auto first = client.contend(options);
    auto standby = next(client, tenure::event_kind::contender_standby);
    const auto until = standby->waits_until();
    CHECK(standby->ahead() == 0 && standby->server() == tenure::server_kind::unknown);
    CHECK(until && *until >= begun + seconds(10) && *until <= tenure::boottime_clock::now() + milliseconds(10100));
    const auto lead = first.wait_leading(limit);
    CHECK(lead && tenure::boottime_clock::now() >= *until);

    options.lease = {};
    options.fail_over = seconds(5);
    auto second = client.contend(options);
    standby = next(client, tenure::event_kind::contender_standby);
    CHECK(standby->ahead() == 1 && !standby->waits_until());
    CHECK(first.withdraw(limit));
    CHECK(second.wait_leading(limit).token() > lead.token());
    for (;;) {
        const auto event = client.next_event(limit);
        CHECK(event.kind() != tenure::event_kind::contender_standby);
        if (event->source() == second.id() && event.kind() == tenure::event_kind::contender_leading)
            break;
    }
}

} // namespace
