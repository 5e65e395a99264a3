#include "clock.hpp"

#include <tenure.hpp>

#include <cstdio>
#include <ctime>

std::string wall_text(std::chrono::system_clock::time_point at)
{
    using namespace std::chrono;
    const auto whole = duration_cast<milliseconds>(at.time_since_epoch()).count();
    const std::time_t seconds = static_cast<std::time_t>(whole / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[40];
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(whole % 1000));
    return text;
}

json now_json()
{
    return {{"at", wall_text()}, {"boottime_ns", std::to_string(tenure_boottime_ns())}};
}
