// A program that also uses the header, and gets errors of the library below.
#include "part.hpp"

#include <iostream>

int main()
{
    const std::error_code code = code_of_part();
    std::cout << "the same code: " << (code == tenure::errc::closed) << '\n';
    std::cout << "the same category: " << (&code.category() == &tenure::category()) << '\n';
    try {
        throw_of_part();
    } catch (const tenure::error &error) {
        std::cout << "caught: " << (error.code() == tenure::errc::invalid_argument) << '\n';
    } catch (...) {
        std::cout << "caught as something else\n";
    }
    return 0;
}
