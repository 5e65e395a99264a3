// JSON whose keys keep their order, so that people can read it.
#ifndef CLUSTER_JSON_HPP
#define CLUSTER_JSON_HPP

#include <nlohmann/json.hpp>

#include <string>

using json = nlohmann::ordered_json;

// The text of a value. Bytes that are no UTF-8 are replaced: payloads come from others.
inline std::string written(const json &value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

#endif
