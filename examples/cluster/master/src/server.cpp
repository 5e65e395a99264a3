#include "server.hpp"

#include "address.hpp"
#include "json.hpp"
#include "stream.hpp"

#include <chrono>
#include <system_error>

using namespace std::chrono_literals;

namespace {

constexpr std::size_t BODY_MAX = 256 * 1024;
constexpr std::size_t THREADS = stream::READERS_MAX + 32; // streams cannot take all of them
constexpr int BACKLOG = 128;

const char *reason(int status)
{
    switch (status) {
    case 404:
        return "there is no such path";
    case 413:
        return "the body is too large: at most 256 KiB";
    case 414:
        return "the path is too long";
    case 416:
        return "parts of an answer cannot be asked for";
    default:
        return status < 500 ? "the request is not valid HTTP" : "the master failed to answer this request";
    }
}

} // namespace

server::server()
{
    new_task_queue = [] { return new httplib::ThreadPool(THREADS); };
    set_payload_max_length(BODY_MAX);
    set_read_timeout(5s);
    set_write_timeout(1s); // a reader that is slower is dropped
    // One request for each connection: idle connections take no thread, and the end of a stream is the end of
    // its connection, which a browser does not take for an error, also if this process is killed.
    set_keep_alive_max_count(1);
    set_tcp_nodelay(true);
    // The library's own choice, SO_REUSEPORT, would let two masters share a port.
    set_socket_options([](int fd) {
        const int yes = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    set_pre_routing_handler([](const httplib::Request &request, httplib::Response &response) {
        response.set_header("X-Content-Type-Options", "nosniff");
        if (!request.has_header("Range"))
            return HandlerResponse::Unhandled;
        response.status = 416;
        return HandlerResponse::Handled;
    });
    set_error_handler([](const httplib::Request &, httplib::Response &response) {
        if (response.body.empty() && response.status >= 400)
            response.set_content(written({{"error", reason(response.status)}}), "application/json");
    });
    set_exception_handler([](const httplib::Request &, httplib::Response &response, std::exception_ptr) {
        response.status = 500;
        response.set_content(written({{"error", reason(500)}}), "application/json");
    });
}

server::~server()
{
    end();
}

void server::bind(const std::string &ip, std::uint16_t port)
{
    errno = 0;
    if (!bind_to_port(ip, port))
        throw std::system_error(errno != 0 ? errno : EADDRNOTAVAIL, std::generic_category(),
                                "cannot listen on " + endpoint_text(ip, port));
    ::listen(svr_sock_, BACKLOG);
}

void server::start()
{
    acceptor_ = std::thread([this] { listen_after_bind(); });
}

void server::end()
{
    if (!acceptor_.joinable())
        return;
    while (!is_running()) // it would not notice a stop before
        std::this_thread::yield();
    stop();
    acceptor_.join();
}
