// Mesos's tests of its ZooKeeper client, and of leader detector and contender above it.
#include "harness.hpp"

namespace {

using namespace scenario;

SCENARIO(zookeeper_auth)
{
    const auto address = server(), path = fresh_path();
    const auto as_user = [&](const std::string &who) { return "zk://" + who + address + path; };
    party owner(as_user("creator:creator@"));
    auto group = owner.client.group();
    const auto member = group.join("42", {}, limit);
    for (const char *who : {"", "non-owner:non-owner@"}) {
        party stranger(as_user(who));
        auto theirs = stranger.client.group();
        EXPECT(theirs.data(member, limit) == "42");
        tenure::failure why;
        EXPECT(!theirs.evict(member, limit, why) && has_words(why, tenure::errc::no_auth, path));
        stranger.close();
    }
    for (const char *who : {"-", "non-owner:non-owner"}) {
        const auto [done, reason] = try_ask("write", who, member.path(), "43");
        EXPECT(!done && reason == "-102");
    }
    EXPECT(group.data(member, limit) == "42");
    owner.close();
}

SCENARIO(zookeeper_session_timeout_negotiation)
{
    const auto own = split(ask("own", 8000, 20000));
    for (const auto &[asked, granted] : {std::pair(seconds(7), seconds(8)),
                                         std::pair(seconds(22), seconds(20))}) {
        party a("zk://" + own.at(1) + "/any", asked);
        const auto told = a.until(a.client.id(), event_kind::session_connected);
        EXPECT(told.back()->session_timeout() == granted);
        a.close();
    }
}

SCENARIO(zookeeper_create)
{
    const auto address = server(), bar = fresh_path() + "/bar";
    const auto open = [&](const char *who, const std::string &path) {
        return party(std::string("zk://") + who + "@" + address + path);
    };
    // The client creates the parents of a group on the way, with its own ACL.
    auto creator = open("creator:creator", bar);
    auto first = creator.client.group();
    EXPECT(first.join("42", {}, limit).path() == bar + "/0000000000");
    auto other = open("non-owner:non-owner", bar);
    auto second = other.client.group();
    tenure::failure why;
    EXPECT(!second.join("43", {}, limit, why) && why.code() == tenure::errc::no_auth);

    const auto baz = bar + "/baz";
    ask("create", "creator:creator", baz, "43");
    ask("allow", "creator:creator", baz, "all:world:anyone");
    // A client that may not create an existing path is not refused for that.
    auto third = other.client.group(baz);
    EXPECT(third.join("44", {}, limit).path() == baz + "/0000000000");
    auto fourth = other.client.group(baz + "/bam");
    const auto member = fourth.join("45", {}, limit);
    EXPECT(fourth.data(member, limit) == "45");
    creator.close();
    other.close();
}

SCENARIO(zookeeper_leader_detector)
{
    const auto path = fresh_path();
    party a(url(path));
    auto group = a.client.group();
    const auto one = group.join("x", {}, limit);
    auto two = group.join("x", {}, limit);
    auto detector = a.client.detect();
    const auto before = detect(detector, event_kind::detector_leader);
    EXPECT(before->member() == one);
    EXPECT(group.cancel(two, limit));
    two = group.join("x", {}, limit);
    // The answer to a write comes after every event before it.
    EXPECT(group.set_data(two, "y", limit));
    EXPECT(detector.state()->member() == one);
    tenure::failure why;
    EXPECT(!detector.detect(before, seconds(0), why) && why.code() == tenure::errc::timeout);
    EXPECT(group.cancel(one, limit));
    const auto next = detector.detect(before, limit);
    EXPECT(next.kind() == event_kind::detector_leader && next->member() == two);
    EXPECT(group.cancel(two, limit));
    EXPECT(detector.detect(next, limit).kind() == event_kind::detector_none);
    a.close();
}

SCENARIO(zookeeper_leader_detector_timeout_handling)
{
    const proxy between;
    const auto path = fresh_path();
    party others(url(path));
    auto leader = others.contend("x");
    const auto lead = leader.wait_leading(limit);
    party a(between.url(path), brief);
    auto detector = a.client.detect();
    const auto known = detect(detector, event_kind::detector_leader);
    between.forget();
    between.cut();
    // Where Mesos reports "nobody", the detector reports that it cannot know.
    EXPECT(detector.detect(known, limit).kind() == event_kind::detector_unknown);
    const auto told = a.until(a.client.id(), event_kind::session_expired);
    EXPECT(told.back()->expired_by() == tenure::expired_by::local_timeout);
    EXPECT(between.count("replies") == 0);
    between.heal();
    EXPECT(detect(detector, event_kind::detector_leader)->token() == lead.token());
    a.close();
    others.close();
}

SCENARIO(zookeeper_leader_detector_cancellation_handling)
{
    party a(url(fresh_path()));
    auto group = a.client.group();
    auto detector = a.client.detect();
    const auto member = group.join("x", {}, limit);
    EXPECT(detect(detector, event_kind::detector_leader)->member() == member);
    EXPECT(group.cancel(member, limit));
    const auto nobody = detect(detector, event_kind::detector_none);
    const auto again = group.join("x", {}, limit);
    EXPECT(detector.detect(nobody, limit)->member() == again);
    a.close();
}

SCENARIO(zookeeper_leader_contender)
{
    const proxy between;
    const auto path = fresh_path();
    party a(between.url(path), brief);
    const auto once = [&] { return a.contend("", "info", tenure::reenrol::never); };
    auto session = a.session();
    ask("create", "-", path, "-");

    // (a) Withdrawn before its znode exists.
    auto contender = once();
    EXPECT(contender.withdraw(limit));
    EXPECT(a.loss(contender) == tenure::lost_reason::withdrawn);
    EXPECT(!contender.withdraw(limit) && children(path).empty());

    // (b) The session ends: the candidacy does, and no znode is left to withdraw.
    contender = once();
    EXPECT(contender.wait_leading(limit));
    ask("expire", session);
    EXPECT(is_of_session(a.loss(contender)));
    EXPECT(!contender.withdraw(limit));

    // (c) Begun while there is no connection, and the session ends meanwhile.
    session = a.session();
    between.cut();
    a.retrying();
    contender = once();
    ask("expire", session);
    between.heal();
    a.until(contender.id(), event_kind::contender_leading);
    EXPECT(a.session() != session);
    EXPECT(contender.withdraw(limit));

    // (d) Cut off: lost by its own clock, and no server decides.
    contender = once();
    a.until(contender.id(), event_kind::contender_leading);
    between.cut();
    EXPECT(a.loss(contender) == tenure::lost_reason::lease_lapsed);
    EXPECT(!contender.is_leading());

    // (e) And once more.
    auto again = once();
    between.heal();
    a.until(again.id(), event_kind::contender_leading);
    ask("await", path, 1);
    auto detector = a.client.detect();
    led_with(detector, again.wait_leading(limit).token());
    a.close();
}

// The ACL of znodes that a client with credentials made, and the credentials of a URL.
void credentials_are_used()
{
    const auto address = server(), path = fresh_path();
    party a("zk://jake:1@127.0.0.1:1," + address + path + "/");
    auto group = a.client.group();
    const auto member = group.join("x", {}, limit);
    for (const std::string &made : {path, std::string(member.path())}) {
        const auto rights = ask("rights", "jake:1", made);
        EXPECT(rights.find(":world:anyone") != std::string::npos);
        EXPECT(rights.find(":digest:jake:XUYXHsi86+84d5b9HArruiPLECI=") != std::string::npos);
    }
    a.close();
}

SCENARIO(url_url)
{
    const auto one = tenure::url::parse("zk://host1:2181/a/");
    EXPECT(one.path() == "/a" && one.server_count() == 1 && one.server(0) == "host1:2181");
    const auto two = tenure::url::parse("zk://jake:1@host1:2181,host2:2182/path/to/znode");
    EXPECT(two.path() == "/path/to/znode" && two.server_count() == 2);
    EXPECT(two.server(0) == "host1:2181" && two.server(1) == "host2:2182");
    // Mesos reads "/" here, and fails later.
    for (const char *text : {"zk://host1:2181", "zk://jake:1@host1:2181", "zk://jake:1@host1:2181/",
                             "zk://jake:1@host1:2181,host2:2182", "zk://jake:1@host1:2181,host2:2182/"}) {
        tenure::failure why;
        EXPECT(!tenure::url::parse(text, why));
        EXPECT(has_words(why, tenure::errc::invalid_argument, "path"));
        EXPECT(why.message().find("jake") == std::string::npos);
    }
    // The client uses the URL as it was read: the second server, as jake.
    credentials_are_used();
}

SCENARIO(acls_as_written) { credentials_are_used(); }

SCENARIO(url_errors_file_and_address)
{
    for (const auto &[text, word] :
         {std::pair("host1:2181,host2:2181/a", "zk://"), std::pair("zk://host1:2181/", "path"),
          std::pair("zk://host1:port1/a", "port"), std::pair("zk://host1:2181/a//b", "//"),
          std::pair("file:///no/such/file", "cannot read")}) {
        tenure::failure why;
        EXPECT(!tenure::url::parse(text, why) && has_words(why, tenure::errc::invalid_argument, word));
    }
    // A contender accepts a file, too.
    party a("file://" + ask("file", url(fresh_path())));
    auto contender = a.contend("x");
    auto detector = a.client.detect();
    led_with(detector, contender.wait_leading(limit).token());
    a.close();
    // An address is a leader, not a group.
    party leader("10.10.1.105:8088");
    tenure::failure why;
    EXPECT(!leader.client.contend({}, why) && why.code() == tenure::errc::invalid_argument);
    EXPECT(leader.client.detect().state()->data() == "10.10.1.105:8088");
}

} // namespace
