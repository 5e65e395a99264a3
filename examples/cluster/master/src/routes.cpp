#include "routes.hpp"

#include "address.hpp"
#include "page.hpp"
#include "stream.hpp"

using httplib::Request;
using httplib::Response;

namespace {

constexpr const char *POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
                               "connect-src *; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void send_file(Response &response, const char *name, const char *type)
{
    const auto file = page_file(name);
    response.set_header("Content-Security-Policy", POLICY);
    response.set_header("Referrer-Policy", "no-referrer");
    response.set_header("Cache-Control", "no-cache");
    response.set_content(file.data(), file.size(), type);
}

void send_page(Response &response)
{
    send_file(response, "index.html", "text/html; charset=utf-8");
}

// Anyone may read the state: pages of other masters do.
void allow_all(Response &response)
{
    response.set_header("Access-Control-Allow-Origin", "*");
    response.set_header("Cache-Control", "no-store");
}

void redirect(Response &response, const standing &ours)
{
    if (const auto location = leader_location(ours); !location.empty()) {
        response.status = 307;
        response.set_header("Location", location);
        return;
    }
    response.status = 503;
    response.set_content("No leader elected\n", "text/plain");
}

} // namespace

std::string leader_location(const standing &ours)
{
    const auto known = ours.now().leading;
    if (!known || known->port == 0)
        return {};
    const auto ip = parse_endpoint(known->address);
    // Any client of the ensemble can write a payload.
    if (is_host(known->host))
        return "//" + endpoint_text(known->host, known->port);
    return ip ? "//" + endpoint_text(ip->ip, known->port) : std::string();
}

void add_pages(httplib::Server &to, parts &with)
{
    to.Get("/", [&](const Request &, Response &response) {
        if (with.ours.leads())
            return send_page(response);
        const auto known = with.ours.now();
        if (const auto location = leader_location(with.ours); known.state == "standby" && !location.empty()) {
            response.status = 307;
            response.set_header("Location", location + "/");
            return;
        }
        send_page(response); // it waits for a leader
        response.status = 503;
    });
    to.Get("/self", [](const Request &, Response &response) { send_page(response); });
    to.Get(R"(/page\.css)", [](const Request &, Response &response) {
        send_file(response, "page.css", "text/css; charset=utf-8");
    });
    to.Get(R"(/page\.js)", [](const Request &, Response &response) {
        send_file(response, "page.js", "text/javascript; charset=utf-8");
    });
    to.Get("/favicon.ico", [](const Request &, Response &response) { response.status = 204; });
    to.Get("/health", [](const Request &, Response &response) { response.set_content("ok\n", "text/plain"); });
    to.Get("/(?:master/)?redirect", [&](const Request &, Response &response) { redirect(response, with.ours); });
    to.Get("/(?:master/)?state", [&](const Request &, Response &response) {
        allow_all(response);
        response.set_content(written(with.state.state()), "application/json");
    });
    to.Get("/events", [&](const Request &, Response &response) {
        allow_all(response);
        const auto reader = stream::open(with.readers, with.news, with.state);
        if (!reader) {
            response.status = 503;
            response.set_content("this master has too many readers of events: close some pages\n", "text/plain");
            return;
        }
        response.set_content_provider("text/event-stream", [reader](std::size_t, httplib::DataSink &sink) {
            return reader->write(sink.write);
        });
    });
}
