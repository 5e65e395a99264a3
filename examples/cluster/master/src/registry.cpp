#include "registry.hpp"

#include "fields.hpp"

registry::registry(tenure::mesos::observer observer, feed &news, orders &out)
    : news_(news), out_(out), observer_(std::move(observer))
{
}

std::string new_id(char kind, std::uint64_t number, std::uint64_t token)
{
    return kind + std::to_string(number) + "-" + std::to_string(token >> 32) + "."
        + std::to_string(token & 0xffff'ffffu);
}

void registry::tick()
{
    const std::lock_guard held(mutex_);
    perform(observer_.tick());
}

std::optional<tenure::boottime_clock::time_point> registry::due() const
{
    const std::lock_guard held(mutex_);
    return observer_.due();
}

answer registry::refuse(const std::string &path, const std::string &from, const std::string &why)
{
    news_.tell("refused", {{"from", from}, {"path", path}, {"message", why}});
    return {403, {{"error", why}}};
}

json registry::shown() const
{
    const std::lock_guard held(mutex_);
    std::map<std::string, std::size_t> running;
    for (const auto &[id, each] : tasks_)
        if (!has_ended(each.state))
            ++running[each.agent];

    json agents = json::array();
    for (const auto &[id, each] : agents_)
        agents.push_back({{"id", id},
                          {"hostname", each.hostname},
                          {"address", each.address},
                          {"state", name(observer_.state(each.key))},
                          {"tasks", running[id]},
                          {"missed", each.missed}});
    json tasks = json::array();
    for (const auto &[id, each] : tasks_) {
        json one{{"id", id},
                 {"name", each.name},
                 {"agent", each.agent},
                 {"framework", each.framework},
                 {"state", each.state},
                 {"order", each.order}};
        if (!each.message.empty())
            one["message"] = each.message;
        tasks.push_back(std::move(one));
    }
    json frameworks = json::array();
    for (const auto &[id, each] : frameworks_)
        frameworks.push_back(
            {{"id", id}, {"name", each.name}, {"address", each.address}, {"connected", each.is_connected}});
    return {{"agents", std::move(agents)}, {"tasks", std::move(tasks)}, {"frameworks", std::move(frameworks)}};
}
