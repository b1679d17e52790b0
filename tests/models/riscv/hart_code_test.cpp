// Decoded code: it follows memory at FENCE.I, goes when its memory goes, and runs where no pointer is given.
#include <gtest/gtest.h>

#include "tests/models/riscv/hart_test_machine.h"

namespace sc_memory::models::riscv::test {
namespace {

constexpr uint64_t function = Machine::code + 0x800;

// Calls `function` (which returns a number in a0), changes its first instruction to return 2, calls it again.
Program patching_program(bool with_fence) {
  Program program(Machine::code);
  program.li(s0, function).li(t0, as::addi(a0, zero, 2));
  program.put({as::jalr(ra, s0, 0), as::addi(s1, a0, 0), as::sw(t0, s0, 0), with_fence ? as::fence_i() : as::nop(),
               as::jalr(ra, s0, 0), as::addi(s2, a0, 0)});
  Machine::finish(program);
  program.skip_to(function).put({as::addi(a0, zero, 1), as::jalr(zero, ra, 0)});
  return program;
}

TEST(HartCode, ChangedCodeIsSeenAfterAFence) {
  Machine machine;
  ASSERT_TRUE(machine.run(patching_program(true)));
  EXPECT_EQ(machine.hart.x(s1), 1U);
  EXPECT_EQ(machine.hart.x(s2), 2U);
}

TEST(HartCode, ChangedCodeMayBeOldWithoutAFence) {
  Machine machine;
  ASSERT_TRUE(machine.run(patching_program(false)));
  EXPECT_EQ(machine.hart.x(s1), 1U);
  EXPECT_EQ(machine.hart.x(s2), 1U) << "this hart keeps what it has decoded until it is told";
}

TEST(HartCode, AFenceKeepsBlocksThatHaveNotChanged) {
  Machine machine;
  Program program(Machine::code);
  program.li(t0, 1000).put({as::fence_i(), as::addi(t0, t0, -1), as::bne(t0, zero, -8)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_LT(machine.hart.counters().blocks_decoded, 10U);
}

TEST(HartCode, CodeThatIsRewrittenForEverDoesNotPileUp) {
  Machine machine;
  Program program(Machine::code);
  program.li(s0, function).li(t0, 5000).li(t1, as::addi(a0, a0, 0)).li(t2, 1 << 20);
  const uint64_t loop = program.here();
  program.put({as::add(t1, t1, t2), as::sw(t1, s0, 0), as::fence_i(), as::jalr(ra, s0, 0), as::addi(t0, t0, -1)});
  program.put(as::bne(t0, zero, static_cast<int64_t>(loop - program.here())));
  Machine::finish(program);
  program.skip_to(function).put({as::nop(), as::jalr(zero, ra, 0)});
  ASSERT_TRUE(machine.run(program));
  // The immediate counts up from 1, as a twelve-bit signed number.
  uint64_t expected = 0;
  for (unsigned i = 1; i <= 5000; ++i) expected += static_cast<uint64_t>(static_cast<int64_t>(uint64_t{i} << 52) >> 52);
  EXPECT_EQ(machine.hart.x(a0), expected);
}

TEST(HartCode, RunsWithoutAnyDirectPointer) {
  Machine machine;
  machine.memory.allow_dmi(false);
  ASSERT_TRUE(machine.run(patching_program(false)));
  EXPECT_EQ(machine.hart.x(s1), 1U);
  EXPECT_EQ(machine.hart.x(s2), 2U) << "every instruction is fetched anew";
  EXPECT_EQ(machine.hart.counters().dmi_requests, 0U);
  EXPECT_EQ(machine.hart.counters().blocks_decoded, 0U);
}

TEST(HartCode, AStoreMaySwitchTheMemoryItRunsFrom) {
  Machine machine;
  // The store to the probe takes the code's own page back and replaces the very next instruction, in the same block.
  Program program(Machine::code);
  program.li(s0, Machine::probe).li(a0, 1);
  program.put(as::sw(zero, s0, 0));
  const uint64_t next = program.here();
  program.put({as::addi(a0, a0, 0x10), as::addi(a0, a0, 0x100)});
  machine.on_probe = [&](sc_core::sc_time&) {
    machine.memory.take_back(Machine::code, Machine::code + 0xfff);
    machine.memory.put<uint32_t>(next, as::addi(a0, a0, 0x20));
  };
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 0x121U);
}

TEST(HartCode, InvalidationsElsewhereLeaveDecodedCodeAlone) {
  Machine machine;
  Program program(Machine::code);
  program.li(s0, Machine::probe).li(t0, 50);
  program.put({as::sw(zero, s0, 0), as::addi(t0, t0, -1), as::bne(t0, zero, -8)});
  machine.on_probe = [&](sc_core::sc_time&) { machine.memory.take_back(Machine::data, Machine::data + 0xfff); };
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.counters().dmi_invalidations, 50U);
  EXPECT_LT(machine.hart.counters().blocks_decoded, 10U);
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
