// Runs all tests, or the named ones; prints each name before the test, so that a hang has a name.
#include "check.hpp"

#include <cstring>

int main(int argc, char **argv)
{
    int ran = 0;
    for (const check::test &test : check::all()) {
        bool wanted = argc < 2;
        for (int at = 1; at < argc; ++at)
            wanted = wanted || std::strcmp(argv[at], test.name) == 0;
        if (!wanted)
            continue;
        std::printf("%s\n", test.name);
        std::fflush(stdout);
        test.body();
        ++ran;
    }
    std::printf("%d tests passed\n", ran);
    return ran > 0 ? 0 : 2;
}
