// The loop of a master: events of the library, timers and signals, on one thread that waits for nothing else.
#ifndef CLUSTER_LOOP_HPP
#define CLUSTER_LOOP_HPP

#include "feed.hpp"
#include "members.hpp"
#include "registry.hpp"
#include "standing.hpp"

class loop {
public:
    // Blocks SIGTERM and SIGINT in this thread and in those that it starts later: call it first of all.
    static void take_signals();

    loop(tenure::client &client, standing &ours, members &group, registry &cluster, feed &news);
    loop(const loop &) = delete;
    loop &operator=(const loop &) = delete;
    ~loop();

    // Runs until this master has stopped, and a second longer, in which readers see that. Returns the exit status.
    int run();

private:
    void wait();
    bool signalled();

    tenure::client &client_;
    standing &standing_;
    members &members_;
    registry &registry_;
    feed &news_;
    int events_ = -1; // the client's own
    int signals_ = -1;
    int wake_ = -1;
};

#endif
