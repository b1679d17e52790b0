// The hart as a module: simulated time, the quantum, WFI, interrupts from other processes, several harts on one memory.
#include "models/riscv/hart.h"

#include <gtest/gtest.h>
#include <stdexcept>

#include "tests/models/riscv/hart_test_machine.h"

namespace sc_memory::models::riscv::test {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

// Sets an interrupt input at a time of its own.
class Pulse : public sc_core::sc_module {
 public:
  Pulse(const sc_core::sc_module_name& name, Hart& hart, Interrupt interrupt, sc_time at)
      : sc_module(name), hart_(hart), interrupt_(interrupt), at_(at) {
    SC_HAS_PROCESS(Pulse);
    SC_THREAD(run);
  }

 private:
  void run() {
    wait(at_);
    hart_.set_interrupt(interrupt_, true);
  }

  Hart& hart_;
  Interrupt interrupt_;
  sc_time at_;
};

TEST(Hart, RefusesACycleOfNoTime) {
  HartConfig config;
  config.cycle = sc_core::SC_ZERO_TIME;
  EXPECT_THROW(Hart("hart", config), std::invalid_argument);
}

TEST(Hart, CompletesBackwardTransportsItNeverAskedFor) {
  Machine machine;
  tlm::tlm_generic_payload payload;
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_time delay;
  EXPECT_EQ(machine.memory.socket->nb_transport_bw(payload, phase, delay), tlm::TLM_COMPLETED);
}

TEST(Hart, TransportsCarryTheExactLocalTime) {
  Machine machine;
  Program program(Machine::code);
  program.li(s0, Machine::probe);
  const uint64_t before = (program.here() - Machine::code) / 4;
  program.put({as::sw(zero, s0, 0), as::nop(), as::nop(), as::sw(zero, s0, 4)});
  ASSERT_TRUE(machine.run_and_finish(program));
  ASSERT_EQ(machine.probed.size(), 2U);
  EXPECT_EQ(machine.probed[0].time, sc_time(10.0 * static_cast<double>(before), SC_NS));
  EXPECT_EQ(machine.probed[1].time - machine.probed[0].time, sc_time(30, SC_NS));
}

TEST(Hart, DelaysOfTargetsAreHonoured) {
  Machine machine;
  Program program(Machine::code);
  program.li(s0, Machine::probe).put({as::sw(zero, s0, 0), as::sw(zero, s0, 4), as::sw(zero, s0, 8)});
  unsigned count = 0;
  machine.on_probe = [&](sc_time& delay) {
    if (++count == 1) delay += sc_time(500, SC_NS);
    if (count == 2) {  // a target that waits takes the delay upon itself
      sc_core::wait(delay + sc_time(70, SC_NS));
      delay = sc_core::SC_ZERO_TIME;
    }
  };
  ASSERT_TRUE(machine.run_and_finish(program));
  ASSERT_EQ(machine.probed.size(), 3U);
  EXPECT_EQ(machine.probed[1].time - machine.probed[0].time, sc_time(510, SC_NS));
  EXPECT_EQ(machine.probed[2].time - machine.probed[1].time, sc_time(80, SC_NS));
}

TEST(Hart, RunsAheadByNoMoreThanTheQuantum) {
  Machine machine;
  tlm::tlm_global_quantum::instance().set(sc_time(1, SC_US));
  Program program(Machine::code);
  program.li(s0, Machine::probe).li(t0, 200);
  program.put({as::sw(zero, s0, 0), as::addi(t0, t0, -1), as::bne(t0, zero, -8)});
  sc_time furthest;
  machine.on_probe = [&](sc_time& delay) { furthest = std::max(furthest, delay); };
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_LE(furthest, sc_time(1, SC_US) + sc_time(10, SC_NS) * 64);
  EXPECT_GE(sc_core::sc_time_stamp(), sc_time(10, SC_NS) * 580);
}

TEST(Hart, RunsWithoutAQuantum) {
  Machine machine;
  tlm::tlm_global_quantum::instance().set(sc_core::SC_ZERO_TIME);
  Program program(Machine::code);
  program.li(t0, 100).put({as::addi(a0, a0, 3), as::addi(t0, t0, -1), as::bne(t0, zero, -8)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 300U);
}

TEST(Hart, WaitsForAnInterruptInSimulatedTime) {
  Machine machine;
  Pulse pulse("pulse", machine.hart, Interrupt::m_timer, sc_time(50, SC_US));
  machine.hart.set_csr(csr::mie, interrupt_bit(Interrupt::m_timer));
  Program program(Machine::code);
  // Interrupts are off globally: WFI only waits, and goes on behind itself.
  program.put({as::wfi(), as::csrr(a0, csr::mip), as::csrr(a1, csr::mcycle)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 0x80U);
  EXPECT_EQ(machine.hart.x(a1), 5000U + 1);
  EXPECT_LT(machine.hart.counters().instructions, 3000U);
}

TEST(Hart, SleepsThroughInterruptsThatAreNotEnabled) {
  Machine machine;
  Pulse pulse("pulse", machine.hart, Interrupt::m_software, sc_time(50, SC_US));
  machine.hart.set_csr(csr::mie, interrupt_bit(Interrupt::m_timer));
  Program program(Machine::code);
  program.put(as::wfi());
  Machine::finish(program);
  EXPECT_FALSE(machine.run(program, sc_time(200, SC_US)));
  EXPECT_EQ(machine.hart.counters().instructions, 1U);
}

TEST(Hart, DoesNotWaitWhenAnInterruptIsPendingAlready) {
  Machine machine;
  machine.hart.set_csr(csr::mie, interrupt_bit(Interrupt::m_external));
  machine.hart.set_interrupt(Interrupt::m_external, true);
  Program program(Machine::code);
  program.put({as::wfi(), as::csrr(a1, csr::mcycle)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a1), 1U);
}

TEST(Hart, AnInterruptFromItsOwnStoreIsTakenAtOnce) {
  Machine machine;
  machine.install_handler(0);
  Program handler(Machine::handler);
  handler.put({as::csrr(s4, csr::mepc), as::addi(s2, a0, 0), as::csrw(csr::mie, zero), as::mret()});
  machine.load(handler);
  machine.hart.set_csr(csr::mie, interrupt_bit(Interrupt::m_software));
  machine.hart.set_csr(csr::mstatus, status::mie);
  machine.on_probe = [&](sc_time&) { machine.hart.set_interrupt(Interrupt::m_software, true); };
  Program program(Machine::code);
  program.li(s0, Machine::probe).put(as::sw(zero, s0, 0));
  const uint64_t next = program.here();
  program.put({as::addi(a0, a0, 1), as::addi(a0, a0, 1)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s4), next);
  EXPECT_EQ(machine.hart.x(s2), 0U);
  EXPECT_EQ(machine.hart.x(a0), 2U);
}

TEST(Hart, AnInterruptBreaksAnEndlessLoop) {
  Machine machine;
  Pulse pulse("pulse", machine.hart, Interrupt::m_timer, sc_time(30, SC_US));
  Program handler(Machine::handler);
  handler.put(as::csrr(s2, csr::mcause));
  Machine::finish(handler);
  machine.load(handler);
  machine.hart.set_csr(csr::mtvec, Machine::handler);
  machine.hart.set_csr(csr::mie, interrupt_bit(Interrupt::m_timer));
  machine.hart.set_csr(csr::mstatus, status::mie);
  Program program(Machine::code);
  program.put(as::jal(zero, 0));
  ASSERT_TRUE(machine.run(program));
  EXPECT_EQ(machine.hart.x(s2), uint64_t{1} << 63 | 7);
}

TEST(Hart, StoppingTheSimulationEndsIt) {
  Machine machine;
  machine.on_probe = [](sc_time&) { sc_core::sc_stop(); };
  Program program(Machine::code);
  program.li(s0, Machine::probe).put({as::sw(zero, s0, 0), as::addi(a0, a0, 1), as::jal(zero, -4)});
  machine.run(program, sc_time(1, sc_core::SC_SEC));
  EXPECT_LE(machine.hart.x(a0), 1000U) << "no more than the rest of the quantum";
}

// Two harts add to one counter, one with an AMO and one with a loop of LR and SC, with a wait after each LR's quantum.
TEST(Hart, AtomicsOfTwoHartsLoseNothing) {
  HartConfig config = Machine::make_config();
  Machine machine(config);
  tlm::tlm_global_quantum::instance().set(sc_time(30, SC_NS));
  config.hart_id = 1;
  config.reset_pc = Machine::code + 0x1000;
  Hart second("second", config);
  struct Forward : sc_core::sc_module {
    tlm_utils::simple_target_socket<Forward, 64> socket{"socket"};
    TestMemory& memory;
    Forward(const sc_core::sc_module_name& name, TestMemory& to) : sc_module(name), memory(to) {
      socket.register_b_transport(this, &Forward::b_transport);
    }
    void b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) { memory.serve(payload, delay); }
  } forward("forward", machine.memory);
  second.socket.bind(forward.socket);
  constexpr uint64_t rounds = 500;
  Program adder(Machine::code + 0x1000);
  adder.li(s0, Machine::data).li(t0, rounds).li(a0, 1);
  adder.put({as::amo(0, 3, zero, a0, s0), as::addi(t0, t0, -1), as::bne(t0, zero, -8), as::jal(zero, 0)});
  machine.load(adder);
  Program program(Machine::code);
  program.li(s0, Machine::data).li(t0, rounds);
  program.put({as::lr(3, a0, s0), as::addi(a0, a0, 1), as::jal(zero, 4), as::nop(), as::sc(3, a1, a0, s0),
               as::bne(a1, zero, -20), as::addi(t0, t0, -1), as::bne(t0, zero, -28)});
  // Then wait until both are done.
  program.li(t1, 2 * rounds).put({as::ld(a0, s0, 0), as::bne(a0, t1, -4)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.memory.get<uint64_t>(Machine::data), 2 * rounds);
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
