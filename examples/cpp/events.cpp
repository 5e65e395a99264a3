// An event loop: one thread waits for events and for standard input at once, and blocks nowhere else.
// Upon a line on standard input, or its end, the program hands over and ends.
//
//     c++ -std=c++17 events.cpp $(pkg-config --cflags --libs tenure) && ./a.out [URL]
#include <tenure.hpp>

#include <iostream>
#include <poll.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;

// Handles one event.
void handle(tenure::client &client, const tenure::event &event, std::uint64_t withdrawal)
{
    switch (event.kind()) {
    case tenure::event_kind::contender_leading: // only news; before acting, ask contender.is_leading()
    case tenure::event_kind::contender_standby:
    case tenure::event_kind::contender_jeopardy:
    case tenure::event_kind::contender_lost:
        std::cout << event.kind() << std::endl;
        break;
    case tenure::event_kind::session_expired:
        std::cout << "the session timed out; another one follows" << std::endl;
        break;
    case tenure::event_kind::call_done:
        if (event->call() == withdrawal) {
            std::cout << "handed over: " << (event->call_result() ? "yes" : "no") << std::endl;
            std::error_code not_yet;
            client.close(0s, not_yet); // returns at once; the end of the queue shows when it is done
        }
        break;
    default: // later versions may add kinds
        break;
    }
}

} // namespace

int main(int argc, char **argv)
try {
    auto client = tenure::client::open(argc > 1 ? argv[1] : "memory://example/group");
    auto contender = client.contend();
    std::uint64_t withdrawal = 0;
    pollfd watched[] = {{client.event_fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};

    for (;;) {
        if (poll(watched, 2, -1) < 0)
            continue; // a signal
        if (watched[1].revents != 0) {
            withdrawal = contender.withdraw_start();
            watched[1].fd = -1; // poll ignores it from now on
        }
        std::error_code code;
        while (const auto event = client.next_event(0s, code))
            handle(client, event, withdrawal);
        if (code == tenure::errc::closed) {
            std::cout << "closed" << std::endl;
            return 0;
        }
    }
} catch (const tenure::error &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
