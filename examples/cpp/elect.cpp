// Two candidates: one leads and works, hands over, and the other leads.
//
//     c++ -std=c++17 elect.cpp $(pkg-config --cflags --libs tenure) && ./a.out [URL]
#include <tenure.hpp>

#include <iostream>

int main(int argc, char **argv)
try {
    const char *url = argc > 1 ? argv[1] : "memory://example/group";

    // Normally each is a process of its own; here two clients share a process.
    auto one = tenure::client::open(url);
    auto two = tenure::client::open(url);
    tenure::contender_options options;
    options.data = "one";
    auto first = one.contend(options);
    const tenure::leadership lead = first.wait_leading();
    options.data = "two";
    auto second = two.contend(options);

    std::cout << "one leads\n";
    // Each test reads the clock: a leader that was stopped meanwhile gets false at once. Each write has
    // the token, and its receiver refuses a token that is lower than the highest that it has seen.
    for (int step = 1; step <= 3 && lead; ++step)
        std::cout << "one works: step " << step << '\n';

    first.withdraw(); // leadership ends at once; returns when the znode is gone
    std::cout << "one " << (lead ? "still leads" : "no longer leads") << '\n';
    const tenure::leadership next = second.wait_leading();
    std::cout << "two " << (next ? "leads" : "does not lead") << '\n';
    std::cout << "its token is " << (next.token() > lead.token() ? "higher" : "not higher") << '\n';

    one.close(); // the session has ended when this returns
    two.close();
    return 0;
} catch (const tenure::error &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
