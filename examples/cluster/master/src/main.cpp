// The master of the example cluster: the order in which its parts begin and end.
#include "address.hpp"
#include "feed.hpp"
#include "flags.hpp"
#include "loop.hpp"
#include "members.hpp"
#include "orders.hpp"
#include "registry.hpp"
#include "routes.hpp"
#include "server.hpp"
#include "snapshot.hpp"
#include "standing.hpp"

#include <iostream>

namespace {

// What the library refuses because of a value that was given by a flag.
template <class Make> auto checked(Make make)
{
    try {
        return make();
    } catch (const tenure::error &refused) {
        if (refused.why().code() == tenure::errc::invalid_argument)
            throw bad_flags(refused.why().message());
        throw;
    }
}

tenure::mesos::master_info info_of(const flags &given, const std::string &address)
{
    tenure::mesos::master_extras extras;
    extras.region = given.region;
    extras.zone = given.zone;
    return {given.id, address, given.hostname, tenure::version(), extras};
}

tenure::mesos::observer observer_of(const flags &given)
{
    tenure::mesos::observer_options options;
    options.agent_ping_timeout = given.agent_ping_timeout;
    options.max_agent_ping_timeouts = given.max_agent_ping_timeouts;
    options.agent_reregister_timeout = given.agent_reregister_timeout;
    return tenure::mesos::observer::create(options);
}

tenure::client client_of(const flags &given)
{
    tenure::client_options options;
    options.session_timeout = given.session_timeout;
    options.tick = given.tick;
    return tenure::client::open(given.zk, options);
}

// Ends all threads that use the parts, before the first part is destroyed.
struct ending {
    feed &news;
    server &http;
    orders &out;

    ~ending()
    {
        news.close(); // the streams end
        http.end();
        out.end();
    }
};

int run(const flags &given)
{
    using namespace std::chrono_literals;
    const auto address = endpoint_text(given.ip, given.port);
    loop::take_signals();
    auto info = checked([&] { return info_of(given, address); });
    auto observer = checked([&] { return observer_of(given); });
    server http;
    http.bind(given.ip, given.port); // before it contends: a leader that cannot be reached is worse than none
    auto client = checked([&] { return client_of(given); });

    feed news(given.json);
    standing ours(client, std::move(info), news);
    members group(client);
    orders out(address, [&] { return ours.leads(); });
    registry cluster(std::move(observer), news, out);
    const snapshot state(given, ours, group, cluster, news);
    loop turns(client, ours, group, cluster, news);
    parts with{address, ours, state, news, cluster};
    add_pages(http.routes(), with);
    add_calls(http.routes(), with);
    http.start();
    int status = 0;
    {
        const ending last{news, http, out}; // also if the loop fails
        status = turns.run();
    }
    client.close(1s, std::error_code()); // it has begun to; without waiting for servers that do not answer
    return status;
}

} // namespace

int main(int argc, char **argv)
try {
    const auto given = read_flags(argc, argv);
    if (given.help) {
        std::cout << help_text();
        return 0;
    }
    return run(given);
} catch (const bad_flags &why) {
    std::cerr << "tenure-cluster-master: " << why.what() << '\n';
    return 2;
} catch (const std::exception &why) {
    std::cerr << "tenure-cluster-master: " << why.what() << '\n';
    return 1;
}
