#include "loop.hpp"

#include <algorithm>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

using std::chrono::steady_clock;
using instant = tenure::boottime_clock::time_point;
using namespace std::chrono_literals;

namespace {

constexpr int LEASE_LOOK_MS = 50; // between two looks for a renewed lease
constexpr auto LAST_SECOND = 1s;

sigset_t ends()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

bool is_past(std::optional<instant> due)
{
    return due && *due <= instant::clock::now();
}

// Rounded up, and a second at most.
int ms_until(instant due)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - instant::clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000));
}

int opened(int fd)
{
    if (fd < 0)
        throw std::system_error(errno, std::generic_category(), "cannot open a file descriptor");
    return fd;
}

} // namespace

void loop::take_signals()
{
    const auto set = ends();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

loop::loop(tenure::client &client, standing &ours, members &group, registry &cluster, feed &news)
    : client_(client), standing_(ours), members_(group), registry_(cluster), news_(news)
{
    const auto set = ends();
    signals_ = opened(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    events_ = client_.event_fd();
    wake_ = opened(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    registry_.on_due_change([fd = wake_] {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(fd, &one, sizeof one);
    });
}

loop::~loop()
{
    registry_.on_due_change([] {});
    close(signals_);
    close(wake_);
}

int loop::run()
{
    std::optional<steady_clock::time_point> end;
    while (!end || steady_clock::now() < *end) {
        wait();
        std::error_code none_left;
        while (const auto event = client_.next_event(0s, none_left)) {
            standing_.take(event);
            if (members_.take(event))
                news_.changed();
        }
        if (is_past(standing_.due()))
            standing_.tick();
        if (standing_.leads()) {
            standing_.watch_lease();
            if (is_past(registry_.due()))
                registry_.tick();
        }
        if (!standing_.has_stopped() && signalled())
            standing_.hand_over();
        if (standing_.has_stopped() && !end) {
            end = steady_clock::now() + LAST_SECOND;
            std::error_code closed;
            client_.close_start(closed); // the znode goes, and no other candidacy begins
        }
    }
    return standing_.exit_status();
}

void loop::wait()
{
    pollfd watched[] = {{events_, POLLIN, 0}, {signals_, POLLIN, 0}, {wake_, POLLIN, 0}};
    int limit = 1000;
    if (standing_.leads())
        limit = LEASE_LOOK_MS;
    for (const auto &due : {standing_.due(), registry_.due()})
        if (due)
            limit = std::min(limit, ms_until(*due));
    if (standing_.has_stopped())
        limit = 20;
    if (poll(watched, 3, limit) <= 0)
        return;
    std::uint64_t count;
    [[maybe_unused]] const auto read_bytes = read(wake_, &count, sizeof count);
}

bool loop::signalled()
{
    signalfd_siginfo got;
    return read(signals_, &got, sizeof got) == static_cast<ssize_t>(sizeof got);
}
