// The standing of this master: it contends, and leads or follows. The rules are those of the library's role
// `master`; this class brings it the events, and the program its outputs.
#ifndef CLUSTER_STANDING_HPP
#define CLUSTER_STANDING_HPP

#include "feed.hpp"

#include <tenure_mesos.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

class standing {
public:
    // The leading master, another one or this one.
    struct leader {
        std::string address, host, path, since;
        std::uint16_t port = 0;
        std::uint64_t token = 0;
    };

    struct look {
        std::string state = "candidate"; // as docs/roles.md names it
        std::optional<leader> leading{};
        std::string own_path{};         // the newest member of this master
        std::uint64_t own_token = 0;    // its token
        std::string elected_at{};       // of this leadership, or of the last one
        std::string session = "connecting";
    };

    struct lease {
        std::uint64_t token;
        std::chrono::nanoseconds left;
        std::chrono::nanoseconds full; // how long it was after one of the newest renewals
    };

    standing(tenure::client &client, tenure::mesos::master_info info, feed &news);

    // Whether this master leads, at the moment of the call: its token. Any thread; reads the clock.
    std::optional<std::uint64_t> leads() const;
    // The same with the lease.
    std::optional<lease> leased() const;
    // What this master knows, for the state and for redirects. Any thread.
    look now() const;

    // The following on the thread of the loop.
    void take(const tenure::event &event);
    void tick();
    // The instant of the next tick; nullopt if there is none.
    std::optional<tenure::boottime_clock::time_point> due() const { return role_.due(); }
    // Notices renewals of the lease, for which there are no events.
    void watch_lease();
    bool has_stopped() const { return exit_status_.has_value(); }
    int exit_status() const { return exit_status_.value_or(0); }
    // Stops: it leads no longer. The caller closes the client, so that the next master can lead at once.
    void hand_over();

private:
    void perform(const std::vector<tenure::mesos::output> &outputs);
    void note(const tenure::event &event);
    void enter_state();
    std::optional<leader> known_leader(std::string since) const;
    tenure::leadership held_leadership() const;

    tenure::mesos::master_info info_;
    tenure::mesos::master_contender contender_;
    tenure::mesos::master_detector detector_;
    tenure::mesos::master role_;
    feed &news_;
    std::optional<int> exit_status_;
    tenure::boottime_clock::time_point last_lease_end_{};

    mutable std::mutex mutex_;
    look look_;
    std::array<std::chrono::nanoseconds, 8> renewed_to_{}; // how long the lease was after the newest renewals
    std::size_t renewals_ = 0;
};

#endif
