// The executor: runs decoded blocks until the hart must synchronise with simulated time.
#pragma once

#include <cstdint>

#include "models/riscv/hart_clock.h"
#include "models/riscv/hart_code.h"
#include "models/riscv/hart_csrs.h"
#include "models/riscv/hart_debug.h"
#include "models/riscv/hart_fetch.h"
#include "models/riscv/hart_memory.h"
#include "models/riscv/hart_state.h"
#include "models/riscv/hart_traps.h"

namespace sc_memory::models::riscv {

class HartExecutor {
 public:
  enum class Exit {
    quantum,     // the quantum is used up
    waiting,     // WFI: nothing to do until an enabled interrupt is pending
    fault_loop,  // the hart can do no more; HartTraps::report() says why
    debug,       // the debugger wants it to stop
  };

  HartExecutor(HartState& state, HartClock& clock, HartMemory& memory, HartCode& code, HartFetch& fetch, HartCsrs& csrs,
               HartTraps& traps, HartDebug& debug)
      : state_(state),
        clock_(clock),
        memory_(memory),
        code_(code),
        fetch_(fetch),
        csrs_(csrs),
        traps_(traps),
        debug_(debug) {}

  // Executes from HartState::pc; at least one block however short the quantum. The clock's quantum must have been
  // started.
  Exit run();

  // Loads and stores completed so far, by any path; atomics are not counted.
  uint64_t loads() const { return loads_ + static_cast<uint32_t>(state_.memory_ops); }
  uint64_t stores() const { return stores_ + (state_.memory_ops >> 32); }

 private:
  // What has to be looked after between blocks.
  enum class Service { run, quantum, waiting, debug };
  Service service(bool has_executed);
  void fold_memory_ops();
  void retire_partially(const Op* first, uint64_t count);

  // Each executes one operation and returns false if it raised an exception. `pc` is that of the operation;
  // HartState::pc holds the next one and may be changed.
  bool execute_atomic(const Op& op);
  bool execute_float(const Op& op);
  bool execute_system(const Op& op, uint64_t pc);

  template <class Value>
  bool load_reserved(const Op& op);
  template <class Value>
  bool store_conditional(const Op& op);
  template <class Value, class Combine>
  bool read_modify_write(const Op& op, Combine combine);

  template <class Bits>
  bool float_load(const Op& op);
  template <class Bits>
  bool float_operation(const Op& op);
  template <class Bits>
  Bits float_operand(uint8_t index) const;
  template <class Bits>
  bool set_float(const Op& op, Bits value, uint8_t flags);
  bool set_integer(const Op& op, uint64_t value, uint8_t flags);
  void raise_float_flags(uint8_t flags);

  bool execute_csr(const Op& op);
  bool wait_for_interrupt(const Op& op);
  void synchronise_translations(const Op& op);
  bool illegal(const Op& op) { return state_.raise(Cause::illegal_instruction, op.raw); }

  HartState& state_;
  HartClock& clock_;
  HartMemory& memory_;
  HartCode& code_;
  HartFetch& fetch_;
  HartCsrs& csrs_;
  HartTraps& traps_;
  HartDebug& debug_;
  uint64_t loads_ = 0;
  uint64_t stores_ = 0;
};

}  // namespace sc_memory::models::riscv
