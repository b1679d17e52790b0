// The decoder of full-length instructions: fields, immediates, and what is not an instruction.
#include "models/riscv/hart_decode.h"

#include <gtest/gtest.h>

#include "tests/models/riscv/hart_assembler.h"

namespace sc_memory::models::riscv::test {
namespace {

TEST(HartDecode, ImmediatesOfEveryFormat) {
  for (const int64_t imm : {-2048, -1, 0, 1, 2047}) {
    EXPECT_EQ(decode(as::ld(a0, a1, imm)).imm, imm);
    EXPECT_EQ(decode(as::sd(a0, a1, imm)).imm, imm);
  }
  for (const int64_t imm : {-4096, -2050, -2, 0, 2, 2048, 4094}) EXPECT_EQ(decode(as::bne(a0, a1, imm)).imm, imm);
  for (const int64_t imm : {-1048576, -524290, -2, 0, 2, 2048, 4096, 1048574})
    EXPECT_EQ(decode(as::jal(ra, imm)).imm, imm);
  EXPECT_EQ(decode(as::lui(a0, 0xfffff)).imm, -4096);
  EXPECT_EQ(decode(as::auipc(a0, 0x7ffff)).imm, 0x7ffff000);
}

TEST(HartDecode, WritesToX0AreDroppedOrSunk) {
  EXPECT_EQ(decode(as::add(zero, a0, a1)).code, OpCode::nop);
  EXPECT_EQ(decode(as::addi(zero, a0, 1)).code, OpCode::nop);
  const Op load = decode(as::ld(zero, a0, 0));
  EXPECT_EQ(load.code, OpCode::ld);  // it may fault, or reach a device
  EXPECT_EQ(load.rd, sink_register);
  EXPECT_EQ(decode(as::jalr(zero, ra, 0)).rd, sink_register);
}

TEST(HartDecode, UnknownEncodingsAreIllegalAndKeepTheirBits) {
  const uint32_t unknown[] = {
      0xffffffff,
      as::load(7, a0, a1, 0),  // no such width
      as::store(4, a0, a1, 0),
      as::b_type(2, a0, a1, 8),
      as::i_type(0x67, 1, a0, a1, 0),  // jalr has one form only
      as::op(0, 0x02, a0, a1, a2),
      as::op(2, 0x20, a0, a1, a2),
      as::r_type(0x3b, 2, 0, a0, a1, a2),
      as::i_type(0x1b, 2, a0, a1, 0),
      as::i_type(0x1b, 1, a0, a1, 0x20),  // a word shifted by 32
      as::i_type(0x13, 5, a0, a1, 0x800),
      as::amo(0x02, 2, a0, a1, a2),  // lr with a second source
      as::amo(0x00, 1, a0, a1, a2),
      as::amo(0x05, 2, a0, a1, a2),
      as::i_type(0x73, 4, a0, a1, 0x300),
      0x00200073,  // uret
      as::mret() | 1U << 7,
      0x0000200f,
  };
  for (const uint32_t bits : unknown) {
    EXPECT_EQ(decode(bits).code, OpCode::illegal) << std::hex << bits;
    EXPECT_EQ(decode(bits).raw, bits);
  }
}

TEST(HartDecode, WhatEndsABlock) {
  for (const uint32_t bits : {as::jal(0, 0), as::jalr(0, ra, 0), as::beq(0, 0, 0), as::ecall(), as::csrr(a0, 0x300),
                              as::fence_i(), as::sfence_vma(), as::wfi(), as::mret(), uint32_t{0xffffffff}}) {
    EXPECT_TRUE(ends_block(decode(bits).code)) << std::hex << bits;
  }
  for (const uint32_t bits :
       {as::nop(), as::add(a0, a0, a0), as::ld(a0, a0, 0), as::sd(a0, a0, 0), as::fence(), as::lr(2, a0, a1)}) {
    EXPECT_FALSE(ends_block(decode(bits).code)) << std::hex << bits;
  }
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
