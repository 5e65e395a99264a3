// Plays one scenario, or lists all known ones.
#include "harness.hpp"

int main(int argc, char **argv)
try {
    const std::string wanted = argc > 1 ? argv[1] : "";
    for (const scenario::entry &known : scenario::all()) {
        if (wanted == "--list") {
            std::cout << known.id << '\n';
        } else if (wanted == known.id) {
            known.play();
            std::cout << "done" << std::endl;
            return 0;
        }
    }
    return wanted == "--list" ? 0 : 2;
} catch (const std::exception &error) {
    std::cout << "thrown: " << error.what() << std::endl;
    return 1;
}
