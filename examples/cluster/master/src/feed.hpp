// The news of this master. Each line is printed, kept for /state, and wakes the readers of /events.
#ifndef CLUSTER_FEED_HPP
#define CLUSTER_FEED_HPP

#include "json.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

class feed {
public:
    static constexpr std::size_t KEPT = 200;

    struct line {
        std::uint64_t id;
        std::shared_ptr<const json> content;
    };

    // How far a reader has read.
    struct mark {
        std::uint64_t news = 0;
        std::uint64_t changes = 0;
        std::uint64_t renewals = 0;
    };

    explicit feed(bool as_json) : as_json_(as_json), printer_([this] { print_lines(); }) {}
    feed(const feed &) = delete;
    feed &operator=(const feed &) = delete;
    ~feed();

    // Prints a line and tells the readers; `fields` is an object or null. It is a change of the state, too.
    void tell(std::string_view event, json fields = {});
    // The state has changed.
    void changed();
    // The lease was renewed: not a change of the state, which would be too much to send each time.
    void renewed();

    // Waits until there is more than `read`, or `until`, or the end; false at the end.
    bool wait(const mark &read, std::chrono::steady_clock::time_point until);
    mark newest() const;
    // The lines after this id; nullopt if some of them are no longer kept: that reader was too slow.
    std::optional<std::vector<line>> after(std::uint64_t id) const;
    // All lines that are kept, oldest first.
    json kept() const;
    // Ends all waiting.
    void close();

private:
    // Lines that wait for a slow reader of standard output; more are dropped.
    static constexpr std::size_t UNPRINTED_MAX = 10'000;

    void drop_one();
    void print_lines();
    std::string printed(const json &content) const;

    const bool as_json_;
    mutable std::mutex mutex_;
    std::condition_variable more_;
    std::deque<line> lines_;
    std::uint64_t dropped_ = 0; // the highest id of a line that is no longer kept
    mark newest_;
    bool is_closed_ = false;

    // Standard output has a thread of its own: who reads it may be slow, and nobody waits for that.
    std::condition_variable to_print_;
    std::deque<std::shared_ptr<const json>> unprinted_;
    bool is_ending_ = false;
    std::thread printer_;
};

#endif
