// The two clocks of each line: the wall clock for people, the boot-time clock for measurements.
#ifndef CLUSTER_CLOCK_HPP
#define CLUSTER_CLOCK_HPP

#include "json.hpp"

#include <chrono>
#include <string>

// RFC 3339 in UTC, with milliseconds.
std::string wall_text(std::chrono::system_clock::time_point at = std::chrono::system_clock::now());

// `{"at": …, "boottime_ns": "…"}`, now.
json now_json();

#endif
