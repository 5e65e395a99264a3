// Compiled with -fno-exceptions -fno-rtti: every function of tenure_mesos.hpp is used with a sink.
#include "check.hpp"

#include <tenure_mesos.hpp>

#if TENURE_HPP_EXCEPTIONS
#error "this file is to be compiled with -fno-exceptions"
#endif

namespace {

namespace mesos = tenure::mesos;
using check::limit;

template <class Sink> void use_masters(const char *url)
{
    Sink sink;
    const mesos::master_info info("id-1", "10.0.0.1:5050", "m.example.com", "1.12.0", {}, sink);
    CHECK(info && !sink);
    CHECK(mesos::master_info::decode("json.info", info.json(), sink) == info);
    auto contender = mesos::master_contender::create(url, info, limit, sink);
    CHECK(contender.wait_leading(limit, sink) && contender.set_info(info, limit, sink));
    auto detector = mesos::master_detector::create(url, limit, sink);
    tenure::event event;
    while (!mesos::master_of(event, sink))
        event = detector.detect(event, limit, sink);
    CHECK(!sink && detector.master() == info);
    auto client = tenure::client::open(url, {}, sink);
    CHECK(mesos::contend(client, info, {}, sink) && mesos::detect(client, {}, sink));
    auto alone = mesos::standalone(sink);
    CHECK(mesos::appoint(alone, &info, sink) && mesos::appoint(alone, nullptr, sink) && !sink);
    const mesos::master_info empty;
    CHECK(!mesos::appoint(alone, &empty, sink) && sink);
    CHECK(!contender.set_info(empty, limit, sink) && sink);
}

template <class Sink> void use_roles()
{
    Sink sink;
    const auto now = tenure::boottime_clock::now();
    const mesos::sender from{"10.0.0.1:5050"};
    auto client = mesos::standalone(sink);
    auto detector = mesos::detect(client, {}, sink);
    const auto event = detector.state();
    auto master = mesos::master::create(sink);
    master.take(event, now, sink);
    auto agent = mesos::agent::create({}, sink);
    CHECK(agent.tick(now, sink).empty() && !sink);
    CHECK(agent.registered(from, "A", {}, now, sink).size() == 1);
    CHECK(agent.refused(from, "no", now, sink).size() == 1);
    CHECK(agent.ping(from, true, now, sink).size() == 1 && agent.link_lost(now, sink).empty());
    CHECK(agent.shutdown(from, now, sink).size() == 1 && agent.shutdown(now, sink).size() == 1);
    CHECK(!sink && agent.shutdown(mesos::sender{}, now, sink).empty() && sink);
    auto driver = mesos::driver::create({}, sink);
    CHECK(driver.registered(from, "F", now, sink).size() == 1);
    CHECK(driver.error(from, "no", now, sink).size() == 1 && driver.link_lost(now, sink).empty());
    CHECK(driver.call(mesos::call_kind::other, now, sink).size() == 1);
    CHECK(driver.stop(now, sink).size() == 1 && !sink);
    auto observer = mesos::observer::create({}, sink);
    const auto admitted = observer.admit(now, sink);
    CHECK(observer.expect(now, sink) && observer.tick(now, sink).empty());
    CHECK(observer.take(mesos::observer_input::pong, admitted.agent, now, sink).empty() && !sink);
}

TEST(masters_and_roles_work_without_exceptions)
{
    use_masters<std::error_code>("memory://mesos-bare-code/mesos");
    use_masters<tenure::failure>("memory://mesos-bare-failure/mesos");
    use_roles<std::error_code>();
    use_roles<tenure::failure>();
}

} // namespace
