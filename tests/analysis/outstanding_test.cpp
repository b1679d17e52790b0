// Outstanding transactions: begin and end are paired whatever happens between them, and whatever time they take.
#include "sc_memory/analysis/outstanding.h"

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>

#include "sc_memory/analysis/probe.h"

#include "tests/analysis/collectors.h"
#include "tests/support/seed.h"
#include "tests/tlm/at_bench.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using sc_core::sc_time;
using testing::AtBench;
using testing::Bench;
using testing::Collector;
using testing::ns;
using testing::TestTarget;

/// Memory at 0, and at 0x1000 and 0x2000 two regions of a target that takes as long as it is told.
struct OutstandingBench : Bench {
  OutstandingBench() {
    system.add(0, ram);
    system.add(0x1000, first);
    system.add(0x2000, second);
    first.bind(first_target.socket);
    second.bind(second_target.socket);
    for (TestTarget<>* target : {&first_target, &second_target})
      target->on_transport = [this, target](tlm::tlm_generic_payload& payload, sc_time&) {
        if (takes != sc_core::SC_ZERO_TIME) sc_core::wait(takes);
        target->serve(payload);
      };
  }

  /// A read by the cpu, which is `ahead` of simulated time.
  sc_time read(Address address, unsigned length = 4, sc_time ahead = sc_core::SC_ZERO_TIME) {
    std::vector<std::uint8_t> data(length);
    tlm::tlm_generic_payload payload;
    testing::prepare(payload, tlm::TLM_READ_COMMAND, address, data.data(), length);
    cpu.socket->b_transport(payload, ahead);
    return ahead;
  }

  RamRegion ram{"ram", 0x1000};
  TargetRegion first{"first", 0x1000};
  TargetRegion second{"second", 0x1000};
  TestTarget<> first_target{"first_target", 0x1000};
  TestTarget<> second_target{"second_target", 0x1000};
  sc_time takes;
};

OutstandingTransactions::Row only_row(const OutstandingTransactions& outstanding) {
  const auto rows = outstanding.rows();
  EXPECT_EQ(rows.size(), 1u);
  return rows.empty() ? OutstandingTransactions::Row{} : rows.front();
}

TEST(Outstanding, OneAfterTheOtherIsOneAtATimeEvenIfTheyTakeNone) {
  OutstandingBench bench;
  const OutstandingTransactions outstanding(bench.bus);
  sc_core::sc_spawn([&] {
    sc_core::wait(ns(5));
    for (int i = 0; i < 4; ++i) bench.read(0);
    EXPECT_EQ(only_row(outstanding).most, 1u) << "while the moment lasts";
    for (int i = 0; i < 4; ++i) bench.read(0x1000);
  });
  bench.run(ns(10));
  EXPECT_EQ(only_row(outstanding).most, 1u);
  EXPECT_EQ(only_row(outstanding).now, 0u);
  EXPECT_EQ(only_row(outstanding).mean, 0);
}

TEST(Outstanding, WhatTakesNoTimeWhileAnotherIsUnderWayMakesTwo) {
  OutstandingBench bench;
  const OutstandingTransactions outstanding(bench.bus);
  bench.takes = ns(20);
  sc_core::sc_spawn([&] { bench.read(0x1000); });
  sc_core::sc_spawn([&] {
    sc_core::wait(ns(5));
    for (int i = 0; i < 4; ++i) bench.read(0);
  });
  bench.run(ns(10));
  EXPECT_EQ(only_row(outstanding).now, 1u);
  EXPECT_EQ(only_row(outstanding).most, 2u);
  bench.run(ns(30));
  EXPECT_EQ(only_row(outstanding).now, 0u);
  EXPECT_EQ(only_row(outstanding).most, 2u);
}

/// The next one may be told of before the end that it meets.
TEST(Outstanding, AnEndAndABeginAtOneTimeDoNotMeet) {
  OutstandingBench bench;
  bench.bus.timing(bench.ram).latency(ns(10));
  const OutstandingTransactions outstanding(bench.bus);
  bench.takes = ns(20);
  sc_core::sc_spawn([&] { bench.read(0x1000); });  // Ends at 20.
  sc_core::sc_spawn([&] {
    sc_core::wait(ns(10));
    sc_time ahead = ns(10);
    for (int i = 0; i < 3; ++i) ahead = bench.read(0, 4, ahead);  // From 20 on.
  });
  bench.run(ns(100));
  EXPECT_EQ(only_row(outstanding).most, 1u);
  EXPECT_EQ(only_row(outstanding).time_at[1], ns(50));
  EXPECT_EQ(only_row(outstanding).now, 0u);
}

TEST(Outstanding, AProcessThatIsResetOrKilledInMidTransportLeavesNone) {
  OutstandingBench bench;
  const OutstandingTransactions outstanding(bench.bus);
  Probe probe(bench.bus);
  Collector<TransactionRecord> seen;
  probe.transactions.bind(seen);
  bench.takes = ns(100);
  auto process = sc_core::sc_spawn([&] { bench.read(0x1000); });
  auto in_pieces = sc_core::sc_spawn([&] { bench.read(0x1ffc, 8); });
  auto ahead = sc_core::sc_spawn([&] { bench.read(0x1000, 4, ns(50)); });
  sc_core::sc_spawn([&] {
    for (int i = 0; i < 3; ++i) {
      sc_core::wait(ns(10));
      process.reset();
      in_pieces.reset();
    }
    sc_core::wait(ns(10));
    EXPECT_EQ(only_row(outstanding).now, 2u) << "the two that began anew; the third lies ahead";
    process.kill();
    in_pieces.kill();
    ahead.kill();
  });
  bench.run(ns(45));
  EXPECT_EQ(only_row(outstanding).now, 0u);
  EXPECT_EQ(only_row(outstanding).most, 2u);
  bench.run(ns(500));
  EXPECT_EQ(only_row(outstanding).now, 0u);
  EXPECT_EQ(only_row(outstanding).most, 2u);
  EXPECT_EQ(only_row(outstanding).time_at[2], ns(40));
  ASSERT_EQ(seen.records.size(), 9u);
  for (const TransactionRecord& record : seen.records) {
    EXPECT_EQ(record.response, tlm::TLM_INCOMPLETE_RESPONSE);
    EXPECT_EQ(record.bytes_moved(), 0u);
  }
  EXPECT_EQ(seen.records.front().latency(), ns(10));
  EXPECT_EQ(seen.last().start, ns(50));
  EXPECT_EQ(seen.last().end, ns(50)) << "it ended before it began";
}

TEST(Outstanding, AnExceptionOfTheInitiatorLeavesNone) {
  OutstandingBench bench;
  const OutstandingTransactions outstanding(bench.bus);
  bench.takes = ns(100);
  auto process = sc_core::sc_spawn([&] {
    try {
      bench.read(0x1000);
    } catch (const std::runtime_error&) {
    }
  });
  sc_core::sc_spawn([&] {
    sc_core::wait(ns(10));
    process.throw_it(std::runtime_error("enough"));
  });
  bench.run(ns(20));
  EXPECT_EQ(only_row(outstanding).now, 0u);
  EXPECT_EQ(only_row(outstanding).time_at[1], ns(10));
}

TEST(Outstanding, WhatWasUnderWayBeforeIsNotCountedDownEither) {
  OutstandingBench bench;
  std::unique_ptr<OutstandingTransactions> outstanding;
  bench.takes = ns(20);
  sc_core::sc_spawn([&] { bench.read(0x1000, 4, ns(50)); });  // Begins after the observer comes, but not seen by it.
  sc_core::sc_spawn([&] { bench.read(0x1ffc, 8); });
  sc_core::sc_spawn([&] {
    sc_core::wait(ns(10));
    outstanding = std::make_unique<OutstandingTransactions>(bench.bus);
    bench.takes = ns(100);
    bench.read(0x1000);  // From 10 to 110.
  });
  bench.run(ns(90));
  EXPECT_EQ(only_row(*outstanding).now, 2u) << "the second piece began after: from 20 to 120";
  bench.run(ns(25));
  EXPECT_EQ(only_row(*outstanding).now, 1u);
  bench.run(ns(100));
  EXPECT_EQ(only_row(*outstanding).now, 0u);
}

TEST(Outstanding, NonblockingOnesThatBeganUnseenAreNotCountedDown) {
  AtBench bench;
  bench.first_target.on_forward = [&](tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) bench.first_target.serve(payload);
    delay += ns(30);
    return tlm::TLM_COMPLETED;
  };
  std::uint32_t word = 0;
  tlm::tlm_generic_payload& before = bench.read(0x1000, word);
  bench.cpu.begin(before, ns(20));
  bench.run(10);
  const OutstandingTransactions outstanding(bench.bus);
  bench.run(20);
  EXPECT_EQ(outstanding.rows().size(), 0u);
  bench.run(100);
  EXPECT_EQ(outstanding.rows().size(), 0u);
  before.release();
}

TEST(Outstanding, MoreThanTheLevelsKeepTheirMean) {
  OutstandingBench bench;
  const OutstandingTransactions outstanding(bench.bus);
  bench.takes = ns(50);
  for (int i = 0; i < 100; ++i) sc_core::sc_spawn([&] { bench.read(0x1000); });
  bench.run(ns(100));
  EXPECT_EQ(only_row(outstanding).most, 100u);
  EXPECT_DOUBLE_EQ(only_row(outstanding).mean, 50);
}

/// The process is still in its transport, and leaves it when there is no router any more.
TEST(Outstanding, WithTheRouterTheyAreGone) {
  Container system("system");
  AddressSpace space("space", system);
  TargetRegion region("region", 0x1000);
  TestTarget<> target("target", 0x1000);
  testing::TestInitiator cpu("cpu");
  auto bus = std::make_unique<Router>("bus");
  system.add(0, region);
  region.bind(target.socket);
  bus->initiator("cpu", space).bind(cpu.socket);
  target.on_transport = [](tlm::tlm_generic_payload&, sc_time&) { sc_core::wait(ns(100)); };
  const OutstandingTransactions outstanding(*bus);
  sc_core::sc_process_handle process = sc_core::sc_spawn([&] { cpu.load<std::uint32_t>(0); });
  sc_core::sc_start(ns(10));
  EXPECT_EQ(only_row(outstanding).now, 1u);
  bus.reset();
  EXPECT_EQ(only_row(outstanding).now, 0u);
  EXPECT_EQ(only_row(outstanding).time_at[1], ns(10));
  sc_core::sc_spawn([&] { process.kill(); });
  sc_core::sc_start(ns(10));
  EXPECT_TRUE(process.terminated());
  EXPECT_EQ(only_row(outstanding).now, 0u);
}

}  // namespace
}  // namespace sc_memory
