// The paths of the server.
#ifndef CLUSTER_ROUTES_HPP
#define CLUSTER_ROUTES_HPP

#include "feed.hpp"
#include "registry.hpp"
#include "snapshot.hpp"
#include "standing.hpp"

#include <httplib.h>

#include <atomic>
#include <string>

// What the routes use; all of it must outlive the server.
struct parts {
    const std::string own_address;
    const standing &ours;
    const snapshot &state;
    feed &news;
    registry &cluster;
    std::atomic<int> readers{0};
};

// For browsers and for people: the page, redirects, the state, its events. routes.cpp
void add_pages(httplib::Server &to, parts &with);
// For agents and schedulers: what only a leader answers. calls.cpp
void add_calls(httplib::Server &to, parts &with);

// The `//HOST:PORT` of the leader; empty if none is known, or if its host cannot stand in a URL.
std::string leader_location(const standing &ours);

#endif
