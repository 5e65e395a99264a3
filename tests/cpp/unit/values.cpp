// Durations, text, URLs, versions, clocks.
#include "check.hpp"

#include <cmath>
#include <sstream>

namespace {

using check::limit;
using std::chrono::duration;
using std::chrono::milliseconds;
using tenure::timeout;

constexpr auto longest = std::numeric_limits<std::int64_t>::max();
constexpr auto refused = std::numeric_limits<std::int64_t>::min();

static_assert(timeout(milliseconds(0)).count() == 0);
static_assert(timeout(std::chrono::seconds(2)).count() == 2000);
static_assert(timeout(std::chrono::nanoseconds(1)).count() == 1, "rounded up: no wait is too short");
static_assert(timeout(std::chrono::microseconds(1000)).count() == 1);
static_assert(timeout(std::chrono::microseconds(1001)).count() == 2);
static_assert(timeout(duration<double>(0.0015)).count() == 2);
static_assert(timeout(milliseconds(-1)).count() == refused, "-1 ms is not for ever");
static_assert(timeout(std::chrono::nanoseconds(-1)).count() == refused);
static_assert(timeout(std::chrono::hours::max()).count() == longest);
static_assert(timeout(milliseconds::max()).count() == longest);
static_assert(timeout(milliseconds::min()).count() == refused);
static_assert(tenure::forever.count() == -1);

TEST(durations_of_every_kind)
{
    CHECK(timeout(duration<double>(std::nan(""))).count() == refused);
    CHECK(timeout(duration<double>(INFINITY)).count() == longest);
    CHECK(timeout(duration<double>(-INFINITY)).count() == refused);
    CHECK(timeout(duration<float, std::ratio<86400>>(1e30F)).count() == longest);

    auto client = tenure::client::open("memory://values-durations/group");
    auto contender = client.contend();
    for (const timeout bad : {timeout(milliseconds(-1)), timeout(duration<double>(std::nan(""))),
                              timeout(milliseconds::min())}) {
        tenure::failure why;
        CHECK(!contender.wait_leading(bad, why) && why.code() == tenure::errc::invalid_argument);
        CHECK(!client.next_event(bad, why) && why.code() == tenure::errc::invalid_argument);
        CHECK(!client.close(bad, why) && why.code() == tenure::errc::invalid_argument);
        CHECK(!contender.withdraw(bad, why) && why.code() == tenure::errc::invalid_argument);
    }
    // Longer than any clock can show: it waits, and does not overflow.
    CHECK(contender.wait_leading(duration<double>(INFINITY)));
    CHECK(client.next_event(milliseconds::max()));
    auto detector = client.detect();
    CHECK(detector.detect({}, milliseconds::max()));
    auto group = client.group();
    CHECK(group.wait_members({}, milliseconds::max()).size() == 1);
    CHECK(group.join("x", {}, milliseconds::max()));
    CHECK(contender.set_data("y", milliseconds::max()));
    CHECK(contender.withdraw(milliseconds::max()));
    CHECK(client.close(milliseconds::max()));
}

TEST(payloads_are_bytes_and_text_is_checked)
{
    auto client = tenure::client::open("memory://values-text/group");
    auto group = client.group();
    // Any bytes, including NUL and invalid UTF-8.
    const std::string bytes("a\0b\xff\xfe\0", 6);
    const auto member = group.join(bytes, "label", limit);
    CHECK(group.data(member, limit) == bytes);
    const auto empty = group.join({}, {}, limit);
    const auto nothing = group.data(empty, limit);
    CHECK(nothing && nothing->empty());
    CHECK(group.set_data(empty, bytes, limit) && group.data(empty, limit) == bytes);
    CHECK(empty.label().empty());

    const auto refuses = [&](auto &&call) {
        tenure::failure why;
        call(why);
        return why.code() == tenure::errc::invalid_argument && !why.message().empty();
    };
    const std::string nul("/a\0b", 4);
    const std::string_view latin = "/caf\xe9";
    for (const std::string_view bad : {std::string_view(nul), latin}) {
        CHECK(refuses([&](auto &why) { (void)client.detect(bad, why); }));
        CHECK(refuses([&](auto &why) { (void)client.group(bad, why); }));
        CHECK(refuses([&](auto &why) { (void)client.contend({std::string(bad), {}, {}}, why); }));
        CHECK(refuses([&](auto &why) { (void)client.contend({{}, std::string(bad), {}}, why); }));
        CHECK(refuses([&](auto &why) { group.join("x", bad, limit, why); }));
        CHECK(refuses([&](auto &why) { group.join_start("x", bad, why); }));
        CHECK(refuses([&](auto &why) {
            (void)tenure::client::open("memory://x" + std::string(bad), {}, why);
        }));
        CHECK(refuses([&](auto &why) {
            (void)tenure::url::parse("zk://host" + std::string(bad), why);
        }));
        CHECK(refuses([&](auto &why) {
            tenure::memory::cut("memory://x" + std::string(bad), why);
        }));
    }
    const std::string large(1'000'001, 'x');
    CHECK(refuses([&](auto &why) { group.join(large, {}, limit, why); }));
    CHECK(refuses([&](auto &why) { group.set_data(member, large, limit, why); }));
    CHECK(refuses([&](auto &why) { group.join_start(large, {}, why); }));
    CHECK(group.set_data(member, std::string_view(large).substr(1), limit));
    // Text beyond ASCII is read back unchanged.
    const auto umlaut = group.join("x", "M\xc3\xa4rz", limit);
    CHECK(umlaut.label() == "M\xc3\xa4rz");
    client.close();
}

TEST(urls_are_read_and_shown_without_secrets)
{
    auto url = tenure::url::parse("zk://user:hunter2@one:2181,[::1]/a/b");
    CHECK(url && url.path() == "/a/b" && !url.is_standalone() && url.server_count() == 2);
    CHECK(url.server(0) == "one:2181" && url.server(1) == "[::1]:2181" && url.server(2).empty());
    CHECK(url.shown().find("hunter2") == std::string_view::npos && !url.shown().empty());
    auto leader = tenure::url::parse("10.0.0.1:5050");
    CHECK(leader.is_standalone() && leader.path() == "10.0.0.1:5050" && leader.server_count() == 0);
    tenure::failure why;
    CHECK(!tenure::url::parse("zk://user:hunter2@/x", why) && why);
    CHECK(why.message().find("hunter2") == std::string::npos);
    CHECK(!tenure::url::parse({}, why) && why.code() == tenure::errc::invalid_argument);
    tenure::url moved = std::move(url);
    CHECK(moved.path() == "/a/b" && !url); // NOLINT(bugprone-use-after-move)
}

TEST(a_standalone_leader_is_known_without_a_session)
{
    auto client = tenure::client::open("10.0.0.1:5050");
    auto detector = client.detect();
    const auto state = detector.state();
    CHECK(state.kind() == tenure::event_kind::detector_leader && state->data() == "10.0.0.1:5050");
    std::error_code code;
    CHECK(!client.contend({}, code) && code == tenure::errc::invalid_argument);
    CHECK(!client.group({}, code) && code == tenure::errc::invalid_argument);
    CHECK(client.metric(tenure::metric::connections) == 0);
}

TEST(versions_clocks_and_names)
{
    CHECK(tenure::version() == TENURE_VERSION && tenure::abi_version() == TENURE_ABI_VERSION);
    const auto before = tenure::boottime_clock::now();
    const auto after = tenure::boottime_clock::now();
    CHECK(after >= before && before.time_since_epoch().count() > 0);
    static_assert(std::is_same_v<decltype(after - before), std::chrono::nanoseconds>);
    std::ostringstream out;
    out << tenure::event_kind::contender_leading << ", " << static_cast<tenure::event_kind>(4711);
    CHECK(out.str() == "contender leading, unknown event");
}

} // namespace
