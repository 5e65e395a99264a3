// The leader's knowledge of agents, frameworks and tasks. A leader begins with none: agents and schedulers
// register again and bring theirs.
#ifndef CLUSTER_REGISTRY_HPP
#define CLUSTER_REGISTRY_HPP

#include "feed.hpp"
#include "json.hpp"
#include "orders.hpp"

#include <tenure_mesos.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

// An answer to a request.
struct answer {
    int status;
    json body;
};

class registry {
public:
    // Bounds: a master has so many at most, and refuses more.
    static constexpr std::size_t AGENTS_MAX = 256;
    static constexpr std::size_t FRAMEWORKS_MAX = 64;
    static constexpr std::size_t TASKS_MAX = 2000;
    static constexpr std::size_t ENDED_TASKS_KEPT = 100;

    registry(tenure::mesos::observer observer, feed &news, orders &out);

    // Messages of agents and schedulers; they throw bad_request. `token` is that of this leadership.
    answer agent_registers(const json &body, std::uint64_t token);
    answer agent_updates(const json &body);
    answer framework_subscribes(const json &body, std::uint64_t token);
    answer framework_launches(const json &body);
    answer framework_kills(const json &body);
    answer framework_tears_down(const json &body);

    // Time has passed: pings, and agents that are unreachable.
    void tick();
    // The instant of the next tick; nullopt if there is none.
    std::optional<tenure::boottime_clock::time_point> due() const;
    // Called when that instant may have become earlier; on any thread.
    void on_due_change(std::function<void()> callback) { due_changed_ = std::move(callback); }

    // `agents`, `tasks` and `frameworks` of the state.
    json shown() const;

private:
    struct agent {
        std::string id, hostname, address;
        std::uint64_t key = 0; // of the observer
        unsigned missed = 0;   // pings since the last pong
    };
    struct framework {
        std::string id, name, address;
        bool is_connected = true;
    };
    struct task {
        std::string id, name, agent, framework, state, message;
        std::int64_t duration_ms = 0;
        std::uint64_t order = 0; // of the first sight
    };

    // agents.cpp
    answer admit_agent(agent &&joining, bool is_known_elsewhere, const json &tasks);
    void take_tasks(const agent &from, const json &tasks);
    void remove_agent_at(const std::string &address, const std::string &except_id);
    void ping(agent &whom, bool connected);
    void pinged(std::uint64_t key, const reply &got);
    void lose_tasks_of(const std::string &agent_id, const char *reason, const char *message);
    void perform(const std::vector<tenure::mesos::output> &outputs);
    agent *by_key(std::uint64_t key);
    // frameworks.cpp
    framework *framework_of(const json &body, const char *path, answer &refusal);
    void tell_framework(framework &whom, const char *path, json body);
    void tell_all(const char *path, const json &body);
    // tasks.cpp
    task &add_task(const std::string &id);
    void drop_ended_tasks();
    void enter(task &which, const std::string &state, const std::string &message = {}, const char *reason = nullptr);
    void send_status(const task &which, const char *reason = nullptr);
    agent *idlest_agent();
    void launched(const std::string &task_id, const reply &got);
    answer refuse(const std::string &path, const std::string &from, const std::string &why);

    feed &news_;
    orders &out_;
    std::function<void()> due_changed_ = [] {};

    mutable std::mutex mutex_;
    tenure::mesos::observer observer_;
    std::map<std::string, agent> agents_;
    std::map<std::string, framework> frameworks_;
    std::map<std::string, task> tasks_; // ids are unique in the cluster
    std::uint64_t agents_seen_ = 0, frameworks_seen_ = 0, tasks_seen_ = 0;
};

// Whether a task in this state is over.
bool has_ended(std::string_view task_state);
// Whether it is a state of a task that this cluster knows.
bool is_task_state(std::string_view text);
// An id that no other leadership gives: `A1-3.17` is the first one of the leadership with zxid 3.17.
std::string new_id(char kind, std::uint64_t number, std::uint64_t token);

#endif
