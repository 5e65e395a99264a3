// Compiled with -fno-exceptions -fno-rtti, and linked with parts that have both: every function is used
// with a sink. In such a part callbacks cannot throw; those of the other parts still can, although its
// name makes it the first to be linked, and linkers keep the first of what there is twice.
#include "check.hpp"

#if TENURE_HPP_EXCEPTIONS
#error "this file is to be compiled with -fno-exceptions"
#endif

namespace {

using check::limit;

template <class Sink> void use_all(const char *url)
{
    Sink sink;
    auto client = tenure::client::open(url, {}, sink);
    CHECK(client && !sink);
    auto told = check::make_inbox<tenure::event_kind>();
    auto contender = client.contend({}, sink);
    CHECK(contender.on_event([told](tenure::event_view event) { told->put(event.kind()); }, sink));
    CHECK(contender.wait_leading(limit, sink) && !sink);
    CHECK(told->take() == tenure::event_kind::contender_enrolling);
    auto detector = client.detect({}, sink);
    CHECK(detector.detect({}, limit, sink) && !sink);
    CHECK(detector.on_event([](tenure::event_view) {}, sink));
    auto group = client.group({}, sink);
    CHECK(group.on_event([](tenure::event_view) {}, sink) && group.watch(sink));
    const auto member = group.join("x", {}, limit, sink);
    CHECK(member && !sink && group.data(member, limit, sink) == "x");
    CHECK(group.set_data(member, "y", limit, sink) && group.members(limit, sink).size() == 2);
    CHECK(group.wait_members({}, limit, sink).size() == 2);
    CHECK(group.data_start(member, sink) && group.set_data_start(member, "z", sink));
    CHECK(group.members_start(sink) && group.cancelled_start(member, sink));
    CHECK(group.cancel(member, limit, sink));
    group.cancelled(member, limit, sink);
    CHECK(!sink);
    CHECK(group.cancel_start(member, sink) && group.evict_start(member, sink));
    CHECK(!group.evict(member, limit, sink) && !sink && group.join_start("w", {}, sink));
    CHECK(client.event_fd(sink) >= 0 && client.next_event(limit, sink));
    CHECK(contender.set_data("x", limit, sink) && contender.set_data_start("y", sink));
    CHECK(contender.withdraw_start(sink));
    contender.withdraw(limit, sink);
    CHECK(!sink && !contender.is_leading());
    CHECK(client.on_event([](tenure::event_view) {}, sink));
    CHECK(tenure::url::parse("zk://host/x", sink) && !tenure::url::parse("nonsense://", sink));
    CHECK(tenure::memory::cut(url, sink) && tenure::memory::heal(url, sink));
    CHECK(tenure::memory::stop(url, sink) && tenure::memory::start(url, sink));
    tenure::memory::expire(url, 0, sink);
    CHECK(!sink);
    CHECK(tenure::set_log(tenure::log_level::warn, [](auto, auto, auto) {}, sink));
    CHECK(tenure::set_log(tenure::log_level::warn, {}, sink));
    CHECK(client.close(limit, sink) && !sink);
}

TEST(all_of_it_works_without_exceptions)
{
    use_all<std::error_code>("memory://plain-code/group");
    use_all<tenure::failure>("memory://plain-failure/group");
}

} // namespace
