// A few lines of assembler for the tests of the hart: one function per instruction, and a program that they are put
// into.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace sc_memory::models::riscv::test {

// Register names of the calling convention, as far as tests use them.
enum Reg : uint32_t {
  zero = 0,
  ra = 1,
  sp = 2,
  gp = 3,
  tp = 4,
  t0 = 5,
  t1 = 6,
  t2 = 7,
  s0 = 8,
  s1 = 9,
  a0 = 10,
  a1 = 11,
  a2 = 12,
  a3 = 13,
  a4 = 14,
  a5 = 15,
  a6 = 16,
  a7 = 17,
  s2 = 18,
  s3 = 19,
  s4 = 20,
  s5 = 21,
  t3 = 28,
  t4 = 29,
  t5 = 30,
  t6 = 31,
};

namespace as {

constexpr uint32_t bits(int64_t value, unsigned high, unsigned low) {
  return static_cast<uint32_t>(static_cast<uint64_t>(value) >> low) & ((1U << (high - low + 1)) - 1);
}

constexpr uint32_t r_type(uint32_t opcode, uint32_t funct3, uint32_t funct7, uint32_t rd, uint32_t rs1, uint32_t rs2) {
  return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}
constexpr uint32_t i_type(uint32_t opcode, uint32_t funct3, uint32_t rd, uint32_t rs1, int64_t imm) {
  return bits(imm, 11, 0) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}
constexpr uint32_t s_type(uint32_t opcode, uint32_t funct3, uint32_t rs1, uint32_t rs2, int64_t imm) {
  return bits(imm, 11, 5) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | bits(imm, 4, 0) << 7 | opcode;
}
constexpr uint32_t b_type(uint32_t funct3, uint32_t rs1, uint32_t rs2, int64_t imm) {
  return bits(imm, 12, 12) << 31 | bits(imm, 10, 5) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 |
         bits(imm, 4, 1) << 8 | bits(imm, 11, 11) << 7 | 0x63;
}

constexpr uint32_t lui(uint32_t rd, uint32_t imm20) { return imm20 << 12 | rd << 7 | 0x37; }
constexpr uint32_t auipc(uint32_t rd, uint32_t imm20) { return imm20 << 12 | rd << 7 | 0x17; }
constexpr uint32_t jal(uint32_t rd, int64_t imm) {
  return bits(imm, 20, 20) << 31 | bits(imm, 10, 1) << 21 | bits(imm, 11, 11) << 20 | bits(imm, 19, 12) << 12 |
         rd << 7 | 0x6f;
}
constexpr uint32_t jalr(uint32_t rd, uint32_t rs1, int64_t imm) { return i_type(0x67, 0, rd, rs1, imm); }
constexpr uint32_t beq(uint32_t a, uint32_t b, int64_t imm) { return b_type(0, a, b, imm); }
constexpr uint32_t bne(uint32_t a, uint32_t b, int64_t imm) { return b_type(1, a, b, imm); }
constexpr uint32_t blt(uint32_t a, uint32_t b, int64_t imm) { return b_type(4, a, b, imm); }
constexpr uint32_t bge(uint32_t a, uint32_t b, int64_t imm) { return b_type(5, a, b, imm); }
constexpr uint32_t bltu(uint32_t a, uint32_t b, int64_t imm) { return b_type(6, a, b, imm); }
constexpr uint32_t bgeu(uint32_t a, uint32_t b, int64_t imm) { return b_type(7, a, b, imm); }
constexpr uint32_t load(uint32_t funct3, uint32_t rd, uint32_t rs1, int64_t imm) {
  return i_type(0x03, funct3, rd, rs1, imm);
}
constexpr uint32_t lb(uint32_t rd, uint32_t rs1, int64_t imm) { return load(0, rd, rs1, imm); }
constexpr uint32_t lh(uint32_t rd, uint32_t rs1, int64_t imm) { return load(1, rd, rs1, imm); }
constexpr uint32_t lw(uint32_t rd, uint32_t rs1, int64_t imm) { return load(2, rd, rs1, imm); }
constexpr uint32_t ld(uint32_t rd, uint32_t rs1, int64_t imm) { return load(3, rd, rs1, imm); }
constexpr uint32_t lbu(uint32_t rd, uint32_t rs1, int64_t imm) { return load(4, rd, rs1, imm); }
constexpr uint32_t lhu(uint32_t rd, uint32_t rs1, int64_t imm) { return load(5, rd, rs1, imm); }
constexpr uint32_t lwu(uint32_t rd, uint32_t rs1, int64_t imm) { return load(6, rd, rs1, imm); }
constexpr uint32_t store(uint32_t funct3, uint32_t rs2, uint32_t rs1, int64_t imm) {
  return s_type(0x23, funct3, rs1, rs2, imm);
}
constexpr uint32_t sb(uint32_t rs2, uint32_t rs1, int64_t imm) { return store(0, rs2, rs1, imm); }
constexpr uint32_t sh(uint32_t rs2, uint32_t rs1, int64_t imm) { return store(1, rs2, rs1, imm); }
constexpr uint32_t sw(uint32_t rs2, uint32_t rs1, int64_t imm) { return store(2, rs2, rs1, imm); }
constexpr uint32_t sd(uint32_t rs2, uint32_t rs1, int64_t imm) { return store(3, rs2, rs1, imm); }
constexpr uint32_t op_imm(uint32_t funct3, uint32_t rd, uint32_t rs1, int64_t imm) {
  return i_type(0x13, funct3, rd, rs1, imm);
}
constexpr uint32_t addi(uint32_t rd, uint32_t rs1, int64_t imm) { return op_imm(0, rd, rs1, imm); }
constexpr uint32_t slli(uint32_t rd, uint32_t rs1, int64_t imm) { return op_imm(1, rd, rs1, imm); }
constexpr uint32_t xori(uint32_t rd, uint32_t rs1, int64_t imm) { return op_imm(4, rd, rs1, imm); }
constexpr uint32_t ori(uint32_t rd, uint32_t rs1, int64_t imm) { return op_imm(6, rd, rs1, imm); }
constexpr uint32_t op(uint32_t funct3, uint32_t funct7, uint32_t rd, uint32_t rs1, uint32_t rs2) {
  return r_type(0x33, funct3, funct7, rd, rs1, rs2);
}
constexpr uint32_t add(uint32_t rd, uint32_t rs1, uint32_t rs2) { return op(0, 0, rd, rs1, rs2); }
constexpr uint32_t sub(uint32_t rd, uint32_t rs1, uint32_t rs2) { return op(0, 0x20, rd, rs1, rs2); }
constexpr uint32_t mul(uint32_t rd, uint32_t rs1, uint32_t rs2) { return op(0, 1, rd, rs1, rs2); }
constexpr uint32_t nop() { return addi(0, 0, 0); }

// Atomics: width 2 for words, 3 for doublewords.
constexpr uint32_t amo(uint32_t funct5, uint32_t width, uint32_t rd, uint32_t rs2, uint32_t rs1) {
  return r_type(0x2f, width, funct5 << 2, rd, rs1, rs2);
}
constexpr uint32_t lr(uint32_t width, uint32_t rd, uint32_t rs1) { return amo(0x02, width, rd, 0, rs1); }
constexpr uint32_t sc(uint32_t width, uint32_t rd, uint32_t rs2, uint32_t rs1) {
  return amo(0x03, width, rd, rs2, rs1);
}

constexpr uint32_t csrrw(uint32_t rd, uint32_t number, uint32_t rs1) { return i_type(0x73, 1, rd, rs1, number); }
constexpr uint32_t csrrs(uint32_t rd, uint32_t number, uint32_t rs1) { return i_type(0x73, 2, rd, rs1, number); }
constexpr uint32_t csrrc(uint32_t rd, uint32_t number, uint32_t rs1) { return i_type(0x73, 3, rd, rs1, number); }
constexpr uint32_t csrrwi(uint32_t rd, uint32_t number, uint32_t imm) { return i_type(0x73, 5, rd, imm, number); }
constexpr uint32_t csrrsi(uint32_t rd, uint32_t number, uint32_t imm) { return i_type(0x73, 6, rd, imm, number); }
constexpr uint32_t csrrci(uint32_t rd, uint32_t number, uint32_t imm) { return i_type(0x73, 7, rd, imm, number); }
constexpr uint32_t csrr(uint32_t rd, uint32_t number) { return csrrs(rd, number, 0); }
constexpr uint32_t csrw(uint32_t number, uint32_t rs1) { return csrrw(0, number, rs1); }

// Floating point: format 0 for single, 1 for double precision.
constexpr uint32_t flw(uint32_t rd, uint32_t rs1, int64_t imm) { return i_type(0x07, 2, rd, rs1, imm); }
constexpr uint32_t fld(uint32_t rd, uint32_t rs1, int64_t imm) { return i_type(0x07, 3, rd, rs1, imm); }
constexpr uint32_t fsw(uint32_t rs2, uint32_t rs1, int64_t imm) { return s_type(0x27, 2, rs1, rs2, imm); }
constexpr uint32_t fsd(uint32_t rs2, uint32_t rs1, int64_t imm) { return s_type(0x27, 3, rs1, rs2, imm); }
constexpr uint32_t fp(uint32_t funct5, uint32_t format, uint32_t rd, uint32_t rs1, uint32_t rs2, uint32_t rm = 7) {
  return r_type(0x53, rm, funct5 << 2 | format, rd, rs1, rs2);
}
constexpr uint32_t fused(uint32_t opcode, uint32_t format, uint32_t rd, uint32_t rs1, uint32_t rs2, uint32_t rs3) {
  return r_type(opcode, 7, rs3 << 2 | format, rd, rs1, rs2);
}

constexpr uint32_t ecall() { return 0x00000073; }
constexpr uint32_t ebreak() { return 0x00100073; }
constexpr uint32_t mret() { return 0x30200073; }
constexpr uint32_t sret() { return 0x10200073; }
constexpr uint32_t wfi() { return 0x10500073; }
constexpr uint32_t fence() { return 0x0ff0000f; }
constexpr uint32_t fence_i() { return 0x0000100f; }
constexpr uint32_t sfence_vma(uint32_t rs1 = 0, uint32_t rs2 = 0) { return r_type(0x73, 0, 0x09, 0, rs1, rs2); }

}  // namespace as

// Instructions one after the other, and where the next one goes.
class Program {
 public:
  explicit Program(uint64_t address) : address_(address) {}

  Program& put(uint32_t instruction) {
    for (unsigned i = 0; i < 4; ++i) bytes_.push_back(static_cast<uint8_t>(instruction >> (8 * i)));
    return *this;
  }
  Program& put(std::initializer_list<uint32_t> instructions) {
    for (const uint32_t instruction : instructions) put(instruction);
    return *this;
  }
  Program& put_compressed(uint16_t instruction) {
    bytes_.push_back(static_cast<uint8_t>(instruction));
    bytes_.push_back(static_cast<uint8_t>(instruction >> 8));
    return *this;
  }

  // Loads any 64-bit constant: the upper 20 bits that fit, then twelve more at a time.
  Program& li(uint32_t rd, uint64_t value) {
    const int64_t low = static_cast<int64_t>(value << 52) >> 52;
    const uint64_t rest = value - static_cast<uint64_t>(low);
    if (static_cast<int64_t>(value) == low) return put(as::addi(rd, 0, low));
    if (static_cast<int64_t>(rest) == static_cast<int32_t>(static_cast<uint32_t>(rest))) {
      put(as::lui(rd, static_cast<uint32_t>(rest) >> 12));
      // addiw, so that 0x7fffffff does not carry into the upper half.
      return low == 0 ? *this : put(as::i_type(0x1b, 0, rd, rd, low));
    }
    li(rd, static_cast<uint64_t>(static_cast<int64_t>(rest) >> 12));
    put(as::slli(rd, rd, 12));
    return low == 0 ? *this : put(as::addi(rd, rd, low));
  }

  // Fills up with zero bytes (which are illegal instructions) until the address.
  Program& skip_to(uint64_t address) {
    bytes_.resize(address - address_);
    return *this;
  }

  uint64_t start() const { return address_; }
  uint64_t here() const { return address_ + bytes_.size(); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  uint64_t address_;
  std::vector<uint8_t> bytes_;
};

}  // namespace sc_memory::models::riscv::test
