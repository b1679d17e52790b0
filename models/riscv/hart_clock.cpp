// Quantum arithmetic.
#include "models/riscv/hart_clock.h"

#include <tlm>

namespace sc_memory::models::riscv {

void HartClock::start_quantum() {
  base_ = 0;
  base_retired_ = now_retired();
  const uint64_t now = sc_core::sc_time_stamp().value();
  const uint64_t quantum = tlm::tlm_global_quantum::instance().compute_local_quantum().value();
  quantum_end_ = now + quantum < now ? ~uint64_t{0} : now + quantum;
  update_limit();
}

void HartClock::update_limit() {
  if (state_.attention) {
    state_.limit = 0;
    return;
  }
  const uint64_t reached = sc_core::sc_time_stamp().value() + base_;
  const uint64_t left = reached >= quantum_end_ ? 0 : quantum_end_ - reached;
  state_.limit = base_retired_ + left / cycle_ + (left % cycle_ != 0 ? 1 : 0);
}

}  // namespace sc_memory::models::riscv
