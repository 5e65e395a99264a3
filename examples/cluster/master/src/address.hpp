// Addresses and host names that others have written: checked before they get into a header, a URL or a call.
#ifndef CLUSTER_ADDRESS_HPP
#define CLUSTER_ADDRESS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct endpoint {
    std::string ip; // without brackets
    std::uint16_t port;
};

// `IP:PORT`, IPv6 in brackets; nullopt for anything else, also for port 0.
std::optional<endpoint> parse_endpoint(std::string_view text);

// `IP:PORT`, IPv6 in brackets.
std::string endpoint_text(std::string_view ip, std::uint16_t port);

// Whether it is an IPv4 or IPv6 address, without brackets.
bool is_ip(std::string_view text);

// Whether it can be the host of a URL: a name of letters, digits, `-`, `_` and `.`, or an IP address.
bool is_host(std::string_view text);

#endif
