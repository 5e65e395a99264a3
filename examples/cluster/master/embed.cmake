# Writes the files of the page as arrays of C++: cmake -DOUT=page.cpp "-DFILES=a;b" -P embed.cmake
set(arrays "")
set(cases "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER ${name} symbol)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "constexpr char ${symbol}[] = {${bytes}};\n")
  string(APPEND cases "    if (name == \"${name}\")\n        return {${symbol}, sizeof ${symbol}};\n")
endforeach()
file(WRITE ${OUT} "// Made by embed.cmake.\n#include \"page.hpp\"\n\nnamespace {\n${arrays}} // namespace\n\n\
std::string_view page_file(std::string_view name)\n{\n${cases}    return {};\n}\n")
