// Leads with a session timeout of 30 s and an undertaker, until it is killed. Each line of its standard input has it lose
// all its descriptors, as a daemon does.
//
//     leader URL UNDERTAKER

#include <tenure.hpp>

#include <chrono>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

// Puts /dev/null in the place of all sockets and of what the library holds of the helper: to the helper that is the same
// as a close, and the library does not find its numbers missing.
static void lose_descriptors()
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    std::vector<int> lost;
    DIR *const all = opendir("/proc/self/fd");
    while (const dirent *const entry = readdir(all)) {
        char target[256];
        const std::string path = std::string("/proc/self/fd/") + entry->d_name;
        const auto length = readlink(path.c_str(), target, sizeof target);
        const std::string what(target, length < 0 ? 0 : static_cast<std::size_t>(length));
        if (what.rfind("socket:", 0) == 0 || what == "anon_inode:[pidfd]")
            lost.push_back(std::atoi(entry->d_name));
    }
    closedir(all);
    for (const int descriptor : lost)
        dup2(null, descriptor);
}

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
    for (std::string line; std::getline(std::cin, line);) {
        lose_descriptors();
        std::cout << "{\"event\":\"closed\"}" << std::endl;
    }
    for (;;)
        std::this_thread::sleep_for(std::chrono::seconds(1));
}
