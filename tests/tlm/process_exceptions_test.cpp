// What is thrown into a process that waits in a target is the initiator's business; what the target throws is not.
#include <gtest/gtest.h>
#include <stdexcept>

#include "sc_memory/map/io_region.h"
#include "sc_memory/tlm/messages.h"

#include "tests/tlm/test_bench.h"

namespace sc_memory::testing {
namespace {

struct Interrupt {
  int number;
};

struct WaitingBench : TargetBench {
  WaitingBench() : TargetBench(0x1000) {
    target.on_transport = [this](tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
      sc_core::wait(10, sc_core::SC_NS);
      if (target_throws) throw std::runtime_error("of the target's own");
      target.serve(payload);
    };
  }

  /// Makes an access in a process, and `disturb` 5 ns later. Returns what the process caught.
  template <typename Disturb>
  void run_and(Disturb&& disturb) {
    process = sc_core::sc_spawn([this] {
      try {
        response = cpu.read(0x1000, &value, 4);
        ++answered;
      } catch (const Interrupt& interrupt) {
        caught = interrupt.number;
      } catch (const std::runtime_error&) {
        caught = -1;
      }
    });
    sc_core::sc_spawn([&] {
      sc_core::wait(5, sc_core::SC_NS);
      disturb();
    });
    run({100, sc_core::SC_NS});
  }

  sc_core::sc_process_handle process;
  bool target_throws = false;
  std::uint32_t value = 0;
  tlm::tlm_response_status response = tlm::TLM_INCOMPLETE_RESPONSE;
  int answered = 0;
  int caught = 0;
};

TEST(ProcessExceptions, WhatIsThrownIntoAProcessInATargetReachesTheInitiator) {
  WaitingBench bench;
  const ReportCounter reports(kProtocolMessage);
  bench.run_and([&] { bench.process.throw_it(Interrupt{7}); });
  EXPECT_EQ(bench.caught, 7);
  EXPECT_EQ(bench.answered, 0);
  EXPECT_EQ(reports.count(), 0) << "the target did nothing wrong";
}

TEST(ProcessExceptions, AStandardExceptionThrownIntoAProcessReachesTheInitiatorToo) {
  WaitingBench bench;
  const ReportCounter reports(kProtocolMessage);
  bench.run_and([&] { bench.process.throw_it(std::runtime_error("cancelled")); });
  EXPECT_EQ(bench.caught, -1);
  EXPECT_EQ(reports.count(), 0);
}

TEST(ProcessExceptions, WhatATargetThrowsAfterAWaitIsAnErrorResponse) {
  WaitingBench bench;
  bench.target_throws = true;
  const ReportCounter reports(kProtocolMessage);
  bench.run_and([] {});
  EXPECT_EQ(bench.caught, 0);
  EXPECT_EQ(bench.answered, 1);
  EXPECT_EQ(bench.response, tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(reports.count(), 1);
}

TEST(ProcessExceptions, AKilledProcessAccusesNobody) {
  WaitingBench bench;
  const ReportCounter reports(kProtocolMessage);
  bench.run_and([&] { bench.process.kill(); });
  EXPECT_EQ(bench.answered, 0);
  EXPECT_EQ(reports.count(), 0);
}

TEST(ProcessExceptions, AResetProcessMakesItsAccessAgain) {
  WaitingBench bench;
  const ReportCounter reports(kProtocolMessage);
  bench.run_and([&] { bench.process.reset(); });
  EXPECT_EQ(bench.answered, 1);
  EXPECT_EQ(reports.count(), 0);
}

}  // namespace
}  // namespace sc_memory::testing
