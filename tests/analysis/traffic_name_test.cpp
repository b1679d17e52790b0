// Names of what is there, and of what was.
#include "sc_memory/analysis/traffic_name.h"

#include <gtest/gtest.h>
#include <memory>

#include "sc_memory/map/region_kinds.h"

namespace sc_memory {
namespace {

TEST(TrafficName, KnowsHolesAndNothing) {
  EXPECT_EQ(TrafficName().text(), "(none)");
  EXPECT_EQ(TrafficName::of(static_cast<const MemoryRegion*>(nullptr)).text(), "(unmapped)");
}

TEST(TrafficName, TwoRegionsOfOneNameAreTwo) {
  RamRegion first("ram", 0x1000);
  RamRegion second("ram", 0x1000);
  EXPECT_EQ(TrafficName::of(&first).text(), "ram");
  EXPECT_EQ(TrafficName::of(&second).text(), "ram#2");
  EXPECT_EQ(TrafficName::of(&first), TrafficName::of(&first));
  EXPECT_NE(TrafficName::of(&first), TrafficName::of(&second));
}

TEST(TrafficName, AReplacementTakesTheNameOver) {
  auto card = std::make_unique<RamRegion>("card", 0x1000);
  const TrafficName before = TrafficName::of(card.get());
  card = nullptr;
  EXPECT_EQ(before.text(), "card") << "records of it outlive it";
  RamRegion other("card", 0x2000);
  EXPECT_EQ(TrafficName::of(&other), before);
}

TEST(TrafficName, ComparesByText) { EXPECT_EQ(TrafficName::of("text"), TrafficName::of(std::string("te") + "xt")); }

}  // namespace
}  // namespace sc_memory
