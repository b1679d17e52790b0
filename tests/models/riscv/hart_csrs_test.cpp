// CSRs: which exist, which are accessible from where, and what they hold of what is written.
#include "models/riscv/hart_csrs.h"

#include <gtest/gtest.h>

#include "tests/models/riscv/hart_test_machine.h"

namespace sc_memory::models::riscv::test {
namespace {

uint64_t written(Machine& machine, unsigned number, uint64_t value) {
  EXPECT_TRUE(machine.hart.set_csr(number, value)) << std::hex << number;
  return machine.hart.csr(number).value_or(0xdead);
}

TEST(HartCsrs, HoldOnlyLegalValues) {
  Machine machine;
  const uint64_t ones = ~uint64_t{0};
  EXPECT_EQ(written(machine, csr::mtvec, 0x1003), 0x1000U) << "modes above 1 do not exist: the mode is kept";
  EXPECT_EQ(written(machine, csr::mtvec, 0x1001), 0x1001U);
  EXPECT_EQ(written(machine, csr::mepc, ones), ones - 1);
  EXPECT_EQ(written(machine, csr::sepc, 0x1001), 0x1000U);
  EXPECT_EQ(written(machine, csr::medeleg, ones), 0xb3ffU);
  EXPECT_EQ(written(machine, csr::mideleg, ones), 0x222U);
  EXPECT_EQ(written(machine, csr::mie, ones), 0xaaaU);
  EXPECT_EQ(written(machine, csr::mip, ones), 0x222U);
  EXPECT_EQ(written(machine, csr::mscratch, ones), ones);
  EXPECT_EQ(written(machine, csr::mcause, ones), ones);
  EXPECT_EQ(written(machine, csr::mhpmcounter3, ones), 0U);
  EXPECT_EQ(written(machine, csr::mhpmevent3, ones), 0U);
  EXPECT_EQ(written(machine, csr::mcountinhibit, ones), 0U);
  for (unsigned trigger = csr::tselect; trigger <= csr::tdata3; ++trigger)
    EXPECT_EQ(written(machine, trigger, ones), 0U) << "there are no triggers, which software finds out like this";
  const uint64_t misa = machine.hart.csr(csr::misa).value_or(0);
  EXPECT_EQ(written(machine, csr::misa, 0), misa);
  EXPECT_EQ(misa >> 62, 2U);
}

TEST(HartCsrs, MppHasNoReservedLevel) {
  Machine machine;
  written(machine, csr::mstatus, uint64_t{1} << 11);
  EXPECT_EQ(written(machine, csr::mstatus, uint64_t{2} << 11) >> 11 & 3, 1U);
  EXPECT_EQ(written(machine, csr::mstatus, uint64_t{3} << 11) >> 11 & 3, 3U);
  EXPECT_EQ(machine.hart.csr(csr::mstatus).value_or(0) >> 32 & 0xf, 0xaU) << "64 bits below machine mode";
}

TEST(HartCsrs, SupervisorViewsShowWhatIsDelegated) {
  Machine machine;
  machine.hart.set_csr(csr::mideleg, 0x20);
  machine.hart.set_csr(csr::mie, 0xaaa);
  EXPECT_EQ(machine.hart.csr(csr::sie), 0x20U);
  machine.hart.set_csr(csr::sie, 0);
  EXPECT_EQ(machine.hart.csr(csr::mie), 0xa8aU);
  machine.hart.set_csr(csr::mip, 0x222);
  EXPECT_EQ(machine.hart.csr(csr::sip), 0x20U);
  machine.hart.set_csr(csr::mideleg, 0x222);
  machine.hart.set_csr(csr::sip, 0);
  EXPECT_EQ(machine.hart.csr(csr::mip), 0x220U) << "only SSIP is the supervisor's to write";
  machine.hart.set_csr(csr::sstatus, ~uint64_t{0});
  EXPECT_EQ(machine.hart.csr(csr::mstatus).value_or(0) & (status::mie | status::mpp | status::mprv), 0U);
  EXPECT_NE(machine.hart.csr(csr::mstatus).value_or(0) & status::sum, 0U);
}

TEST(HartCsrs, TheExternalInputIsNotPartOfAReadModifyWrite) {
  Machine machine;
  machine.hart.set_interrupt(Interrupt::s_external, true);
  Program program(Machine::code);
  program.put({as::csrrsi(a0, csr::mip, 2), as::csrr(a1, csr::mip)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 0x200U);
  EXPECT_EQ(machine.hart.x(a1), 0x202U);
  machine.hart.set_interrupt(Interrupt::s_external, false);
  EXPECT_EQ(machine.hart.csr(csr::mip), 0x2U);
}

TEST(HartCsrs, AbsentOrForbiddenOnesAreIllegalInstructions) {
  const uint32_t instructions[] = {
      as::csrr(a0, 0x7b0),           // no debug mode
      as::csrr(a0, 0x747),           // no mseccfg
      as::csrr(a0, 0x3c0),           // sixteen PMP entries only
      as::csrr(a0, 0x3a1),           // odd pmpcfg registers do not exist in RV64
      as::csrr(a0, 0xc01),           // no source of time
      as::csrw(csr::mhartid, zero),  // read only
      as::csrrsi(a0, csr::cycle, 1), as::csrr(a0, 0x5a8),
  };
  Machine machine;
  machine.install_handler();
  Program program(Machine::code);
  for (const uint32_t instruction : instructions) program.put(instruction);
  program.put({as::csrrs(a1, csr::mhartid, zero), as::csrr(a2, csr::cycle)});  // these are fine
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s5), std::size(instructions));
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::illegal_instruction));
  EXPECT_EQ(machine.hart.x(s3), instructions[std::size(instructions) - 1]) << "mtval holds the instruction";
}

TEST(HartCsrs, SwapSetAndClear) {
  Machine machine;
  Program program(Machine::code);
  program.li(t0, 0xf0).li(t1, 0x3c);
  program.put({as::csrrw(a0, csr::mscratch, t0), as::csrrs(a1, csr::mscratch, t1), as::csrrc(a2, csr::mscratch, t0),
               as::csrrwi(a3, csr::mscratch, 0x15), as::csrrsi(a4, csr::mscratch, 0x0a),
               as::csrrci(a5, csr::mscratch, 0x11), as::csrr(a6, csr::mscratch), as::csrrw(t0, csr::mscratch, t0)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 0U);
  EXPECT_EQ(machine.hart.x(a1), 0xf0U);
  EXPECT_EQ(machine.hart.x(a2), 0xfcU);
  EXPECT_EQ(machine.hart.x(a3), 0x0cU);
  EXPECT_EQ(machine.hart.x(a4), 0x15U);
  EXPECT_EQ(machine.hart.x(a5), 0x1fU);
  EXPECT_EQ(machine.hart.x(a6), 0x0eU);
  EXPECT_EQ(machine.hart.x(t0), 0x0eU);
  EXPECT_EQ(machine.hart.csr(csr::mscratch), 0xf0U);
}

TEST(HartCsrs, CountersCountInstructionsAndTakeWrites) {
  Machine machine;
  Program program(Machine::code);
  program.put({as::csrr(a0, csr::minstret), as::nop(), as::nop(), as::csrr(a1, csr::minstret),
               as::csrr(a2, csr::mcycle), as::nop(), as::csrr(a3, csr::mcycle)});
  program.li(t0, 1000).put(
      {as::csrw(csr::minstret, t0), as::csrr(a4, csr::minstret), as::csrw(csr::mcycle, t0), as::csrr(a5, csr::mcycle)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a1) - machine.hart.x(a0), 3U);
  EXPECT_EQ(machine.hart.x(a3) - machine.hart.x(a2), 2U);
  EXPECT_EQ(machine.hart.x(a4), 1000U);
  EXPECT_EQ(machine.hart.x(a5), 1000U);
}

TEST(HartCsrs, LowerPrivilegesSeeOnlyEnabledCounters) {
  Machine machine;
  machine.install_handler();
  machine.hart.set_csr(csr::pmpaddr0, ~uint64_t{0});
  machine.hart.set_csr(csr::pmpcfg0, 0x1f);
  machine.hart.set_csr(csr::mcounteren, 4);
  Program program(Machine::code);
  program.li(t0, Machine::code + 0x100).put({as::csrw(csr::mepc, t0), as::mret()}).skip_to(Machine::code + 0x100);
  // In user mode now: instret is open to the supervisor only, cycle to nobody, machine registers never.
  program.put(
      {as::csrr(a0, csr::instret), as::csrr(a0, csr::cycle), as::csrr(a0, csr::mscratch), as::csrr(a0, csr::sscratch)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s5), 4U);
  EXPECT_EQ(machine.hart.privilege(), Privilege::user);
}

TEST(HartCsrs, TimeComesFromItsSourceAtTheLocalTime) {
  Machine machine;
  machine.hart.set_time_source([](const sc_core::sc_time& offset) {
    return (sc_core::sc_time_stamp() + offset).value() / sc_core::sc_time(10, sc_core::SC_NS).value();
  });
  Program program(Machine::code);
  program.put({as::csrr(a0, csr::time), as::nop(), as::nop(), as::csrr(a1, csr::time)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 0U);
  EXPECT_EQ(machine.hart.x(a1), 3U);
}

TEST(HartCsrs, FloatingPointStateIsSummedUp) {
  Machine machine;
  machine.hart.set_csr(csr::fcsr, 0x1ff);
  EXPECT_EQ(machine.hart.csr(csr::fcsr), 0xffU);
  EXPECT_EQ(machine.hart.csr(csr::frm), 7U);
  EXPECT_EQ(machine.hart.csr(csr::fflags), 0x1fU);
  EXPECT_NE(machine.hart.csr(csr::mstatus).value_or(0) & status::sd, 0U) << "dirty by the write";
  machine.hart.set_csr(csr::mstatus, uint64_t{1} << status::fs_shift);
  EXPECT_EQ(machine.hart.csr(csr::sstatus).value_or(0) & (status::sd | status::fs), uint64_t{1} << status::fs_shift);
}

TEST(HartCsrs, WithoutATickThereIsNoSupervisorTimer) {
  Machine machine;
  machine.hart.set_time_source([](const sc_core::sc_time&) { return uint64_t{0}; });
  EXPECT_FALSE(machine.hart.csr(csr::stimecmp).has_value());
  EXPECT_FALSE(machine.hart.set_csr(csr::stimecmp, 1));
  EXPECT_EQ(written(machine, csr::menvcfg, ~uint64_t{0}), environment::fiom);
}

TEST(HartCsrs, ATimeThatJumpsIsComparedAnew) {
  Machine machine;
  const sc_core::sc_time tick(100, sc_core::SC_NS);
  uint64_t jumped = 0;
  machine.hart.set_time_source(
      [&](const sc_core::sc_time& offset) {
        return jumped + (sc_core::sc_time_stamp() + offset).value() / tick.value();
      },
      tick);
  machine.on_probe = [&](sc_core::sc_time& delay) {
    jumped = uint64_t{1} << 40;
    machine.hart.time_changed(delay);
  };
  machine.hart.set_csr(csr::menvcfg, environment::stce);
  Program program(Machine::code);
  program.li(t0, uint64_t{1} << 40).li(s1, Machine::probe);
  program.put({as::csrw(csr::stimecmp, t0), as::csrr(a0, csr::mip), as::sb(zero, s1, 0), as::csrr(a1, csr::mip)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 0U);
  EXPECT_EQ(machine.hart.x(a1), interrupt_bit(Interrupt::s_timer));
}

TEST(HartCsrs, TheSupervisorTimerWakesTheHartWhenItsTimeHasCome) {
  Machine machine;
  const sc_core::sc_time tick(100, sc_core::SC_NS);
  machine.hart.set_time_source(
      [tick](const sc_core::sc_time& offset) { return (sc_core::sc_time_stamp() + offset).value() / tick.value(); },
      tick);
  machine.hart.set_csr(csr::menvcfg, environment::stce);
  machine.hart.set_csr(csr::mie, interrupt_bit(Interrupt::s_timer));
  Program program(Machine::code);
  program.li(t0, 500).put({as::csrr(a0, csr::mip), as::csrw(csr::stimecmp, t0), as::csrr(a1, csr::mip), as::wfi(),
                           as::csrr(a2, csr::mip), as::csrr(a3, csr::time)});
  program.li(t0, ~uint64_t{0}).put({as::csrw(csr::stimecmp, t0), as::csrr(a4, csr::mip)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a1), 0U);
  EXPECT_EQ(machine.hart.x(a2), interrupt_bit(Interrupt::s_timer));
  EXPECT_EQ(machine.hart.x(a3), 500U);
  EXPECT_EQ(machine.hart.x(a4), 0U);
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
