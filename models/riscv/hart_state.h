// The architectural state of a hart: registers, CSRs, the privilege level, and the few words by which the parts of the
// hart talk to one another.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <unordered_set>

#include "models/riscv/hart_op.h"
#include "models/riscv/hart_types.h"

namespace sc_memory::models::riscv {

struct HartState {
  std::array<uint64_t, sink_register + 1> x{};  // x[0] stays zero: writes to x0 are decoded into the sink
  std::array<uint64_t, 32> f{};                 // single-precision values are NaN-boxed
  uint64_t pc = 0;
  Privilege privilege = Privilege::machine;

  // The executor looks up from its work when `retired` reaches `limit`; whoever wants it to look up sooner calls
  // request_attention(). While a block runs, `retired` stands at its start and `in_block` (set on every way out of the
  // executor's main loop) says how many of its instructions came before the current one.
  uint64_t retired = 0;
  uint64_t limit = 0;
  uint64_t in_block = 0;
  uint64_t memory_ops = 0;  // loads in the low, stores in the high half; folded into the counters by the executor
  bool attention = false;
  bool waiting = false;  // WFI was executed

  Trap trap;  // filled in by whatever reports a failure

  // What decoded code is checked against. FENCE.I starts a new epoch: a block of an older one must compare its bytes.
  // The translation generation changes with everything that may make a virtual address mean another page of code, the
  // code generation with everything that may make it mean another block.
  uint64_t code_epoch = 1;
  uint64_t translation_generation = 1;
  uint64_t code_generation = 1;

  // Physical pages with decoded code, and those of them whose code may not be what memory holds: stored to by this hart
  // since stores were last looked at, or new, when a store may still go there unseen. Stores become visible to fetches
  // at the end of the quantum at the latest (Ziccid), and whenever translations change.
  std::unordered_set<uint64_t> code_pages;
  std::set<uint64_t> doubtful_code_pages;

  // Made by LR, and gone as soon as anybody else may have run: a store by another hart or a device through a direct
  // pointer is seen by nobody, but happens only while this hart lets others run.
  struct Reservation {
    bool valid = false;
    uint64_t address = 0;  // physical
    uint64_t value = 0;
    unsigned size = 0;
    uint64_t retired = 0;  // when it was made

    // A constrained LR/SC sequence has at most sixteen instructions; a block may put more behind it.
    static constexpr uint64_t sequence_length = 16;
    // Whether the hart should not be interrupted by the end of its quantum, so that the sequence has a chance to
    // succeed however short the quantum.
    bool in_sequence(uint64_t retired_now) const { return valid && retired_now - retired <= sequence_length; }
  } reservation;

  uint64_t mstatus = 0;
  uint64_t medeleg = 0, mideleg = 0;
  uint64_t mie = 0;
  uint64_t mip_lines = 0;     // levels of the interrupt inputs
  uint64_t mip_software = 0;  // the bits software sets: SSIP, STIP, SEIP
  uint64_t mtvec = 0, mscratch = 0, mepc = 0, mcause = 0, mtval = 0;
  uint64_t stvec = 0, sscratch = 0, sepc = 0, scause = 0, stval = 0, satp = 0;
  uint64_t mcounteren = 0, scounteren = 0;
  uint64_t menvcfg = 0, senvcfg = 0;
  uint8_t fflags = 0, frm = 0;
  uint64_t stimecmp = ~uint64_t{0};
  bool timer_elapsed = false;                     // time has reached stimecmp
  uint64_t instret_offset = 0, cycle_offset = 0;  // added to the running count when read

  // With Sstc switched on the supervisor's timer interrupt follows stimecmp instead of the bit that software sets.
  bool supervisor_timer_on() const { return (menvcfg & environment::stce) != 0; }

  uint64_t mip() const {
    if (!supervisor_timer_on()) return mip_lines | mip_software;
    const uint64_t timer = interrupt_bit(Interrupt::s_timer);
    return mip_lines | (mip_software & ~timer) | (timer_elapsed ? timer : 0);
  }

  bool float_enabled() const { return (mstatus & status::fs) != 0; }
  void mark_float_dirty() { mstatus |= status::fs; }

  void request_attention() {
    attention = true;
    limit = 0;
  }

  // The privilege that loads and stores are checked with: MPRV lets machine mode borrow that of mstatus.MPP.
  Privilege data_privilege() const {
    if (privilege == Privilege::machine && (mstatus & status::mprv) != 0) {
      return static_cast<Privilege>((mstatus & status::mpp) >> status::mpp_shift);
    }
    return privilege;
  }

  void new_code_epoch() {
    ++code_epoch;
    ++code_generation;
  }
  void new_translation_generation() {
    if (!doubtful_code_pages.empty()) ++code_epoch;
    ++translation_generation;
    ++code_generation;
  }

  // Notes an exception; returns false so that `return raise(...)` reads well in functions that say whether they
  // succeeded.
  bool raise(Cause cause, uint64_t value) {
    trap = {cause, value};
    return false;
  }
};

}  // namespace sc_memory::models::riscv
