// The skeleton of a master: contends with its address, detects the leader, serves HTTP, and ends when it
// loses leadership.
//
//     c++ -std=c++17 master.cpp $(pkg-config --cflags --libs tenure) -o master
//     ./master zk://127.0.0.1:2181/masters 8080 [SESSION_TIMEOUT_MS]
//
// The leader answers 200 with its token, a standby 307 to the leader, or 503 while no leader is known. After
// a loss of leadership the process exits with 3, to be started again as a standby.
#include <tenure.hpp>

#include <arpa/inet.h>
#include <iostream>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_on(std::uint16_t port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, reinterpret_cast<sockaddr *>(&at), sizeof at) != 0 || listen(fd, 64) != 0)
        throw std::system_error(errno, std::generic_category(), "port " + std::to_string(port));
    return fd;
}

static std::string answer(tenure::leadership lead, const tenure::event &known, std::string_view own)
{
    if (lead) // this reads the clock
        return "HTTP/1.0 200 OK\r\n\r\nleading with token " + std::to_string(lead.token()) + "\n";
    const auto leader = known->data().value_or("");
    const auto harmless = "0123456789abcdefghijklmnopqrstuvwxyz.:-[]"; // any member can write a payload
    if (leader.empty() || leader == own || leader.find_first_not_of(harmless) != leader.npos)
        return "HTTP/1.0 503 Service Unavailable\r\nRetry-After: 1\r\n\r\nno leader is known\n";
    return "HTTP/1.0 307 Temporary Redirect\r\nLocation: http://" + std::string(leader) + "/\r\n\r\n";
}

int main(int argc, char **argv)
try {
    if (argc < 3)
        throw std::invalid_argument("usage: master URL PORT [SESSION_TIMEOUT_MS]");
    tenure::client_options client_options;
    client_options.session_timeout = std::chrono::milliseconds(argc > 3 ? std::stol(argv[3]) : 10'000);
    tenure::contender_options contender_options;
    contender_options.data = "127.0.0.1:" + std::string(argv[2]);

    const int listener = listen_on(static_cast<std::uint16_t>(std::stoul(argv[2])));
    auto client = tenure::client::open(argv[1], client_options);
    auto contender = client.contend(contender_options);
    auto detector = client.detect();
    pollfd watched[] = {{client.event_fd(), POLLIN, 0}, {listener, POLLIN, 0}};
    for (tenure::leadership lead; lead || lead.token() == 0; poll(watched, 2, -1)) {
        while (client.next_event(std::chrono::seconds(0))) {
            // An event only wakes the loop; the state is read below.
        }
        if (lead.token() == 0 && (lead = contender.leadership()))
            std::cout << "leading with token " << lead.token() << std::endl;
        if ((watched[1].revents & POLLIN) == 0)
            continue;
        const int caller = accept(listener, nullptr, nullptr);
        const timeval limit{1, 0};
        char request[4096]; // its content does not matter
        setsockopt(caller, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        recv(caller, request, sizeof request, 0);
        const auto text = answer(lead, detector.state(), contender_options.data);
        send(caller, text.data(), text.size(), MSG_NOSIGNAL);
        close(caller);
    }
    std::cout << "lost leadership" << std::endl;
    client.close(std::chrono::seconds(1), std::error_code()); // without waiting for the rest
    return 3;
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
