// What vpsim's command line says of itself, for other readers than a terminal: a manual page, and the words that a
// shell completes. Both are made from the options as CLI11 has them, so that nothing has to be written twice.
#pragma once

#include <string>

namespace CLI {  // NOLINT: the name is the library's
class App;
}

namespace sc_memory::sim {

/// A page for man(1), section 1, in the macros of man(7).
std::string manual_page(const CLI::App& app);

/// A script for bash that completes commands, options, the words that an option takes, and file names.
std::string bash_completion(const CLI::App& app);

}  // namespace sc_memory::sim
