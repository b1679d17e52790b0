// The memory path: direct pointers and transports give the same, in whole and in pieces, whatever is granted or taken
// back.
#include <gtest/gtest.h>
#include <random>

#include "tests/models/riscv/hart_test_machine.h"

namespace sc_memory::models::riscv::test {
namespace {

void expect_misaligned_accesses_to_work(bool dmi) {
  Machine machine;
  machine.memory.allow_dmi(dmi);
  const uint64_t border = Machine::data + page_size;
  Program program(Machine::code);
  program.li(s0, border).li(a0, 0x1122334455667788);
  program.put({as::sd(a0, s0, -3), as::ld(a1, s0, -3), as::lw(a2, s0, -1), as::sh(a0, s0, -1), as::ld(a3, s0, -3),
               as::sw(a0, s0, 0x101), as::lwu(a4, s0, 0x101)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a1), 0x1122334455667788U);
  EXPECT_EQ(machine.hart.x(a2), 0x33445566U);
  EXPECT_EQ(machine.hart.x(a3), 0x1122334477887788U);
  EXPECT_EQ(machine.hart.x(a4), 0x55667788U);
}

TEST(HartMemory, MisalignedAccessesWorkAlsoAcrossPages) { expect_misaligned_accesses_to_work(true); }
TEST(HartMemory, MisalignedAccessesWorkByTransports) { expect_misaligned_accesses_to_work(false); }

TEST(HartMemory, AStoreAcrossPagesHappensWhollyOrNotAtAll) {
  Machine machine;
  machine.install_handler();
  const uint64_t border = TestMemory::base + 0x100000;  // the end of memory
  machine.memory.put<uint32_t>(border - 4, 0x77777777);
  // PMP denies machine mode the last page, so that the second half of the store below is known to fail.
  machine.hart.set_csr(csr::pmpaddr0, (border - 0x1000) >> 2 | 0x1ff);
  machine.hart.set_csr(csr::pmpcfg0, 0x98);
  Program program(Machine::code);
  program.li(s0, border - 0x1000).put({as::sd(s0, s0, -4), as::ld(a1, s0, -8)});
  machine.memory.put<uint64_t>(border - 0x1008, 0x5555555555555555);
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::store_access));
  EXPECT_EQ(machine.hart.x(s3), border - 0x1000) << "the part that fails";
  EXPECT_EQ(machine.hart.x(a1), 0x5555555555555555U);
}

TEST(HartMemory, AsksForADirectPointerOnceAndThenUsesIt) {
  Machine machine;
  Program program(Machine::code);
  program.li(s0, Machine::data).li(t0, 1000);
  program.put({as::ld(a0, s0, 0), as::sd(a0, s0, 8), as::addi(t0, t0, -1), as::bne(t0, zero, -12)});
  ASSERT_TRUE(machine.run_and_finish(program));
  const HartCounters counters = machine.hart.counters();
  EXPECT_EQ(counters.dmi_requests, 1U) << "one grant holds all of memory, for code and data";
  EXPECT_EQ(counters.dmi_grants, 1U);
  EXPECT_EQ(counters.dmi_loads, 1000U);
  EXPECT_EQ(counters.dmi_stores, 1000U);
  EXPECT_EQ(counters.transported_stores, 1U) << "the finisher";
  EXPECT_EQ(counters.transported_fetches, 1U);
}

TEST(HartMemory, NeverAsksForDevices) {
  Machine machine;
  machine.probe_value = 0x55;
  Program program(Machine::code);
  program.li(s0, Machine::probe);
  for (int i = 0; i < 20; ++i) program.put({as::lw(a0, s0, 4), as::sw(a0, s0, 8)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 0x55U);
  EXPECT_EQ(machine.probed.size(), 20U);
  EXPECT_EQ(machine.probed[0].size, 4U);
  EXPECT_EQ(machine.hart.counters().transported_loads, 20U);
  EXPECT_EQ(machine.hart.counters().dmi_requests, 1U) << "for the code";
}

TEST(HartMemory, ReadsDirectlyWhatItMayNotWrite) {
  Machine machine;
  machine.memory.allow_write_dmi(false);
  Program program(Machine::code);
  program.li(s0, Machine::data);
  for (int i = 0; i < 10; ++i) program.put({as::addi(a0, a0, 1), as::sd(a0, s0, 0), as::ld(a1, s0, 0)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a1), 10U);
  const HartCounters counters = machine.hart.counters();
  EXPECT_EQ(counters.transported_stores, 11U);
  EXPECT_EQ(counters.dmi_loads, 10U);
  EXPECT_EQ(counters.dmi_requests, 1U) << "no request without the hint";
}

TEST(HartMemory, RefusalsAreRememberedUntilAnInvalidation) {
  Machine machine;
  machine.memory.promise_dmi_in_vain(true);
  machine.on_probe = [&](sc_core::sc_time&) { machine.memory.take_back(Machine::data, Machine::data + 7); };
  Program program(Machine::code);
  program.li(s0, Machine::data).li(s1, Machine::probe);
  program.put({as::ld(a0, s0, 0), as::ld(a0, s0, 0), as::ld(a0, s0, 0), as::sw(zero, s1, 0), as::ld(a0, s0, 0),
               as::ld(a0, s0, 0)});
  const uint64_t instructions = (program.here() - Machine::code) / 4;
  ASSERT_TRUE(machine.run_and_finish(program));
  const HartCounters counters = machine.hart.counters();
  EXPECT_EQ(counters.dmi_grants, 0U);
  // One request for each instruction's own address, and one for the data before and after the invalidation.
  EXPECT_GE(counters.dmi_requests, instructions + 2);
  EXPECT_LE(counters.dmi_requests, instructions + 2 + 10) << "the instructions of the program's end";
  EXPECT_EQ(counters.transported_loads, 5U);
}

TEST(HartMemory, GrantsThatCutPagesAreUsedWhereTheyReach) {
  Machine machine;
  machine.memory.limit_dmi(Machine::data + 0x800, Machine::data + 0x17ff);
  Program program(Machine::code);
  program.li(s0, Machine::data + 0x800).li(a0, 0x0123456789abcdef);
  program.put({as::sd(a0, s0, 0), as::sd(a0, s0, -8), as::ld(a1, s0, -4), as::ld(a2, s0, 0)})
      .li(s1, Machine::data + 0x1800);
  program.put({as::sd(a0, s1, -4), as::ld(a3, s1, -4), as::ld(a4, s0, -8)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a1), 0x89abcdef01234567U);
  EXPECT_EQ(machine.hart.x(a2), 0x0123456789abcdefU);
  EXPECT_EQ(machine.hart.x(a3), 0x0123456789abcdefU);
  EXPECT_EQ(machine.hart.x(a4), 0x0123456789abcdefU);
  EXPECT_GT(machine.hart.counters().dmi_loads, 0U);
}

/// A grant states the latency of a byte, and each load is of eight.
TEST(HartMemory, LatenciesOfGrantsTakeTime) {
  Machine machine;
  machine.memory.limit_dmi(Machine::data, Machine::data + 0xfff);
  machine.memory.set_dmi_latency(sc_core::sc_time(100, sc_core::SC_NS));
  Program program(Machine::code);
  program.li(s0, Machine::data).put({as::lb(a0, s0, 0), as::csrr(a0, csr::mcycle)});
  for (int i = 0; i < 7; ++i) program.put(as::ld(a1, s0, 0));
  program.put(as::csrr(a1, csr::mcycle));
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a1) - machine.hart.x(a0), 8U + 7 * 80);
}

TEST(HartMemory, DirectPointersTakenBackWhileRunning) {
  Machine machine;
  unsigned stores = 0;
  // Each store to the probe takes the data page back and moves what is behind it, from inside the hart's own transport.
  machine.on_probe = [&](sc_core::sc_time&) {
    machine.memory.allow_dmi(++stores % 2 == 0);
    machine.memory.take_back(Machine::data, Machine::data + 0xfff);
    machine.memory.put<uint64_t>(Machine::data, stores);
  };
  Program program(Machine::code);
  program.li(s0, Machine::data).li(s1, Machine::probe).li(t0, 100);
  program.put({as::ld(a0, s0, 0), as::sd(a0, s0, 8), as::sw(t0, s1, 0), as::ld(a1, s0, 0), as::add(a2, a2, a1),
               as::addi(t0, t0, -1), as::bne(t0, zero, -24)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a2), 100U * 101 / 2);
  EXPECT_EQ(machine.hart.counters().dmi_invalidations, 100U);
}

// A random program of arithmetic, loads, stores, atomics and jumps. It begins with the random registers x8 to x15 and
// ends with all of them stored; addresses stay in the data area because a base register is masked before each access.
Program random_program(std::mt19937_64& random) {
  const auto reg = [&random] { return 8 + static_cast<uint32_t>(random() % 8); };
  Program program(Machine::code);
  program.li(s2, Machine::data).li(s3, 0x3ff8);
  for (uint32_t i = 8; i < 16; ++i) program.li(i, random());
  for (int i = 0; i < 400; ++i) {
    program.put({as::op(7, 0, t0, reg(), s3), as::add(t0, t0, s2)});
    const uint32_t offset = static_cast<uint32_t>(random() % 16);
    switch (random() % 6) {
      case 0:
        program.put(as::load(static_cast<uint32_t>(random() % 7), reg(), t0, offset));
        break;
      case 1:
        program.put(as::store(static_cast<uint32_t>(random() % 4), reg(), t0, offset));
        break;
      case 2:
        program.put(as::amo(static_cast<uint32_t>(random() % 8) << 2, 3, reg(), reg(), t0));
        break;
      case 3:
        program.put({as::lr(3, reg(), t0), as::sc(3, reg(), reg(), t0)});
        break;
      case 4:
        program.put(
            as::op(static_cast<uint32_t>(random() % 8), static_cast<uint32_t>(random() % 2), reg(), reg(), reg()));
        break;
      default:
        program.put({as::bltu(reg(), reg(), 8), as::add(reg(), reg(), reg())});
        break;
    }
  }
  program.li(t0, Machine::data + 0x8000);
  for (uint32_t i = 8; i < 16; ++i) program.put(as::sd(i, t0, 8 * (i - 8)));
  Machine::finish(program);
  return program;
}

TEST(HartMemory, EveryPathGivesTheSameResult) {
  const unsigned seed = 20260803;
  std::mt19937_64 random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Machine machine;
  for (int round = 0; round < 30; ++round) {
    const Program program = random_program(random);
    std::vector<uint8_t> reference;
    for (int way = 0; way < 4; ++way) {
      machine.memory.take_back(0, ~uint64_t{0});
      machine.memory.allow_dmi(way != 0);
      machine.memory.allow_write_dmi(way != 1);
      machine.memory.limit_dmi(0, way == 2 ? Machine::data + 0x17f3 : ~uint64_t{0});
      for (uint64_t i = 0; i < 0x9000; i += 8) machine.memory.put<uint64_t>(Machine::data + i, i * 0x9e3779b97f4a7c15);
      ASSERT_TRUE(machine.run(program));
      const std::vector<uint8_t> result(machine.memory.at(Machine::data), machine.memory.at(Machine::data) + 0x9000);
      if (way == 0) {
        reference = result;
      } else {
        ASSERT_EQ(result, reference) << "round " << round << ", way " << way;
      }
    }
  }
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
