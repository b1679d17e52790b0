// Breakpoints and stops.
#include "models/riscv/hart_debug.h"

namespace sc_memory::models::riscv {

void HartDebug::set_mode(Mode mode) {
  if (mode_ == mode) return;
  mode_ = mode;
  code_changed();  // the way through known blocks must not be taken while stepping
  changed_.notify(sc_core::SC_ZERO_TIME);
}

void HartDebug::add_breakpoint(uint64_t address) {
  breakpoints_.insert(address);
  code_changed();
}

void HartDebug::remove_breakpoint(uint64_t address) {
  breakpoints_.erase(address);
  code_changed();
}

void HartDebug::request_stop() {
  stop_requested_ = true;
  state_.request_attention();
  changed_.notify(sc_core::SC_ZERO_TIME);
}

bool HartDebug::page_has_breakpoint(uint64_t address) const {
  const auto first = breakpoints_.lower_bound(address & ~page_mask);
  return first != breakpoints_.end() && *first <= (address | page_mask);
}

bool HartDebug::stops_at(uint64_t address) {
  const bool resumed_here = resumed_at_ == address;
  resumed_at_ = nowhere;
  at_breakpoint_ = !resumed_here && breakpoints_.count(address) != 0;
  return at_breakpoint_;
}

void HartDebug::report_stop() {
  if (mode_ == Mode::hold && !stop_requested_ && !at_breakpoint_) return;
  const Stop why = at_breakpoint_ ? Stop::breakpoint : stop_requested_ ? Stop::request : Stop::step;
  stop_requested_ = false;
  at_breakpoint_ = false;
  handler_(why);
  resumed_at_ = state_.pc;
}

}  // namespace sc_memory::models::riscv
