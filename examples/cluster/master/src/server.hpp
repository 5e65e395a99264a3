// The HTTP server: its limits, and how it begins and ends.
#ifndef CLUSTER_SERVER_HPP
#define CLUSTER_SERVER_HPP

#include <httplib.h>

#include <cstdint>
#include <string>
#include <thread>

class server : private httplib::Server {
public:
    server();
    ~server() override;

    // Where routes are added.
    httplib::Server &routes() { return *this; }
    // Takes the port; throws std::system_error, which names it.
    void bind(const std::string &ip, std::uint16_t port);
    // Answers requests on threads of its own. All routes must have been added.
    void start();
    // Ends; streams must have ended.
    void end();

private:
    std::thread acceptor_;
};

#endif
