#include "feed.hpp"

#include "clock.hpp"

#include <algorithm>
#include <iostream>

void feed::tell(std::string_view event, json fields)
{
    json content{{"event", event}};
    content.update(now_json());
    if (fields.is_object())
        content.update(fields);
    {
        const std::lock_guard held(mutex_);
        content["seq"] = ++newest_.news; // for readers that see a line in the state and as news
        ++newest_.changes;
        const auto kept = std::make_shared<const json>(std::move(content));
        lines_.push_back({newest_.news, kept});
        drop_one();
        if (unprinted_.size() < UNPRINTED_MAX)
            unprinted_.push_back(kept);
    }
    more_.notify_all();
    to_print_.notify_one();
}

// Tasks make most of the news: they must not drive out the elections.
void feed::drop_one()
{
    if (lines_.size() <= KEPT)
        return;
    const auto is_task = [](const line &each) { return (*each.content)["event"] == "task"; };
    auto oldest = lines_.begin();
    if (std::count_if(lines_.begin(), lines_.end(), is_task) > static_cast<std::ptrdiff_t>(KEPT / 2))
        oldest = std::find_if(lines_.begin(), lines_.end(), is_task);
    dropped_ = std::max(dropped_, oldest->id);
    lines_.erase(oldest);
}

void feed::changed()
{
    {
        const std::lock_guard held(mutex_);
        ++newest_.changes;
    }
    more_.notify_all();
}

void feed::renewed()
{
    {
        const std::lock_guard held(mutex_);
        ++newest_.renewals;
    }
    more_.notify_all();
}

bool feed::wait(const mark &read, std::chrono::steady_clock::time_point until)
{
    std::unique_lock held(mutex_);
    more_.wait_until(held, until, [&] {
        return is_closed_ || newest_.news != read.news || newest_.changes != read.changes
            || newest_.renewals != read.renewals;
    });
    return !is_closed_;
}

feed::mark feed::newest() const
{
    const std::lock_guard held(mutex_);
    return newest_;
}

std::optional<std::vector<feed::line>> feed::after(std::uint64_t id) const
{
    const std::lock_guard held(mutex_);
    std::vector<line> found;
    if (id == newest_.news)
        return found;
    if (dropped_ > id)
        return std::nullopt;
    for (const auto &each : lines_)
        if (each.id > id)
            found.push_back(each);
    return found;
}

json feed::kept() const
{
    const std::lock_guard held(mutex_);
    json all = json::array();
    for (const auto &each : lines_)
        all.push_back(*each.content);
    return all;
}

void feed::close()
{
    {
        const std::lock_guard held(mutex_);
        is_closed_ = true;
    }
    more_.notify_all();
}

feed::~feed()
{
    {
        const std::lock_guard held(mutex_);
        is_ending_ = true;
    }
    to_print_.notify_one();
    printer_.join();
}

void feed::print_lines()
{
    std::unique_lock held(mutex_);
    while (true) {
        to_print_.wait(held, [this] { return is_ending_ || !unprinted_.empty(); });
        if (unprinted_.empty())
            return;
        const auto next = std::move(unprinted_.front());
        unprinted_.pop_front();
        held.unlock();
        std::cout << printed(*next) << std::endl;
        held.lock();
    }
}

std::string feed::printed(const json &content) const
{
    if (as_json_)
        return written(content);
    std::string text = content["at"].get<std::string>() + "  " + content["event"].get<std::string>();
    for (const auto &[key, value] : content.items())
        if (key != "event" && key != "at" && key != "boottime_ns" && key != "seq")
            text += "  " + key + "=" + (value.is_string() ? value.get<std::string>() : written(value));
    // A line of others stays one line, and does not steer a terminal.
    for (char &each : text)
        if (static_cast<unsigned char>(each) < 0x20 || each == 0x7f)
            each = ' ';
    return text;
}
