// Floating-point instructions as a program sees them: boxing, rounding mode, flags, and the state that switches them
// off.
#include <cstring>
#include <gtest/gtest.h>

#include "tests/models/riscv/hart_test_machine.h"

namespace sc_memory::models::riscv::test {
namespace {

constexpr uint64_t box = 0xffffffff00000000;
constexpr uint32_t one = 0x3f800000, two = 0x40000000, three = 0x40400000;

template <class Bits, class Float>
Bits bits(Float value) {
  Bits result;
  std::memcpy(&result, &value, sizeof(result));
  return result;
}

// Puts the doublewords at data into f0, f1, ... and stores f10, f11, ... behind them when the program is done.
struct FloatMachine : Machine {
  FloatMachine() {
    install_handler();
    hart.set_csr(csr::mstatus, uint64_t{1} << status::fs_shift);
  }
  bool run_on(std::initializer_list<uint64_t> inputs, std::initializer_list<uint32_t> instructions) {
    Program program(code);
    program.li(s0, data);
    uint32_t index = 0;
    for (const uint64_t input : inputs) {
      memory.put<uint64_t>(data + 8 * index, input);
      program.put(as::fld(index, s0, 8 * static_cast<int64_t>(index)));
      ++index;
    }
    program.put(instructions);
    for (uint32_t i = 10; i < 20; ++i) program.put(as::fsd(i, s0, 8 * static_cast<int64_t>(i)));
    return run_and_finish(program);
  }
  uint64_t f(unsigned index) { return memory.get<uint64_t>(data + 8 * index); }
  uint64_t flags() { return hart.csr(csr::fflags).value_or(0xdead); }
};

TEST(HartFloatInstructions, SinglesAreBoxedAndOnlyBoxedOnesCount) {
  FloatMachine machine;
  ASSERT_TRUE(machine.run_on({box | one, box | two, one},
                             {as::fp(0x00, 0, 10, 0, 1), as::fp(0x00, 0, 11, 0, 2), as::fp(0x1c, 0, a0, 2, 0, 0),
                              as::fp(0x1c, 0, a1, 2, 0, 1), as::flw(12, s0, 0), as::fsw(0, s0, 0x200)}));
  EXPECT_EQ(machine.f(10), box | three);
  EXPECT_EQ(machine.f(11), box | 0x7fc00000) << "an unboxed operand is a NaN";
  EXPECT_EQ(machine.hart.x(a0), one) << "but moves as it is";
  EXPECT_EQ(machine.hart.x(a1), 1U << 9);
  EXPECT_EQ(machine.f(12), box | one);
  EXPECT_EQ(machine.memory.get<uint64_t>(Machine::data + 0x200), one);
}

TEST(HartFloatInstructions, DoublePrecisionArithmetic) {
  FloatMachine machine;
  const auto d = [](double value) { return bits<uint64_t>(value); };
  ASSERT_TRUE(machine.run_on(
      {d(6.0), d(1.5), d(-2.0)},
      {as::fp(0x00, 1, 10, 0, 1), as::fp(0x01, 1, 11, 0, 1), as::fp(0x02, 1, 12, 0, 1), as::fp(0x03, 1, 13, 0, 1),
       as::fused(0x43, 1, 14, 0, 1, 2), as::fused(0x47, 1, 15, 0, 1, 2), as::fused(0x4b, 1, 16, 0, 1, 2),
       as::fused(0x4f, 1, 17, 0, 1, 2), as::fp(0x05, 1, 18, 1, 2, 0), as::fp(0x05, 1, 19, 1, 2, 1)}));
  EXPECT_EQ(machine.f(10), d(7.5));
  EXPECT_EQ(machine.f(11), d(4.5));
  EXPECT_EQ(machine.f(12), d(9.0));
  EXPECT_EQ(machine.f(13), d(4.0));
  EXPECT_EQ(machine.f(14), d(7.0)) << "fmadd";
  EXPECT_EQ(machine.f(15), d(11.0)) << "fmsub";
  EXPECT_EQ(machine.f(16), d(-11.0)) << "fnmsub";
  EXPECT_EQ(machine.f(17), d(-7.0)) << "fnmadd";
  EXPECT_EQ(machine.f(18), d(-2.0));
  EXPECT_EQ(machine.f(19), d(1.5));
  EXPECT_EQ(machine.flags(), 0U);
  EXPECT_NE(machine.hart.csr(csr::mstatus).value_or(0) & status::sd, 0U);
}

TEST(HartFloatInstructions, SignsComparisonsAndConversions) {
  FloatMachine machine;
  const auto d = [](double value) { return bits<uint64_t>(value); };
  ASSERT_TRUE(machine.run_on({d(2.5), d(-1.0), box | two},
                             {as::fp(0x04, 1, 10, 0, 1, 0), as::fp(0x04, 1, 11, 0, 1, 1), as::fp(0x04, 1, 12, 1, 1, 2),
                              as::fp(0x14, 1, a0, 1, 0, 0), as::fp(0x14, 1, a1, 0, 1, 1), as::fp(0x14, 1, a2, 0, 0, 2),
                              as::fp(0x18, 1, a3, 0, 2, 1), as::fp(0x18, 1, a4, 0, 0, 3), as::fp(0x1a, 1, 13, a4, 2),
                              as::fp(0x08, 0, 14, 0, 1), as::fp(0x08, 1, 15, 2, 0), as::fp(0x1e, 1, 16, s0, 0, 0),
                              as::fp(0x0b, 1, 17, 15, 0)}));
  EXPECT_EQ(machine.f(10), d(-2.5));
  EXPECT_EQ(machine.f(11), d(2.5));
  EXPECT_EQ(machine.f(12), d(1.0));
  EXPECT_EQ(machine.hart.x(a0), 1U);
  EXPECT_EQ(machine.hart.x(a1), 0U);
  EXPECT_EQ(machine.hart.x(a2), 1U);
  EXPECT_EQ(machine.hart.x(a3), 2U) << "towards zero";
  EXPECT_EQ(machine.hart.x(a4), 3U) << "up";
  EXPECT_EQ(machine.f(13), d(3.0));
  EXPECT_EQ(machine.f(14), box | bits<uint32_t>(2.5F));
  EXPECT_EQ(machine.f(15), d(2.0));
  EXPECT_EQ(machine.f(16), Machine::data);
  EXPECT_EQ(machine.f(17), d(1.4142135623730951));
  EXPECT_EQ(machine.flags(), 1U) << "inexact, by the conversions and the root";
}

TEST(HartFloatInstructions, TheRoundingModeComesFromTheInstructionOrFrm) {
  FloatMachine machine;
  machine.hart.set_csr(csr::frm, 3);
  ASSERT_TRUE(machine.run_on({box | one, box | three}, {as::fp(0x03, 0, 10, 0, 1, 7), as::fp(0x03, 0, 11, 0, 1, 1),
                                                        as::fp(0x03, 0, 12, 0, 1, 3)}));
  EXPECT_EQ(machine.f(10), box | 0x3eaaaaab);
  EXPECT_EQ(machine.f(11), box | 0x3eaaaaaa);
  EXPECT_EQ(machine.f(12), machine.f(10));
  EXPECT_EQ(machine.flags(), 1U);
}

TEST(HartFloatInstructions, ReservedRoundingModesAreIllegal) {
  FloatMachine machine;
  machine.hart.set_csr(csr::frm, 5);
  ASSERT_TRUE(machine.run_on({box | one}, {as::fp(0x00, 0, 10, 0, 0, 7), as::fp(0x00, 0, 10, 0, 0, 5),
                                           as::fp(0x00, 0, 10, 0, 0, 6), as::fp(0x00, 0, 10, 0, 0, 0)}));
  EXPECT_EQ(machine.hart.x(s5), 3U);
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::illegal_instruction));
  EXPECT_EQ(machine.f(10), box | two);
}

TEST(HartFloatInstructions, NothingWorksWhileTheUnitIsOff) {
  Machine machine;
  machine.install_handler();
  Program program(Machine::code);
  program.li(s0, Machine::data);
  program.put({as::fld(0, s0, 0), as::fsd(0, s0, 8), as::fp(0x00, 1, 0, 0, 0), as::csrr(a0, csr::fcsr),
               as::csrw(csr::frm, zero)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s5), 5U);
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::illegal_instruction));
}

TEST(HartFloatInstructions, FaultingAccessesAreOrdinaryFaults) {
  FloatMachine machine;
  ASSERT_TRUE(
      machine.run_on({box | one}, {as::lui(t0, 4), as::fld(0, t0, 8), as::fsw(0, t0, 4), as::fp(0x00, 0, 10, 0, 0)}));
  EXPECT_EQ(machine.hart.x(s5), 2U);
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::store_access));
  EXPECT_EQ(machine.hart.x(s3), 0x4004U);
  EXPECT_EQ(machine.f(10), box | two) << "the register kept its value";
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
