// Trap entry and return.
#include "models/riscv/hart_traps.h"

#include <fmt/format.h>

namespace sc_memory::models::riscv {
namespace {

constexpr uint64_t interrupt_flag = uint64_t{1} << 63;

// A handler that works retires more than this between two exceptions of its own; a fault loop never does.
constexpr uint64_t working_handler = 10000;

}  // namespace

void HartTraps::enter(uint64_t cause, uint64_t value, bool interrupt, bool delegated, uint64_t pc) {
  uint64_t& mstatus = state_.mstatus;
  uint64_t vector = 0;
  if (delegated) {
    state_.sepc = pc;
    state_.scause = cause | (interrupt ? interrupt_flag : 0);
    state_.stval = value;
    const uint64_t previous = (mstatus & status::sie) != 0 ? status::spie : 0;
    const uint64_t from = state_.privilege == Privilege::supervisor ? status::spp : 0;
    mstatus = (mstatus & ~(status::sie | status::spie | status::spp)) | previous | from;
    state_.privilege = Privilege::supervisor;
    vector = state_.stvec;
  } else {
    state_.mepc = pc;
    state_.mcause = cause | (interrupt ? interrupt_flag : 0);
    state_.mtval = value;
    const uint64_t previous = (mstatus & status::mie) != 0 ? status::mpie : 0;
    const uint64_t from = static_cast<uint64_t>(state_.privilege) << status::mpp_shift;
    mstatus = (mstatus & ~(status::mie | status::mpie | status::mpp)) | previous | from;
    state_.privilege = Privilege::machine;
    vector = state_.mtvec;
  }
  const bool vectored = interrupt && (vector & 1) != 0;
  state_.pc = (vector & ~uint64_t{3}) + (vectored ? 4 * cause : 0);
  memory_.update_context();
}

bool HartTraps::take_exception(uint64_t pc) {
  ++counters_.exceptions;
  const Privilege from = state_.privilege;
  const uint64_t cause = static_cast<uint64_t>(state_.trap.cause);
  const bool delegated = from != Privilege::machine && ((state_.medeleg >> cause) & 1) != 0;
  enter(cause, state_.trap.value, false, delegated, pc);
  return !caught_in_loop(pc, from, state_.privilege);
}

// Called after an exception was entered.
bool HartTraps::caught_in_loop(uint64_t pc, Privilege from, Privilege to) {
  const bool nothing_retired = last_retired_ == state_.retired;
  // The handler's first instruction faults, and the exception leads to that same instruction again.
  const bool handler_unreachable = nothing_retired && from == to && last_handler_ == to && pc == state_.pc;
  if (state_.retired - last_retired_ > working_handler) nested_exceptions_ = 0;
  ++nested_exceptions_;
  const uint64_t pc_before = last_pc_;
  last_retired_ = state_.retired;
  last_pc_ = pc;
  last_handler_ = to;
  if (!handler_unreachable && nested_exceptions_ < config_.fault_loop_limit) return false;
  report_ = fmt::format(
      "hart {} is caught in a fault loop and was put to rest: {} at pc {:#x} (cause {}, value {:#x}), "
      "the trap before it at pc {:#x}, trap handler at {:#x}",
      config_.hart_id,
      handler_unreachable ? std::string("the first instruction of its trap handler faults")
                          : fmt::format("{} exceptions without a return from any", nested_exceptions_),
      pc, static_cast<unsigned>(state_.trap.cause), state_.trap.value, pc_before, state_.pc);
  return true;
}

std::optional<Interrupt> HartTraps::pending_interrupt() const {
  const uint64_t pending = state_.mip() & state_.mie;
  if (pending == 0) return std::nullopt;
  const bool machine_enabled = state_.privilege != Privilege::machine || (state_.mstatus & status::mie) != 0;
  const bool supervisor_enabled = state_.privilege == Privilege::user ||
                                  (state_.privilege == Privilege::supervisor && (state_.mstatus & status::sie) != 0);
  uint64_t deliverable = machine_enabled ? pending & ~state_.mideleg : 0;
  // Interrupts for machine mode go before those it has delegated.
  if (deliverable == 0 && supervisor_enabled) deliverable = pending & state_.mideleg;
  constexpr Interrupt by_priority[] = {Interrupt::m_external, Interrupt::m_software, Interrupt::m_timer,
                                       Interrupt::s_external, Interrupt::s_software, Interrupt::s_timer};
  for (const Interrupt interrupt : by_priority) {
    if ((deliverable & interrupt_bit(interrupt)) != 0) return interrupt;
  }
  return std::nullopt;
}

bool HartTraps::take_interrupt() {
  const std::optional<Interrupt> interrupt = pending_interrupt();
  if (!interrupt) return false;
  ++counters_.interrupts;
  const bool delegated = (state_.mideleg & interrupt_bit(*interrupt)) != 0;
  enter(static_cast<uint64_t>(*interrupt), 0, true, delegated, state_.pc);
  return true;
}

void HartTraps::leave(Privilege to) {
  // Returning to less privilege ends the loan of another one's view of memory.
  if (to != Privilege::machine) state_.mstatus &= ~status::mprv;
  state_.privilege = to;
  state_.reservation.valid = false;
  nested_exceptions_ = 0;
  memory_.update_context();
}

void HartTraps::machine_return() {
  uint64_t& mstatus = state_.mstatus;
  const Privilege to = static_cast<Privilege>((mstatus & status::mpp) >> status::mpp_shift);
  const uint64_t enabled = (mstatus & status::mpie) != 0 ? status::mie : 0;
  mstatus = (mstatus & ~(status::mie | status::mpp)) | status::mpie | enabled;
  state_.pc = state_.mepc;
  leave(to);
}

void HartTraps::supervisor_return() {
  uint64_t& mstatus = state_.mstatus;
  const Privilege to = (mstatus & status::spp) != 0 ? Privilege::supervisor : Privilege::user;
  const uint64_t enabled = (mstatus & status::spie) != 0 ? status::sie : 0;
  mstatus = (mstatus & ~(status::sie | status::spp)) | status::spie | enabled;
  state_.pc = state_.sepc;
  leave(to);
}

}  // namespace sc_memory::models::riscv
