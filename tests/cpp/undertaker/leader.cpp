// Leads with a session timeout of 30 s and an undertaker, until it is killed.
//
//     leader URL UNDERTAKER

#include <tenure.hpp>

#include <chrono>
#include <iostream>
#include <thread>

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    tenure::client_options options;
    options.session_timeout = std::chrono::seconds(30);
    options.undertaker = argv[2];
    auto client = tenure::client::open(argv[1], options);
    auto contender = client.contend();
    const auto lead = contender.wait_leading();
    std::cout << "{\"event\":\"leading\",\"token\":" << lead.token() << '}' << std::endl;
    for (;;)
        std::this_thread::sleep_for(std::chrono::seconds(1));
}
