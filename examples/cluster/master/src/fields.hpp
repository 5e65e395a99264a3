// The fields of a request's body: present, of the right type, and short.
#ifndef CLUSTER_FIELDS_HPP
#define CLUSTER_FIELDS_HPP

#include "json.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

// A request that is not as agreed: 400, with this reason.
struct bad_request : std::runtime_error {
    using std::runtime_error::runtime_error;
};

constexpr std::size_t TEXT_MAX = 256;

// The object of a body. Throws bad_request.
json parse_body(std::string_view body);
// A text of 1 to TEXT_MAX bytes.
std::string text_of(const json &object, const char *key);
// The same, or empty if there is none.
std::string optional_text_of(const json &object, const char *key);
// An object.
const json &object_of(const json &object, const char *key);
// A list of objects with at most `most` entries; empty if there is none.
const json &list_of(const json &object, const char *key, std::size_t most);
// A whole number.
std::int64_t number_of(const json &object, const char *key, std::int64_t least, std::int64_t most);
bool flag_of(const json &object, const char *key, bool otherwise);
// The address of the sender, `from.address`: IP:PORT.
std::string sender_of(const json &body);

#endif
