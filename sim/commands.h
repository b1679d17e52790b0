// What vpsim can do.
#pragma once

#include "sim/options.h"

namespace sc_memory::sim {

/// Runs the machine until the guest ends it, time is up, or nothing can happen any more. Returns the exit code. Throws
/// LoadError or OptionError for input that cannot be used.
int run(const RunOptions& options);

/// Prints the tree and the flat view. Returns the exit code.
int print_map(const MapOptions& options);

}  // namespace sc_memory::sim
