// Exceptions and interrupts: what the handler finds, who handles them, their order, and the way back.
#include "models/riscv/hart_traps.h"

#include <gtest/gtest.h>

#include "tests/models/riscv/hart_test_machine.h"

namespace sc_memory::models::riscv::test {
namespace {

constexpr uint64_t supervisor_handler = Machine::handler + 0x1000;
constexpr uint64_t lower_code = Machine::code + 0x800;

void open_memory(Machine& machine) {
  machine.hart.set_csr(csr::pmpaddr0, ~uint64_t{0});
  machine.hart.set_csr(csr::pmpcfg0, 0x1f);
}

// Starts `body` (which begins at lower_code) at the privilege.
bool run_at(Machine& machine, Privilege privilege, Program body) {
  open_memory(machine);
  Program start(Machine::code);
  start.li(t0, lower_code).put({as::csrw(csr::mepc, t0), as::mret()});
  machine.load(start);
  Machine::finish(body);
  machine.load(body);
  const uint64_t mstatus = machine.hart.csr(csr::mstatus).value_or(0) & ~status::mpp;
  machine.hart.set_csr(csr::mstatus, mstatus | static_cast<uint64_t>(privilege) << status::mpp_shift);
  return machine.run(start);
}

struct Fault {
  const char* name;
  uint32_t instruction;  // with s0 = address
  uint64_t address;
  Cause cause;
  uint64_t value;
};

TEST(HartTraps, EachExceptionHasItsCausePcAndValue) {
  const Fault faults[] = {
      {"illegal", 0xffffffff, 0, Cause::illegal_instruction, 0xffffffff},
      {"breakpoint", as::ebreak(), 0, Cause::breakpoint, Machine::code},
      {"ecall", as::ecall(), 0, Cause::ecall_machine, 0},
      {"load", as::ld(a0, s0, 8), 0x4000, Cause::load_access, 0x4008},
      {"store", as::sb(a0, s0, 1), 0x4000, Cause::store_access, 0x4001},
      {"amo", as::amo(0, 3, a0, a0, s0), Machine::data + 1, Cause::store_misaligned, Machine::data + 1},
      {"lr", as::lr(3, a0, s0), Machine::data + 4, Cause::load_misaligned, Machine::data + 4},
  };
  Machine machine;
  machine.install_handler();
  uint64_t place = Machine::code;
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault.name);
    machine.hart.set_x(s0, fault.address);
    machine.hart.set_x(a0, 0x1234);
    Program program(place);
    program.put(fault.instruction);
    ASSERT_TRUE(machine.run_and_finish(program));
    EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(fault.cause));
    EXPECT_EQ(machine.hart.x(s3), fault.cause == Cause::breakpoint ? place : fault.value);
    EXPECT_EQ(machine.hart.x(s4), place);
    EXPECT_EQ(machine.hart.x(a0), 0x1234U) << "a faulting load leaves its destination alone";
    place += 0x100;
  }
  EXPECT_EQ(machine.hart.counters().exceptions, std::size(faults));
}

TEST(HartTraps, FetchFromNowhereFaultsAtTheTarget) {
  Machine machine;
  Program handler(Machine::handler);
  handler.put({as::csrr(s2, csr::mcause), as::csrr(s3, csr::mtval), as::csrr(s4, csr::mepc)});
  Machine::finish(handler);
  machine.load(handler);
  machine.hart.set_csr(csr::mtvec, Machine::handler);
  Program program(Machine::code);
  program.li(s0, 0x4000).put(as::jalr(ra, s0, 2));
  ASSERT_TRUE(machine.run(program));
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::fetch_access));
  EXPECT_EQ(machine.hart.x(s3), 0x4002U);
  EXPECT_EQ(machine.hart.x(s4), 0x4002U);
  EXPECT_EQ(machine.hart.x(ra), program.here());
}

TEST(HartTraps, EntryAndReturnMoveTheStatusBits) {
  Machine machine;
  Program handler(Machine::handler);
  handler.put(
      {as::csrr(a0, csr::mstatus), as::csrr(t0, csr::mepc), as::addi(t0, t0, 4), as::csrw(csr::mepc, t0), as::mret()});
  machine.load(handler);
  machine.hart.set_csr(csr::mtvec, Machine::handler);
  machine.hart.set_csr(csr::mstatus, status::mie);
  Program program(Machine::code);
  program.put({as::ecall(), as::csrr(a1, csr::mstatus)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0) & (status::mie | status::mpie | status::mpp), status::mpie | status::mpp);
  EXPECT_EQ(machine.hart.x(a1) & (status::mie | status::mpie | status::mpp), status::mie | status::mpie)
      << "interrupts back on; MPP becomes the least privilege";
}

void expect_call_cause(Privilege privilege, Cause cause) {
  Machine machine;
  machine.install_handler();
  Program body(lower_code);
  body.put(as::ecall());
  ASSERT_TRUE(run_at(machine, privilege, body));
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(cause));
  EXPECT_EQ(machine.hart.privilege(), privilege);
}

TEST(HartTraps, EnvironmentCallFromUserMode) { expect_call_cause(Privilege::user, Cause::ecall_user); }
TEST(HartTraps, EnvironmentCallFromSupervisorMode) {
  expect_call_cause(Privilege::supervisor, Cause::ecall_supervisor);
}

TEST(HartTraps, DelegatedExceptionsStayWithTheSupervisor) {
  Machine machine;
  machine.install_handler();
  Program handler(supervisor_handler);
  handler.put({as::csrr(a1, csr::scause), as::csrr(a2, csr::stval), as::csrr(a3, csr::sepc), as::csrr(a4, csr::sstatus),
               as::addi(a3, a3, 4), as::csrw(csr::sepc, a3), as::sret()});
  machine.load(handler);
  machine.hart.set_csr(csr::stvec, supervisor_handler);
  machine.hart.set_csr(csr::medeleg, uint64_t{1} << static_cast<unsigned>(Cause::ecall_user));
  Program body(lower_code);
  body.put({as::ecall(), as::ebreak()});
  ASSERT_TRUE(run_at(machine, Privilege::user, body));
  EXPECT_EQ(machine.hart.x(a1), static_cast<uint64_t>(Cause::ecall_user));
  EXPECT_EQ(machine.hart.x(a2), 0U);
  EXPECT_EQ(machine.hart.x(a3), lower_code + 4);
  EXPECT_EQ(machine.hart.x(a4) & status::spp, 0U);
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::breakpoint))
      << "what is not delegated goes to machine mode";
  EXPECT_EQ(machine.hart.privilege(), Privilege::user);
}

TEST(HartTraps, MachineModeNeverDelegatesItsOwnExceptions) {
  Machine machine;
  machine.install_handler();
  machine.hart.set_csr(csr::medeleg, ~uint64_t{0});
  Program program(Machine::code);
  program.put(as::ebreak());
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::breakpoint));
}

TEST(HartTraps, StatusBitsForbidSupervisorInstructions) {
  Machine machine;
  machine.install_handler();
  machine.hart.set_csr(csr::mstatus, status::tvm | status::tw | status::tsr);
  Program body(lower_code);
  body.put({as::csrr(a0, csr::satp), as::sfence_vma(), as::wfi(), as::sret(), as::mret()});
  ASSERT_TRUE(run_at(machine, Privilege::supervisor, body));
  EXPECT_EQ(machine.hart.x(s5), 5U);
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::illegal_instruction));
  EXPECT_EQ(machine.hart.privilege(), Privilege::supervisor);
}

TEST(HartTraps, PmpDenialsAreAccessFaultsOfTheRightKind) {
  Machine machine;
  machine.install_handler();
  Program body(lower_code);
  body.li(s0, Machine::data).put({as::ld(a0, s0, 0), as::sd(a0, s0, 0), as::ld(a1, s0, 8)});
  open_memory(machine);
  machine.hart.set_csr(csr::pmpaddr0 + 1, ~uint64_t{0});
  machine.hart.set_csr(csr::pmpaddr0, Machine::data >> 2);  // NA4: the word at data can only be read
  machine.memory.put<uint64_t>(Machine::data + 8, 99);
  Program start(Machine::code);
  start.li(t0, lower_code)
      .put({as::csrw(csr::mepc, t0)})
      .li(t0, 0x1f << 8 | 0x11)
      .put({as::csrw(csr::pmpcfg0, t0), as::mret()});
  machine.load(start);
  Machine::finish(body);
  machine.load(body);
  ASSERT_TRUE(machine.run(start));
  EXPECT_EQ(machine.hart.x(s5), 2U) << "a doubleword that reaches out of the word, and a store";
  EXPECT_EQ(machine.hart.x(s2), static_cast<uint64_t>(Cause::store_access));
  EXPECT_EQ(machine.hart.x(s3), Machine::data);
  EXPECT_EQ(machine.hart.x(a1), 99U);
}

TEST(HartTraps, MachineModeBorrowsAnotherPrivilegeForData) {
  Machine machine;
  machine.install_handler();
  machine.hart.set_csr(csr::pmpaddr0, Machine::data >> 2);
  machine.hart.set_csr(csr::pmpcfg0, 0x0f);  // TOR: everything below data
  Program program(Machine::code);
  program.li(s0, Machine::data).li(t0, status::mprv);
  program.put({as::ld(a0, s0, -8), as::ld(a0, s0, 0), as::csrrs(zero, csr::mstatus, t0), as::ld(a0, s0, -8),
               as::ld(a1, s0, 0), as::csrrc(zero, csr::mstatus, t0), as::ld(a0, s0, 0)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s5), 1U) << "only the load above the range as if from user mode";
  EXPECT_EQ(machine.hart.x(s3), Machine::data);
}

TEST(HartTraps, InterruptsComeByPriorityAndVector) {
  Machine machine;
  // A table of vectors: each entry jumps to code that shifts its number into s0 and masks the interrupt.
  Program table(Machine::handler);
  for (unsigned i = 0; i < 12; ++i) table.put(as::jal(zero, 0x100 - 4 * static_cast<int64_t>(i)));
  table.skip_to(Machine::handler + 0x100);
  table.put({as::csrr(t0, csr::mcause), as::slli(s0, s0, 4), as::i_type(0x13, 7, t0, t0, 0xf), as::add(s0, s0, t0),
             as::addi(t1, zero, 1), as::op(1, 0, t1, t1, t0), as::csrrc(zero, csr::mie, t1), as::mret()});
  machine.load(table);
  machine.hart.set_csr(csr::mtvec, Machine::handler | 1);
  for (const Interrupt interrupt : {Interrupt::s_software, Interrupt::m_software, Interrupt::s_timer,
                                    Interrupt::m_timer, Interrupt::s_external, Interrupt::m_external}) {
    machine.hart.set_interrupt(interrupt, true);
  }
  Program program(Machine::code);
  program.li(t2, 0xaaa).put({as::csrw(csr::mie, t2), as::csrrsi(zero, csr::mstatus, 8), as::nop()});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s0), 0xb37915U) << "external, software, timer; machine before supervisor";
  EXPECT_EQ(machine.hart.counters().interrupts, 6U);
}

TEST(HartTraps, DelegatedInterruptsWaitForTheSupervisor) {
  Machine machine;
  machine.install_handler(0);
  Program handler(supervisor_handler);
  handler.put({as::csrr(a1, csr::scause), as::csrr(a2, csr::sepc), as::csrw(csr::sie, zero), as::sret()});
  machine.load(handler);
  machine.hart.set_csr(csr::stvec, supervisor_handler);
  machine.hart.set_csr(csr::mideleg, 0x222);
  machine.hart.set_csr(csr::mie, 0x222);
  machine.hart.set_csr(csr::mstatus, status::mie);
  machine.hart.set_interrupt(Interrupt::s_external, true);
  Program body(lower_code);
  body.put({as::addi(a0, zero, 1), as::csrrsi(zero, csr::sstatus, 2), as::addi(a0, a0, 1)});
  ASSERT_TRUE(run_at(machine, Privilege::supervisor, body));
  EXPECT_EQ(machine.hart.x(s5), 0U) << "machine mode takes nothing that it has delegated";
  EXPECT_EQ(machine.hart.x(a1), uint64_t{1} << 63 | 9);
  EXPECT_EQ(machine.hart.x(a2), lower_code + 8);
  EXPECT_EQ(machine.hart.x(a0), 2U);
}

TEST(HartTraps, AHandlerThatCannotBeFetchedEndsTheHart) {
  Machine machine;
  machine.hart.set_csr(csr::mtvec, 0x4000);
  Program program(Machine::code);
  program.put(as::ebreak());
  EXPECT_FALSE(machine.run(program, sc_core::sc_time(1, sc_core::SC_MS)));
  EXPECT_FALSE(machine.resume(sc_core::sc_time(1, sc_core::SC_MS)));
  ASSERT_EQ(machine.reports.size(), 1U);
  EXPECT_NE(machine.reports[0].find("hart 0"), std::string::npos) << machine.reports[0];
  EXPECT_NE(machine.reports[0].find("0x4000"), std::string::npos);
  EXPECT_TRUE(machine.hart.stopped());
}

TEST(HartTraps, AHandlerThatOnlyTrapsEndsTheHart) {
  Machine machine;
  Program handler(Machine::handler);
  handler.put({as::addi(s5, s5, 1), as::ebreak()});
  machine.load(handler);
  machine.hart.set_csr(csr::mtvec, Machine::handler);
  Program program(Machine::code);
  program.put(as::ebreak());
  EXPECT_FALSE(machine.run(program));
  ASSERT_EQ(machine.reports.size(), 1U);
  EXPECT_EQ(machine.hart.x(s5), machine.hart.config().fault_loop_limit - 1);
}

TEST(HartTraps, ManyExceptionsWithReturnsAreNoLoop) {
  Machine machine;
  machine.install_handler();
  Program program(Machine::code);
  program.li(s0, 5000);
  program.put({as::ecall(), as::addi(s0, s0, -1), as::bne(s0, zero, -8)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s5), 5000U);
  EXPECT_TRUE(machine.reports.empty());
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
