#include "flags.hpp"

#include "address.hpp"

#include <tenure.hpp>

#include <charconv>
#include <cstdio>
#include <functional>
#include <map>
#include <random>

using std::chrono::milliseconds;

namespace {

template <class Number> Number number(const std::string &name, const std::string &text, Number least, Number most)
{
    Number value{};
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < least || value > most)
        throw bad_flags("--" + name + ": '" + text + "' is not a number from " + std::to_string(least) + " to "
                        + std::to_string(most));
    return value;
}

// A duration with its unit, as Mesos's flags have it.
milliseconds duration(const std::string &name, const std::string &text)
{
    static const std::map<std::string, double> units{
        {"ms", 1},         {"s", 1000},      {"secs", 1000},       {"min", 60'000},
        {"mins", 60'000},  {"m", 60'000},    {"h", 3'600'000},     {"hrs", 3'600'000},
    };
    double count = 0;
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, count);
    const auto unit = units.find(std::string(stop, end));
    if (error != std::errc() || unit == units.end() || !(count * unit->second >= 1) || count * unit->second > 1e11)
        throw bad_flags("--" + name + ": '" + text + "' is not a duration; write for example 500ms, 4s or 10min");
    return milliseconds(static_cast<std::int64_t>(count * unit->second));
}

// A version 4 UUID, as Mesos's masters have it.
std::string random_id()
{
    std::random_device device;
    const unsigned a = device(), b = device(), c = device(), d = device();
    char text[40];
    std::snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%04x%08x", a, b >> 16, b & 0xfffu,
                  (c >> 16 & 0x3fffu) | 0x8000u, c & 0xffffu, d);
    return text;
}

std::string short_text(const std::string &name, const std::string &text)
{
    if (text.empty() || text.size() > 128)
        throw bad_flags("--" + name + " takes 1 to 128 bytes");
    return text;
}

void check(const flags &read)
{
    if (read.zk.empty())
        throw bad_flags("give the group: --zk zk://HOST:PORT[,HOST:PORT]/PATH");
    tenure::failure why;
    const auto url = tenure::url::parse(read.zk, why);
    if (why)
        throw bad_flags("--zk: " + why.message());
    if (url.is_standalone())
        throw bad_flags("--zk: a master contends in a group; give zk://HOST:PORT/PATH instead of an address");
    if (read.ip.empty())
        throw bad_flags("give the address on which to listen: --ip IP");
    if (!is_ip(read.ip) || read.ip.find(':') != read.ip.npos)
        throw bad_flags("--ip: '" + read.ip + "' is not an IPv4 address, which other masters expect");
    if (read.ip == "0.0.0.0")
        throw bad_flags("--ip: others cannot reach 0.0.0.0; give an address of this machine");
    if (read.port == 0)
        throw bad_flags("give the port on which to listen: --port N");
    if (!is_host(read.hostname))
        throw bad_flags("--hostname: '" + read.hostname + "' cannot be the host of a URL");
    if (read.region.empty() != read.zone.empty())
        throw bad_flags("--region and --zone go together: give both or none");
}

} // namespace

flags read_flags(int argc, char **argv)
{
    flags read;
    const auto text = [](std::string &field) {
        return [&field](const std::string &name, const std::string &value) { field = short_text(name, value); };
    };
    const auto span = [](auto &field) {
        return [&field](const std::string &name, const std::string &value) { field = duration(name, value); };
    };
    const std::map<std::string, std::function<void(const std::string &, const std::string &)>> known{
        {"zk", [&](auto &, auto &value) { read.zk = value; }},
        {"ip", text(read.ip)},
        {"port",
         [&](auto &name, auto &value) { read.port = number<std::uint16_t>(name, value, 1, 65535); }},
        {"hostname", text(read.hostname)},
        {"id", text(read.id)},
        {"session-timeout", span(read.session_timeout)},
        {"tick", span(read.tick)},
        {"agent-ping-timeout", span(read.agent_ping_timeout)},
        {"max-agent-ping-timeouts",
         [&](auto &name, auto &value) { read.max_agent_ping_timeouts = number<unsigned>(name, value, 1, 1000); }},
        {"agent-reregister-timeout", span(read.agent_reregister_timeout)},
        {"region", text(read.region)},
        {"zone", text(read.zone)},
    };
    for (int at = 1; at < argc; ++at) {
        const std::string word = argv[at];
        if (word == "--help" || word == "-h") {
            read.help = true;
            return read;
        }
        if (word == "--json") {
            read.json = true;
            continue;
        }
        const auto equals = word.find('=');
        const std::string name = word.rfind("--", 0) == 0 ? word.substr(2, equals - 2) : "";
        const auto flag = known.find(name);
        if (flag == known.end())
            throw bad_flags("unknown argument '" + word.substr(0, equals) + "'; --help lists the flags");
        if (equals == word.npos && at + 1 == argc)
            throw bad_flags("--" + name + " needs a value");
        flag->second(name, equals == word.npos ? std::string(argv[++at]) : word.substr(equals + 1));
    }
    if (read.hostname.empty())
        read.hostname = read.ip;
    if (read.id.empty())
        read.id = random_id();
    check(read);
    return read;
}

const char *help_text()
{
    return R"(The master of the example cluster: contends for the leadership, serves agents, schedulers and a web page.

usage: tenure-cluster-master --zk URL --ip IP --port N [options]

  --zk URL                        the group: zk://[user:password@]host:port[,host:port…]/path
  --ip IP                         the address on which it listens
  --port N                        the port on which it listens
  --hostname HOST                 the host in redirects and links (default: the IP address)
  --id ID                         the id of this master (default: a random UUID)
  --session-timeout DURATION      the session timeout of ZooKeeper (default: 10s)
  --tick DURATION                 the tickTime of the servers, if it is known
  --agent-ping-timeout DURATION   the time between two pings of an agent (default: 15s)
  --max-agent-ping-timeouts N     pings without an answer until an agent is unreachable (default: 5)
  --agent-reregister-timeout DURATION
                                  the time in which an agent must come back (default: 10min)
  --region NAME --zone NAME       the fault domain
  --json                          print each event as a line of JSON
  --help                          print this text

A duration has a unit: 500ms, 4s, 10min, 1h.

The page of the leader is http://HOST:PORT/, that of this very master http://HOST:PORT/self.
SIGTERM and SIGINT hand over to the next master.

Exit codes: 0 handed over, 1 a failure or a lost leadership (start the master again), 2 wrong flags.
)";
}
