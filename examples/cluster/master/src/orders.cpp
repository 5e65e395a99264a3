#include "orders.hpp"

#include "address.hpp"

#include <httplib.h>

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t THREADS = 6;
constexpr std::size_t ANSWER_MAX = 64 * 1024;
constexpr auto CONNECT_LIMIT = 1s;
constexpr auto ANSWER_LIMIT = 2s;
constexpr auto PAUSE = 500ms; // between two tries

} // namespace

orders::orders(std::string own_address, gate leads)
    : own_address_(std::move(own_address)), leads_(std::move(leads))
{
    for (std::size_t each = 0; each < THREADS; ++each)
        threads_.emplace_back([this] { work(); });
}

void orders::end()
{
    {
        const std::lock_guard held(mutex_);
        is_ending_ = true;
    }
    more_.notify_all();
    for (auto &each : threads_)
        each.join();
    threads_.clear();
}

void orders::send(order what)
{
    {
        const std::lock_guard held(mutex_);
        auto &waiting = lines_[what.address].waiting;
        if (waiting.size() >= WAITING_MAX)
            return;
        waiting.push_back(std::move(what));
    }
    more_.notify_one();
}

void orders::forget(const std::string &address)
{
    const std::lock_guard held(mutex_);
    const auto found = lines_.find(address);
    if (found != lines_.end())
        found->second.waiting.clear();
}

void orders::work()
{
    std::unique_lock held(mutex_);
    while (!is_ending_) {
        const auto now = steady_clock::now();
        auto next = now + 1h;
        auto ready = lines_.end();
        for (auto each = lines_.begin(); each != lines_.end(); ++each) {
            auto &[waiting, not_before, is_busy] = each->second;
            if (is_busy || waiting.empty())
                continue;
            next = std::min(next, not_before);
            if (not_before <= now) {
                ready = each;
                break;
            }
        }
        if (ready == lines_.end())
            more_.wait_until(held, next);
        else
            try_one(held, ready);
    }
}

void orders::try_one(std::unique_lock<std::mutex> &held, std::map<std::string, line>::iterator at)
{
    order what = std::move(at->second.waiting.front());
    at->second.waiting.pop_front();
    at->second.is_busy = true;
    held.unlock();
    const auto answer = call(what);
    const bool is_over = !answer || answer->status != 0 || --what.tries <= 0;
    if (answer && is_over && what.then)
        what.then(*answer);
    held.lock();
    // The place of the line is still right: only this thread removes a busy line.
    auto &[waiting, not_before, is_busy] = at->second;
    is_busy = false;
    if (!is_over) {
        not_before = steady_clock::now() + PAUSE;
        waiting.push_front(std::move(what));
    }
    if (waiting.empty())
        lines_.erase(at);
    more_.notify_all();
}

// nullopt if this master does not lead: then nothing was sent.
std::optional<reply> orders::call(const order &what) const
{
    const auto to = parse_endpoint(what.address);
    if (!to)
        return reply{};
    httplib::Client http(to->ip, to->port);
    http.set_connection_timeout(CONNECT_LIMIT);
    http.set_read_timeout(ANSWER_LIMIT);
    http.set_write_timeout(ANSWER_LIMIT);
    http.set_tcp_nodelay(true);

    reply answer;
    std::string text;
    const auto until = steady_clock::now() + ANSWER_LIMIT;
    httplib::Request request;
    request.method = "POST";
    request.path = what.path;
    request.set_header("Content-Type", "application/json");
    request.content_receiver = [&](const char *data, std::size_t length, std::uint64_t, std::uint64_t) {
        text.append(data, length);
        return text.size() <= ANSWER_MAX && steady_clock::now() < until;
    };
    json body{{"from", {{"address", own_address_}, {"token", ""}}}};
    body.update(what.body);

    const auto token = leads_(); // as late as possible: the lease is the truth
    if (!token)
        return std::nullopt;
    body["from"]["token"] = std::to_string(*token);
    request.body = written(body);
    const auto result = http.send(request);
    if (!result) {
        answer.is_refused = result.error() == httplib::Error::Connection;
        return answer;
    }
    answer.status = result->status;
    answer.body = json::parse(text, nullptr, false);
    if (!answer.body.is_object())
        answer.body = nullptr;
    return answer;
}
