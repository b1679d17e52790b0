// Windows that were touched, as a union.
#include "sc_memory/map/window_set.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/support/seed.h"

namespace sc_memory {
namespace {

using Windows = std::vector<AddressRange>;

TEST(WindowSet, WhatOverlapsOrMeetsIsOneWindow) {
  WindowSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.merged(), Windows{});
  set.add({30, 39});
  set.add({10, 19});
  set.add({20, 25});
  set.add({35, 50});
  set.add({UINT64_MAX, UINT64_MAX});
  EXPECT_EQ(set.merged(), (Windows{{10, 25}, {30, 50}, {UINT64_MAX, UINT64_MAX}}));
  set.add({0, 9});
  EXPECT_EQ(set.merged(), (Windows{{0, 25}, {30, 50}, {UINT64_MAX, UINT64_MAX}}));
  set.clear();
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.merged(), Windows{});
}

TEST(WindowSet, EverythingIsOneWindow) {
  WindowSet set;
  set.add({1, 2});
  set.add({5, 6});
  set.add_everything();
  set.add({8, 9});
  EXPECT_EQ(set.merged(), Windows{AddressRange::whole()});
}

TEST(WindowSet, RandomWindowsCoverTheirBytesAndNoOthers) {
  std::mt19937_64 random(testing::seed());
  for (int round = 0; round < testing::steps(200); ++round) {
    WindowSet set;
    std::vector<bool> bytes(1000);
    for (std::uint64_t i = random() % 60; i > 0; --i) {
      const Address first = random() % 900;
      const Address last = first + random() % 30;
      set.add({first, last});
      std::fill(bytes.begin() + first, bytes.begin() + last + 1, true);
    }
    Windows expected;
    for (Address address = 0; address < bytes.size(); ++address) {
      if (!bytes[address]) continue;
      if (address > 0 && bytes[address - 1])
        expected.back().last = address;
      else
        expected.push_back({address, address});
    }
    ASSERT_EQ(set.merged(), expected);
  }
}

}  // namespace
}  // namespace sc_memory
