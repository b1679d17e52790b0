// Observers of ports that come and go while they are being told, and what a router does for ports still to come.
#include "sc_memory/tlm/port_observer.h"

#include <functional>
#include <gtest/gtest.h>

#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::TestInitiator;

struct Counter : PortObserver {
  void transported(const PortTransaction&) override {
    ++transactions;
    if (then) then();
  }
  void port_added(InitiatorPort&) override { ++ports; }
  void router_destroyed() override { ++ends; }

  int transactions = 0;
  int ports = 0;
  int ends = 0;
  std::function<void()> then;
};

TEST(PortObservers, MayRemoveThemselvesAndOthersAndAddSome) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  bench.start();
  Counter first;
  Counter second;
  Counter third;
  first.then = [&] {
    bench.bus.remove_observer(first);
    bench.bus.remove_observer(second);
    bench.bus.add_observer(third);
  };
  bench.bus.add_observer(first);
  bench.bus.add_observer(second);
  bench.cpu.load<std::uint32_t>(0);
  EXPECT_EQ(first.transactions, 1);
  EXPECT_EQ(second.transactions, 0) << "removed before it was told";
  EXPECT_EQ(third.transactions, 1) << "added before all were told";
  bench.cpu.load<std::uint32_t>(0);
  EXPECT_EQ(first.transactions, 1);
  EXPECT_EQ(third.transactions, 2);
  bench.bus.remove_observer(third);
}

TEST(PortObservers, OfOnePortHearNothingOfOthers) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  TestInitiator dma("dma");
  InitiatorPort& dma_port = bench.bus.initiator("dma", bench.space);
  dma_port.bind(dma.socket);
  bench.start();
  Counter counter;
  dma_port.add_observer(counter);
  bench.cpu.load<std::uint32_t>(0);
  EXPECT_EQ(counter.transactions, 0);
  dma.load<std::uint32_t>(0);
  EXPECT_EQ(counter.transactions, 1);
}

TEST(PortObservers, OfARouterHearOfPortsToComeAndOfItsEnd) {
  Counter counter;
  {
    Bench bench;
    bench.bus.add_observer(counter);
    TestInitiator dma("dma");
    bench.bus.initiator("dma", bench.space).bind(dma.socket);
    EXPECT_EQ(counter.ports, 1);
    bench.start();
    dma.load<std::uint32_t>(0);
    EXPECT_EQ(counter.transactions, 1);
  }
  EXPECT_EQ(counter.ends, 1);
}

}  // namespace
}  // namespace sc_memory
