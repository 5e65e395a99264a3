// The messages of agents and schedulers: only a leader answers them.
#include "fields.hpp"
#include "routes.hpp"

#include <algorithm>

using httplib::Request;
using httplib::Response;

namespace {

void send(Response &response, int status, const json &body)
{
    response.status = status;
    response.set_content(written(body), "application/json");
}

// As Mesos: to the leader, or 503.
void send_elsewhere(const Request &request, Response &response, const standing &ours)
{
    const auto known = ours.now();
    const auto location = known.state == "standby" ? leader_location(ours) : std::string();
    const auto &target = request.target;
    const bool is_plain = std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (location.empty() || !is_plain)
        return send(response, 503, {{"error", "No leader elected"}});
    response.set_header("Location", location + target);
    send(response, 307, {{"error", "the leader is at " + location.substr(2)}});
}

template <class Act> void add(httplib::Server &to, const char *path, parts &with, Act act)
{
    to.Post(path, [&with, act](const Request &request, Response &response) {
        // Agents and schedulers are not browsers: a page of somebody else must not give orders here.
        if (request.has_header("Origin"))
            return send(response, 403, {{"error", "requests of web pages are not accepted"}});
        const auto token = with.ours.leads();
        if (!token)
            return send_elsewhere(request, response, with.ours);
        answer given;
        try {
            given = act(parse_body(request.body), *token);
        } catch (const bad_request &why) {
            return send(response, 400, {{"error", why.what()}});
        }
        if (with.ours.leads() != token) // it may have waited
            return send_elsewhere(request, response, with.ours);
        json body{{"from", {{"address", with.own_address}, {"token", std::to_string(*token)}}}};
        body.update(given.body);
        send(response, given.status, body);
    });
}

} // namespace

void add_calls(httplib::Server &to, parts &with)
{
    auto &cluster = with.cluster;
    add(to, "/agent/register", with, [&](const json &body, auto token) { return cluster.agent_registers(body, token); });
    add(to, "/agent/update", with, [&](const json &body, auto) { return cluster.agent_updates(body); });
    add(to, "/scheduler/subscribe", with,
        [&](const json &body, auto token) { return cluster.framework_subscribes(body, token); });
    add(to, "/scheduler/launch", with, [&](const json &body, auto) { return cluster.framework_launches(body); });
    add(to, "/scheduler/kill", with, [&](const json &body, auto) { return cluster.framework_kills(body); });
    add(to, "/scheduler/teardown", with, [&](const json &body, auto) { return cluster.framework_tears_down(body); });
}
