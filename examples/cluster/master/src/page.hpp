// The files of the page, which are part of the program.
#ifndef CLUSTER_PAGE_HPP
#define CLUSTER_PAGE_HPP

#include <string_view>

// The content of `index.html`, `page.css` or `page.js`; empty for any other name.
std::string_view page_file(std::string_view name);

#endif
