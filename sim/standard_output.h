// Standard output, where vpsim's own results go.
#pragma once

#include <string>

namespace sc_memory::sim {

/// Writes all of `text`. Throws std::runtime_error with the host's reason if that cannot be done.
void print_text(const std::string& text);

}  // namespace sc_memory::sim
