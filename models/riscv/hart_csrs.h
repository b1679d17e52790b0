// The control and status registers: which exist, who may touch them, and what a write leaves (WARL).
//
// A register that is not implemented, or that the current privilege may not access, is reported as such and becomes an
// illegal-instruction exception; firmware finds out in this way what a hart has.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <systemc>

#include "models/riscv/hart_clock.h"
#include "models/riscv/hart_config.h"
#include "models/riscv/hart_memory.h"
#include "models/riscv/hart_pmp.h"
#include "models/riscv/hart_state.h"

namespace sc_memory::models::riscv {

class HartCsrs {
 public:
  // Gives the value of the `time` register at sc_time_stamp() plus an offset.
  using TimeSource = std::function<uint64_t(const sc_core::sc_time& local_offset)>;

  HartCsrs(const HartConfig& config, HartState& state, Pmp& pmp, HartMemory& memory, HartClock& clock);

  // `comparable`: whether the supervisor may compare time with stimecmp (Sstc).
  void set_time_source(TimeSource source, bool comparable) {
    time_source_ = std::move(source);
    comparable_ = comparable;
  }

  // Called when stimecmp, or whether it counts, has been written.
  void on_timer_change(std::function<void()> handler) { timer_changed_ = std::move(handler); }

  // Whether an instruction at the current privilege may read, or read and write, the register. Says nothing of its
  // existence.
  bool accessible(unsigned number, bool write) const;

  // The value, or nothing if there is no such register. No privilege check.
  std::optional<uint64_t> read(unsigned number) const;

  // Writes what the register can hold of the value; false if there is no such register.
  bool write(unsigned number, uint64_t value);

  // What CSRRS and CSRRC start from: as read(), without the external interrupt input in mip.SEIP.
  std::optional<uint64_t> read_to_modify(unsigned number) const;

 private:
  std::optional<uint64_t> read_counter(unsigned number) const;
  std::optional<uint64_t> read_supervisor(unsigned number) const;
  std::optional<uint64_t> read_machine(unsigned number) const;
  bool write_supervisor(unsigned number, uint64_t value);
  bool write_machine(unsigned number, uint64_t value);
  bool write_pmp(unsigned number, uint64_t value);
  void write_mstatus(uint64_t value);
  void write_satp(uint64_t value);
  bool write_float(uint64_t rounding, uint64_t flags);
  bool counter_enabled(unsigned index) const;
  uint64_t misa() const;
  uint64_t mstatus() const;

  const HartConfig& config_;
  HartState& state_;
  Pmp& pmp_;
  HartMemory& memory_;
  HartClock& clock_;
  TimeSource time_source_;
  bool comparable_ = false;
  std::function<void()> timer_changed_ = [] {};
};

}  // namespace sc_memory::models::riscv
