// A library of another project, compiled with hidden visibility, that uses the header inside.
#include "part.hpp"

std::error_code code_of_part() { return tenure::errc::closed; }

void throw_of_part() { (void)tenure::url::parse("nonsense://"); }
