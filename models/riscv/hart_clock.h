// The hart's place in simulated time: how far it has run ahead of SystemC, and when it must stop and let time catch up.
//
// Time is kept in instructions as far as possible: between synchronisations the local offset is what was retired times
// the cycle time, plus the delays that targets added.
#pragma once

#include <cstdint>

#include <systemc>

#include "models/riscv/hart_state.h"

namespace sc_memory::models::riscv {

class HartClock {
 public:
  // `cycle` must be more than zero.
  HartClock(HartState& state, const sc_core::sc_time& cycle) : state_(state), cycle_(cycle.value()) {}

  // How far this hart is ahead of sc_time_stamp(), at the current instruction.
  sc_core::sc_time local_offset() const { return sc_core::sc_time::from_value(offset_units()); }

  // Says what the local offset is now: after a target has added to the delay, or has waited for some of it.
  void set_local_offset(const sc_core::sc_time& offset) {
    base_ = offset.value();
    base_retired_ = now_retired();
    update_limit();
  }

  // Starts a quantum: simulated time has caught up, the local offset is zero.
  void start_quantum();

  bool quantum_used() const { return sc_core::sc_time_stamp().value() + offset_units() >= quantum_end_; }

  // Sets the count at which the quantum is used up, or an immediate stop if attention was asked for.
  void update_limit();

  // Clock cycles since the simulation began, times spent waiting included.
  uint64_t cycles() const { return (sc_core::sc_time_stamp().value() + offset_units()) / cycle_; }

 private:
  uint64_t now_retired() const { return state_.retired + state_.in_block; }
  uint64_t offset_units() const { return base_ + (now_retired() - base_retired_) * cycle_; }

  HartState& state_;
  const uint64_t cycle_;  // all times in units of the SystemC time resolution
  uint64_t base_ = 0;     // the local offset when base_retired_ instructions had retired
  uint64_t base_retired_ = 0;
  uint64_t quantum_end_ = 0;  // absolute
};

}  // namespace sc_memory::models::riscv
