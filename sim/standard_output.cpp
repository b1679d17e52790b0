// A write that is known to have been done.
#include "sim/standard_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <stdexcept>

namespace sc_memory::sim {

void print_text(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0)
    throw std::runtime_error(fmt::format("standard output cannot be written: {}", std::strerror(errno)));
}

}  // namespace sc_memory::sim
