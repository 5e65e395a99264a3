#include "address.hpp"

#include <arpa/inet.h>
#include <charconv>

bool is_ip(std::string_view text)
{
    const std::string name(text);
    unsigned char bytes[16];
    return inet_pton(AF_INET, name.c_str(), bytes) == 1 || inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

bool is_host(std::string_view text)
{
    constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    if (text.empty() || text.size() > 253)
        return false;
    return text.find_first_not_of(harmless) == text.npos || is_ip(text);
}

std::string endpoint_text(std::string_view ip, std::uint16_t port)
{
    const bool six = ip.find(':') != ip.npos;
    return (six ? "[" + std::string(ip) + "]" : std::string(ip)) + ":" + std::to_string(port);
}

std::optional<endpoint> parse_endpoint(std::string_view text)
{
    const auto colon = text.rfind(':');
    if (colon == text.npos || colon == 0)
        return std::nullopt;
    std::string_view ip = text.substr(0, colon);
    const bool bracketed = ip.size() > 2 && ip.front() == '[' && ip.back() == ']';
    if (bracketed)
        ip = ip.substr(1, ip.size() - 2);
    if (bracketed != (ip.find(':') != ip.npos) || !is_ip(ip))
        return std::nullopt;
    const auto digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port == 0)
        return std::nullopt;
    return endpoint{std::string(ip), port};
}
