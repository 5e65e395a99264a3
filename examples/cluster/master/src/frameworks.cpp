// The registry's frameworks: one for each scheduler.
#include "fields.hpp"
#include "registry.hpp"

answer registry::framework_subscribes(const json &body, std::uint64_t token)
{
    framework joining;
    joining.address = sender_of(body);
    joining.name = text_of(body, "name");
    joining.id = optional_text_of(body, "id");
    const bool force = flag_of(body, "force", false);

    const std::lock_guard held(mutex_);
    const bool is_new = joining.id.empty();
    const auto known = frameworks_.find(joining.id);
    if (known == frameworks_.end() && frameworks_.size() >= FRAMEWORKS_MAX)
        return {429,
                {{"error", "this master has " + std::to_string(FRAMEWORKS_MAX) + " frameworks, which is its limit"}}};
    if (known != frameworks_.end() && known->second.address != joining.address) {
        if (!force && known->second.is_connected)
            return {409, {{"error", "another instance of this framework is connected: subscribe with force"}}};
        out_.forget(known->second.address);
        out_.send({known->second.address, "/error", {{"message", "Framework failed over"}}});
    }
    if (is_new)
        joining.id = new_id('F', ++frameworks_seen_, token);
    // A scheduler that has forgotten its id is another framework: the old one has no instance.
    for (auto &[id, each] : frameworks_)
        if (each.address == joining.address && id != joining.id) {
            out_.forget(each.address);
            each.address.clear();
            each.is_connected = false;
        }
    const auto id = joining.id;
    const framework &kept = frameworks_[id] = std::move(joining);
    news_.tell(is_new ? "framework_registered" : "framework_reregistered",
               {{"framework", id}, {"name", kept.name}, {"address", kept.address}});
    // It may have missed what happened to its tasks.
    if (!is_new)
        for (const auto &[task_id, each] : tasks_)
            if ((each.framework.empty() || each.framework == id) && !each.state.empty())
                send_status(each);
    return {200, {{"id", id}}};
}

registry::framework *registry::framework_of(const json &body, const char *path, answer &refusal)
{
    const auto from = sender_of(body);
    const auto found = frameworks_.find(text_of(body, "id"));
    if (found != frameworks_.end() && found->second.address == from)
        return &found->second;
    refusal = refuse(path, from, "no such framework is subscribed to this leader: subscribe first");
    return nullptr;
}

answer registry::framework_tears_down(const json &body)
{
    const std::lock_guard held(mutex_);
    answer refusal;
    framework *owner = framework_of(body, "/scheduler/teardown", refusal);
    if (owner == nullptr)
        return refusal;
    const auto id = owner->id;
    for (const auto &[task_id, each] : tasks_)
        if (each.framework == id && !has_ended(each.state))
            if (const auto host = agents_.find(each.agent); host != agents_.end())
                out_.send({host->second.address, "/kill", {{"task_id", task_id}}, 3});
    out_.forget(owner->address);
    frameworks_.erase(id);
    news_.changed();
    return {200, json::object()};
}
