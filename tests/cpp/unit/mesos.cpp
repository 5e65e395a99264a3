// Masters over contenders and detectors, and masters that are appointed.
#include "check.hpp"

#include <tenure_mesos.hpp>

#include <sstream>
#include <type_traits>

namespace {

namespace mesos = tenure::mesos;
using check::limit;

static_assert(std::is_nothrow_move_constructible_v<mesos::master_contender>);
static_assert(!std::is_copy_constructible_v<mesos::master_contender>);
static_assert(std::is_nothrow_move_constructible_v<mesos::master_detector>);
static_assert(!std::is_copy_constructible_v<mesos::master_detector>);
static_assert(std::is_base_of_v<tenure::contender, mesos::master_contender>);
static_assert(std::is_base_of_v<tenure::detector, mesos::master_detector>);
static_assert(std::is_copy_constructible_v<mesos::master_info>);
static_assert(std::is_nothrow_move_constructible_v<mesos::master_info>);
static_assert(!std::is_convertible_v<mesos::master_info, bool>);
static_assert(mesos::MASTER_CONTENDER_ZK_SESSION_TIMEOUT == std::chrono::seconds(10));
static_assert(mesos::MASTER_DETECTOR_ZK_SESSION_TIMEOUT == std::chrono::seconds(10));

mesos::master_info info_of(const char *id, const char *address)
{
    return {id, address, "m.example.com", "1.12.0"};
}

// The state of a detector once a member leads.
tenure::event wait_leader(tenure::detector &detector)
{
    tenure::event event;
    while (!event || event.kind() != tenure::event_kind::detector_leader)
        event = detector.detect(event, limit);
    return event;
}

// Gives a master the events of its client until it is in this state; all outputs.
std::vector<mesos::output> play(tenure::client &client, mesos::master &role, mesos::role_state wanted)
{
    const auto end = std::chrono::steady_clock::now() + limit;
    std::vector<mesos::output> all;
    while (role.state() != wanted) {
        CHECK(std::chrono::steady_clock::now() < end);
        const auto event = client.next_event(std::chrono::milliseconds(20));
        for (auto &output : event ? role.take(event) : role.tick())
            all.push_back(std::move(output));
    }
    return all;
}

const mesos::output &last(const std::vector<mesos::output> &outputs, mesos::output_kind kind)
{
    const mesos::output *found = nullptr;
    for (const auto &output : outputs)
        if (output.kind == kind)
            found = &output;
    CHECK(found != nullptr);
    return *found;
}

TEST(a_master_info_has_its_fields_and_is_a_value)
{
    mesos::master_extras extras;
    extras.region = "eu";
    extras.zone = "eu-1";
    extras.capabilities = {"AGENT_UPDATE", "QUOTA_V2"};
    const mesos::master_info info("id-1", "10.0.0.1:5050", "m1.example.com", "1.12.0", extras);
    CHECK(info && info.id() == "id-1" && info.ip() == "10.0.0.1" && info.port() == 5050);
    CHECK(info.address() == "10.0.0.1:5050" && info.pid() == "master@10.0.0.1:5050");
    CHECK(info.hostname() == "m1.example.com" && info.host() == "m1.example.com");
    CHECK(info.version() == "1.12.0" && info.region() == "eu" && info.zone() == "eu-1");
    CHECK(info.capability_count() == 2 && info.capability(0) == "AGENT_UPDATE");
    CHECK(info.capability(1) == "QUOTA_V2" && info.capability(2).empty());

    const auto read = mesos::master_info::decode("json.info", info.json());
    CHECK(read == info && read.is_same(info) && !(read != info));
    const auto oldest = mesos::master_info::decode("", "master@10.0.0.1:5050");
    CHECK(oldest.address() == info.address() && oldest != info && !oldest.is_same(info));

    // Mesos's equality does not see the capabilities.
    extras.capabilities.clear();
    const mesos::master_info less("id-1", "10.0.0.1:5050", "m1.example.com", "1.12.0", extras);
    CHECK(less.is_same(info) && less != info);

    // A copy shares the texts, and keeps them.
    auto given = std::make_unique<mesos::master_info>(info_of("id-2", "10.0.0.2:5050"));
    mesos::master_info copy = *given;
    const auto text = given->json();
    given.reset();
    CHECK(copy.json().data() == text.data() && copy.id() == "id-2");
    const mesos::master_info moved = std::move(copy);
    CHECK(moved.id() == "id-2");
    // NOLINTBEGIN(bugprone-use-after-move): the test is about that
    CHECK(!copy && copy.id().empty() && copy.port() == 0 && copy.json().empty() && !copy.get());
    CHECK(copy == mesos::master_info() && copy != moved && moved != copy && !copy.is_same(copy));
    // NOLINTEND
}

TEST(what_no_master_has_is_refused_with_words)
{
    tenure::failure why;
    const auto says = [&](const char *words) {
        const bool right = why.code() == tenure::errc::invalid_argument
            && !why.message().empty() && why.message().find(words) != std::string::npos;
        if (!right)
            std::printf("%s\n", why.message().c_str());
        why = {};
        return right;
    };
    mesos::master_extras extras;
    CHECK(!mesos::master_info("i", "[::1]:5050", "h", "1", extras, why) && says("IPv4:PORT"));
    CHECK(!mesos::master_info("", "10.0.0.1:5050", "h", "1", extras, why) && says("id"));
    extras.capabilities = {"FLY"};
    CHECK(!mesos::master_info("i", "10.0.0.1:5050", "h", "1", extras, why) && says("\"FLY\""));
    extras = {};
    extras.zone = "z";
    CHECK(!mesos::master_info("i", "10.0.0.1:5050", "h", "1", extras, why) && says("region"));
    CHECK(!mesos::master_info::decode("json.info", "{", why) && says(""));
    CHECK(!mesos::master_info::decode("other", "{}", why) && says("other"));
    const auto caught = [](auto act) {
        try {
            act();
        } catch (const tenure::error &error) {
            return error.code() == tenure::errc::invalid_argument;
        }
        return false;
    };
    CHECK(caught([] { info_of("i", "10.0.0.1"); }));
    CHECK(caught([] { static_cast<void>(mesos::master_info::decode("info", "\xff")); }));

    // Where there is no session nobody contends.
    const auto info = info_of("i", "10.0.0.1:5050");
    auto alone = mesos::standalone();
    CHECK(!mesos::contend(alone, info, {}, why) && says(""));
    CHECK(!mesos::master_contender::create("10.0.0.1:5050", info, limit, why) && says(""));
    CHECK(!mesos::master_contender::create("nonsense://", info, limit, why) && says(""));
    CHECK(!mesos::master_detector::create("nonsense://", limit, why) && says(""));
    auto client = tenure::client::open("memory://mesos-refused/mesos");
    CHECK(!mesos::contend(client, {}, {}, why) && says("info"));
    CHECK(!mesos::contend(client, mesos::master_info::decode("", "master@10.0.0.1:5050"), {}, why)
          && says("hostname"));
    tenure::contender_options options;
    options.path = "no path";
    CHECK(!mesos::contend(client, info, options, why) && says("path"));
    CHECK(!mesos::detect(client, "no path", why) && says("path"));
    CHECK(!mesos::appoint(client, &info, why) && says(""));
    // An empty one is a mistake, and not "none".
    const mesos::master_info empty;
    CHECK(!mesos::appoint(alone, &empty, why) && says("empty"));
    CHECK(caught([&] { mesos::appoint(alone, &empty); }));
    auto contender = mesos::contend(client, info);
    CHECK(!contender.set_info(empty, limit, why) && says("empty"));
    std::error_code code;
    CHECK(!contender.set_info(empty, limit, code) && code == tenure::errc::invalid_argument);
    const auto old = tenure::mesos::master_info::decode("", "master@10.0.0.1:80");
    CHECK(!contender.set_info(old, limit, why) && says("hostname"));
}

TEST(a_master_leads_and_a_second_one_follows_it_and_takes_over)
{
    const char *url = "memory://mesos-two/mesos";
    const auto one = info_of("id-1", "10.0.0.1:5050");
    const auto two = info_of("id-2", "10.0.0.2:5050");
    auto client = tenure::client::open(url);
    auto contender = mesos::contend(client, one);
    auto detector = mesos::detect(client);
    auto role = mesos::master::create();
    CHECK(role.state() == mesos::role_state::candidate && !role.leader());
    const auto won = last(play(client, role, mesos::role_state::leader), mesos::output_kind::elected);
    CHECK(contender.leadership() && won.token == contender.leadership().token());
    CHECK(won.lease_end && *won.lease_end > tenure::boottime_clock::now());
    CHECK(won.path == "/mesos/json.info_0000000000" && !role.leader());

    auto second = tenure::client::open(url);
    auto next = mesos::contend(second, two);
    auto watcher = mesos::detect(second, "/mesos");
    auto follower = mesos::master::create();
    const auto found = last(play(second, follower, mesos::role_state::standby),
                            mesos::output_kind::following);
    CHECK(found.address == one.address() && found.token == won.token && found.path == won.path);
    CHECK(follower.leader() && follower.leader()->address == one.address());
    CHECK(follower.leader()->token == won.token && follower.leader()->path == won.path);
    auto seen = wait_leader(watcher);
    CHECK(mesos::master_of(seen) == one && watcher.master() == one);

    // A change of the info is an event; Mesos's equality does not see this one.
    mesos::master_extras extras;
    extras.capabilities = {"QUOTA_V2"};
    const mesos::master_info more("id-1", "10.0.0.1:5050", "m.example.com", "1.12.0", extras);
    CHECK(contender.set_info(more, limit));
    seen = watcher.detect(seen, limit);
    CHECK(mesos::master_of(seen) == more && more.is_same(one));

    // Who led and lost must end.
    contender.withdraw(limit);
    const auto stop = last(play(client, role, mesos::role_state::stopped), mesos::output_kind::stop);
    CHECK(stop.reason == mesos::role_reason::lost_candidacy && stop.exit_status != 0);
    CHECK(stop.message == "Lost candidacy as a leader... committing suicide!");
    const auto then = last(play(second, follower, mesos::role_state::leader),
                           mesos::output_kind::elected);
    CHECK(then.token > won.token && next.is_leading());
    while (watcher.master() != two)
        seen = watcher.detect(seen, limit);
    client.close(limit);
    second.close(limit);
}

TEST(masters_have_clients_of_their_own)
{
    const char *url = "memory://mesos-own/mesos";
    const auto info = info_of("id-1", "10.0.0.1:5050");
    auto contender = mesos::master_contender::create(url, info);
    auto detector = mesos::master_detector::create(url, std::chrono::seconds(8));
    CHECK(contender.wait_leading(limit) && contender.client() && detector.client());
    CHECK(mesos::master_of(wait_leader(detector)) == info);
    CHECK(detector.client().id() != contender.client().id());

    auto moved = std::move(contender);
    CHECK(moved.is_leading() && moved.client());
    // NOLINTNEXTLINE(bugprone-use-after-move): the test is about that
    CHECK(!contender && !contender.client() && !contender.is_leading());
    tenure::failure why;
    CHECK(!contender.set_info(info, limit, why) && why.code() == tenure::errc::invalid_argument);
    auto taken = std::move(detector);
    CHECK(taken.master() == info);
    CHECK(!detector && !detector.master()); // NOLINT(bugprone-use-after-move)
    moved.client().close(limit);
    CHECK(!moved.is_leading());
    taken.client().close(limit);

    // A fixed master leads for ever.
    auto fixed = mesos::master_detector::create("10.0.0.9:5050");
    CHECK(mesos::master_of(wait_leader(fixed))->address() == "10.0.0.9:5050");
    auto client = tenure::client::open(url);
    auto plain = mesos::contend(client, info);
    CHECK(!plain.client());
}

TEST(a_payload_that_cannot_be_read_is_news_and_no_end)
{
    auto client = tenure::client::open("memory://mesos-undecodable/mesos");
    tenure::contender_options options;
    options.label = "json.info";
    options.data = "nonsense";
    auto strange = client.contend(options);
    auto detector = mesos::detect(client);
    const auto event = wait_leader(detector);
    tenure::failure why;
    CHECK(!mesos::master_of(event, why) && why.code() == tenure::errc::invalid_argument);
    CHECK(!why.message().empty() && event->data() == "nonsense" && !detector.master());
    bool caught = false;
    try {
        mesos::master_of(event);
    } catch (const tenure::error &error) {
        caught = error.code() == tenure::errc::invalid_argument;
    }
    CHECK(caught);
    // To a role it is a leader that is not known.
    auto agent = mesos::agent::create();
    CHECK(agent.take(event).empty() && agent.state() == mesos::role_state::starting);

    const auto info = info_of("id-1", "10.0.0.1:5050");
    auto contender = mesos::contend(client, info);
    strange.withdraw(limit);
    auto next = detector.detect(event, limit);
    while (next.kind() != tenure::event_kind::detector_leader)
        next = detector.detect(next, limit);
    CHECK(mesos::master_of(next, why) == info && !why);
    // Events without a leader are no errors.
    CHECK(!mesos::master_of(client.state(), why) && !why);
    CHECK(!mesos::master_of({}, why) && !why);
}

TEST(a_master_without_zookeeper_is_appointed)
{
    auto client = mesos::standalone();
    auto detector = mesos::detect(client);
    CHECK(detector.state().kind() == tenure::event_kind::detector_none && !detector.master());
    const auto info = info_of("id-1", "10.0.0.1:5050");
    CHECK(mesos::appoint(client, &info));
    CHECK(detector.master() == info && detector.state()->token() == 0);
    auto driver = mesos::driver::create();
    driver.take(detector.state());
    CHECK(driver.leader() && driver.leader()->address == info.address());
    CHECK(mesos::appoint(client, nullptr));
    CHECK(detector.state().kind() == tenure::event_kind::detector_none && !detector.master());
    client.close(limit);
    std::error_code code;
    CHECK(!mesos::appoint(client, &info, code) && code == tenure::errc::closed);
}

TEST(words_have_names)
{
    CHECK(mesos::name(mesos::output_kind::in_jeopardy) == "in_jeopardy");
    CHECK(mesos::name(mesos::output_kind::register_) == "register");
    CHECK(mesos::name(static_cast<mesos::output_kind>(9999)) == "unknown output");
    std::ostringstream out;
    out << mesos::role_state::standby << ' ' << mesos::role_reason::no_pong << ' '
        << mesos::agent_state::unreachable << ' ' << mesos::output_kind::elected;
    CHECK(out.str() == "standby no_pong unreachable elected");
}

} // namespace
