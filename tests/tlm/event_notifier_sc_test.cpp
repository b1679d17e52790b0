// What wakes a process: a guest write that is meant to, and a watchpoint.
#include "sc_memory/tlm/event_notifier_sc.h"

#include <gtest/gtest.h>
#include <vector>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/tlm/watch_event.h"

#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

struct Waiter : sc_core::sc_module {
  SC_HAS_PROCESS(Waiter);
  explicit Waiter(sc_core::sc_module_name name) : sc_module(name) {
    SC_METHOD(woken);
    sensitive << event;
    dont_initialize();
  }
  void woken() { times.push_back(sc_core::sc_time_stamp()); }

  sc_core::sc_event event;
  std::vector<sc_core::sc_time> times;
};

TEST(ScEventNotifier, WakesItsProcessInsteadOfTheDevice) {
  testing::Bench bench;
  Waiter waiter("waiter");
  int writes = 0;
  IoRegion io("io", 0x100, io_ops().write([&](Address, std::uint64_t, unsigned) { ++writes; }));
  bench.system.add(0, io);
  ScEventNotifier soon(waiter.event);
  ScEventNotifier later(waiter.event, sc_core::sc_time(5, sc_core::SC_NS));
  io.path().add_event_trigger({0x10, 4, true, 1, &soon});
  io.path().add_event_trigger({0x10, 4, true, 2, &later});
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x10, 1), tlm::TLM_OK_RESPONSE);
  EXPECT_TRUE(waiter.times.empty()) << "not from inside the write";
  sc_core::sc_start(1, sc_core::SC_NS);
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x10, 2), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x10, 3), tlm::TLM_OK_RESPONSE);
  sc_core::sc_start(10, sc_core::SC_NS);
  ASSERT_EQ(waiter.times.size(), 2u);
  EXPECT_EQ(waiter.times[0], sc_core::SC_ZERO_TIME);
  EXPECT_EQ(waiter.times[1], sc_core::sc_time(6, sc_core::SC_NS));
  EXPECT_EQ(writes, 1);
}

TEST(WatchEvent, AHitWakesAProcess) {
  testing::Bench bench;
  Waiter waiter("waiter");
  RamRegion ram("ram", 0x100);
  bench.system.add(0, ram);
  bench.start();
  const Watchpoint soon(bench.space, {0x10, 0x13}, WatchFor::writes, notifying(waiter.event));
  const Watchpoint later(bench.space, {0x20, 0x23}, WatchFor::reads,
                         notifying(waiter.event, sc_core::sc_time(5, sc_core::SC_NS)));
  bench.cpu.load<std::uint32_t>(0x10);
  sc_core::sc_start(1, sc_core::SC_NS);
  EXPECT_TRUE(waiter.times.empty()) << "a read is not watched for";
  bench.cpu.store<std::uint32_t>(0x10, 1);
  EXPECT_TRUE(waiter.times.empty()) << "not from inside the write";
  sc_core::sc_start(1, sc_core::SC_NS);
  bench.cpu.load<std::uint32_t>(0x20);
  sc_core::sc_start(10, sc_core::SC_NS);
  EXPECT_EQ(waiter.times, (std::vector<sc_core::sc_time>{{1, sc_core::SC_NS}, {7, sc_core::SC_NS}}));
}

}  // namespace
}  // namespace sc_memory
