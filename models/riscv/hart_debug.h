// How a debugger holds a hart: breakpoints, single steps, and stopping it between two instructions.
//
// The executor asks here only where it leaves its fast path anyway, so that a hart without a debugger pays nothing.
// Code in a page with a breakpoint, and all code while stepping, runs instruction by instruction. Addresses are
// virtual. Everything happens in the simulation's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <set>

#include <systemc>

#include "models/riscv/hart_state.h"

namespace sc_memory::models::riscv {

class HartDebug {
 public:
  enum class Mode : uint8_t {
    run,
    step,  // one instruction, without taking interrupts, then a stop
    hold,  // nothing
  };
  enum class Stop : uint8_t { breakpoint, step, request };

  // Called in the hart's process when it has stopped. The hart's registers are exact, its pc is that of the instruction
  // that comes next, and may be changed. When the handler returns, the hart goes on as its mode says by then. The
  // handler may block its host thread, which holds all of the simulation; it must not wait().
  using StopHandler = std::function<void(Stop)>;

  explicit HartDebug(HartState& state) : state_(state) {}

  void on_stop(StopHandler handler) { handler_ = std::move(handler); }

  void set_mode(Mode mode);
  Mode mode() const { return mode_; }

  // Stops before the instruction at the address is executed; the one the hart stands at when it goes on is executed.
  void add_breakpoint(uint64_t address);
  void remove_breakpoint(uint64_t address);

  // Stops behind the instruction that is being executed, or before the next if there is none. From any process, also
  // from inside a transport of the hart.
  void request_stop();

  // Whoever changes memory behind the hart's back tells it so: what was decoded is compared with memory again.
  void code_changed() {
    state_.new_code_epoch();
    state_.request_attention();
  }

  // For the hart: what to ask between blocks, and before a block at `address` begins that is not linked.
  bool stepping() const { return mode_ == Mode::step; }
  bool must_leave(bool has_executed) const {
    return stop_requested_ || mode_ == Mode::hold || (mode_ == Mode::step && has_executed);
  }
  bool instruction_by_instruction(uint64_t address) const {
    return stepping() || (!breakpoints_.empty() && page_has_breakpoint(address));
  }
  bool stops_at(uint64_t address);

  // For the hart, when the executor has left for the debugger's sake: tells the handler why.
  void report_stop();
  // Notified when a hart that waits for something should ask again whether it must leave.
  const sc_core::sc_event& changed() const { return changed_; }

 private:
  static constexpr uint64_t nowhere = ~uint64_t{0};  // no instruction lies at an odd address

  bool page_has_breakpoint(uint64_t address) const;

  HartState& state_;
  StopHandler handler_ = [](Stop) {};
  Mode mode_ = Mode::run;
  std::set<uint64_t> breakpoints_;
  bool stop_requested_ = false;
  bool at_breakpoint_ = false;
  uint64_t resumed_at_ = nowhere;
  sc_core::sc_event changed_{"debug_changed"};
};

}  // namespace sc_memory::models::riscv
