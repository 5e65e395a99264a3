// Agents, drivers and observers of Mesos, at times that the tests name.
#include "check.hpp"

#include <tenure_mesos.hpp>

#include <type_traits>

namespace {

namespace mesos = tenure::mesos;
using check::limit;
using kind = mesos::output_kind;
using state = mesos::role_state;
using std::chrono::seconds;

template <class T>
constexpr bool only_moves = std::is_nothrow_default_constructible_v<T>
    && std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>
    && !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;

static_assert(only_moves<mesos::master>);
static_assert(only_moves<mesos::agent>);
static_assert(only_moves<mesos::driver>);
static_assert(only_moves<mesos::observer>);
static_assert(std::is_copy_constructible_v<mesos::output>);

constexpr auto start = tenure::boottime_clock::time_point(seconds(1'000));

// A master that leads, as its detectors see it.
struct leader {
    tenure::client client;
    mesos::master_contender contender;
    tenure::event event{};
    mesos::sender sender{"10.0.0.1:5050", 0};

    explicit leader(const char *url)
        : client(tenure::client::open(url)),
          contender(mesos::contend(client, {"id-1", "10.0.0.1:5050", "m.example.com", "1.12.0"}))
    {
        auto detector = mesos::detect(client);
        while (!event || event.kind() != tenure::event_kind::detector_leader)
            event = detector.detect(event, limit);
        sender.token = event->token();
    }
};

bool are(const std::vector<mesos::output> &outputs, const std::vector<kind> &kinds)
{
    std::vector<kind> found;
    for (const auto &output : outputs)
        found.push_back(output.kind);
    return found == kinds;
}

TEST(an_agent_accepts_its_leader_alone)
{
    leader master("memory://roles-agent/mesos");
    const auto from = master.sender;
    const mesos::sender older{from.address, from.token - 1};
    const mesos::sender other{"10.0.0.2:5050", from.token};
    auto agent = mesos::agent::create({{}, 7, {}, {}, {}});
    auto now = start;
    CHECK(agent.state() == state::starting && !agent.due() && !agent.accepts(from));
    CHECK(are(agent.take(master.event, now), {kind::new_leader}));
    CHECK(agent.state() == state::registering && agent.leader()->token == from.token);
    CHECK(agent.accepts(from) && agent.accepts({from.address}));
    CHECK(!agent.accepts(older) && !agent.accepts(other) && !agent.accepts({}));

    CHECK(agent.due() && *agent.due() >= start && *agent.due() <= start + seconds(1));
    now = *agent.due();
    const auto asks = agent.tick(now);
    CHECK(are(asks, {kind::register_}) && asks[0].address == from.address);
    CHECK(asks[0].token == from.token && asks[0].path == "/mesos/json.info_0000000000");
    CHECK(are(agent.registered(older, "A", seconds(75), now), {kind::ignored}));
    const auto done = agent.registered(from, "A", seconds(30), now);
    CHECK(are(done, {kind::registered}) && done[0].id == "A" && agent.state() == state::registered);

    CHECK(are(agent.ping(older, true, now), {kind::ignored}));
    CHECK(are(agent.ping(from, true, now + seconds(1)), {kind::pong}));
    CHECK(agent.due() == now + seconds(31));
    now += seconds(31);
    CHECK(are(agent.tick(now), {kind::disconnected}) && agent.state() == state::reregistering);
    CHECK(are(agent.registered(from, "A", {}, now), {kind::reregistered}));
    CHECK(agent.due() == now + seconds(75));
    CHECK(are(agent.link_lost(now), {kind::disconnected}));
    const auto stop = agent.registered(from, "B", {}, now);
    CHECK(are(stop, {kind::stop}) && stop[0].reason == mesos::role_reason::other_id);
    CHECK(stop[0].exit_status == 1 && !stop[0].message.empty());
    CHECK(agent.state() == state::stopped && !agent.accepts(from) && agent.tick(now).empty());
}

TEST(an_agent_ends_for_its_host_and_its_leader_alone)
{
    leader master("memory://roles-ends/mesos");
    auto agent = mesos::agent::create();
    agent.take(master.event, start);
    CHECK(are(agent.shutdown({"10.0.0.2:5050", 0}, start), {kind::ignored}));
    // A message without a sender is not the host's.
    tenure::failure why;
    CHECK(agent.shutdown(mesos::sender{}, start, why).empty());
    CHECK(why.code() == tenure::errc::invalid_argument && !why.message().empty());
    CHECK(agent.state() == state::registering);
    CHECK(are(agent.shutdown(master.sender, start), {kind::stop}));

    auto asked = mesos::agent::create({"A", 0, {}, {}, {}});
    CHECK(asked.state() == state::lost);
    const auto stop = asked.shutdown(start);
    CHECK(are(stop, {kind::stop}) && stop[0].reason == mesos::role_reason::asked);
    CHECK(stop[0].exit_status == 0);
    auto refused = mesos::agent::create();
    refused.take(master.event, start);
    CHECK(are(refused.refused({"10.0.0.2:5050", 0}, "no", start), {kind::ignored}));
    CHECK(are(refused.refused(master.sender, "no", start), {kind::stop}));
}

TEST(a_driver_registers_and_says_where_calls_go)
{
    leader master("memory://roles-driver/mesos");
    const auto from = master.sender;
    auto driver = mesos::driver::create({{}, 7, seconds(0), seconds(600)});
    CHECK(driver.take(master.event, start).empty() && driver.state() == state::registering);
    CHECK(!driver.accepts(from));
    const auto lost = driver.call(mesos::call_kind::launch, start);
    CHECK(are(lost, {kind::tasks_lost}) && lost[0].message == "Master disconnected");
    CHECK(are(driver.call(mesos::call_kind::update_framework, start), {kind::postponed}));
    CHECK(are(driver.call(mesos::call_kind::other, start), {kind::dropped}));
    const auto asks = driver.tick(*driver.due());
    CHECK(are(asks, {kind::subscribe}) && asks[0].address == from.address && asks[0].id.empty());
    CHECK(are(driver.registered({from.address, from.token - 1}, "F", start), {kind::ignored}));
    const auto done = driver.registered(from, "F", start);
    CHECK(are(done, {kind::registered}) && done[0].id == "F" && driver.accepts(from));
    CHECK(are(driver.call(mesos::call_kind::launch, start), {kind::send}));
    CHECK(are(driver.link_lost(start), {kind::disconnected}));
    CHECK(driver.state() == state::reregistering);
    CHECK(are(driver.error({"10.0.0.2:5050", 0}, "no", start), {kind::ignored}));
    CHECK(are(driver.error(from, "no", start), {kind::stop}));

    auto stopped = mesos::driver::create();
    const auto stop = stopped.stop(start);
    CHECK(are(stop, {kind::stop}) && stop[0].exit_status == 0);
}

TEST(an_agent_that_misses_its_pings_is_unreachable)
{
    auto observer = mesos::observer::create();
    CHECK(observer.total_ping_timeout() == seconds(75) && observer.size() == 0 && !observer.due());
    const auto silent = observer.admit(start);
    CHECK(silent.agent != 0 && are(silent.outputs, {kind::ping}) && silent.outputs[0].flag);
    CHECK(silent.outputs[0].agent == silent.agent);
    const auto alive = observer.admit(start).agent;
    const auto gone = observer.expect(start);
    CHECK(observer.size() == 3 && observer.state(gone) == mesos::agent_state::expected);
    CHECK(observer.state(silent.agent) == mesos::agent_state::active);

    std::vector<mesos::output> lost;
    int pings = 1;
    auto now = start;
    for (int round = 0; round < 5; ++round) {
        CHECK(are(observer.take(mesos::observer_input::pong, alive, now), {}));
        CHECK(observer.due() == now + seconds(15));
        now = *observer.due();
        for (auto &output : observer.tick(now)) {
            if (output.kind == kind::ping)
                pings += output.agent == silent.agent ? 1 : 0;
            else
                lost.push_back(output);
        }
    }
    CHECK(now == start + observer.total_ping_timeout() && pings == 5);
    CHECK(are(lost, {kind::scheduled, kind::unreachable}));
    CHECK(lost[1].agent == silent.agent && lost[1].reason == mesos::role_reason::no_pong);
    CHECK(lost[1].message == "health check timed out");
    CHECK(observer.state(silent.agent) == mesos::agent_state::unreachable);
    CHECK(observer.state(alive) == mesos::agent_state::active);
    CHECK(are(observer.take(mesos::observer_input::registered, silent.agent, now),
              {kind::readmitted, kind::ping}));
    CHECK(are(observer.take(mesos::observer_input::link_lost, alive, now), {kind::deactivated}));
    observer.take(mesos::observer_input::removed, gone, now);
    CHECK(observer.size() == 2);
    CHECK(are(observer.take(mesos::observer_input::pong, gone, now), {kind::unknown}));
}

TEST(options_out_of_range_and_inputs_of_another_role_are_refused)
{
    tenure::failure why;
    const auto refused = [&](const char *words) {
        const bool right = why.code() == tenure::errc::invalid_argument
            && !why.message().empty() && why.message().find(words) != std::string::npos;
        if (!right)
            std::printf("%s\n", why.message().c_str());
        why = {};
        return right;
    };
    mesos::agent_options agent_options;
    agent_options.backoff = std::chrono::minutes(16);
    CHECK(!mesos::agent::create(agent_options, why) && refused("900s"));
    agent_options.backoff = seconds(-1);
    CHECK(!mesos::agent::create(agent_options, why) && refused(""));
    agent_options = {};
    agent_options.id = "\xff";
    CHECK(!mesos::agent::create(agent_options, why) && refused("UTF-8"));
    mesos::driver_options driver_options;
    driver_options.failover_timeout = std::chrono::hours(24 * 365 * 11);
    CHECK(!mesos::driver::create(driver_options, why) && refused(""));
    mesos::observer_options observer_options;
    observer_options.max_agent_ping_timeouts = 0;
    CHECK(!mesos::observer::create(observer_options, why) && refused(""));
    observer_options = {};
    observer_options.agent_removals = 1;
    CHECK(!mesos::observer::create(observer_options, why) && refused("agent_removals_each"));
    observer_options.agent_removals_each = seconds(1);
    CHECK(mesos::observer::create(observer_options, why) && !why);

    auto agent = mesos::agent::create();
    CHECK(agent.registered({"10.0.0.1:5050"}, "", {}, start, why).empty() && refused("id"));
    for (const std::chrono::milliseconds negative : {seconds(-1), seconds(-5)})
        CHECK(agent.registered({"m"}, "A", negative, start, why).empty() && refused(""));
    CHECK(agent.registered({"m"}, "A", std::chrono::milliseconds(-1), start, why).empty()
          && refused(""));
    CHECK(agent.take({}, start, why).empty() && refused("event"));
    CHECK(mesos::observer::create().take(static_cast<mesos::observer_input>(9), 1, start, why).empty()
          && refused("9"));
    CHECK(mesos::driver::create().call(static_cast<mesos::call_kind>(9), start, why).empty()
          && refused("9"));
    // A class has the inputs of its role alone; below it, in C, the others are errors.
    tenure_outputs *outputs = nullptr;
    CHECK(tenure_role_call(agent.get(), TENURE_CALL_LAUNCH, 1, &outputs, nullptr)
          == TENURE_ERR_INVALID_ARGUMENT);
    CHECK(outputs == nullptr);
}

TEST(roles_that_are_empty_fail_with_words)
{
    auto full = mesos::agent::create();
    mesos::agent agent = std::move(full);
    CHECK(agent && agent.state() == state::starting);
    // NOLINTBEGIN(bugprone-use-after-move): the test is about that
    std::swap(agent, full);
    CHECK(full && !agent && agent.get() == nullptr && agent.state() == state::none);
    // NOLINTEND
    mesos::driver driver;
    mesos::master master;
    mesos::observer observer;
    CHECK(!agent.due() && !agent.leader() && !agent.accepts({"m"}) && !driver.accepts({"m"}));
    CHECK(!master && !driver && !observer && observer.size() == 0 && !observer.due());
    CHECK(observer.state(1) == mesos::agent_state::unknown);
    CHECK(observer.total_ping_timeout() == seconds(0) && observer.get() == nullptr);
    tenure::failure why;
    int failed = 0;
    const auto note = [&](bool is_empty) {
        CHECK(is_empty && why.code() == tenure::errc::invalid_argument && !why.message().empty());
        why = {};
        ++failed;
    };
    note(agent.take({}, start, why).empty());
    note(agent.tick(start, why).empty());
    note(agent.registered({}, "A", {}, start, why).empty());
    note(agent.refused({}, "no", start, why).empty());
    note(agent.ping({}, true, start, why).empty());
    note(agent.link_lost(start, why).empty());
    note(agent.shutdown(start, why).empty());
    note(agent.shutdown(mesos::sender{"m"}, start, why).empty());
    note(master.tick(start, why).empty());
    note(driver.registered({}, "F", start, why).empty());
    note(driver.error({}, "no", start, why).empty());
    note(driver.link_lost(start, why).empty());
    note(driver.call(mesos::call_kind::other, start, why).empty());
    note(driver.stop(start, why).empty());
    const auto none = observer.admit(start, why);
    note(none.agent == 0 && none.outputs.empty());
    note(observer.expect(start, why) == 0);
    note(observer.take(mesos::observer_input::pong, 1, start, why).empty());
    note(observer.tick(start, why).empty());
    CHECK(failed == 18);
}

} // namespace
