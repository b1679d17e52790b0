// Which vpsim this is.
#pragma once

#include <string>

namespace sc_memory::sim {

/// One line: the version of sc_memory, the commit it was built from, and the SystemC that it runs on.
std::string version_text();

/// The version alone, such as "0.1.0".
std::string version_number();

}  // namespace sc_memory::sim
