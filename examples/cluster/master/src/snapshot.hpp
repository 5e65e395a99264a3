// The state of this master as JSON, for /state and /events.
#ifndef CLUSTER_SNAPSHOT_HPP
#define CLUSTER_SNAPSHOT_HPP

#include "feed.hpp"
#include "flags.hpp"
#include "members.hpp"
#include "registry.hpp"
#include "standing.hpp"

class snapshot {
public:
    snapshot(const flags &given, const standing &ours, const members &group, const registry &cluster, const feed &news)
        : given_(given), standing_(ours), members_(group), registry_(cluster), news_(news)
    {
    }

    // The whole state, now. Any thread.
    json state() const;
    // The lease alone, now; null while this master does not lead.
    json lease() const;

private:
    const flags &given_;
    const standing &standing_;
    const members &members_;
    const registry &registry_;
    const feed &news_;
};

#endif
