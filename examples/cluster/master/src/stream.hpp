// One reader of /events. It has a thread of the server: if it reads too slowly, its write fails in time and it
// is dropped, and nobody else waits for it.
#ifndef CLUSTER_STREAM_HPP
#define CLUSTER_STREAM_HPP

#include "feed.hpp"
#include "snapshot.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

class stream {
public:
    static constexpr int READERS_MAX = 32;

    // A reader, or null if there are READERS_MAX. `readers` counts them, and must outlive it.
    static std::shared_ptr<stream> open(std::atomic<int> &readers, feed &news, const snapshot &state);
    stream(const stream &) = delete;
    stream &operator=(const stream &) = delete;
    ~stream() { --readers_; }

    // Writes the next part, and waits for it at most a second; false at the end.
    bool write(const std::function<bool(const char *, std::size_t)> &out);

private:
    stream(std::atomic<int> &readers, feed &news, const snapshot &state)
        : readers_(readers), news_(news), state_(state)
    {
    }

    std::atomic<int> &readers_;
    feed &news_;
    const snapshot &state_;
    feed::mark read_;
    bool has_begun_ = false;
    std::chrono::steady_clock::time_point state_written_{};
};

#endif
