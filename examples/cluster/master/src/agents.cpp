// The registry's agents.
#include "fields.hpp"
#include "registry.hpp"

using tenure::mesos::observer_input;
using tenure::mesos::output;
using tenure::mesos::output_kind;

answer registry::agent_registers(const json &body, std::uint64_t token)
{
    agent joining;
    joining.address = sender_of(body);
    joining.hostname = text_of(body, "hostname");
    joining.id = optional_text_of(body, "id");
    const json &tasks = list_of(body, "tasks", TASKS_MAX);
    for (const auto &each : tasks) {
        text_of(each, "id");
        if (!is_task_state(text_of(each, "state")))
            throw bad_request("'state' of a task must be a state like TASK_RUNNING");
        optional_text_of(each, "name");
        optional_text_of(each, "framework");
    }
    answer given;
    {
        const std::lock_guard held(mutex_);
        const bool is_new = joining.id.empty();
        if (agents_.find(joining.id) == agents_.end() && agents_.size() >= AGENTS_MAX)
            return {429, {{"error", "this master has " + std::to_string(AGENTS_MAX) + " agents, which is its limit"}}};
        if (is_new)
            joining.id = new_id('A', ++agents_seen_, token);
        remove_agent_at(joining.address, joining.id);
        given = admit_agent(std::move(joining), !is_new, tasks);
    }
    due_changed_();
    return given;
}

answer registry::admit_agent(agent &&joining, bool is_known_elsewhere, const json &tasks)
{
    const auto found = agents_.find(joining.id);
    const bool is_here = found != agents_.end();
    agent &kept = is_here ? found->second : agents_[joining.id];
    joining.key = kept.key;
    kept = std::move(joining);
    std::vector<output> outputs;
    if (is_here) {
        outputs = observer_.take(observer_input::registered, kept.key);
    } else {
        auto admitted = observer_.admit();
        kept.key = admitted.agent;
        outputs = std::move(admitted.outputs);
    }
    news_.tell(is_known_elsewhere ? "agent_reregistered" : "agent_registered",
               {{"agent", kept.id}, {"hostname", kept.hostname}, {"address", kept.address}});
    perform(outputs);
    take_tasks(kept, tasks);
    return {200, {{"id", kept.id}, {"ping_timeout_ms", observer_.total_ping_timeout().count()}}};
}

// The agent's list is the truth about its tasks.
void registry::take_tasks(const agent &from, const json &tasks)
{
    std::map<std::string, const json *> listed;
    for (const auto &each : tasks)
        listed[text_of(each, "id")] = &each;
    for (auto &[id, each] : tasks_)
        if (each.agent == from.id && !has_ended(each.state) && listed.find(id) == listed.end())
            enter(each, "TASK_LOST", "its agent does not know it", "agent registered without it");
    for (const auto &[id, each] : listed) {
        const auto found = tasks_.find(id);
        if (found == tasks_.end() && tasks_.size() >= TASKS_MAX)
            continue;
        task &taken = found == tasks_.end() ? add_task(id) : found->second;
        taken.agent = from.id;
        if (taken.name.empty())
            taken.name = optional_text_of(*each, "name");
        if (taken.framework.empty())
            taken.framework = optional_text_of(*each, "framework");
        if (const auto state = text_of(*each, "state"); taken.state != state)
            enter(taken, state);
    }
    drop_ended_tasks();
}

// Another agent process has taken the place of one that forgot its id.
void registry::remove_agent_at(const std::string &address, const std::string &except_id)
{
    for (auto each = agents_.begin(); each != agents_.end();) {
        if (each->second.address != address || each->first == except_id) {
            ++each;
            continue;
        }
        lose_tasks_of(each->first, "agent removed", "another agent has registered at the address of its agent");
        perform(observer_.take(observer_input::removed, each->second.key));
        tell_all("/agent_lost", {{"agent", each->first}});
        each = agents_.erase(each);
    }
}

answer registry::agent_updates(const json &body)
{
    const auto from = sender_of(body);
    const auto id = text_of(body, "id");
    const json &update = object_of(body, "task");
    const auto task_id = text_of(update, "id");
    const auto state = text_of(update, "state");
    const auto message = optional_text_of(update, "message");
    const auto name = optional_text_of(update, "name");
    const auto owner = optional_text_of(update, "framework");
    if (!is_task_state(state))
        throw bad_request("'state' must be a state like TASK_RUNNING");

    const std::lock_guard held(mutex_);
    const auto sender = agents_.find(id);
    if (sender == agents_.end() || sender->second.address != from)
        return refuse("/agent/update", from, "no such agent is registered with this leader: register first");
    const auto found = tasks_.find(task_id);
    if (found == tasks_.end() && tasks_.size() >= TASKS_MAX)
        return {429, {{"error", "this master has " + std::to_string(TASKS_MAX) + " tasks, which is its limit"}}};
    task &updated = found == tasks_.end() ? add_task(task_id) : found->second;
    if (!updated.agent.empty() && updated.agent != id)
        return refuse("/agent/update", from, "that task is another agent's");
    updated.agent = id;
    if (updated.name.empty())
        updated.name = name;
    if (updated.framework.empty())
        updated.framework = owner;
    // An update that is repeated because the answer was lost is no news.
    if (updated.state != state && !(has_ended(updated.state) && updated.state != "TASK_LOST"))
        enter(updated, state, message);
    drop_ended_tasks();
    return {200, json::object()};
}

registry::agent *registry::by_key(std::uint64_t key)
{
    for (auto &[id, each] : agents_)
        if (each.key == key)
            return &each;
    return nullptr;
}

void registry::perform(const std::vector<output> &outputs)
{
    for (const output &each : outputs) {
        agent *whom = by_key(each.agent);
        if (whom == nullptr)
            continue;
        const json named{{"agent", whom->id}, {"hostname", whom->hostname}, {"address", whom->address}};
        switch (each.kind) {
        case output_kind::ping:
            ping(*whom, each.flag);
            break;
        case output_kind::deactivated:
            news_.tell("agent_deactivated", named);
            break;
        case output_kind::readmitted:
            news_.tell("agent_readmitted", named);
            break;
        case output_kind::unreachable: {
            json told = named;
            told["reason"] = each.message;
            news_.tell("agent_unreachable", std::move(told));
            lose_tasks_of(whom->id, "agent unreachable", "its agent is unreachable");
            tell_all("/agent_lost", {{"agent", whom->id}});
            break;
        }
        default: // a change of the state and nothing to do
            news_.changed();
            break;
        }
    }
}

void registry::ping(agent &whom, bool connected)
{
    ++whom.missed;
    order sent{whom.address, "/ping", {{"connected", connected}}};
    sent.then = [this, key = whom.key, id = whom.id](const reply &got) {
        reply judged = got;
        // Another program at that address is not the agent.
        if (judged.status == 200 && judged.body.is_object() && judged.body.value("id", json()) != json(id))
            judged.status = 404;
        pinged(key, judged);
    };
    out_.send(std::move(sent));
}

void registry::pinged(std::uint64_t key, const reply &got)
{
    {
        const std::lock_guard held(mutex_);
        agent *whom = by_key(key);
        if (whom == nullptr)
            return;
        if (got.status == 200) {
            const bool was_missed = whom->missed > 1;
            whom->missed = 0;
            perform(observer_.take(observer_input::pong, key));
            if (was_missed)
                news_.changed();
        } else {
            if (got.is_refused)
                perform(observer_.take(observer_input::link_lost, key));
            news_.changed();
        }
    }
    due_changed_();
}

void registry::lose_tasks_of(const std::string &agent_id, const char *reason, const char *message)
{
    for (auto &[id, each] : tasks_)
        if (each.agent == agent_id && !has_ended(each.state))
            enter(each, "TASK_LOST", message, reason);
}
