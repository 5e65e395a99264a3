// Mesos's tests of its Group.
#include "harness.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace {

using namespace scenario;

// One life of one membership: joined, seen, read, cancelled.
void one_membership(std::string_view label)
{
    party a(url(fresh_path()));
    auto group = a.client.group();
    const auto member = group.join("hello world", label, limit);
    EXPECT(member.label() == label);
    const auto seen = group.wait_members({}, limit);
    EXPECT(seen.size() == 1 && seen[0] == member);
    EXPECT(group.data(member, limit) == "hello world");
    const auto end = group.cancelled_start(member);
    EXPECT(group.cancel(member, limit));
    EXPECT(group.wait_members(seen, limit).empty());
    EXPECT(a.end(end)->call_result());
    a.close();
}

SCENARIO(group_group) { one_membership({}); }
SCENARIO(group_labelled_group) { one_membership("testlabel"); }

SCENARIO(group_join_with_disconnect)
{
    const proxy between;
    const auto path = fresh_path();
    between.cut();
    party a(between.url(path));
    auto group = a.client.group();
    const auto joining = group.join_start("hello world");
    // It must leave no znode behind.
    tenure::failure why;
    EXPECT(!group.join("never mind", {}, milliseconds(1), why) && why.code() == tenure::errc::timeout);
    a.retrying();
    EXPECT(a.is_pending(joining));
    between.heal();
    const auto &joined = a.end(joining);
    EXPECT(joined->status() == tenure::errc::ok);
    const auto members = group.wait_members({}, limit);
    EXPECT(members.size() == 1 && members[0] == joined->member());
    EXPECT(children(path).size() == 1);
    a.close();
    EXPECT(children(path).empty());
}

SCENARIO(group_data_with_disconnect)
{
    const proxy between;
    party a(between.url(fresh_path()));
    auto group = a.client.group();
    const auto member = group.join("hello world", {}, limit);
    group.wait_members({}, limit);
    between.cut();
    a.retrying();
    const auto reading = group.data_start(member);
    a.retrying();
    EXPECT(a.is_pending(reading));
    between.heal();
    EXPECT(a.end(reading)->data() == "hello world");
    a.close();
}

SCENARIO(group_data_with_removed_membership)
{
    party a(url(fresh_path()));
    auto group = a.client.group();
    const auto member = group.join("hello world", {}, limit);
    group.wait_members({}, limit);
    EXPECT(group.set_data(member, "changed", limit) && group.data(member, limit) == "changed");
    EXPECT(group.cancel(member, limit));
    EXPECT(!group.data(member, limit));
    EXPECT(!group.cancel(member, limit) && !group.set_data(member, "late", limit));
    a.close();
}

SCENARIO(group_cancel_with_disconnect)
{
    const proxy between;
    const auto path = fresh_path();
    party a(between.url(path));
    auto group = a.client.group();
    const auto member = group.join("hello world", {}, limit);
    const auto seen = group.wait_members({}, limit);
    EXPECT(group.data(member, limit) == "hello world");
    const auto end = group.cancelled_start(member);
    between.cut();
    a.retrying();
    const auto cancelling = group.cancel_start(member);
    a.retrying();
    EXPECT(a.is_pending(cancelling) && children(path).size() == 1);
    between.heal();
    EXPECT(a.end(cancelling)->call_result());
    EXPECT(group.wait_members(seen, limit).empty());
    EXPECT(a.end(end)->call_result());
    a.close();
}

SCENARIO(group_watch_with_session_expiration)
{
    party a(url(fresh_path()));
    auto group = a.client.group();
    const auto member = group.join("hello world", {}, limit);
    const auto seen = group.wait_members({}, limit);
    const auto end = group.cancelled_start(member);
    const auto session = a.session();
    tenure::members after;
    std::thread watching([&] { after = group.wait_members(seen, limit); });
    ask("expire", session);
    watching.join();
    EXPECT(after.empty());
    EXPECT(!a.end(end)->call_result());
    const auto told = a.until(group.id(), event_kind::group_membership_lost);
    EXPECT(told.back()->member() == member);
    EXPECT(is_of_session(told.back()->lost_reason()));
    a.close();
}

SCENARIO(group_multiple_groups)
{
    const auto where = url(fresh_path());
    party a(where), b(where);
    auto ours = a.client.group(), theirs = b.client.group();
    const auto one = ours.join("group 1", {}, limit);
    const auto two = theirs.join("group 2", {}, limit);
    tenure::members both;
    for (tenure::group *group : {&ours, &theirs}) {
        tenure::members seen;
        while (seen.size() != 2)
            seen = group->wait_members(seen, limit);
        EXPECT(seen[0] == one && seen[1] == two);
        both = std::move(seen);
    }
    const auto end = theirs.cancelled_start(one);
    ask("expire", a.session());
    EXPECT(!b.end(end)->call_result());
    const auto left = theirs.wait_members(both, limit);
    EXPECT(left.size() == 1 && left[0] == two);
    a.close();
    b.close();
}

SCENARIO(group_path_with_restrictive_perms)
{
    const auto parent = fresh_path();
    ask("create", "-", parent, "-");
    ask("create", "-", parent + "/writable", "-");
    ask("allow", "-", parent, "1:world:anyone", "all:digest:creator:ypSegK/J4upK+Rhi3MoYohqRddo=");
    const auto join = [&](const std::string &path) {
        party a("zk://non-creator:non-creator@" + server() + path);
        auto group = a.client.group();
        tenure::failure why;
        EXPECT(static_cast<bool>(group.join("x", {}, limit, why)) == !why);
        a.close();
        return why;
    };
    for (const auto &path : {parent, parent + "/new"})
        EXPECT(has_words(join(path), tenure::errc::no_auth, parent));
    EXPECT(!join(parent + "/writable"));
}

SCENARIO(group_retryable_errors)
{
    const auto path = fresh_path();
    party a("zk://member:member@" + server() + path);
    auto group = a.client.group();
    for (int round = 0; round < 3; ++round) {
        ask("expire", a.session());
        const auto joining = group.join_start("x");
        ask("expire", a.session());
        // Only a member that existed, or may have, is lost with its session: the call reports that.
        const auto &joined = a.end(joining);
        if (joined->status() == tenure::errc::ok)
            group.cancel(joined->member(), limit);
        else
            EXPECT(joined->status() == tenure::errc::session_expired);
        // The next calls find a group that works.
        const auto member = group.join("x", {}, limit);
        const auto cancelling = group.cancel_start(member);
        ask("expire", a.session());
        EXPECT(a.end(cancelling)->status() == tenure::errc::ok);
    }
    ask("await", path, 0);
    a.close();
}

SCENARIO(group_connect_timer)
{
    const proxy between;
    const auto path = fresh_path();
    between.cut();
    party a(between.url(path), brief);
    const auto start = std::chrono::steady_clock::now();
    auto group = a.client.group();
    const auto joining = group.join_start("x");
    // No session could expire: the client continues to try.
    while (std::chrono::steady_clock::now() - start < brief + brief / 2) {
        for (const auto &event : a.until(a.client.id(), event_kind::session_retrying))
            EXPECT(event.kind() != event_kind::session_expired);
    }
    EXPECT(a.is_pending(joining));
    between.heal();
    EXPECT(a.end(joining)->status() == tenure::errc::ok);
    a.close();
}

SCENARIO(group_timer_cleanup)
{
    struct received {
        std::mutex lock;
        std::condition_variable changed;
        std::vector<event_kind> kinds;
    };
    const auto received = std::make_shared<struct received>();
    const auto last = std::make_shared<int>(0);
    const proxy between;
    const auto path = fresh_path();
    between.cut();
    {
        party a(between.url(path), brief);
        auto group = a.client.group();
        a.client.on_event([received, last](tenure::event_view event) {
            const std::lock_guard<std::mutex> hold(received->lock);
            received->kinds.push_back(event.kind());
            received->changed.notify_all();
        });
        std::unique_lock<std::mutex> hold(received->lock);
        EXPECT(received->changed.wait_for(hold, limit, [&] { return !received->kinds.empty(); }));
    }
    // The callback and this scenario hold it: once the callback is destroyed, one reference is
    // left.
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (last.use_count() > 1)
        EXPECT(std::chrono::steady_clock::now() < deadline), std::this_thread::yield();
    for (const auto kind : received->kinds)
        EXPECT(kind != event_kind::session_expired);
    EXPECT(received->kinds.front() == event_kind::session_connecting);
    // No client is left that tries: the only connection is the next client's.
    between.heal();
    party next(between.url(path));
    next.session();
    EXPECT(between.count("connections") == 1);
    next.close();
}

} // namespace
