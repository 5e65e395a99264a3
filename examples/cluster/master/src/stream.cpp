#include "stream.hpp"

#include <thread>

using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr auto HEARTBEAT = 1s;
constexpr auto BETWEEN_STATES = 40ms; // changes that come faster are written together

void add(std::string &text, const char *event, std::uint64_t id, const json &content)
{
    text += "event: ";
    text += event;
    text += "\nid: " + std::to_string(id) + "\ndata: " + written(content) + "\n\n";
}

} // namespace

std::shared_ptr<stream> stream::open(std::atomic<int> &readers, feed &news, const snapshot &state)
{
    if (++readers > READERS_MAX) {
        --readers;
        return nullptr;
    }
    return std::shared_ptr<stream>(new stream(readers, news, state));
}

bool stream::write(const std::function<bool(const char *, std::size_t)> &out)
{
    std::string text;
    if (!has_begun_) {
        has_begun_ = true;
        read_ = news_.newest();
        state_written_ = steady_clock::now();
        add(text, "state", read_.news, state_.state());
        return out(text.data(), text.size());
    }
    if (!news_.wait(read_, steady_clock::now() + HEARTBEAT))
        return false;
    auto newest = news_.newest();
    if (newest.changes != read_.changes) {
        std::this_thread::sleep_until(state_written_ + BETWEEN_STATES);
        newest = news_.newest();
    }
    const auto lines = news_.after(read_.news);
    if (!lines)
        return false; // too slow: it may connect again
    for (const auto &each : *lines) {
        if (each.id > newest.news)
            break;
        add(text, "news", each.id, *each.content);
    }
    if (newest.changes != read_.changes) {
        state_written_ = steady_clock::now();
        add(text, "state", newest.news, state_.state());
    } else if (newest.renewals != read_.renewals) {
        if (const auto lease = state_.lease(); lease.is_object())
            add(text, "lease", newest.news, lease);
    }
    read_ = newest;
    if (text.empty())
        text = ": alive\n\n";
    return out(text.data(), text.size());
}
