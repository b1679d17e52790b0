// The table at the end of a run.
#include "sim/summary.h"

#include <algorithm>
#include <fmt/format.h>

namespace sc_memory::sim {

namespace {

std::string row(const TrafficCounters::Counts& counts) {
  return fmt::format("  {:<24} {:>12} {:>12} {:>14} {:>8} {:>13}\n", counts.region, counts.reads, counts.writes,
                     counts.bytes, counts.grants, counts.invalidations);
}

models::riscv::HartCounters sum_of_harts(platforms::RiscvVirt& machine) {
  models::riscv::HartCounters sum;
  for (unsigned i = 0; i < machine.hart_count(); ++i) {
    const models::riscv::HartCounters counters = machine.hart(i).counters();
    sum.instructions += counters.instructions;
    sum.dmi_loads += counters.dmi_loads;
    sum.dmi_stores += counters.dmi_stores;
    sum.exceptions += counters.exceptions;
    sum.interrupts += counters.interrupts;
  }
  return sum;
}

double mips(const models::riscv::HartCounters& counters, std::chrono::duration<double> host) {
  return static_cast<double>(counters.instructions) / std::max(host.count(), 1e-9) / 1e6;
}

}  // namespace

std::string summary_text(platforms::RiscvVirt& machine, const TrafficCounters& traffic,
                         std::chrono::duration<double> host) {
  const models::riscv::HartCounters sum = sum_of_harts(machine);
  std::string text =
      fmt::format("simulated {:.6f} s in {:.3f} s of host time\n", sc_core::sc_time_stamp().to_seconds(), host.count());
  text += fmt::format("{} instructions ({:.1f} MIPS), {} exceptions, {} interrupts\n", sum.instructions,
                      mips(sum, host), sum.exceptions, sum.interrupts);
  text += fmt::format("{} loads and {} stores by direct pointers\n", sum.dmi_loads, sum.dmi_stores);
  text += "transactions by region:\n";
  text += fmt::format("  {:<24} {:>12} {:>12} {:>14} {:>8} {:>13}\n", "region", "reads", "writes", "bytes", "grants",
                      "invalidations");
  for (const TrafficCounters::Counts& counts : traffic.by_region()) text += row(counts);
  text += row(traffic.total());
  return text;
}

RunFacts run_facts(platforms::RiscvVirt& machine, std::chrono::duration<double> host) {
  const models::riscv::HartCounters sum = sum_of_harts(machine);
  RunFacts facts;
  facts.title = "vpsim run";
  facts.subtitle = fmt::format("riscv_virt with {} hart{}", machine.hart_count(), machine.hart_count() == 1 ? "" : "s");
  facts.facts = {{"host time", fmt::format("{:.2f} s", host.count())},
                 {"instructions", std::to_string(sum.instructions)},
                 {"MIPS", fmt::format("{:.1f}", mips(sum, host))},
                 {"loads by pointer", std::to_string(sum.dmi_loads)},
                 {"stores by pointer", std::to_string(sum.dmi_stores)}};
  return facts;
}

}  // namespace sc_memory::sim
