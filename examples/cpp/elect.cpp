// Two candidates: one leads and works, hands over, and the other leads.
//
//     c++ -std=c++17 elect.cpp $(pkg-config --cflags --libs tenure) && ./a.out [URL]
#include <tenure.hpp>

#include <iostream>

int main(int argc, char **argv)
try {
    const char *url = argc > 1 ? argv[1] : "memory://example/group";

    // Two processes would each open a client of their own; here they share a process, and a URL.
    auto one = tenure::client::open(url);
    auto two = tenure::client::open(url);
    tenure::contender_options options;
    options.data = "one";
    auto first = one.contend(options);
    const tenure::leadership lead = first.wait_leading();
    options.data = "two";
    auto second = two.contend(options);

    std::cout << "one leads\n";
    // The clock is read at each test: a leader that was stopped meanwhile gets a no at once. The token
    // goes to whatever is written to, which refuses a lower one than it has seen.
    for (int step = 1; step <= 3 && lead; ++step)
        std::cout << "one works: step " << step << '\n';

    first.withdraw(); // leadership ends at once; returns when the way is free
    std::cout << "one " << (lead ? "still leads" : "leads no more") << '\n';
    const tenure::leadership next = second.wait_leading();
    std::cout << "two " << (next ? "leads" : "does not lead") << '\n';
    std::cout << "its token is " << (next.token() > lead.token() ? "higher" : "not higher") << '\n';

    one.close(); // nothing of a session is left behind when this returns
    two.close();
    return 0;
} catch (const tenure::error &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
