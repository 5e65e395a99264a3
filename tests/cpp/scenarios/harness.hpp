// The tools of the scenarios. workshop/field/src/control.rs has the protocol for requesting faults.
#ifndef TENURE_TESTS_SCENARIOS_HARNESS_HPP
#define TENURE_TESTS_SCENARIOS_HARNESS_HPP

#include <tenure.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace scenario {

using tenure::event_kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Long enough for a busy machine; nothing waits that long when all is well.
inline constexpr seconds limit{20};
// The session timeouts: one for sessions that are to last, one for sessions that end.
inline constexpr seconds lasting{4};
inline constexpr seconds brief{2};

struct entry {
    const char *id;
    void (*play)();
};

inline std::vector<entry> &all()
{
    static std::vector<entry> scenarios;
    return scenarios;
}

struct enter {
    enter(const char *id, void (*play)()) { all().push_back({id, play}); }
};

inline void that(bool holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    std::cout << file << ':' << line << ": does not hold: " << what << std::endl;
    std::_Exit(1);
}

#define EXPECT(condition) scenario::that(static_cast<bool>(condition), #condition, __FILE__, __LINE__)
#define SCENARIO(id)                                                                                 \
    static void play_##id();                                                                         \
    static const scenario::enter enter_##id(#id, play_##id);                                         \
    static void play_##id()

// A request to the harness, and its outcome: the result or the reason of the refusal.
template <class... Words> std::pair<bool, std::string> try_ask(const Words &...words)
{
    std::ostringstream question;
    question << "ask";
    ((question << ' ' << words), ...);
    std::cout << question.str() << std::endl;
    std::string answer;
    EXPECT(std::getline(std::cin, answer));
    const bool done = answer.compare(0, 2, "ok") == 0;
    return {done, answer.size() > 3 ? answer.substr(3) : std::string()};
}

template <class... Words> std::string ask(const Words &...words)
{
    auto [done, result] = try_ask(words...);
    if (!done) {
        std::cout << "no: " << result << std::endl;
        std::_Exit(1);
    }
    return result;
}

inline std::vector<std::string> split(const std::string &text)
{
    std::istringstream words(text);
    std::vector<std::string> found;
    for (std::string word; words >> word;)
        found.push_back(word);
    return found;
}

inline std::vector<std::string> children(const std::string &path)
{
    return split(ask("children", path));
}

inline std::string server() { return ask("server"); }
inline std::string fresh_path() { return ask("path"); }
inline std::string url(const std::string &path) { return "zk://" + server() + path; }

// A proxy between clients and the server.
class proxy {
public:
    proxy()
    {
        const auto words = split(ask("proxy"));
        number_ = words.at(0);
        address_ = words.at(1);
    }

    std::string url(const std::string &path) const { return "zk://" + address_ + path; }
    // A network that is shut down, in Mesos's words.
    void cut() const { ask("cut", number_); }
    void heal() const { ask("heal", number_); }
    void hold() const { ask("hold", number_); }
    void release() const { ask("release", number_); }
    void forget() const { ask("forget", number_); }
    void swallow(const char *request, const char *then) const
    {
        ask("swallow", number_, request, then);
    }
    int count(const char *what) const { return std::stoi(ask("count", number_, what)); }

private:
    std::string number_;
    std::string address_;
};

using told = std::vector<tenure::event>;

// A client whose events are kept by handle: a scenario waits for each handle on its own, in the
// order of its events.
class party {
public:
    explicit party(const std::string &url, milliseconds session_timeout = lasting)
    {
        tenure::client_options options;
        options.session_timeout = session_timeout;
        client = tenure::client::open(url, options);
    }

    // All events of a handle until the first one that is wanted.
    told until(std::uint64_t id, const std::function<bool(tenure::event_view)> &wanted)
    {
        told seen;
        const auto deadline = std::chrono::steady_clock::now() + limit;
        for (;;) {
            auto &waiting = kept_[id];
            while (!waiting.empty()) {
                seen.push_back(std::move(waiting.front()));
                waiting.pop_front();
                if (wanted(seen.back()))
                    return seen;
            }
            const auto left = deadline - std::chrono::steady_clock::now();
            const bool came = left > seconds(0) && take(left);
            if (!came) {
                for (const tenure::event &event : seen)
                    std::cout << "told: " << event.kind() << std::endl;
                EXPECT(came);
            }
        }
    }

    told until(std::uint64_t id, event_kind kind)
    {
        return until(id, [kind](tenure::event_view event) { return event.kind() == kind; });
    }

    // What waits to be read.
    told news(std::uint64_t id)
    {
        while (take(seconds(0))) {
        }
        told found;
        for (auto &event : kept_[id])
            found.push_back(std::move(event));
        kept_[id].clear();
        return found;
    }

    // Whether a started call has not ended yet.
    bool is_pending(std::uint64_t call)
    {
        EXPECT(call != 0);
        while (take(seconds(0))) {
        }
        return ended_.count(call) == 0;
    }

    // The end of a started call.
    const tenure::event &end(std::uint64_t call)
    {
        EXPECT(call != 0);
        while (ended_.count(call) == 0)
            EXPECT(take(limit));
        return ended_[call];
    }

    // The number of the session that it has or gets, from its next connection.
    std::int64_t session()
    {
        return until(client.id(), event_kind::session_connected).back()->session();
    }

    void retrying() { until(client.id(), event_kind::session_retrying); }

    // The reason for which a candidacy ended.
    tenure::lost_reason loss(const tenure::contender &contender)
    {
        return until(contender.id(), event_kind::contender_lost).back()->lost_reason();
    }

    tenure::contender contend(const std::string &data, const std::string &label = {},
                              tenure::reenrol reenrol = tenure::reenrol::always)
    {
        tenure::contender_options options;
        options.data = data;
        options.label = label;
        options.reenrol = reenrol;
        return client.contend(options);
    }

    // A contender that reports its loss and does not enrol again, as Mesos's.
    tenure::contender once(const std::string &data)
    {
        return contend(data, "json.info", tenure::reenrol::never);
    }

    void close() { client.close(limit); }

    tenure::client client;

private:
    bool take(tenure::timeout patience)
    {
        auto event = client.next_event(patience);
        if (!event)
            return false;
        if (event.kind() == event_kind::call_done)
            ended_[event->call()] = std::move(event);
        else
            kept_[event->source()].push_back(std::move(event));
        return true;
    }

    std::map<std::uint64_t, std::deque<tenure::event>> kept_;
    std::map<std::uint64_t, tenure::event> ended_;
};

// Whether an end was caused by the end of the session at the server. A client that attached again
// in that moment gets the event of its znode before that of its session, and cannot know more.
inline bool is_of_session(tenure::lost_reason reason)
{
    return reason == tenure::lost_reason::session_expired || reason == tenure::lost_reason::evicted;
}

// Waits until a detector has a wanted event.
inline tenure::event detect(tenure::detector &detector,
                            const std::function<bool(tenure::event_view)> &wanted)
{
    auto state = detector.state();
    while (!wanted(state))
        state = detector.detect(state, limit);
    return state;
}

inline tenure::event detect(tenure::detector &detector, event_kind kind)
{
    return detect(detector, [kind](tenure::event_view event) { return event.kind() == kind; });
}

inline tenure::event led_by(tenure::detector &detector, std::string_view data)
{
    return detect(detector, [data](tenure::event_view event) {
        return event.kind() == event_kind::detector_leader && event.data() == data;
    });
}

inline tenure::event led_with(tenure::detector &detector, std::uint64_t token)
{
    return detect(detector, [token](tenure::event_view event) { return event.token() == token; });
}

inline bool has_words(const tenure::failure &why, tenure::errc code, std::string_view words)
{
    if (why.code() == code && why.message().find(words) != std::string::npos)
        return true;
    std::cout << "failed otherwise: " << why.message() << std::endl;
    return false;
}

} // namespace scenario

#endif // TENURE_TESTS_SCENARIOS_HARNESS_HPP
