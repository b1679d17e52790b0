// vpsim map: the machine's memory map, without running it.
#include <cstdio>

#include "sc_memory/map/map_text.h"

#include "sim/commands.h"

namespace sc_memory::sim {

int print_map(const MapOptions& options) {
  platforms::RiscvVirt machine("machine", options.machine);
  std::fputs(tree_text(machine.memory()).c_str(), stdout);
  std::fputs(flat_text(machine.memory()).c_str(), stdout);
  return 0;
}

}  // namespace sc_memory::sim
