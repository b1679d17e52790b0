// Atomics: every read-modify-write in both widths, reservations, alignment; on memory with and without direct pointers.
#include <gtest/gtest.h>

#include "tests/models/riscv/hart_test_machine.h"

namespace sc_memory::models::riscv::test {
namespace {

struct Case {
  const char* name;
  uint32_t funct5;
  uint64_t word_result, double_result;  // of memory 0x80000000fffffff0 (low word 0xfffffff0) with operand 0x7
};

constexpr uint64_t initial = 0x80000000fffffff0;
constexpr uint64_t operand = 7;
constexpr uint64_t upper = 0x8000000000000000;

const Case cases[] = {
    {"amoswap", 0x01, upper | 7, 7},
    {"amoadd", 0x00, upper | 0xfffffff7, initial + 7},
    {"amoxor", 0x04, upper | 0xfffffff7, initial ^ 7},
    {"amoand", 0x0c, upper | 0, 0},
    {"amoor", 0x08, upper | 0xfffffff7, initial | 7},
    {"amomin", 0x10, initial, initial},
    {"amomax", 0x14, upper | 7, 7},
    {"amominu", 0x18, upper | 7, 7},
    {"amomaxu", 0x1c, initial, initial},
};

void run_all_operations(bool dmi) {
  Machine machine;
  machine.memory.allow_dmi(dmi);
  Program program(Machine::code);
  program.li(s0, Machine::data).li(a1, operand);
  uint64_t slot = Machine::data;
  for (const Case& one : cases) {
    machine.memory.put<uint64_t>(slot, initial);
    machine.memory.put<uint64_t>(slot + 16, initial);
    program.put({as::amo(one.funct5, 2, a2, a1, s0), as::sd(a2, s0, 8), as::addi(s0, s0, 16),
                 as::amo(one.funct5, 3, a2, a1, s0), as::sd(a2, s0, 8), as::addi(s0, s0, 16)});
    slot += 32;
  }
  ASSERT_TRUE(machine.run_and_finish(program));
  slot = Machine::data;
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    EXPECT_EQ(machine.memory.get<uint64_t>(slot), one.word_result);
    EXPECT_EQ(machine.memory.get<uint64_t>(slot + 8), 0xfffffffffffffff0) << "the old word, sign extended";
    EXPECT_EQ(machine.memory.get<uint64_t>(slot + 16), one.double_result);
    EXPECT_EQ(machine.memory.get<uint64_t>(slot + 24), initial);
    slot += 32;
  }
}

TEST(HartAtomics, ReadModifyWriteOnDirectMemory) { run_all_operations(true); }
TEST(HartAtomics, ReadModifyWriteByTransports) { run_all_operations(false); }

TEST(HartAtomics, StoreConditionalNeedsItsReservation) {
  Machine machine;
  machine.memory.put<uint64_t>(Machine::data, 5);
  Program program(Machine::code);
  program.li(s0, Machine::data).li(a1, 6).li(a2, 7).put(as::addi(s1, s0, 8));
  program.put({
      as::sc(3, a3, a1, s0),                                        // no reservation: fails
      as::lr(3, a4, s0), as::sc(3, a5, a1, s0),                     // succeeds
      as::sc(3, s2, a2, s0),                                        // used up: fails
      as::lr(3, s3, s0), as::sc(3, s3, a2, s1),                     // another address: fails
      as::lr(3, s4, s0), as::sc(2, s4, a2, s0),                     // another width: fails
      as::lr(3, s5, s0), as::sd(a2, s0, 0), as::sc(3, s5, a1, s0),  // changed in between: fails
  });
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a3), 1U);
  EXPECT_EQ(machine.hart.x(a4), 5U);
  EXPECT_EQ(machine.hart.x(a5), 0U);
  EXPECT_EQ(machine.hart.x(s2), 1U);
  EXPECT_EQ(machine.hart.x(s3), 1U);
  EXPECT_EQ(machine.hart.x(s4), 1U);
  EXPECT_EQ(machine.hart.x(s5), 1U);
  EXPECT_EQ(machine.memory.get<uint64_t>(Machine::data), 7U);
}

TEST(HartAtomics, AReservationEndsWhenOthersMayHaveRun) {
  // Whatever another hart stores while this one lets it run, the same value included, is not to go unnoticed.
  Machine machine;
  machine.on_probe = [](sc_core::sc_time&) { sc_core::wait(1, sc_core::SC_NS); };
  machine.memory.put<uint64_t>(Machine::data, 5);
  Program program(Machine::code);
  program.li(s0, Machine::data).li(s1, Machine::probe).li(a1, 6);
  program.put({as::lr(3, a0, s0), as::sd(a1, s1, 0), as::sc(3, a2, a1, s0)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a2), 1U);
  EXPECT_EQ(machine.memory.get<uint64_t>(Machine::data), 5U);
}

TEST(HartAtomics, ALoopOfLrAndScEndsHoweverShortTheQuantum) {
  Machine machine;
  tlm::tlm_global_quantum::instance().set(sc_core::sc_time(1, sc_core::SC_NS));
  machine.memory.put<uint64_t>(Machine::data, 0);
  Program program(Machine::code);
  program.li(s0, Machine::data).li(s1, 100);
  program.put({as::lr(3, a0, s0), as::addi(a0, a0, 1), as::bne(zero, zero, 4), as::nop(), as::sc(3, a1, a0, s0),
               as::bne(a1, zero, -20), as::addi(s1, s1, -1), as::bne(s1, zero, -28)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.memory.get<uint64_t>(Machine::data), 100U);
}

TEST(HartAtomics, ATrapReturnEndsTheReservation) {
  Machine machine;
  machine.install_handler();
  Program program(Machine::code);
  program.li(s0, Machine::data);
  program.put({as::lr(2, a0, s0), as::ecall(), as::sc(2, a1, a0, s0)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s5), 1U);
  EXPECT_EQ(machine.hart.x(a1), 1U);
}

TEST(HartAtomics, MisalignedOnesTrapAndFailuresAreStoreFaults) {
  struct Fault {
    uint32_t instruction;
    uint64_t address;
    Cause cause;
  };
  const Fault faults[] = {
      {as::lr(3, a0, s0), Machine::data + 4, Cause::load_misaligned},
      {as::sc(3, a0, a0, s0), Machine::data + 4, Cause::store_misaligned},
      {as::amo(0, 2, a0, a0, s0), Machine::data + 2, Cause::store_misaligned},
      {as::lr(2, a0, s0), 0x4000, Cause::load_access},
      {as::amo(0, 2, a0, a0, s0), 0x4000, Cause::store_access},
  };
  Machine machine;
  machine.install_handler();
  for (const Fault& fault : faults) {
    Program program(Machine::code);
    program.li(s0, fault.address).put(fault.instruction);
    const uint64_t pc = program.here() - 4;
    program.put(as::fence_i());
    ASSERT_TRUE(machine.run_and_finish(program));
    EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(fault.cause));
    EXPECT_EQ(machine.hart.x(s3), fault.address);
    EXPECT_EQ(machine.hart.x(s4), pc);
    machine.hart.set_csr(csr::mtvec, Machine::handler);
    // New code in the same place: what was decoded of the old must go.
    machine.memory.take_back(Machine::code, Machine::code + 0xfff);
  }
  EXPECT_EQ(machine.hart.x(s5), std::size(faults));
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
