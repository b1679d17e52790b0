// CSR instructions, environment calls, returns from traps, WFI and the fences that change what code or translations
// mean.
#include "models/riscv/hart_executor.h"

namespace sc_memory::models::riscv {

bool HartExecutor::execute_csr(const Op& op) {
  const unsigned number = static_cast<unsigned>(op.imm);
  const bool immediate = op.code == OpCode::csrrwi || op.code == OpCode::csrrsi || op.code == OpCode::csrrci;
  const bool swap = op.code == OpCode::csrrw || op.code == OpCode::csrrwi;
  const bool set = op.code == OpCode::csrrs || op.code == OpCode::csrrsi;
  // Setting or clearing with x0 (or 0) does not write at all.
  const bool writes = swap || op.rs1 != 0;
  if (!csrs_.accessible(number, writes)) return illegal(op);
  const std::optional<uint64_t> old = csrs_.read(number);
  if (!old) return illegal(op);
  if (writes) {
    const uint64_t operand = immediate ? op.rs1 : state_.x[op.rs1];
    const uint64_t base = csrs_.read_to_modify(number).value_or(0);
    const uint64_t value = swap ? operand : set ? base | operand : base & ~operand;
    if (!csrs_.write(number, value)) return illegal(op);
  }
  state_.x[op.rd] = *old;
  return true;
}

bool HartExecutor::wait_for_interrupt(const Op& op) {
  // Bounded waiting in user mode has a bound of zero here.
  if (state_.privilege == Privilege::user) return illegal(op);
  if (state_.privilege == Privilege::supervisor && (state_.mstatus & status::tw) != 0) return illegal(op);
  state_.waiting = true;
  return true;
}

// An address space given in rs2 narrows nothing: what is cached belongs to the current one.
void HartExecutor::synchronise_translations(const Op& op) {
  const uint64_t address = state_.x[op.rs1];
  bool code_too = true;
  if (op.rs1 == 0) {
    memory_.flush_translations();
  } else {
    code_too = memory_.flush_translation(address) || fetch_.may_know(address);
  }
  if (code_too) state_.new_translation_generation();
}

bool HartExecutor::execute_system(const Op& op, uint64_t pc) {
  const bool machine = state_.privilege == Privilege::machine;
  const bool user = state_.privilege == Privilege::user;
  switch (op.code) {
    case OpCode::csrrw:
    case OpCode::csrrs:
    case OpCode::csrrc:
    case OpCode::csrrwi:
    case OpCode::csrrsi:
    case OpCode::csrrci:
      return execute_csr(op);
    case OpCode::ecall:
      return state_.raise(machine ? Cause::ecall_machine : user ? Cause::ecall_user : Cause::ecall_supervisor, 0);
    case OpCode::ebreak:
      return state_.raise(Cause::breakpoint, pc);
    case OpCode::mret:
      if (!machine) return illegal(op);
      traps_.machine_return();
      return true;
    case OpCode::sret:
      if (user || (!machine && (state_.mstatus & status::tsr) != 0)) return illegal(op);
      traps_.supervisor_return();
      return true;
    case OpCode::wfi:
      return wait_for_interrupt(op);
    case OpCode::sfence_vma:
      if (user || (!machine && (state_.mstatus & status::tvm) != 0)) return illegal(op);
      synchronise_translations(op);
      return true;
    case OpCode::fence_i:
      state_.new_code_epoch();
      return true;
    default:
      return illegal(op);
  }
}

}  // namespace sc_memory::models::riscv
