#include "snapshot.hpp"

#include "address.hpp"
#include "clock.hpp"

using std::chrono::duration_cast;
using std::chrono::milliseconds;

json snapshot::lease() const
{
    const auto leased = standing_.leased();
    if (!leased)
        return nullptr;
    return {{"token", std::to_string(leased->token)},
            {"lease_left_ms", duration_cast<milliseconds>(leased->left).count()},
            {"lease_ms", duration_cast<milliseconds>(leased->full).count()},
            {"now", now_json()}};
}

json snapshot::state() const
{
    const auto known = standing_.now();
    const auto address = endpoint_text(given_.ip, given_.port);
    json all{{"id", given_.id},
             {"pid", "master@" + address},
             {"address", address},
             {"hostname", given_.hostname},
             {"port", given_.port},
             {"version", tenure::version()},
             {"state", known.state},
             {"leader", nullptr}};
    if (const auto &leading = known.leading)
        all["leader"] = {{"address", leading->address}, {"host", leading->host},
                         {"port", leading->port},       {"path", leading->path},
                         {"token", std::to_string(leading->token)}, {"since", leading->since}};
    if (const auto leased = lease(); leased.is_object()) {
        all["token"] = leased["token"];
        all["lease_left_ms"] = leased["lease_left_ms"];
        all["lease_ms"] = leased["lease_ms"];
    }
    if (!known.own_path.empty())
        all["member"] = known.own_path;
    all["members"] = members_.shown(known.own_token, known.leading ? known.leading->token : 0);
    if (!known.elected_at.empty())
        all["elected_at"] = known.elected_at;
    all.update(registry_.shown());
    all["session"] = known.session;
    all["events"] = news_.kept();
    all["now"] = now_json();
    return all;
}
