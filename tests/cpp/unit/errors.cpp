// The three ways to report a failure.
#include "check.hpp"

#include <cstring>

namespace {

using check::limit;

TEST(without_a_sink_it_throws)
{
    bool thrown = false;
    try {
        (void)tenure::client::open("zk://user:hunter2@host:notaport/group");
    } catch (const tenure::error &error) {
        thrown = true;
        CHECK(error.code() == tenure::errc::invalid_argument);
        CHECK(error.code() == std::errc::invalid_argument);
        CHECK(error.code().category() == tenure::category());
        CHECK(error.code().message() == "TENURE_ERR_INVALID_ARGUMENT");
        CHECK(error.why().code() == tenure::errc::invalid_argument && !error.is_retriable());
        CHECK(!error.why().message().empty());
        CHECK(std::strstr(error.what(), error.why().message().c_str()) != nullptr);
        CHECK(std::strstr(error.what(), "hunter2") == nullptr);
        tenure::error copy = error;
        const tenure::error moved = std::move(copy);
        CHECK(moved.why().message() == error.why().message());
        CHECK(copy.why().message() == error.why().message()); // NOLINT(bugprone-use-after-move)
    }
    CHECK(thrown);

    // A handler for any error of the system catches it.
    thrown = false;
    auto client = tenure::client::open("memory://errors-throw/group");
    auto contender = client.contend();
    client.close();
    try {
        contender.wait_leading(limit);
    } catch (const std::system_error &error) {
        thrown = error.code() == tenure::errc::closed;
    }
    CHECK(thrown);
}

TEST(an_error_code_is_set_and_cleared)
{
    std::error_code code = std::make_error_code(std::errc::io_error);
    auto client = tenure::client::open("memory://errors-code/group", {}, code);
    CHECK(client && !code);
    auto nothing = tenure::client::open("nonsense://", {}, code);
    CHECK(!nothing && code == tenure::errc::invalid_argument);
    CHECK(code.category() == tenure::category() && std::strcmp(code.category().name(), "tenure") == 0);
    auto detector = client.detect("/group", code);
    CHECK(detector && !code);
    auto state = detector.detect({}, limit, code);
    CHECK(state && !code);
    CHECK(!detector.detect(state, std::chrono::seconds(0), code));
    CHECK(code == tenure::errc::timeout && code == std::errc::timed_out);
    CHECK(code != tenure::errc::closed && code != std::errc::invalid_argument);
    CHECK(client.close(limit, code) && !code);
    // A temporary argument is not kept.
    CHECK(!client.detect("no path", std::error_code()));
    CHECK(std::error_code(tenure::errc::ok) == std::error_code(0, tenure::category()));
    CHECK(!std::error_code(tenure::errc::ok));
    CHECK(std::error_code(-12345, tenure::category()).message() == "unknown status");
}

TEST(a_failure_has_words)
{
    tenure::failure why;
    CHECK(!why && why.code() == tenure::errc::ok && why.message().empty());
    auto client = tenure::client::open("memory://errors-words/group", {}, why);
    CHECK(client && !why);
    auto contender = client.contend({"/no//such", {}, {}}, why);
    CHECK(!contender && why && why.code() == tenure::errc::invalid_argument);
    CHECK(why.message().find("/no//such") != std::string::npos);
    auto ok = client.contend({}, why);
    CHECK(ok && !why && why.message().empty());
    CHECK(ok.wait_leading(limit, why) && !why);
    auto second = client.contend({}, why);
    CHECK(!second.wait_leading(std::chrono::milliseconds(0), why));
    CHECK(why.code() == tenure::errc::timeout && why.is_retriable());
    client.close(limit, why);
    CHECK(!why);
}

TEST(options_that_cannot_be_are_refused)
{
    tenure::failure why;
    tenure::client_options options;
    for (const auto bad : {std::chrono::milliseconds(-1), std::chrono::milliseconds(0),
                           std::chrono::milliseconds(std::numeric_limits<std::int64_t>::max()),
                           std::chrono::milliseconds(std::numeric_limits<std::int64_t>::min())}) {
        options.session_timeout = bad;
        CHECK(!tenure::client::open("memory://errors-options/group", options, why));
        CHECK(why.code() == tenure::errc::invalid_argument);
        options.session_timeout.reset();
        options.tick = bad;
        CHECK(!tenure::client::open("memory://errors-options/group", options, why));
        CHECK(why.code() == tenure::errc::invalid_argument);
        options.tick.reset();
    }
    options.session_timeout = std::chrono::seconds(4);
    options.tick = std::chrono::milliseconds(500);
    auto client = tenure::client::open("memory://errors-options/group", options, why);
    CHECK(client && !why);
    for (;;) {
        auto event = client.next_event(limit);
        CHECK(event);
        if (event.kind() == tenure::event_kind::session_connected) {
            CHECK(event->session_timeout() == std::chrono::seconds(4) && event->session() != 0);
            break;
        }
    }

    tenure::contender_options wrong;
    wrong.policy = static_cast<tenure::policy>(77);
    CHECK(!client.contend(wrong, why) && why.code() == tenure::errc::invalid_argument);
    wrong = {};
    wrong.reenrol = static_cast<tenure::reenrol>(77);
    CHECK(!client.contend(wrong, why) && why.code() == tenure::errc::invalid_argument);
    wrong = {};
    wrong.data.assign(1'000'001, 'x');
    CHECK(!client.contend(wrong, why) && why.code() == tenure::errc::invalid_argument);
    wrong = {};
    wrong.label = "a/b";
    CHECK(!client.contend(wrong, why) && why.code() == tenure::errc::invalid_argument);
    for (const auto policy :
         {tenure::policy::verified, tenure::policy::strict, tenure::policy::session}) {
        tenure::contender_options good;
        good.path = "/elsewhere";
        good.policy = policy;
        good.warm = true;
        auto contender = client.contend(good, why);
        CHECK(contender && !why && contender.wait_leading(limit, why));
        CHECK(contender.withdraw(limit));
    }
    client.close();
}

} // namespace
