// The version, from the build: CMakeLists.txt has the number, cmake/WriteCommit.cmake the commit.
#include "sim/version.h"

#include <fmt/format.h>

#include <systemc>

#include "sim/commit.h"

namespace sc_memory::sim {

std::string version_text() {
  return fmt::format("vpsim {} (commit {}), SystemC {}", version_number(), kCommit, sc_core::sc_release());
}

std::string version_number() { return SC_MEMORY_VERSION; }

}  // namespace sc_memory::sim
