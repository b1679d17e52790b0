// When actions run that a router's non-blocking side asks for.
#include "sc_memory/tlm/phase_scheduler.h"

#include <gmock/gmock.h>
#include <memory>
#include <string>
#include <vector>

#include "sc_memory/tlm/counted.h"

namespace sc_memory::testing {
namespace {

using ::testing::ElementsAre;

struct SchedulerBench : sc_core::sc_module {
  SchedulerBench() : sc_module(sc_core::sc_module_name("bench")) {}
  /// An action that writes down when it ran.
  auto note(const std::string& name) {
    return [this, text = std::make_shared<std::string>(name)] {
      log.push_back(*text + " @ " + sc_core::sc_time_stamp().to_string());
    };
  }
  PhaseScheduler scheduler;
  std::vector<std::string> log;
};

sc_core::sc_time ns(double n) { return {n, sc_core::SC_NS}; }

TEST(PhaseScheduler, RunsWhatIsDueInTheOrderInWhichItWasAskedFor) {
  SchedulerBench bench;
  bench.scheduler.at(ns(7), bench.note("late"));
  bench.scheduler.at(ns(5), bench.note("first"));
  bench.scheduler.soon(bench.note("now"));
  bench.scheduler.at(ns(5), bench.note("second"));
  sc_core::sc_start(ns(100));
  EXPECT_THAT(bench.log, ElementsAre("now @ 0 s", "first @ 5 ns", "second @ 5 ns", "late @ 7 ns"));
}

TEST(PhaseScheduler, WhatAnActionAsksForRunsInALaterDeltaCycle) {
  SchedulerBench bench;
  std::vector<std::uint64_t> deltas;
  bench.scheduler.at(ns(5), [&] {
    deltas.push_back(sc_core::sc_delta_count());
    bench.scheduler.soon([&] { deltas.push_back(sc_core::sc_delta_count()); });
    bench.scheduler.soon([&] { deltas.push_back(sc_core::sc_delta_count()); });
    bench.scheduler.at(ns(3), bench.note("no earlier than now"));
  });
  bench.scheduler.at(ns(5), [&] { deltas.push_back(sc_core::sc_delta_count()); });
  sc_core::sc_start(ns(100));
  ASSERT_EQ(deltas.size(), 4u);
  EXPECT_EQ(deltas[1], deltas[0]);
  EXPECT_EQ(deltas[2], deltas[0] + 1);
  EXPECT_EQ(deltas[3], deltas[0] + 1);
  EXPECT_THAT(bench.log, ElementsAre("no earlier than now @ 5 ns"));
}

TEST(PhaseScheduler, AnEarlierActionIsNotHeldUpByALaterOne) {
  SchedulerBench bench;
  bench.scheduler.at(ns(50), bench.note("later"));
  sc_core::sc_spawn([&] {
    sc_core::wait(ns(10));
    bench.scheduler.soon(bench.note("soon"));
    bench.scheduler.at(ns(20), bench.note("earlier"));
  });
  sc_core::sc_start(ns(100));
  EXPECT_THAT(bench.log, ElementsAre("soon @ 10 ns", "earlier @ 20 ns", "later @ 50 ns"));
}

TEST(PhaseScheduler, LetsGoOfWhatAnActionHolds) {
  SchedulerBench bench;
  const auto held = std::make_shared<int>(0);
  bench.scheduler.soon([held] {});
  bench.scheduler.at(ns(5), [held] {});
  bench.scheduler.in_thread([held] { sc_core::wait(ns(10)); });
  sc_core::sc_start(ns(7));
  EXPECT_EQ(held.use_count(), 2);
  sc_core::sc_start(ns(7));
  EXPECT_EQ(held.use_count(), 1);
}

TEST(CountedPointer, TheLastOneTakesTheObjectAlong) {
  struct Object final : Counted {
    explicit Object(int& alive) : count(alive) { ++count; }
    ~Object() override { --count; }
    int& count;
  };
  int alive = 0;
  CountedPointer<Object> first(new Object(alive));
  CountedPointer<Object> second = first;
  first = nullptr;
  EXPECT_EQ(alive, 1);
  CountedPointer<Object> third = std::move(second);
  EXPECT_EQ(second, nullptr);  // NOLINT(bugprone-use-after-move): what is left is what is looked at.
  third = CountedPointer<Object>(new Object(alive));
  EXPECT_EQ(alive, 1);
  third = nullptr;
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace sc_memory::testing
