// Cases that no test of Mesos covers, and the gravest failures that were reported of other
// libraries.
#include "harness.hpp"

#include <thread>

namespace {

using namespace scenario;

SCENARIO(beyond_second_withdraw_ends_with_the_first)
{
    const proxy between;
    const auto path = fresh_path();
    party a(between.url(path));
    auto contender = a.contend("x");
    EXPECT(contender.wait_leading(limit));
    between.cut();
    std::uint64_t calls[3];
    for (auto &call : calls)
        call = contender.withdraw_start();
    // Leadership ends before any server learns of it.
    EXPECT(a.loss(contender) == tenure::lost_reason::withdrawn);
    EXPECT(!contender.is_leading());
    a.retrying();
    for (const auto call : calls)
        EXPECT(a.is_pending(call));
    EXPECT(children(path).size() == 1);
    between.heal();
    for (const auto call : calls)
        EXPECT(a.end(call)->call_result());
    EXPECT(children(path).empty() && !contender.withdraw(limit));
    a.close();
}

SCENARIO(beyond_withdraw_after_a_failed_join_ends)
{
    const auto path = fresh_path();
    ask("create", "creator:creator", path, "-");
    ask("allow", "creator:creator", path, "1:world:anyone");
    party a(url(path));
    auto contender = a.contend("x");
    const auto told = a.until(contender.id(), event_kind::contender_lost);
    EXPECT(told.back()->lost_reason() == tenure::lost_reason::failed);
    EXPECT(told.back()->status() == tenure::errc::no_auth && !told.back()->message().empty());
    EXPECT(!contender.withdraw(limit));
    a.close();
}

SCENARIO(beyond_destruction_ends_every_pending_call)
{
    const proxy between;
    between.cut();
    party a(between.url(fresh_path()));
    auto detector = a.client.detect();
    auto group = a.client.group();
    auto contender = a.contend("x");
    const auto joining = group.join_start("y"), listing = group.members_start();
    std::error_code detected, led, watched;
    std::thread threads[] = {
        std::thread([&] { (void)detector.detect(detector.state(), limit, detected); }),
        std::thread([&] { contender.wait_leading(limit, led); }),
        std::thread([&] { group.wait_members({}, limit, watched); }),
    };
    a.retrying();
    // A session that never existed needs no close at a server.
    a.close();
    for (auto &thread : threads)
        thread.join();
    for (const auto &code : {detected, led, watched})
        EXPECT(code == tenure::errc::closed);
    EXPECT(a.end(joining)->status() == tenure::errc::closed);
    EXPECT(a.end(listing)->status() == tenure::errc::closed);
    EXPECT(a.loss(contender) == tenure::lost_reason::closed);
}

SCENARIO(beyond_contender_dropped_while_joining_leaves_no_member)
{
    const proxy between;
    const auto path = fresh_path();
    ask("create", "-", path, "-");
    party a(between.url(path));
    a.session();
    between.hold();
    auto contender = a.contend("x");
    contender = {};
    between.release();
    // Answered after every earlier request.
    auto group = a.client.group();
    EXPECT(group.members(limit).empty() && children(path).empty());
    a.close();
}

SCENARIO(connection_loss_during_create)
{
    for (const char *how : {"fin", "reset"}) {
        const proxy between;
        const auto path = fresh_path();
        ask("create", "-", path, "-");
        party a(between.url(path));
        a.session();
        between.swallow("create", how);
        auto contender = a.contend("x");
        EXPECT(contender.wait_leading(limit));
        const auto names = children(path);
        EXPECT(names.size() == 1 && between.count("create") == 1);
        EXPECT(contender.state()->member().path() == path + "/" + names[0]);
        a.close();
    }
}

SCENARIO(b4_lost_create)
{
    const proxy between;
    const auto path = fresh_path();
    ask("create", "-", path, "-");
    party a(between.url(path)), b(url(path));
    a.session();
    between.swallow("create", "reset");
    auto first = a.contend("1");
    const auto token = first.wait_leading(limit).token();
    auto second = b.contend("2");
    b.until(second.id(), event_kind::contender_standby);
    EXPECT(children(path).size() == 2);
    EXPECT(first.withdraw(limit));
    EXPECT(second.wait_leading(limit).token() > token);
    EXPECT(children(path).size() == 1);
    a.close();
    b.close();
}

SCENARIO(beyond_labels_come_back_whole)
{
    party a(url(fresh_path()));
    auto group = a.client.group();
    for (const char *label : {"a_b", "_", "a_b_", "json.info", "0000000000", "\xc3\xbc-\xc3\x9f"}) {
        const auto member = group.join("x", label, limit);
        const auto listed = group.members(limit);
        EXPECT(listed.size() == 1 && listed[0] == member && listed[0].label() == label);
        EXPECT(group.cancel(member, limit));
    }
    // In C and C++ an empty label is no label.
    tenure::failure why;
    EXPECT(!group.join("x", "a/b", limit, why) && why.code() == tenure::errc::invalid_argument);
    a.close();
}

SCENARIO(beyond_strangers_among_the_children_do_not_matter)
{
    const auto path = fresh_path();
    ask("create", "-", path, "-");
    const char *strangers[] = {"log_replicas", "foo", "a_b_1", "info_0000000000", "-2147483648"};
    for (const std::string name : strangers)
        ask("create", "-", path + "/" + name, "stranger");
    ask("ephemeral", path + "/lock");
    party a(url(path));
    auto detector = a.client.detect();
    detect(detector, event_kind::detector_none);
    auto one = a.contend("1"), two = a.contend("2");
    const auto first = one.wait_leading(limit).token();
    a.until(two.id(), event_kind::contender_standby);
    led_with(detector, first);
    auto group = a.client.group();
    EXPECT(group.members(limit).size() == 2);
    EXPECT(one.withdraw(limit));
    led_with(detector, two.wait_leading(limit).token());
    a.close();
    ask("await", path, std::size(strangers) + 1);
}

SCENARIO(beyond_any_label_and_payload_leads)
{
    const auto where = url(fresh_path());
    party a(where), b(where);
    auto detector = b.client.detect();
    for (const auto &[label, data] :
         {std::pair("json.info", std::string("{not json")), std::pair("info", std::string("\xff\0\x01", 3)),
          std::pair("unheard-of", std::string()), std::pair("", std::string(100'000, '\0'))}) {
        auto contender = a.contend(data, label);
        const auto known = led_with(detector, contender.wait_leading(limit).token());
        EXPECT(known->data() == data && known->member().label() == label);
        EXPECT(contender.withdraw(limit));
    }
    for (const auto &event : b.news(detector.id()))
        EXPECT(event.kind() != event_kind::detector_failed);
    a.close();
    b.close();
}

// A leader whose traffic is held stops before its successor leads.
void black_hole(milliseconds timeout)
{
    const proxy between;
    const auto path = fresh_path();
    party a(between.url(path), timeout), b(url(path), timeout);
    auto leader = a.contend("leader"), standby = b.contend("standby");
    a.until(leader.id(), [](tenure::event_view event) {
        return event.kind() == event_kind::contender_leading
            || event.kind() == event_kind::contender_standby;
    });
    if (!leader.is_leading()) { // the other one was first
        EXPECT(standby.withdraw(limit) && leader.wait_leading(limit));
        standby = b.contend("standby");
        a.until(leader.id(), event_kind::contender_leading);
    }
    const auto lead = leader.leadership();
    EXPECT(lead);
    b.until(standby.id(), event_kind::contender_standby);
    const auto silent = tenure::boottime_clock::now();
    between.hold();
    const auto told = a.until(leader.id(), event_kind::contender_lost);
    EXPECT(told.front().kind() == event_kind::contender_jeopardy && !lead && !leader.is_leading());
    const auto end = told.back()->lease_end();
    EXPECT(end && *end - silent < timeout);
    const auto next = b.until(standby.id(), event_kind::contender_leading);
    EXPECT(next.back()->token() > lead.token());
    EXPECT(*end < tenure::boottime_clock::now() && !leader.is_leading());
    between.release();
    a.until(leader.id(), event_kind::contender_standby);
    a.close();
    b.close();
}

SCENARIO(a4_black_hole)
{
    black_hole(brief);
    black_hole(lasting);
}

SCENARIO(silent_partition) { black_hole(brief); }

// Only a server can report "expired", and none can be reached.
void all_servers_dead()
{
    const auto own = split(ask("own"));
    party a("zk://" + own.at(1) + "/group", brief);
    auto contender = a.contend("x");
    a.until(contender.id(), event_kind::contender_leading);
    const auto first = contender.leadership().token();
    auto detector = a.client.detect();
    detect(detector, event_kind::detector_leader);
    ask("kill", own.at(0));
    const auto dead = tenure::boottime_clock::now();
    const auto lost = a.until(contender.id(), event_kind::contender_lost);
    EXPECT(lost.back()->lost_reason() == tenure::lost_reason::lease_lapsed);
    EXPECT(lost.back()->lease_end() && *lost.back()->lease_end() - dead < brief);
    EXPECT(!contender.is_leading());
    detect(detector, event_kind::detector_unknown);
    const auto over = a.until(a.client.id(), event_kind::session_expired);
    EXPECT(over.back()->expired_by() == tenure::expired_by::local_timeout);
    ask("restart", own.at(0));
    const auto second = contender.wait_leading(limit).token();
    EXPECT(second > first);
    led_with(detector, second);
    auto group = a.client.group();
    EXPECT(group.members(limit).size() == 1);
    a.close();
}

SCENARIO(c1_all_servers_dead) { all_servers_dead(); }
SCENARIO(whole_ensemble_outage) { all_servers_dead(); }

SCENARIO(c3_evicted)
{
    const auto path = fresh_path();
    party a(url(path)), b(url(path)), c(url(path));
    const auto seat = [](const told &told) { return tenure::member(told.back()->member()); };
    const auto is_evicted = [](const told &told, const tenure::member &member, bool led) {
        const auto &event = told.back();
        return event->lost_reason() == tenure::lost_reason::evicted && event->member() == member
            && event->lease_end().has_value() == led;
    };
    auto one = a.contend("1");
    const auto first = seat(a.until(one.id(), event_kind::contender_leading));
    auto two = b.contend("2");
    auto second = seat(b.until(two.id(), event_kind::contender_standby));
    auto three = c.contend("3", {}, tenure::reenrol::never);
    const auto third = seat(c.until(three.id(), event_kind::contender_standby));

    // A standby enrols again, behind.
    ask("delete", second.path());
    EXPECT(is_evicted(b.until(two.id(), event_kind::contender_lost), second, false));
    second = seat(b.until(two.id(), event_kind::contender_standby));
    EXPECT(second.token() > third.token());
    // One that does not re-enrol stays away.
    ask("delete", third.path());
    EXPECT(is_evicted(c.until(three.id(), event_kind::contender_lost), third, false));
    // The leader stops, and the standby leads.
    ask("delete", first.path());
    EXPECT(is_evicted(a.until(one.id(), event_kind::contender_lost), first, true));
    EXPECT(two.wait_leading(limit).token() == second.token());
    a.until(one.id(), event_kind::contender_standby);
    EXPECT(!one.is_leading() && !three.is_leading());
    ask("await", path, 2);

    // A member of a group gets the event, and is not renewed.
    auto group = c.client.group();
    const auto member = group.join("x", {}, limit);
    const auto end = group.cancelled_start(member);
    ask("delete", member.path());
    EXPECT(!c.end(end)->call_result());
    const auto told = c.until(group.id(), event_kind::group_membership_lost);
    EXPECT(told.back()->member() == member && told.back()->lost_reason() == tenure::lost_reason::evicted);
    a.close();
    b.close();
    c.close();
}

// A group whose znode is deleted with all its members.
void wiped(std::size_t contenders)
{
    const auto path = fresh_path();
    party a(url(path)), b(url(path));
    auto detector = b.client.detect();
    std::vector<tenure::contender> all;
    for (std::size_t at = 0; at < contenders; ++at)
        all.push_back(a.contend(std::to_string(at)));
    std::uint64_t before = 0;
    if (contenders > 0) {
        before = all.front().wait_leading(limit).token();
        led_with(detector, before);
    }
    for (const auto &name : split(ask("await", path, contenders)))
        ask("delete", path + "/" + name);
    // A member may have joined again meanwhile, and then the group stays; the test does not need
    // its end.
    try_ask("delete", path);
    auto last = a.contend("last");
    all.push_back(std::move(last));
    const auto now = detect(detector, [before](tenure::event_view event) {
        return event.kind() == event_kind::detector_leader && event.token() > before;
    });
    ask("await", path, contenders + 1);
    const auto leading = [&] {
        int count = 0;
        for (const auto &contender : all)
            count += contender.is_leading() ? 1 : 0;
        return count;
    };
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (leading() == 0) {
        EXPECT(std::chrono::steady_clock::now() < deadline);
        (void)a.client.next_event(milliseconds(100)); // something happens until then
    }
    EXPECT(leading() == 1 && now->token() > before);
    a.close();
    b.close();
}

SCENARIO(b1_wiped)
{
    wiped(1);
    wiped(3);
}

SCENARIO(base_znode_deletion) { wiped(3); }

} // namespace
