// What a run cost and did, for the user.
#pragma once

#include <chrono>
#include <string>

#include "sc_memory/analysis/report/traffic_digest.h"
#include "sc_memory/analysis/traffic_counters.h"

#include "platforms/riscv_virt/riscv_virt.h"

namespace sc_memory::sim {

/// A few lines of text: simulated and host time, instructions, and a table of what reached each region by transaction.
/// `host` is the time that the simulation took.
std::string summary_text(platforms::RiscvVirt& machine, const TrafficCounters& traffic,
                         std::chrono::duration<double> host);

/// The same for the report and for programs, without what an analysis knows better.
RunFacts run_facts(platforms::RiscvVirt& machine, std::chrono::duration<double> host);

}  // namespace sc_memory::sim
