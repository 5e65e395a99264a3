#ifndef TENURE_TESTS_PART_HPP
#define TENURE_TESTS_PART_HPP

#include <tenure.hpp>

__attribute__((visibility("default"))) std::error_code code_of_part();
__attribute__((visibility("default"))) void throw_of_part();

#endif // TENURE_TESTS_PART_HPP
