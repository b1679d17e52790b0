// The parts of a hart and how they are wired: everything behind the module in hart.h.
#pragma once

#include "models/riscv/hart_bus.h"
#include "models/riscv/hart_clock.h"
#include "models/riscv/hart_code.h"
#include "models/riscv/hart_config.h"
#include "models/riscv/hart_csrs.h"
#include "models/riscv/hart_debug.h"
#include "models/riscv/hart_executor.h"
#include "models/riscv/hart_fetch.h"
#include "models/riscv/hart_memory.h"
#include "models/riscv/hart_pmp.h"
#include "models/riscv/hart_state.h"
#include "models/riscv/hart_traps.h"

namespace sc_memory::models::riscv {

struct HartCore {
  HartCore(const HartConfig& hart_config, HartBus::Socket& socket)
      : config(hart_config),
        clock(state, config.cycle),
        bus(socket, state, clock, counters),
        memory(state, pmp, bus),
        code(state, counters),
        fetch(state, memory, code),
        csrs(config, state, pmp, memory, clock),
        traps(config, state, memory, counters),
        debug(state),
        executor(state, clock, memory, code, fetch, csrs, traps, debug) {
    state.pc = config.reset_pc & ~uint64_t{1};
  }

  const HartConfig config;
  HartState state;
  HartCounters counters;
  HartClock clock;
  HartBus bus;
  Pmp pmp;
  HartMemory memory;
  HartCode code;
  HartFetch fetch;
  HartCsrs csrs;
  HartTraps traps;
  HartDebug debug;
  HartExecutor executor;
};

}  // namespace sc_memory::models::riscv
