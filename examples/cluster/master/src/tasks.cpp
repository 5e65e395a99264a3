// The registry's tasks.
#include "fields.hpp"
#include "registry.hpp"

#include <algorithm>
#include <array>

namespace {

struct known_state {
    std::string_view text;
    bool is_end;
};

constexpr std::array<known_state, 10> STATES{{
    {"TASK_STAGING", false},
    {"TASK_STARTING", false},
    {"TASK_RUNNING", false},
    {"TASK_KILLING", false},
    {"TASK_FINISHED", true},
    {"TASK_FAILED", true},
    {"TASK_KILLED", true},
    {"TASK_LOST", true},
    {"TASK_ERROR", true},
    {"TASK_DROPPED", true},
}};

const known_state *find(std::string_view text)
{
    const auto found = std::find_if(STATES.begin(), STATES.end(), [&](auto &each) { return each.text == text; });
    return found == STATES.end() ? nullptr : &*found;
}

constexpr int STATUS_TRIES = 40; // half a second apart

} // namespace

bool has_ended(std::string_view task_state)
{
    const auto *found = find(task_state);
    return found != nullptr && found->is_end;
}

bool is_task_state(std::string_view text)
{
    return find(text) != nullptr;
}

registry::task &registry::add_task(const std::string &id)
{
    task &added = tasks_[id];
    added.id = id;
    added.order = ++tasks_seen_;
    return added;
}

// The oldest of those that are over.
void registry::drop_ended_tasks()
{
    std::vector<std::pair<std::uint64_t, std::string>> ended;
    for (const auto &[id, each] : tasks_)
        if (has_ended(each.state))
            ended.emplace_back(each.order, id);
    if (ended.size() <= ENDED_TASKS_KEPT)
        return;
    std::sort(ended.begin(), ended.end());
    ended.resize(ended.size() - ENDED_TASKS_KEPT);
    for (const auto &[order, id] : ended)
        tasks_.erase(id);
}

void registry::enter(task &which, const std::string &state, const std::string &message, const char *reason)
{
    which.state = state;
    which.message = message;
    json told{{"id", which.id}, {"state", state}, {"agent", which.agent}};
    if (!message.empty())
        told["message"] = message;
    news_.tell("task", std::move(told));
    send_status(which, reason);
}

void registry::send_status(const task &which, const char *reason)
{
    json status{{"id", which.id}, {"state", which.state}, {"agent", which.agent}};
    if (reason != nullptr)
        status["reason"] = reason;
    if (!which.message.empty())
        status["message"] = which.message;
    // After a fail-over an agent may not know whose task it is: then each framework decides.
    for (auto &[id, each] : frameworks_)
        if (which.framework.empty() || which.framework == id)
            tell_framework(each, "/status", {{"task", status}});
}

void registry::tell_framework(framework &whom, const char *path, json body)
{
    if (whom.address.empty())
        return;
    order sent{whom.address, path, std::move(body), STATUS_TRIES};
    sent.then = [this, id = whom.id, address = whom.address](const reply &got) {
        const std::lock_guard held(mutex_);
        const auto found = frameworks_.find(id);
        if (found == frameworks_.end() || found->second.address != address)
            return;
        const bool is_connected = got.status == 200;
        if (found->second.is_connected != is_connected) {
            found->second.is_connected = is_connected;
            news_.changed();
        }
    };
    out_.send(std::move(sent));
}

void registry::tell_all(const char *path, const json &body)
{
    for (auto &[id, each] : frameworks_)
        tell_framework(each, path, body);
}

registry::agent *registry::idlest_agent()
{
    std::map<std::string, std::size_t> load;
    for (const auto &[id, each] : tasks_)
        if (!has_ended(each.state))
            ++load[each.agent];
    agent *best = nullptr;
    for (auto &[id, each] : agents_)
        if (observer_.state(each.key) == tenure::mesos::agent_state::active
            && (best == nullptr || load[id] < load[best->id]))
            best = &each;
    return best;
}

answer registry::framework_launches(const json &body)
{
    const json &asked = object_of(body, "task");
    const auto id = text_of(asked, "id");
    const auto task_name = text_of(asked, "name");
    const auto duration = number_of(asked, "duration_ms", 0, 24 * 3'600'000);

    const std::lock_guard held(mutex_);
    answer refusal;
    framework *owner = framework_of(body, "/scheduler/launch", refusal);
    if (owner == nullptr)
        return refusal;
    if (const auto same = tasks_.find(id); same != tasks_.end()) {
        if (same->second.framework == owner->id) // asked again because the answer was lost
            return {200, json::object()};
        return {409, {{"error", "a task with that id exists: choose another id"}}};
    }
    if (tasks_.size() >= TASKS_MAX)
        return {429, {{"error", "this master has " + std::to_string(TASKS_MAX) + " tasks, which is its limit"}}};
    task &made = add_task(id);
    made.name = task_name;
    made.framework = owner->id;
    made.duration_ms = duration;
    agent *host = idlest_agent();
    if (host == nullptr) {
        enter(made, "TASK_LOST", "no agent is active", "no agent");
        drop_ended_tasks();
        return {200, json::object()};
    }
    made.agent = host->id;
    made.state = "TASK_STAGING";
    news_.tell("task", {{"id", id}, {"state", made.state}, {"agent", made.agent}});
    order sent{host->address,
               "/launch",
               {{"task", {{"id", id}, {"name", task_name}, {"duration_ms", duration}, {"framework", owner->id}}}}};
    sent.then = [this, id](const reply &got) { launched(id, got); };
    out_.send(std::move(sent));
    return {200, json::object()};
}

// A missing answer is an unknown outcome: the task's updates, the agent's registration or its silence decide.
void registry::launched(const std::string &task_id, const reply &got)
{
    if (got.status == 200 || (got.status == 0 && !got.is_refused))
        return;
    const std::lock_guard held(mutex_);
    const auto found = tasks_.find(task_id);
    if (found == tasks_.end() || found->second.state != "TASK_STAGING")
        return;
    if (got.is_refused)
        enter(found->second, "TASK_LOST", "its agent cannot be reached", "agent unreachable");
    else
        enter(found->second, "TASK_LOST", "its agent refused it", "agent refused");
    drop_ended_tasks();
}

answer registry::framework_kills(const json &body)
{
    const auto id = text_of(body, "task_id");
    const std::lock_guard held(mutex_);
    answer refusal;
    framework *owner = framework_of(body, "/scheduler/kill", refusal);
    if (owner == nullptr)
        return refusal;
    const auto found = tasks_.find(id);
    if (found == tasks_.end()) {
        task unknown;
        unknown.id = id;
        unknown.framework = owner->id;
        unknown.state = "TASK_LOST";
        unknown.message = "no such task is known";
        send_status(unknown, "task unknown");
        return {200, json::object()};
    }
    task &killed = found->second;
    if (!killed.framework.empty() && killed.framework != owner->id)
        return refuse("/scheduler/kill", owner->address, "that task is another framework's");
    const auto host = agents_.find(killed.agent);
    if (has_ended(killed.state) || host == agents_.end())
        send_status(killed);
    else
        out_.send({host->second.address, "/kill", {{"task_id", id}}, 3});
    return {200, json::object()};
}
