// Decoding of 32-bit instructions, by major opcode.
#include "models/riscv/hart_decode.h"

namespace sc_memory::models::riscv {
namespace {

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

Op make(uint32_t bits, OpCode code, int32_t imm = 0) {
  Op op;
  op.code = code;
  op.rd = rd_of(bits);
  op.rs1 = rs1_of(bits);
  op.rs2 = rs2_of(bits);
  op.imm = imm;
  op.raw = bits;
  return op;
}

Op illegal(uint32_t bits) { return make(bits, OpCode::illegal); }

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

Op decode_op_imm(uint32_t bits) {
  const int32_t shift = static_cast<int32_t>(field(bits, 25, 20));
  const uint32_t top = field(bits, 31, 26);
  switch (funct3(bits)) {
    case 0:
      return simplify(make(bits, OpCode::addi, imm_i(bits)));
    case 1:
      return top == 0 ? simplify(make(bits, OpCode::slli, shift)) : illegal(bits);
    case 2:
      return simplify(make(bits, OpCode::slti, imm_i(bits)));
    case 3:
      return simplify(make(bits, OpCode::sltiu, imm_i(bits)));
    case 4:
      return simplify(make(bits, OpCode::xori, imm_i(bits)));
    case 5:
      if (top == 0) return simplify(make(bits, OpCode::srli, shift));
      return top == 0x10 ? simplify(make(bits, OpCode::srai, shift)) : illegal(bits);
    case 6:
      return simplify(make(bits, OpCode::ori, imm_i(bits)));
    default:
      return simplify(make(bits, OpCode::andi, imm_i(bits)));
  }
}

Op decode_op_imm_32(uint32_t bits) {
  const int32_t shift = static_cast<int32_t>(field(bits, 24, 20));
  switch (funct3(bits)) {
    case 0:
      return simplify(make(bits, OpCode::addiw, imm_i(bits)));
    case 1:
      return funct7(bits) == 0 ? simplify(make(bits, OpCode::slliw, shift)) : illegal(bits);
    case 5:
      if (funct7(bits) == 0) return simplify(make(bits, OpCode::srliw, shift));
      return funct7(bits) == 0x20 ? simplify(make(bits, OpCode::sraiw, shift)) : illegal(bits);
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
    case 0x20:
      return f3 == 0 ? OpCode::sub : f3 == 5 ? OpCode::sra : OpCode::illegal;
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
    default:
      return OpCode::illegal;
  }
}

Op decode_register(uint32_t bits, OpCode code) {
  return code == OpCode::illegal ? illegal(bits) : simplify(make(bits, code));
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
