// Counters by region outlive regions and the router, and do not take one region for another.
#include "sc_memory/analysis/traffic_counters.h"

#include <gtest/gtest.h>
#include <memory>
#include <optional>

#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;

TEST(TrafficCounters, ARegionAtTheAddressOfADestroyedOneHasARowOfItsOwn) {
  Bench bench;
  std::optional<RamRegion> region;
  const TrafficCounters counters(bench.bus);
  bench.start();
  for (const char* name : {"first", "second"}) {
    region.emplace(name, 0x1000);
    bench.system.add(0x1000, *region);
    bench.cpu.load<std::uint32_t>(0x1000);
    bench.cpu.ask_dmi(0x1000, Direction::read);
    bench.system.remove(*region);
    region.reset();
  }
  const auto rows = counters.by_region();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].region, "first");
  EXPECT_EQ(rows[1].region, "second");
  for (const TrafficCounters::Counts& row : rows) {
    EXPECT_EQ(row.reads, 1u);
    EXPECT_EQ(row.grants, 1u);
    EXPECT_EQ(row.invalidations, 1u);
  }
}

TEST(TrafficCounters, OutliveTheRouter) {
  Container system("system");
  AddressSpace space("space", system);
  auto bus = std::make_unique<Router>("bus");
  const TrafficCounters counters(*bus);
  bus.reset();
  EXPECT_EQ(counters.total().reads, 0u);
}

}  // namespace
}  // namespace sc_memory
