#include "members.hpp"

#include <tenure_mesos.hpp>

#include <algorithm>

members::members(tenure::client &client) : group_(client.group())
{
    group_.watch();
}

bool members::take(tenure::event_view event)
{
    if (event.kind() == tenure::event_kind::group_members && event.source() == group_.id()) {
        std::vector<one> now;
        const std::lock_guard held(mutex_);
        for (const auto each : event.members()) {
            const auto known = std::find_if(all_.begin(), all_.end(), [&](auto &kept) { return kept.token == each.token(); });
            now.push_back({std::string(each.path()), std::string(each.label()), each.token(), known == all_.end() ? json() : known->about});
            if (now.back().about.is_null())
                ask(each);
        }
        all_ = std::move(now);
        return true;
    }
    if (event.kind() != tenure::event_kind::call_done)
        return false;
    const auto asked = asked_.find(event.call());
    if (asked == asked_.end())
        return false;
    const auto token = asked->second;
    asked_.erase(asked);
    const auto payload = event.data();
    if (!payload)
        return false;
    const std::lock_guard held(mutex_);
    const auto whom = std::find_if(all_.begin(), all_.end(), [&](auto &kept) { return kept.token == token; });
    if (whom == all_.end())
        return false;
    tenure::failure unreadable;
    const auto info = tenure::mesos::master_info::decode(whom->label, *payload, unreadable);
    if (unreadable) // another program's member: its path and token are all that is shown
        return false;
    whom->about = {{"id", info.id()}, {"address", info.address()}, {"hostname", info.hostname()}, {"port", info.port()}};
    return true;
}

void members::ask(tenure::member_view whom)
{
    std::error_code refused; // asked again with the next change
    if (const auto call = group_.data_start(whom, refused); call != 0)
        asked_[call] = whom.token();
}

json members::shown(std::uint64_t own, std::uint64_t leader) const
{
    const std::lock_guard held(mutex_);
    json all = json::array();
    for (const auto &each : all_) {
        json shown{{"path", each.path}, {"token", std::to_string(each.token)}};
        if (each.about.is_object())
            shown.update(each.about);
        shown["self"] = each.token == own;
        shown["leads"] = each.token == leader;
        all.push_back(std::move(shown));
    }
    return all;
}
