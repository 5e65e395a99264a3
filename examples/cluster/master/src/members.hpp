// The members of the group, with their payloads: the masters that lead or stand by.
#ifndef CLUSTER_MEMBERS_HPP
#define CLUSTER_MEMBERS_HPP

#include "json.hpp"

#include <tenure.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

class members {
public:
    explicit members(tenure::client &client);

    // Takes an event of the client; true if the members or a payload changed. On the thread of the loop.
    bool take(tenure::event_view event);

    // `members` of the state: oldest first. The member of `own` is this master, that of `leader` leads. Any thread.
    json shown(std::uint64_t own, std::uint64_t leader) const;

private:
    struct one {
        std::string path, label;
        std::uint64_t token;
        json about; // from the payload: id, address, hostname; null if it is not known
    };

    void ask(tenure::member_view whom);

    tenure::group group_;
    std::map<std::uint64_t, std::uint64_t> asked_; // the token of the member, by the call for its payload
    mutable std::mutex mutex_;
    std::vector<one> all_;
};

#endif
