// What vpsim can do.
#pragma once

#include "sim/options.h"

namespace sc_memory::sim {

/// Runs the machine until the guest ends it, time is up, or nothing can happen any more. Returns the exit code. Throws
/// LoadError or OptionError for input that cannot be used.
int run(const RunOptions& options);

/// Runs the generators until all are finished or time is up. Returns the exit code. Throws OptionError or MapError for
/// a description that cannot be used.
int run_traffic(const TrafficOptions& options);

/// Prints the tree and the flat view. Returns the exit code.
int print_map(const MapOptions& options);

}  // namespace sc_memory::sim
