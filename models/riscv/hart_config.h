// What a hart is built with, and what it counts while it runs.
#pragma once

#include <cstdint>

#include <systemc>

namespace sc_memory::models::riscv {

// What a device tree says of every hart: properties riscv,isa and mmu-type of its cpu node.
inline constexpr char isa_string[] = "rv64imafdc_zicsr_zifencei_zba_zbb_zbs_sstc";
inline constexpr char mmu_type[] = "riscv,sv48";

struct HartConfig {
  unsigned hart_id = 0;
  uint64_t reset_pc = 0x1000;
  sc_core::sc_time cycle{10, sc_core::SC_NS};  // simulated time of one instruction; more than zero

  // A hart that takes this many exceptions one inside the other, without a return from any, is put to rest with a
  // report.
  unsigned fault_loop_limit = 1000;
};

// Totals since the start of the simulation.
struct HartCounters {
  uint64_t instructions = 0;  // retired
  uint64_t dmi_loads = 0;     // loads and stores served through a direct pointer (atomics count as neither)
  uint64_t dmi_stores = 0;
  uint64_t transported_loads = 0;  // the same through b_transport, in transactions
  uint64_t transported_stores = 0;
  uint64_t transported_fetches = 0;
  uint64_t dmi_requests = 0;  // get_direct_mem_ptr calls, and those of them that were granted
  uint64_t dmi_grants = 0;
  uint64_t dmi_invalidations = 0;  // invalidate_direct_mem_ptr calls received
  uint64_t exceptions = 0;
  uint64_t interrupts = 0;
  uint64_t blocks_decoded = 0;
};

}  // namespace sc_memory::models::riscv
