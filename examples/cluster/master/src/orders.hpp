// Messages of the leader to agents and schedulers, sent by threads of their own: nothing that waits for another
// program waits in the loop that keeps the leadership.
#ifndef CLUSTER_ORDERS_HPP
#define CLUSTER_ORDERS_HPP

#include "json.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

struct reply {
    int status = 0;          // 0: there was no answer
    bool is_refused = false; // nobody listens at the address
    json body;               // an object, or null
};

struct order {
    std::string address; // IP:PORT
    std::string path;
    json body;     // an object; `from` is added
    int tries = 1; // so often at most, if there is no answer
    std::function<void(const reply &)> then{}; // on a sending thread, after the last try
};

class orders {
public:
    static constexpr std::size_t WAITING_MAX = 1024; // for one address

    // The token with which this master leads at the moment of the call, if it does.
    using gate = std::function<std::optional<std::uint64_t>()>;

    orders(std::string own_address, gate leads);
    orders(const orders &) = delete;
    orders &operator=(const orders &) = delete;
    ~orders() { end(); }

    // Orders to one address are sent in this order. One that finds too many before it is dropped.
    void send(order what);
    // Drops the orders to an address that have not been sent.
    void forget(const std::string &address);
    // Sends nothing more; no `then` runs after it returns.
    void end();

private:
    struct line {
        std::deque<order> waiting;
        std::chrono::steady_clock::time_point not_before{};
        bool is_busy = false;
    };

    void work();
    void try_one(std::unique_lock<std::mutex> &held, std::map<std::string, line>::iterator at);
    std::optional<reply> call(const order &what) const;

    const std::string own_address_;
    const gate leads_;
    std::mutex mutex_;
    std::condition_variable more_;
    std::map<std::string, line> lines_; // by address
    bool is_ending_ = false;
    std::vector<std::thread> threads_;
};

#endif
