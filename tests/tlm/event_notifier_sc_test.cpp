// A guest write that wakes a process.
#include "sc_memory/tlm/event_notifier_sc.h"

#include <gtest/gtest.h>
#include <vector>

#include "sc_memory/access/io_ops.h"

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

}  // namespace
}  // namespace sc_memory
