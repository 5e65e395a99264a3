// Mesos's tests of its master contenders and detectors, on the level of payloads: the content of a
// json.info is opaque.
#include "harness.hpp"

namespace {

using namespace scenario;

// The payload of a Mesos master.
const std::string info
    = R"({"address":{"hostname":"m1","ip":"10.10.1.22","port":8080},"hostname":"m1","id":"8a2f9d","ip":369166858,"pid":"master@10.10.1.22:8080","port":8080,"version":"1.11.0"})";

SCENARIO(master_file)
{
    const auto path = fresh_path();
    party a(url(path));
    auto leader = a.contend(info, "json.info");
    EXPECT(leader.wait_leading(limit));
    for (const auto &[text, payload] : {std::pair(url(path), info),
                                        std::pair(std::string("10.10.1.105:8088"),
                                                  std::string("10.10.1.105:8088"))}) {
        party agent("file://" + ask("file", text));
        auto detector = agent.client.detect();
        EXPECT(detect(detector, event_kind::detector_leader)->data() == payload);
        agent.close();
    }
    a.close();
}

SCENARIO(master_basic_contender)
{
    // Mesos's standalone contender is always elected. Here a standalone URL allows no contender.
    party a("10.10.1.105:8088");
    tenure::failure why;
    EXPECT(!a.client.contend({}, why));
    EXPECT(has_words(why, tenure::errc::invalid_argument, "standalone leader"));
}

SCENARIO(master_basic_detector)
{
    // There is no appointing: the address leads from the beginning and for ever.
    party a("10.10.1.105:8088");
    auto detector = a.client.detect();
    const auto known = detector.state();
    tenure::failure why;
    EXPECT(!detector.detect(known, seconds(0), why) && why.code() == tenure::errc::timeout);
    const auto told = detector.detect({}, limit);
    EXPECT(told.kind() == event_kind::detector_leader && told->data() == known->data());
}

SCENARIO(master_basic_master_info)
{
    const auto address = tenure::url::parse("10.10.1.105:8088");
    EXPECT(address.is_standalone() && address.path() == "10.10.1.105:8088");
    party a("10.10.1.105:8088");
    auto detector = a.client.detect();
    EXPECT(detect(detector, event_kind::detector_leader)->data() == "10.10.1.105:8088");
}

SCENARIO(master_contender)
{
    const auto where = url(fresh_path());
    party a(where), b(where);
    auto contender = a.once(info);
    const auto session = a.session();
    auto detector = b.client.detect();
    const auto known = led_by(detector, info);
    EXPECT(known->token() == contender.wait_leading(limit).token());
    // A call that is given up does not affect the next one.
    tenure::failure why;
    EXPECT(!detector.detect(known, milliseconds(1), why) && why.code() == tenure::errc::timeout);
    EXPECT(detector.detect({}, limit)->token() == known->token());
    ask("expire", session);
    EXPECT(is_of_session(a.loss(contender)));
    EXPECT(detector.detect(known, limit).kind() == event_kind::detector_none);
    a.close();
    b.close();
}

SCENARIO(master_contender_pending_election)
{
    const proxy between;
    const auto path = fresh_path();
    ask("create", "-", path, "-");
    party a(between.url(path));
    a.session();
    between.swallow("create", "hold");
    auto contender = a.contend(info, "json.info");
    const auto names = ask("await", path, 1);
    // Whatever calls come meanwhile: one candidacy is one znode.
    const auto written = contender.set_data_start("changed");
    tenure::failure why;
    for (int twice = 0; twice < 2; ++twice)
        EXPECT(!contender.wait_leading(seconds(0), why) && why.code() == tenure::errc::timeout);
    between.release();
    EXPECT(contender.wait_leading(limit));
    EXPECT(a.end(written)->call_result());
    EXPECT(ask("children", path) == names && between.count("create") == 1);
    a.close();
}

SCENARIO(master_contenders)
{
    const auto where = url(fresh_path());
    party a(where), b(where);
    auto first = a.once("master 1"), second = tenure::contender();
    auto one = a.client.detect();
    EXPECT(first.wait_leading(limit));
    second = b.once("master 2");
    auto two = b.client.detect();
    b.until(second.id(), event_kind::contender_standby);
    led_by(one, "master 1");
    const auto before = led_by(two, "master 1");
    first = {};
    const auto told = two.detect(before, limit);
    EXPECT(told.kind() == event_kind::detector_leader && told->data() == "master 2");
    led_by(one, "master 2");
    EXPECT(second.wait_leading(limit));
    a.close();
    b.close();
}

SCENARIO(master_non_retryable_errors)
{
    const auto path = fresh_path();
    const auto as_user = [&](const char *who) { return "zk://" + (who + ("@" + server())) + path; };
    party owner(as_user("member:member")), stranger(as_user("member:wrongpass"));
    auto group = owner.client.group();
    group.join("x", {}, limit);
    for (int twice = 0; twice < 2; ++twice) {
        auto contender = stranger.contend(info, "json.info");
        tenure::failure why;
        EXPECT(!contender.wait_leading(limit, why) && has_words(why, tenure::errc::no_auth, path));
    }
    const auto secret = fresh_path();
    ask("create", "creator:creator", secret, "-");
    ask("allow", "creator:creator", secret, "all:digest:creator:ypSegK/J4upK+Rhi3MoYohqRddo=");
    party anybody(url(secret));
    tenure::detector detectors[] = {anybody.client.detect(), anybody.client.detect()};
    for (const auto &detector : detectors) {
        const auto told = anybody.until(detector.id(), event_kind::detector_failed);
        EXPECT(told.back()->status() == tenure::errc::no_auth);
        EXPECT(told.back()->message().find(secret) != std::string_view::npos);
    }
    // It is not the end: once READ is granted, the detector reports again.
    ask("allow", "creator:creator", secret, "all:world:anyone");
    for (auto &detector : detectors)
        detect(detector, event_kind::detector_none);
    owner.close();
    stranger.close();
    anybody.close();
}

SCENARIO(master_contender_detector_shutdown_network)
{
    const proxy between;
    party a(between.url(fresh_path()), brief);
    auto contender = a.once(info);
    auto detector = a.client.detect();
    a.until(contender.id(), event_kind::contender_leading);
    led_by(detector, info);
    between.cut();
    EXPECT(a.loss(contender) == tenure::lost_reason::lease_lapsed);
    detect(detector, event_kind::detector_unknown);
    a.until(a.client.id(), event_kind::session_expired);
    // A call without a server to answer waits, and does not fail.
    auto again = a.once(info);
    auto also = a.client.detect();
    for (int thrice = 0; thrice < 3; ++thrice)
        a.retrying();
    const auto news = a.news(again.id());
    EXPECT(news.size() == 1 && news[0].kind() == event_kind::contender_enrolling);
    EXPECT(a.news(also.id()).empty());
    EXPECT(also.state().kind() == event_kind::detector_unknown);
    between.heal();
    const auto token = again.wait_leading(limit).token();
    led_with(detector, token);
    led_with(also, token);
    a.close();
}

SCENARIO(master_detector_timed_out_session)
{
    const proxy between;
    const auto where = between.url(fresh_path());
    party a(where, brief), b(where, brief), c(where, brief);
    auto leader = a.once("leader");
    a.until(leader.id(), event_kind::contender_leading);
    auto follower = b.once("follower");
    b.until(follower.id(), event_kind::contender_standby);
    tenure::detector detectors[] = {a.client.detect(), b.client.detect(), c.client.detect()};
    for (auto &detector : detectors)
        led_by(detector, "leader");
    between.cut();
    for (auto &detector : detectors)
        detect(detector, event_kind::detector_unknown);
    EXPECT(a.loss(leader) == tenure::lost_reason::lease_lapsed);
    EXPECT(b.loss(follower) == tenure::lost_reason::session_expired);
    between.heal();
    for (auto &detector : detectors)
        detect(detector, event_kind::detector_none);
    a.close();
    b.close();
    c.close();
}

SCENARIO(master_detector_expire_master_zk_session)
{
    const auto where = url(fresh_path());
    party contending(where), detecting(where), following(where);
    auto leader = contending.contend("leader", "json.info");
    contending.until(leader.id(), event_kind::contender_leading);
    auto follower = following.contend("follower", "json.info");
    following.until(follower.id(), event_kind::contender_standby);
    auto detector = detecting.client.detect();
    const auto before = led_by(detector, "leader");
    detecting.until(detector.id(), event_kind::detector_leader);
    ask("expire", contending.session());
    EXPECT(is_of_session(contending.loss(leader)));
    EXPECT(follower.wait_leading(limit));
    const auto told = detector.detect(before, limit);
    EXPECT(told.kind() == event_kind::detector_leader && told->data() == "follower");
    const auto news = detecting.until(detector.id(), event_kind::detector_leader);
    EXPECT(news.size() == 1 && news[0]->data() == "follower"); // and no event between
    // Unlike Mesos's contender, it enrols again by itself.
    contending.until(leader.id(), event_kind::contender_standby);
    contending.close();
    detecting.close();
    following.close();
}

SCENARIO(master_detector_expire_slave_zk_session)
{
    const auto where = url(fresh_path());
    party a(where), b(where);
    auto leader = a.contend(info);
    const auto token = leader.wait_leading(limit).token();
    auto detector = b.client.detect();
    led_by(detector, info);
    b.until(detector.id(), event_kind::detector_leader);
    ask("expire", b.session());
    b.until(b.client.id(), event_kind::session_expired);
    b.session();
    // Where Mesos reports "nobody" in between, it reports that it does not know.
    auto group = b.client.group();
    EXPECT(group.members(limit)[0].token() == token);
    const auto told = b.until(detector.id(), [&](tenure::event_view event) {
        return event.kind() == event_kind::detector_leader && event.token() == token;
    });
    EXPECT(told.size() == 1
           || (told.size() == 2 && told[0].kind() == event_kind::detector_unknown));
    EXPECT(detector.state()->token() == token);
    a.close();
    b.close();
}

SCENARIO(master_detector_expire_slave_zk_session_new_master)
{
    const auto where = url(fresh_path());
    party a(where), b(where), c(where);
    auto leader = a.once("leader");
    a.until(leader.id(), event_kind::contender_leading);
    auto follower = b.once("follower");
    b.until(follower.id(), event_kind::contender_standby);
    auto detector = c.client.detect();
    led_by(detector, "leader");
    c.until(detector.id(), event_kind::detector_leader);
    ask("expire", c.session());
    ask("expire", a.session());
    EXPECT(is_of_session(a.loss(leader)));
    EXPECT(led_by(detector, "follower")->token() == follower.wait_leading(limit).token());
    const auto told = c.until(detector.id(), [](tenure::event_view event) {
        return event.kind() == event_kind::detector_leader && event.data() == "follower";
    });
    for (const auto &event : told)
        EXPECT(event.kind() != event_kind::detector_none);
    a.close();
    b.close();
    c.close();
}

SCENARIO(master_detector_uses_json)
{
    const auto path = fresh_path();
    party a(url(path)), b(url(path));
    auto contender = a.contend(info, "json.info");
    EXPECT(contender.wait_leading(limit));
    auto detector = b.client.detect();
    const auto found = detect(detector, event_kind::detector_leader);
    EXPECT(found->data() == info && found->member().label() == "json.info");
    EXPECT(ask("children", path) == "json.info_0000000000");
    EXPECT(found->member().path() == path + "/json.info_0000000000");
    a.close();
    b.close();
}

SCENARIO(master_lost_zookeeper_cluster)
{
    // Mesos's master ends when it is cut off; a program that uses this library gets the event in
    // time to do so.
    const proxy between;
    party a(between.url(fresh_path()), brief);
    auto contender = a.contend(info, "json.info");
    a.until(contender.id(), event_kind::contender_leading);
    between.cut();
    const auto told = a.until(contender.id(), event_kind::contender_lost);
    EXPECT(told.front().kind() == event_kind::contender_jeopardy);
    EXPECT(!contender.is_leading());
    between.heal();
    a.until(contender.id(), event_kind::contender_leading);
    a.close();
}

SCENARIO(log_replicas_find_each_other_through_a_group)
{
    const proxy between;
    const auto path = fresh_path();
    party a(between.url(path)), b(url(path));
    auto ours = a.client.group(), theirs = b.client.group();
    const std::string first = "log-replica(1)@10.0.0.1:5050", second = "log-replica(1)@10.0.0.2:5050";
    ours.join(first, "log_replicas", limit);
    theirs.join(second, "log_replicas", limit);
    for (tenure::group *group : {&ours, &theirs}) {
        tenure::members members;
        while (members.size() < 2)
            members = group->wait_members(members, limit);
        EXPECT(group->data(members[0], limit) == first && group->data(members[1], limit) == second);
    }
    const auto known = ours.members(limit);
    between.cut();
    a.retrying();
    const auto asking = ours.members_start();
    a.retrying();
    EXPECT(a.is_pending(asking));
    between.heal();
    const auto &answer = a.end(asking);
    EXPECT(answer->members().size() == 2 && answer->members()[0] == known[0]);
    a.close();
    b.close();
}

} // namespace
