// The decoded form of an instruction: what the decoder produces and the executor runs.
//
// A list macro names every operation once; the enumeration and the executor's jump table are made from it, so that they
// cannot disagree. Compressed instructions decode to the operation they stand for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sc_memory::models::riscv {

// clang-format off

// Operations the executor's main loop carries out itself.
#define SC_MEMORY_RISCV_FAST_OPS(X) \
  X(illegal) X(next_block) X(nop) X(li) X(mv) X(auipc) X(jal) X(jalr) X(beq) X(bne) X(blt) X(bge) X(bltu) X(bgeu) \
  X(lb) X(lh) X(lw) X(ld) X(lbu) X(lhu) X(lwu) X(sb) X(sh) X(sw) X(sd) \
  X(addi) X(slti) X(sltiu) X(xori) X(ori) X(andi) X(slli) X(srli) X(srai) X(addiw) X(slliw) X(srliw) X(sraiw) \
  X(add) X(sub) X(sll) X(slt) X(sltu) X(xor_) X(srl) X(sra) X(or_) X(and_) X(addw) X(subw) X(sllw) X(srlw) X(sraw) \
  X(mul) X(mulh) X(mulhsu) X(mulhu) X(div) X(divu) X(rem) X(remu) X(mulw) X(divw) X(divuw) X(remw) X(remuw) \
  X(add_uw) X(sh1add) X(sh2add) X(sh3add) X(sh1add_uw) X(sh2add_uw) X(sh3add_uw) X(slli_uw) \
  X(andn) X(orn) X(xnor) X(clz) X(clzw) X(ctz) X(ctzw) X(cpop) X(cpopw) X(max) X(maxu) X(min) X(minu) \
  X(sext_b) X(sext_h) X(zext_h) X(rol) X(rolw) X(ror) X(rorw) X(rori) X(roriw) X(orc_b) X(rev8) \
  X(bclr) X(bclri) X(bext) X(bexti) X(binv) X(binvi) X(bset) X(bseti) \
  X(fence)

// Atomics: hart_execute_atomics.cpp.
#define SC_MEMORY_RISCV_ATOMIC_OPS(X) \
  X(lr_w) X(sc_w) X(amoswap_w) X(amoadd_w) X(amoxor_w) X(amoand_w) X(amoor_w) X(amomin_w) X(amomax_w) X(amominu_w) X(amomaxu_w) \
  X(lr_d) X(sc_d) X(amoswap_d) X(amoadd_d) X(amoxor_d) X(amoand_d) X(amoor_d) X(amomin_d) X(amomax_d) X(amominu_d) X(amomaxu_d)

// Floating point: hart_execute_float.cpp. Except for loads and stores, the immediate holds rounding mode and format.
#define SC_MEMORY_RISCV_FLOAT_OPS(X) \
  X(flw) X(fld) X(fsw) X(fsd) X(fmadd) X(fmsub) X(fnmsub) X(fnmadd) X(fadd) X(fsub) X(fmul) X(fdiv) X(fsqrt) X(fsgnj) X(fsgnjn) X(fsgnjx) X(fmin) X(fmax) \
  X(feq) X(flt) X(fle) X(fclass) X(fmv_to_x) X(fmv_from_x) X(fcvt_to_w) X(fcvt_to_wu) X(fcvt_to_l) X(fcvt_to_lu) \
  X(fcvt_from_w) X(fcvt_from_wu) X(fcvt_from_l) X(fcvt_from_lu) X(fcvt_from_float)

// Operations that may change how the next instruction is found or run; each ends its block: hart_execute_system.cpp.
#define SC_MEMORY_RISCV_SYSTEM_OPS(X) \
  X(fence_i) X(ecall) X(ebreak) X(mret) X(sret) X(wfi) X(sfence_vma) X(csrrw) X(csrrs) X(csrrc) X(csrrwi) X(csrrsi) X(csrrci)

// clang-format on

#define SC_MEMORY_RISCV_OPS(X) \
  SC_MEMORY_RISCV_FAST_OPS(X) SC_MEMORY_RISCV_ATOMIC_OPS(X) SC_MEMORY_RISCV_FLOAT_OPS(X) SC_MEMORY_RISCV_SYSTEM_OPS(X)

enum class OpCode : uint16_t {
#define SC_MEMORY_RISCV_ENUMERATOR(name) name,
  SC_MEMORY_RISCV_OPS(SC_MEMORY_RISCV_ENUMERATOR)
#undef SC_MEMORY_RISCV_ENUMERATOR
};

// Writes to x0 are sent to this slot of the register file, so that no operation needs to look at its destination.
constexpr uint8_t sink_register = 32;

// The immediate of floating-point operations: the instruction's rounding mode (7: that of frm) and the format of its
// operands.
constexpr int32_t float_rounding_mask = 7;
constexpr int32_t float_double = 8;
constexpr uint32_t rounding_dynamic = 7;

struct Op {
  OpCode code = OpCode::illegal;
  uint8_t rd = sink_register;
  uint8_t rs1 = 0;  // also the immediate of the CSR instructions that have one
  uint8_t rs2 = 0;
  uint8_t rs3 = 0;
  uint8_t offset = 0;  // from the start of its block, in 16-bit parcels
  uint8_t length = 4;  // in bytes: 2 or 4
  // Sign extended; relative to the start of the block for auipc, jal and branches; the register's number for CSR
  // operations.
  int32_t imm = 0;
  uint32_t raw = 0;  // the instruction's own bits: mtval of an illegal instruction
};
static_assert(sizeof(Op) == 16, "four operations a cache line");

// One load counts in the low, one store in the high half: what HartState::memory_ops sums up. Atomics are neither.
constexpr uint64_t memory_ops_of(OpCode code) {
  const bool load = (code >= OpCode::lb && code <= OpCode::lwu) || code == OpCode::flw || code == OpCode::fld;
  const bool store = (code >= OpCode::sb && code <= OpCode::sd) || code == OpCode::fsw || code == OpCode::fsd;
  if (load) return 1;
  if (store) return uint64_t{1} << 32;
  return 0;
}

}  // namespace sc_memory::models::riscv
