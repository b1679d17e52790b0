// Decoding of 32-bit instructions, by major opcode.
#include "models/riscv/hart_decode.h"

#include "models/riscv/hart_decode_fields.h"

namespace sc_memory::models::riscv {
namespace {

using namespace fields;

// Integer operations whose result is thrown away do nothing at all; moves and constants get operations of their own.
Op simplify(Op op) {
  if (op.rd == sink_register) {
    op.code = OpCode::nop;
  } else if (op.code == OpCode::addi && op.rs1 == 0) {
    op.code = OpCode::li;
  } else if (op.code == OpCode::addi && op.imm == 0) {
    op.code = OpCode::mv;
  }
  return op;
}

Op decode_load(uint32_t bits) {
  constexpr OpCode codes[8] = {OpCode::lb,  OpCode::lh,  OpCode::lw,  OpCode::ld,
                               OpCode::lbu, OpCode::lhu, OpCode::lwu, OpCode::illegal};
  return make(bits, codes[funct3(bits)], imm_i(bits));
}

Op decode_store(uint32_t bits) {
  constexpr OpCode codes[8] = {OpCode::sb,      OpCode::sh,      OpCode::sw,      OpCode::sd,
                               OpCode::illegal, OpCode::illegal, OpCode::illegal, OpCode::illegal};
  return make(bits, codes[funct3(bits)], imm_s(bits));
}

Op decode_branch(uint32_t bits) {
  constexpr OpCode codes[8] = {OpCode::beq, OpCode::bne, OpCode::illegal, OpCode::illegal,
                               OpCode::blt, OpCode::bge, OpCode::bltu,    OpCode::bgeu};
  return make(bits, codes[funct3(bits)], imm_b(bits));
}

Op decode_register(uint32_t bits, OpCode code) {
  return code == OpCode::illegal ? illegal(bits) : simplify(make(bits, code));
}

// OP-IMM with funct3 1: shifts, single bits, and the operations with one source.
Op decode_shift_left(uint32_t bits, uint32_t top, int32_t shift) {
  switch (top) {
    case 0x00:
      return simplify(make(bits, OpCode::slli, shift));
    case 0x0a:
      return simplify(make(bits, OpCode::bseti, shift));
    case 0x12:
      return simplify(make(bits, OpCode::bclri, shift));
    case 0x1a:
      return simplify(make(bits, OpCode::binvi, shift));
    case 0x18: {
      constexpr OpCode codes[6] = {OpCode::clz,     OpCode::ctz,    OpCode::cpop,
                                   OpCode::illegal, OpCode::sext_b, OpCode::sext_h};
      return shift < 6 ? decode_register(bits, codes[shift]) : illegal(bits);
    }
    default:
      return illegal(bits);
  }
}

// OP-IMM with funct3 5.
Op decode_shift_right(uint32_t bits, uint32_t top, int32_t shift) {
  switch (top) {
    case 0x00:
      return simplify(make(bits, OpCode::srli, shift));
    case 0x10:
      return simplify(make(bits, OpCode::srai, shift));
    case 0x12:
      return simplify(make(bits, OpCode::bexti, shift));
    case 0x18:
      return simplify(make(bits, OpCode::rori, shift));
    case 0x0a:
      return shift == 7 ? simplify(make(bits, OpCode::orc_b)) : illegal(bits);
    case 0x1a:
      return shift == 0x38 ? simplify(make(bits, OpCode::rev8)) : illegal(bits);
    default:
      return illegal(bits);
  }
}

Op decode_op_imm(uint32_t bits) {
  const int32_t shift = static_cast<int32_t>(field(bits, 25, 20));
  const uint32_t top = field(bits, 31, 26);
  switch (funct3(bits)) {
    case 0:
      return simplify(make(bits, OpCode::addi, imm_i(bits)));
    case 1:
      return decode_shift_left(bits, top, shift);
    case 2:
      return simplify(make(bits, OpCode::slti, imm_i(bits)));
    case 3:
      return simplify(make(bits, OpCode::sltiu, imm_i(bits)));
    case 4:
      return simplify(make(bits, OpCode::xori, imm_i(bits)));
    case 5:
      return decode_shift_right(bits, top, shift);
    case 6:
      return simplify(make(bits, OpCode::ori, imm_i(bits)));
    default:
      return simplify(make(bits, OpCode::andi, imm_i(bits)));
  }
}

Op decode_shift_left_32(uint32_t bits, int32_t shift) {
  constexpr OpCode counts[3] = {OpCode::clzw, OpCode::ctzw, OpCode::cpopw};
  if (funct7(bits) == 0) return simplify(make(bits, OpCode::slliw, shift));
  if (field(bits, 31, 26) == 0x02) {
    return simplify(make(bits, OpCode::slli_uw, static_cast<int32_t>(field(bits, 25, 20))));
  }
  return funct7(bits) == 0x30 && shift < 3 ? simplify(make(bits, counts[shift])) : illegal(bits);
}

Op decode_op_imm_32(uint32_t bits) {
  const int32_t shift = static_cast<int32_t>(field(bits, 24, 20));
  switch (funct3(bits)) {
    case 0:
      return simplify(make(bits, OpCode::addiw, imm_i(bits)));
    case 1:
      return decode_shift_left_32(bits, shift);
    case 5:
      switch (funct7(bits)) {
        case 0x00:
          return simplify(make(bits, OpCode::srliw, shift));
        case 0x20:
          return simplify(make(bits, OpCode::sraiw, shift));
        case 0x30:
          return simplify(make(bits, OpCode::roriw, shift));
        default:
          return illegal(bits);
      }
    default:
      return illegal(bits);
  }
}

OpCode select_op(uint32_t bits) {
  const uint32_t f3 = funct3(bits);
  switch (funct7(bits)) {
    case 0x00: {
      constexpr OpCode codes[8] = {OpCode::add,  OpCode::sll, OpCode::slt, OpCode::sltu,
                                   OpCode::xor_, OpCode::srl, OpCode::or_, OpCode::and_};
      return codes[f3];
    }
    case 0x01: {
      constexpr OpCode codes[8] = {OpCode::mul, OpCode::mulh, OpCode::mulhsu, OpCode::mulhu,
                                   OpCode::div, OpCode::divu, OpCode::rem,    OpCode::remu};
      return codes[f3];
    }
    case 0x20: {
      constexpr OpCode codes[8] = {OpCode::sub,  OpCode::illegal, OpCode::illegal, OpCode::illegal,
                                   OpCode::xnor, OpCode::sra,     OpCode::orn,     OpCode::andn};
      return codes[f3];
    }
    case 0x05: {
      constexpr OpCode codes[8] = {OpCode::illegal, OpCode::illegal, OpCode::illegal, OpCode::illegal,
                                   OpCode::min,     OpCode::minu,    OpCode::max,     OpCode::maxu};
      return codes[f3];
    }
    case 0x10:
      return f3 == 2 ? OpCode::sh1add : f3 == 4 ? OpCode::sh2add : f3 == 6 ? OpCode::sh3add : OpCode::illegal;
    case 0x14:
      return f3 == 1 ? OpCode::bset : OpCode::illegal;
    case 0x24:
      return f3 == 1 ? OpCode::bclr : f3 == 5 ? OpCode::bext : OpCode::illegal;
    case 0x34:
      return f3 == 1 ? OpCode::binv : OpCode::illegal;
    case 0x30:
      return f3 == 1 ? OpCode::rol : f3 == 5 ? OpCode::ror : OpCode::illegal;
    default:
      return OpCode::illegal;
  }
}

OpCode select_op_32(uint32_t bits) {
  const uint32_t f3 = funct3(bits);
  switch (funct7(bits)) {
    case 0x00:
      return f3 == 0 ? OpCode::addw : f3 == 1 ? OpCode::sllw : f3 == 5 ? OpCode::srlw : OpCode::illegal;
    case 0x01: {
      constexpr OpCode codes[8] = {OpCode::mulw, OpCode::illegal, OpCode::illegal, OpCode::illegal,
                                   OpCode::divw, OpCode::divuw,   OpCode::remw,    OpCode::remuw};
      return codes[f3];
    }
    case 0x20:
      return f3 == 0 ? OpCode::subw : f3 == 5 ? OpCode::sraw : OpCode::illegal;
    case 0x04:
      return f3 == 0 ? OpCode::add_uw : f3 == 4 && rs2_of(bits) == 0 ? OpCode::zext_h : OpCode::illegal;
    case 0x10:
      return f3 == 2 ? OpCode::sh1add_uw : f3 == 4 ? OpCode::sh2add_uw : f3 == 6 ? OpCode::sh3add_uw : OpCode::illegal;
    case 0x30:
      return f3 == 1 ? OpCode::rolw : f3 == 5 ? OpCode::rorw : OpCode::illegal;
    default:
      return OpCode::illegal;
  }
}

OpCode select_atomic(uint32_t bits) {
  struct Pair {
    OpCode word, doubleword;
  };
  const auto pick = [bits](Pair pair) { return funct3(bits) == 2 ? pair.word : pair.doubleword; };
  if (funct3(bits) != 2 && funct3(bits) != 3) return OpCode::illegal;
  switch (field(bits, 31, 27)) {
    case 0x00:
      return pick({OpCode::amoadd_w, OpCode::amoadd_d});
    case 0x01:
      return pick({OpCode::amoswap_w, OpCode::amoswap_d});
    case 0x02:
      return rs2_of(bits) == 0 ? pick({OpCode::lr_w, OpCode::lr_d}) : OpCode::illegal;
    case 0x03:
      return pick({OpCode::sc_w, OpCode::sc_d});
    case 0x04:
      return pick({OpCode::amoxor_w, OpCode::amoxor_d});
    case 0x08:
      return pick({OpCode::amoor_w, OpCode::amoor_d});
    case 0x0c:
      return pick({OpCode::amoand_w, OpCode::amoand_d});
    case 0x10:
      return pick({OpCode::amomin_w, OpCode::amomin_d});
    case 0x14:
      return pick({OpCode::amomax_w, OpCode::amomax_d});
    case 0x18:
      return pick({OpCode::amominu_w, OpCode::amominu_d});
    case 0x1c:
      return pick({OpCode::amomaxu_w, OpCode::amomaxu_d});
    default:
      return OpCode::illegal;
  }
}

Op decode_system(uint32_t bits) {
  const int32_t csr = static_cast<int32_t>(field(bits, 31, 20));
  switch (funct3(bits)) {
    case 0:
      switch (bits) {
        case 0x00000073:
          return make(bits, OpCode::ecall);
        case 0x00100073:
          return make(bits, OpCode::ebreak);
        case 0x10200073:
          return make(bits, OpCode::sret);
        case 0x30200073:
          return make(bits, OpCode::mret);
        case 0x10500073:
          return make(bits, OpCode::wfi);
        default:
          return funct7(bits) == 0x09 && field(bits, 11, 7) == 0 ? make(bits, OpCode::sfence_vma) : illegal(bits);
      }
    case 1:
      return make(bits, OpCode::csrrw, csr);
    case 2:
      return make(bits, OpCode::csrrs, csr);
    case 3:
      return make(bits, OpCode::csrrc, csr);
    case 5:
      return make(bits, OpCode::csrrwi, csr);
    case 6:
      return make(bits, OpCode::csrrsi, csr);
    case 7:
      return make(bits, OpCode::csrrci, csr);
    default:
      return illegal(bits);
  }
}

Op decode_fence(uint32_t bits) {
  // Fields that have no meaning yet are ignored, as the manual asks.
  switch (funct3(bits)) {
    case 0:
      return make(bits, OpCode::fence);
    case 1:
      return make(bits, OpCode::fence_i);
    default:
      return illegal(bits);
  }
}

}  // namespace

Op decode(uint32_t bits) {
  if (!is_full_length(static_cast<uint16_t>(bits))) return decode_compressed(static_cast<uint16_t>(bits));
  switch (field(bits, 6, 0)) {
    case 0x03:
      return decode_load(bits);
    case 0x07:
    case 0x27:
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f:
    case 0x53:
      return decode_float(bits);
    case 0x0f:
      return decode_fence(bits);
    case 0x13:
      return decode_op_imm(bits);
    case 0x17:
      return make(bits, OpCode::auipc, imm_u(bits));
    case 0x1b:
      return decode_op_imm_32(bits);
    case 0x23:
      return decode_store(bits);
    case 0x2f:
      return make(bits, select_atomic(bits));
    case 0x33:
      return decode_register(bits, select_op(bits));
    case 0x37:
      return simplify(make(bits, OpCode::li, imm_u(bits)));
    case 0x3b:
      return decode_register(bits, select_op_32(bits));
    case 0x63:
      return decode_branch(bits);
    case 0x67:
      return funct3(bits) == 0 ? make(bits, OpCode::jalr, imm_i(bits)) : illegal(bits);
    case 0x6f:
      return make(bits, OpCode::jal, imm_j(bits));
    case 0x73:
      return decode_system(bits);
    default:
      return illegal(bits);
  }
}

bool ends_block(OpCode code) {
  switch (code) {
    case OpCode::illegal:
    case OpCode::jal:
    case OpCode::jalr:
    case OpCode::beq:
    case OpCode::bne:
    case OpCode::blt:
    case OpCode::bge:
    case OpCode::bltu:
    case OpCode::bgeu:
#define SC_MEMORY_RISCV_CASE(name) case OpCode::name:
      SC_MEMORY_RISCV_SYSTEM_OPS(SC_MEMORY_RISCV_CASE)
#undef SC_MEMORY_RISCV_CASE
      return true;
    default:
      return false;
  }
}

}  // namespace sc_memory::models::riscv
