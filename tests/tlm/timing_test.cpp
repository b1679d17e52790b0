// Latency, bandwidth and contention, in both styles of transport.
#include "sc_memory/tlm/timing.h"

#include <gmock/gmock.h>

#include "sc_memory/access/io_ops.h"

#include "tests/tlm/at_bench.h"

namespace sc_memory::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Timing : public ::testing::Test {
 protected:
  /// The delay that a blocking access comes back with.
  sc_core::sc_time blocking(AtInitiator& initiator, tlm::tlm_command command, Address address, unsigned length,
                            sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    std::vector<std::uint8_t> bytes(length);
    tlm::tlm_generic_payload& payload = bench.pool.make(command, address, bytes.data(), length);
    initiator.socket->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
    payload.release();
    return delay;
  }
  sc_core::sc_time read(AtInitiator& initiator, Address address, unsigned length,
                        sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return blocking(initiator, tlm::TLM_READ_COMMAND, address, length, delay);
  }
  bool ask_dmi(AtInitiator& initiator, Address address, tlm::tlm_dmi& dmi) {
    tlm::tlm_generic_payload payload;
    payload.set_read();
    payload.set_address(address);
    return initiator.socket->get_direct_mem_ptr(payload, dmi);
  }

  AtBench bench;
  RegionTiming& timing = bench.bus.timing(bench.ram);
  std::uint32_t value = 0;
  std::uint32_t other_value = 0;
};

TEST_F(Timing, NothingCostsNothing) {
  bench.run(1);
  EXPECT_EQ(read(bench.cpu, 0x8000, 4, ns(3)), ns(3));
  EXPECT_EQ(read(bench.cpu, 0x1000, 4), ns(0));
}

TEST_F(Timing, LatencyAndBandwidthAreAddedToTheDelay) {
  timing.read_latency(ns(20)).write_latency(ns(10)).bandwidth(1e9);
  bench.run(1);
  EXPECT_EQ(read(bench.cpu, 0x8000, 4), ns(24));
  EXPECT_EQ(read(bench.cpu, 0x8000, 64, ns(100)), ns(184));
  EXPECT_EQ(blocking(bench.cpu, tlm::TLM_WRITE_COMMAND, 0x8000, 8), ns(18));
  EXPECT_EQ(blocking(bench.cpu, tlm::TLM_IGNORE_COMMAND, 0x8000, 8), ns(0));
  EXPECT_EQ(read(bench.cpu, 0x3000, 4), ns(0));
}

TEST_F(Timing, ATargetIsCalledWithTheDelayAdded) {
  bench.bus.timing(bench.first_region).latency(ns(6));
  bench.run(1);
  EXPECT_EQ(read(bench.cpu, 0x1000, 4, ns(1)), ns(7));
}

TEST_F(Timing, EachPieceCostsWhatItsRegionCosts) {
  bench.system.remove(bench.ram);
  bench.system.add(0x2000, bench.ram);
  timing.latency(ns(20)).bandwidth(1e9);
  bench.bus.timing(bench.first_region).latency(ns(3));
  bench.run(1);
  EXPECT_EQ(read(bench.cpu, 0x1ff8, 16), ns(3 + 20 + 8));
}

TEST_F(Timing, ContentionIsADelayForWhoComesSecond) {
  timing.latency(ns(10)).arbitration(Arbitration::round_robin);
  bench.run(1);
  EXPECT_EQ(read(bench.cpu, 0x8000, 4), ns(10));
  EXPECT_EQ(read(bench.dma, 0x8000, 4), ns(20));
  EXPECT_EQ(read(bench.cpu, 0x8000, 4, ns(10)), ns(30));
  bench.run(25);
  // Busy for another 5.
  EXPECT_EQ(read(bench.dma, 0x8000, 4), ns(15));
  bench.run(100);
  EXPECT_EQ(read(bench.dma, 0x8000, 4), ns(10));
}

struct Third : sc_core::sc_module {
  Third(sc_core::sc_module_name name, AtBench& bench) : sc_module(name) {
    bench.bus.initiator("third", bench.space).bind(initiator.socket);
  }
  AtInitiator initiator{"initiator"};
};

TEST_F(Timing, PrioritiesOvertakeAndTheOvertakenPay) {
  timing.latency(ns(10)).arbitration(Arbitration::fixed_priority);
  bench.dma_port.priority(3);
  Third third("third", bench);
  bench.run(1);
  EXPECT_EQ(read(third.initiator, 0x8000, 4), ns(10));
  EXPECT_EQ(read(bench.cpu, 0x8000, 4, ns(1)), ns(20));
  EXPECT_EQ(read(bench.dma, 0x8000, 4, ns(2)), ns(20));
  EXPECT_EQ(read(bench.cpu, 0x8000, 4, ns(50)), ns(70));
}

// IEEE 1666 11.3.5 ac: what a byte takes on an average; an access is as wide as the socket, 4 bytes.
TEST_F(Timing, DirectPointersCarryTheLatencyOfAByteAndAreTakenBackWithIt) {
  timing.read_latency(ns(20)).write_latency(ns(10)).bandwidth(1e9);
  bench.run(1);
  tlm::tlm_dmi dmi;
  ASSERT_TRUE(ask_dmi(bench.cpu, 0x8000, dmi));
  EXPECT_EQ(4 * dmi.get_read_latency(), read(bench.cpu, 0x8000, 4));
  EXPECT_EQ(dmi.get_read_latency(), ns(6));
  EXPECT_EQ(dmi.get_write_latency(), ns(3.5));
  ASSERT_FALSE(ask_dmi(bench.cpu, 0x1000, dmi));
  timing.read_latency(ns(20));
  timing.bandwidth(1e9).arbitration(Arbitration::round_robin);
  EXPECT_THAT(bench.cpu.invalidations, IsEmpty());
  timing.read_latency(ns(24));
  EXPECT_THAT(bench.cpu.invalidations, ElementsAre(AddressRange{0x8000, 0x8fff}));
  EXPECT_THAT(bench.dma.invalidations, IsEmpty());
  ASSERT_TRUE(ask_dmi(bench.cpu, 0x8000, dmi));
  EXPECT_EQ(dmi.get_read_latency(), ns(7));
  timing.bandwidth(2e9);
  EXPECT_EQ(bench.cpu.invalidations.size(), 2u);
  ASSERT_TRUE(ask_dmi(bench.cpu, 0x8000, dmi));
  EXPECT_EQ(dmi.get_read_latency(), ns(6.5));
}

TEST_F(Timing, MemoryWithoutArbitrationCompletesWithAnAnnotation) {
  timing.read_latency(ns(20));
  bench.run(1);
  EXPECT_EQ(bench.cpu.begin(bench.read(0x8000, value), ns(3)), tlm::TLM_COMPLETED);
  EXPECT_EQ(bench.cpu.annotation, ns(23));
}

TEST_F(Timing, RequestsQueueAtMemoryThatServesOneAtATime) {
  timing.read_latency(ns(10)).bandwidth(1e9).arbitration(Arbitration::round_robin);
  bench.cpu.begin(bench.read(0x8000, value));
  bench.dma.begin(bench.read(0x8004, other_value), ns(2));
  bench.run(100);
  EXPECT_THAT(bench.cpu.log, ElementsAre("END_REQ 0x8000 @ 0 s", "BEGIN_RESP 0x8000 @ 14 ns"));
  EXPECT_THAT(bench.dma.log, ElementsAre("END_REQ 0x8004 @ 14 ns", "BEGIN_RESP 0x8004 @ 28 ns"));
  EXPECT_EQ(bench.complaints(), 0u);
}

/// An initiator that always has a request waiting.
struct Hungry {
  Hungry(AtBench& at_bench, AtInitiator& at_initiator) : bench(at_bench), initiator(at_initiator) {
    initiator.on_backward = [this](auto& payload, auto& phase, auto&) {
      if (phase == tlm::END_REQ && left > 0) next.notify(sc_core::SC_ZERO_TIME);
      if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
      ends.push_back(sc_core::sc_time_stamp().to_string());
      payload.release();
      return tlm::TLM_COMPLETED;
    };
    sc_core::sc_spawn([this] {
      while (left-- > 0) {
        initiator.begin(bench.read(0x8000, value));
        sc_core::wait(next);
      }
    });
  }
  AtBench& bench;
  AtInitiator& initiator;
  int left = 3;
  std::uint32_t value = 0;
  sc_core::sc_event next;
  std::vector<std::string> ends;
};

TEST_F(Timing, RoundRobinShowsInTheOrderOfResponses) {
  timing.latency(ns(10)).arbitration(Arbitration::round_robin);
  Hungry cpu(bench, bench.cpu);
  Hungry dma(bench, bench.dma);
  bench.run(100);
  EXPECT_THAT(cpu.ends, ElementsAre("10 ns", "30 ns", "50 ns"));
  EXPECT_THAT(dma.ends, ElementsAre("20 ns", "40 ns", "60 ns"));
}

TEST_F(Timing, WeightsShowInTheOrderOfResponses) {
  timing.latency(ns(10)).arbitration(Arbitration::weighted);
  bench.dma_port.weight(2);
  Hungry cpu(bench, bench.cpu);
  Hungry dma(bench, bench.dma);
  bench.run(100);
  EXPECT_THAT(cpu.ends, ElementsAre("10 ns", "40 ns", "60 ns"));
  EXPECT_THAT(dma.ends, ElementsAre("20 ns", "30 ns", "50 ns"));
}

TEST_F(Timing, PriorityShowsInTheOrderOfResponses) {
  timing.latency(ns(10)).arbitration(Arbitration::fixed_priority);
  bench.dma_port.priority(3);
  Hungry cpu(bench, bench.cpu);
  Hungry dma(bench, bench.dma);
  bench.run(100);
  EXPECT_THAT(dma.ends, ElementsAre("10 ns", "20 ns", "30 ns"));
  EXPECT_THAT(cpu.ends, ElementsAre("40 ns", "50 ns", "60 ns"));
}

TEST_F(Timing, ATargetThatServesOneAtATimeGetsRequestsAtThatPace) {
  bench.bus.timing(bench.first_region).latency(ns(10)).arbitration(Arbitration::fixed_priority);
  bench.dma_port.priority(1);
  bench.cpu.begin(bench.read(0x1004, value));
  bench.dma.begin(bench.read(0x1008, other_value));
  bench.run(100);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x8 @ 10 ns", "BEGIN_REQ 0x4 @ 20 ns"));
  EXPECT_THAT(bench.cpu.log, ElementsAre("BEGIN_RESP 0x1004 @ 20 ns"));
  EXPECT_EQ(bench.complaints(), 0u);
}

TEST_F(Timing, ATargetWithLatencyOnlyGetsRequestsLater) {
  bench.bus.timing(bench.first_region).latency(ns(10));
  bench.cpu.begin(bench.read(0x1004, value));
  bench.dma.begin(bench.read(0x1008, other_value), ns(1));
  bench.run(100);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x4 @ 10 ns", "BEGIN_REQ 0x8 @ 11 ns"));
}

TEST_F(Timing, BothStylesShareTheTimeLine) {
  timing.latency(ns(10)).arbitration(Arbitration::round_robin);
  bench.cpu.begin(bench.read(0x8000, value));
  bench.run(4);
  EXPECT_EQ(read(bench.dma, 0x8000, 4), ns(16));
  bench.run(1);
  bench.cpu.begin(bench.read(0x8000, value), ns(6));
  bench.run(100);
  EXPECT_THAT(bench.cpu.log, ElementsAre("END_REQ 0x8000 @ 0 s", "BEGIN_RESP 0x8000 @ 10 ns", "END_REQ 0x8000 @ 20 ns",
                                         "BEGIN_RESP 0x8000 @ 30 ns"));
}

TEST_F(Timing, ADestroyedRegionInTheQueueAnswersWithAnError) {
  auto device = std::make_unique<RamRegion>("device", 0x100);
  bench.system.add(0x6000, *device);
  bench.bus.timing(*device).latency(ns(10)).arbitration(Arbitration::round_robin);
  auto& first = bench.read(0x6000, value);
  auto& second = bench.read(0x6000, other_value);
  bench.cpu.begin(first);
  bench.dma.begin(second);
  bench.run(5);
  device.reset();
  bench.run(100);
  EXPECT_THAT(bench.dma.log, ElementsAre("END_REQ 0x6000 @ 10 ns", "BEGIN_RESP 0x6000 @ 20 ns"));
  EXPECT_EQ(first.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(second.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
}

TEST_F(Timing, ABandwidthThatIsNoneIsAnError) {
  sc_core::sc_report_handler::set_actions("/sc_memory/binding", sc_core::SC_CACHE_REPORT);
  timing.bandwidth(1e9).bandwidth(-1);
  EXPECT_EQ(timing.bandwidth(), 1e9);
  EXPECT_EQ(sc_core::sc_report_handler::get_count("/sc_memory/binding", sc_core::SC_ERROR), 1);
}

}  // namespace
}  // namespace sc_memory::testing
