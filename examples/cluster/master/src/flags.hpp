// The flags of the program.
#ifndef CLUSTER_FLAGS_HPP
#define CLUSTER_FLAGS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

struct flags {
    std::string zk;
    std::string ip;
    std::uint16_t port = 0;
    std::string hostname; // the IP address unless given
    std::string id;       // random unless given
    std::chrono::milliseconds session_timeout{10'000};
    std::optional<std::chrono::milliseconds> tick;
    std::chrono::milliseconds agent_ping_timeout{15'000};
    unsigned max_agent_ping_timeouts = 5;
    std::chrono::milliseconds agent_reregister_timeout{600'000};
    std::string region, zone; // both or none
    bool json = false;
    bool help = false;
};

// A flag is wrong. The text says what to do.
struct bad_flags : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Reads the flags: `--name value` and `--name=value`. Throws bad_flags.
flags read_flags(int argc, char **argv);

// The text of `--help`.
const char *help_text();

#endif
