// The fields and immediates of 32-bit instructions: what the decoder's files share.
#pragma once

#include <cstdint>

#include "models/riscv/hart_op.h"

namespace sc_memory::models::riscv::fields {

constexpr uint32_t field(uint32_t bits, unsigned high, unsigned low) {
  return (bits >> low) & ((1U << (high - low + 1)) - 1);
}
constexpr int32_t sign_extend(uint32_t value, unsigned width) {
  const unsigned shift = 32 - width;
  return static_cast<int32_t>(value << shift) >> shift;
}

constexpr uint32_t funct3(uint32_t bits) { return field(bits, 14, 12); }
constexpr uint32_t funct7(uint32_t bits) { return field(bits, 31, 25); }
constexpr uint8_t rs1_of(uint32_t bits) { return static_cast<uint8_t>(field(bits, 19, 15)); }
constexpr uint8_t rs2_of(uint32_t bits) { return static_cast<uint8_t>(field(bits, 24, 20)); }
constexpr uint8_t rd_of(uint32_t bits) {
  const uint32_t rd = field(bits, 11, 7);
  return rd == 0 ? sink_register : static_cast<uint8_t>(rd);
}

constexpr int32_t imm_i(uint32_t bits) { return sign_extend(field(bits, 31, 20), 12); }
constexpr int32_t imm_s(uint32_t bits) { return sign_extend(field(bits, 31, 25) << 5 | field(bits, 11, 7), 12); }
constexpr int32_t imm_b(uint32_t bits) {
  return sign_extend(
      field(bits, 31, 31) << 12 | field(bits, 7, 7) << 11 | field(bits, 30, 25) << 5 | field(bits, 11, 8) << 1, 13);
}
constexpr int32_t imm_u(uint32_t bits) { return static_cast<int32_t>(bits & 0xfffff000U); }
constexpr int32_t imm_j(uint32_t bits) {
  return sign_extend(
      field(bits, 31, 31) << 20 | field(bits, 19, 12) << 12 | field(bits, 20, 20) << 11 | field(bits, 30, 21) << 1, 21);
}

inline Op make(uint32_t bits, OpCode code, int32_t imm = 0) {
  Op op;
  op.code = code;
  op.rd = rd_of(bits);
  op.rs1 = rs1_of(bits);
  op.rs2 = rs2_of(bits);
  op.imm = imm;
  op.raw = bits;
  return op;
}

inline Op illegal(uint32_t bits) { return make(bits, OpCode::illegal); }

}  // namespace sc_memory::models::riscv::fields
