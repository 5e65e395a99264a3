#include "fields.hpp"

#include "address.hpp"

namespace {

const json *find(const json &object, const char *key)
{
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

[[noreturn]] void refuse(const char *key, const std::string &what)
{
    throw bad_request("'" + std::string(key) + "' " + what);
}

} // namespace

json parse_body(std::string_view body)
{
    // Nested deeper than any message of the cluster: a parser's values are freed by recursion.
    const json::parser_callback_t shallow = [](int depth, json::parse_event_t, json &) {
        if (depth > 8)
            throw bad_request("the body is nested too deeply");
        return true;
    };
    try {
        json read = json::parse(body, shallow);
        if (!read.is_object())
            throw bad_request("the body must be a JSON object");
        return read;
    } catch (const json::exception &) {
        throw bad_request("the body is not JSON");
    }
}

std::string text_of(const json &object, const char *key)
{
    const json *found = find(object, key);
    if (found == nullptr || !found->is_string())
        refuse(key, "must be a text");
    const auto &text = found->get_ref<const std::string &>();
    if (text.empty() || text.size() > TEXT_MAX)
        refuse(key, "must have 1 to " + std::to_string(TEXT_MAX) + " bytes");
    return text;
}

std::string optional_text_of(const json &object, const char *key)
{
    const json *found = find(object, key);
    if (found == nullptr || (found->is_string() && found->get_ref<const std::string &>().empty()))
        return {};
    return text_of(object, key);
}

const json &object_of(const json &object, const char *key)
{
    const json *found = find(object, key);
    if (found == nullptr || !found->is_object())
        refuse(key, "must be an object");
    return *found;
}

const json &list_of(const json &object, const char *key, std::size_t most)
{
    static const json none = json::array();
    const json *found = find(object, key);
    if (found == nullptr)
        return none;
    if (!found->is_array() || found->size() > most)
        refuse(key, "must be a list of at most " + std::to_string(most) + " entries");
    for (const auto &each : *found)
        if (!each.is_object())
            refuse(key, "must be a list of objects");
    return *found;
}

std::int64_t number_of(const json &object, const char *key, std::int64_t least, std::int64_t most)
{
    const json *found = find(object, key);
    if (found == nullptr || !found->is_number_integer()
        || (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(most)))
        refuse(key, "must be a whole number of at most " + std::to_string(most));
    const auto value = found->get<std::int64_t>();
    if (value < least || value > most)
        refuse(key, "must be from " + std::to_string(least) + " to " + std::to_string(most));
    return value;
}

bool flag_of(const json &object, const char *key, bool otherwise)
{
    const json *found = find(object, key);
    if (found == nullptr)
        return otherwise;
    if (!found->is_boolean())
        refuse(key, "must be true or false");
    return found->get<bool>();
}

std::string sender_of(const json &body)
{
    std::string address = text_of(object_of(body, "from"), "address");
    if (!parse_endpoint(address))
        refuse("from.address", "must be IP:PORT");
    return address;
}
