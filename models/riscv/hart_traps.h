// Entering and leaving trap handlers: delegation, the trap vectors, interrupt priority, xRET, and the watch for
// handlers that only ever trap again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/riscv/hart_config.h"
#include "models/riscv/hart_memory.h"
#include "models/riscv/hart_state.h"

namespace sc_memory::models::riscv {

class HartTraps {
 public:
  HartTraps(const HartConfig& config, HartState& state, HartMemory& memory, HartCounters& counters)
      : config_(config), state_(state), memory_(memory), counters_(counters) {}

  // Takes the exception noted in HartState::trap for the instruction at `pc`; HartState::pc is the handler afterwards.
  // Returns false if the hart is caught in a fault loop: report() then says so, and the hart should be put to rest.
  bool take_exception(uint64_t pc);

  // Takes the most urgent interrupt that is pending and enabled at the current privilege, if any; HartState::pc, the
  // next instruction to run, becomes the address to return to. Returns whether one was taken.
  bool take_interrupt();

  // Return from the handlers. The privilege to execute them is the caller's business.
  void machine_return();
  void supervisor_return();

  // Plain text about the fault loop; empty unless take_exception() returned false.
  const std::string& report() const { return report_; }

 private:
  void enter(uint64_t cause, uint64_t value, bool interrupt, bool delegated, uint64_t pc);
  std::optional<Interrupt> pending_interrupt() const;
  bool caught_in_loop(uint64_t pc, Privilege from, Privilege to);
  void leave(Privilege to);

  const HartConfig& config_;
  HartState& state_;
  HartMemory& memory_;
  HartCounters& counters_;

  unsigned nested_exceptions_ = 0;
  uint64_t last_retired_ = ~uint64_t{0};  // when the last exception was taken
  uint64_t last_pc_ = 0;                  // and where
  Privilege last_handler_ = Privilege::machine;
  std::string report_;
};

}  // namespace sc_memory::models::riscv
