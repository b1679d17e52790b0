// Decoding of compressed (16-bit) instructions into the operations they stand for.
#include "models/riscv/hart_decode.h"

namespace sc_memory::models::riscv {
namespace {

constexpr uint32_t bit(uint16_t bits, unsigned from, unsigned to) { return ((bits >> from) & 1U) << to; }
constexpr uint32_t field(uint16_t bits, unsigned high, unsigned low, unsigned to) {
  return ((bits >> low) & ((1U << (high - low + 1)) - 1)) << to;
}
constexpr int32_t sign_extend(uint32_t value, unsigned width) {
  const unsigned shift = 32 - width;
  return static_cast<int32_t>(value << shift) >> shift;
}

constexpr uint8_t link_register = 1;
constexpr uint8_t stack_pointer = 2;

// Full register numbers, and the three-bit ones that name x8 to x15.
constexpr uint8_t wide_rd(uint16_t bits) { return static_cast<uint8_t>(field(bits, 11, 7, 0)); }
constexpr uint8_t wide_rs2(uint16_t bits) { return static_cast<uint8_t>(field(bits, 6, 2, 0)); }
constexpr uint8_t narrow_high(uint16_t bits) { return static_cast<uint8_t>(8 + field(bits, 9, 7, 0)); }
constexpr uint8_t narrow_low(uint16_t bits) { return static_cast<uint8_t>(8 + field(bits, 4, 2, 0)); }

constexpr int32_t imm6(uint16_t bits) { return sign_extend(bit(bits, 12, 5) | field(bits, 6, 2, 0), 6); }
constexpr int32_t shift6(uint16_t bits) { return static_cast<int32_t>(bit(bits, 12, 5) | field(bits, 6, 2, 0)); }
constexpr int32_t word_offset(uint16_t bits) {
  return static_cast<int32_t>(bit(bits, 5, 6) | field(bits, 12, 10, 3) | bit(bits, 6, 2));
}
constexpr int32_t double_offset(uint16_t bits) {
  return static_cast<int32_t>(field(bits, 6, 5, 6) | field(bits, 12, 10, 3));
}
constexpr int32_t stack_load_word(uint16_t bits) {
  return static_cast<int32_t>(field(bits, 3, 2, 6) | bit(bits, 12, 5) | field(bits, 6, 4, 2));
}
constexpr int32_t stack_load_double(uint16_t bits) {
  return static_cast<int32_t>(field(bits, 4, 2, 6) | bit(bits, 12, 5) | field(bits, 6, 5, 3));
}
constexpr int32_t stack_store_word(uint16_t bits) {
  return static_cast<int32_t>(field(bits, 8, 7, 6) | field(bits, 12, 9, 2));
}
constexpr int32_t stack_store_double(uint16_t bits) {
  return static_cast<int32_t>(field(bits, 9, 7, 6) | field(bits, 12, 10, 3));
}
constexpr int32_t jump_offset(uint16_t bits) {
  return sign_extend(bit(bits, 12, 11) | bit(bits, 8, 10) | field(bits, 10, 9, 8) | bit(bits, 6, 7) | bit(bits, 7, 6) |
                         bit(bits, 2, 5) | bit(bits, 11, 4) | field(bits, 5, 3, 1),
                     12);
}
constexpr int32_t branch_offset(uint16_t bits) {
  return sign_extend(
      bit(bits, 12, 8) | field(bits, 6, 5, 6) | bit(bits, 2, 5) | field(bits, 11, 10, 3) | field(bits, 4, 3, 1), 9);
}

Op make(uint16_t bits, OpCode code, uint8_t rd, uint8_t rs1, uint8_t rs2, int32_t imm = 0) {
  Op op;
  op.code = code;
  op.rd = rd == 0 ? sink_register : rd;
  op.rs1 = rs1;
  op.rs2 = rs2;
  op.length = 2;
  op.imm = imm;
  op.raw = bits;
  return op;
}

// The same with a floating-point destination, where register 0 is one like the others.
Op make_float(uint16_t bits, OpCode code, uint8_t rd, uint8_t rs1, uint8_t rs2, int32_t imm) {
  Op op = make(bits, code, rd, rs1, rs2, imm);
  op.rd = rd;
  return op;
}

Op illegal(uint16_t bits) { return make(bits, OpCode::illegal, 0, 0, 0); }

// A hint (an integer operation into x0) does nothing.
Op arithmetic(uint16_t bits, OpCode code, uint8_t rd, uint8_t rs1, uint8_t rs2, int32_t imm = 0) {
  return make(bits, rd == 0 ? OpCode::nop : code, rd, rs1, rs2, imm);
}

Op decode_quadrant_0(uint16_t bits) {
  switch (field(bits, 15, 13, 0)) {
    case 0: {  // c.addi4spn
      const int32_t imm =
          static_cast<int32_t>(field(bits, 10, 7, 6) | field(bits, 12, 11, 4) | bit(bits, 5, 3) | bit(bits, 6, 2));
      return imm == 0 ? illegal(bits) : make(bits, OpCode::addi, narrow_low(bits), stack_pointer, 0, imm);
    }
    case 1:
      return make_float(bits, OpCode::fld, narrow_low(bits), narrow_high(bits), 0, double_offset(bits));
    case 2:
      return make(bits, OpCode::lw, narrow_low(bits), narrow_high(bits), 0, word_offset(bits));
    case 3:
      return make(bits, OpCode::ld, narrow_low(bits), narrow_high(bits), 0, double_offset(bits));
    case 5:
      return make_float(bits, OpCode::fsd, 0, narrow_high(bits), narrow_low(bits), double_offset(bits));
    case 6:
      return make(bits, OpCode::sw, 0, narrow_high(bits), narrow_low(bits), word_offset(bits));
    case 7:
      return make(bits, OpCode::sd, 0, narrow_high(bits), narrow_low(bits), double_offset(bits));
    default:
      return illegal(bits);
  }
}

Op decode_quadrant_1_arithmetic(uint16_t bits) {
  const uint8_t rd = narrow_high(bits);
  switch (field(bits, 11, 10, 0)) {
    case 0:
      return make(bits, OpCode::srli, rd, rd, 0, shift6(bits));
    case 1:
      return make(bits, OpCode::srai, rd, rd, 0, shift6(bits));
    case 2:
      return make(bits, OpCode::andi, rd, rd, 0, imm6(bits));
    default:
      break;
  }
  constexpr OpCode codes[8] = {OpCode::sub,  OpCode::xor_, OpCode::or_,     OpCode::and_,
                               OpCode::subw, OpCode::addw, OpCode::illegal, OpCode::illegal};
  const OpCode code = codes[bit(bits, 12, 2) | field(bits, 6, 5, 0)];
  return code == OpCode::illegal ? illegal(bits) : make(bits, code, rd, rd, narrow_low(bits));
}

Op decode_quadrant_1(uint16_t bits) {
  const uint8_t rd = wide_rd(bits);
  switch (field(bits, 15, 13, 0)) {
    case 0:
      return arithmetic(bits, OpCode::addi, rd, rd, 0, imm6(bits));
    case 1:
      return rd == 0 ? illegal(bits) : make(bits, OpCode::addiw, rd, rd, 0, imm6(bits));
    case 2:
      return arithmetic(bits, OpCode::li, rd, 0, 0, imm6(bits));
    case 3: {
      if (rd == stack_pointer) {  // c.addi16sp
        const int32_t imm = sign_extend(
            bit(bits, 12, 9) | field(bits, 4, 3, 7) | bit(bits, 5, 6) | bit(bits, 2, 5) | bit(bits, 6, 4), 10);
        return imm == 0 ? illegal(bits) : make(bits, OpCode::addi, rd, rd, 0, imm);
      }
      const int32_t imm = sign_extend(bit(bits, 12, 17) | field(bits, 6, 2, 12), 18);
      return imm == 0 ? illegal(bits) : arithmetic(bits, OpCode::li, rd, 0, 0, imm);
    }
    case 4:
      return decode_quadrant_1_arithmetic(bits);
    case 5:
      return make(bits, OpCode::jal, 0, 0, 0, jump_offset(bits));
    case 6:
      return make(bits, OpCode::beq, 0, narrow_high(bits), 0, branch_offset(bits));
    default:
      return make(bits, OpCode::bne, 0, narrow_high(bits), 0, branch_offset(bits));
  }
}

Op decode_quadrant_2_register(uint16_t bits) {
  const uint8_t rd = wide_rd(bits);
  const uint8_t rs2 = wide_rs2(bits);
  if (bit(bits, 12, 0) == 0) {
    if (rs2 != 0) return arithmetic(bits, OpCode::mv, rd, rs2, 0);
    return rd == 0 ? illegal(bits) : make(bits, OpCode::jalr, 0, rd, 0);
  }
  if (rs2 != 0) return arithmetic(bits, OpCode::add, rd, rd, rs2);
  return rd == 0 ? make(bits, OpCode::ebreak, 0, 0, 0) : make(bits, OpCode::jalr, link_register, rd, 0);
}

Op decode_quadrant_2(uint16_t bits) {
  const uint8_t rd = wide_rd(bits);
  switch (field(bits, 15, 13, 0)) {
    case 0:
      return arithmetic(bits, OpCode::slli, rd, rd, 0, shift6(bits));
    case 1:
      return make_float(bits, OpCode::fld, rd, stack_pointer, 0, stack_load_double(bits));
    case 2:
      return rd == 0 ? illegal(bits) : make(bits, OpCode::lw, rd, stack_pointer, 0, stack_load_word(bits));
    case 3:
      return rd == 0 ? illegal(bits) : make(bits, OpCode::ld, rd, stack_pointer, 0, stack_load_double(bits));
    case 4:
      return decode_quadrant_2_register(bits);
    case 5:
      return make_float(bits, OpCode::fsd, 0, stack_pointer, wide_rs2(bits), stack_store_double(bits));
    case 6:
      return make(bits, OpCode::sw, 0, stack_pointer, wide_rs2(bits), stack_store_word(bits));
    case 7:
      return make(bits, OpCode::sd, 0, stack_pointer, wide_rs2(bits), stack_store_double(bits));
    default:
      return illegal(bits);
  }
}

}  // namespace

Op decode_compressed(uint16_t bits) {
  switch (bits & 3) {
    case 0:
      return decode_quadrant_0(bits);
    case 1:
      return decode_quadrant_1(bits);
    default:
      return decode_quadrant_2(bits);
  }
}

}  // namespace sc_memory::models::riscv
