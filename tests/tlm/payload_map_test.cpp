// Transactions by their payloads, against the standard library's map.
#include "sc_memory/tlm/payload_map.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

#include "tests/support/seed.h"

namespace sc_memory::testing {
namespace {

TEST(PayloadMap, FindsWhatWasPutIn) {
  tlm::tlm_generic_payload first;
  tlm::tlm_generic_payload second;
  PayloadMap<int> map;
  EXPECT_EQ(map.find(&first), nullptr);
  map.insert(&first, 1);
  map.insert(&second, 2);
  ASSERT_NE(map.find(&first), nullptr);
  EXPECT_EQ(*map.find(&first), 1);
  EXPECT_TRUE(map.erase(&first));
  EXPECT_FALSE(map.erase(&first));
  EXPECT_FALSE(map.contains(&first));
  EXPECT_EQ(*map.find(&second), 2);
}

TEST(PayloadMap, DoesAsTheStandardLibrarysMap) {
  std::mt19937_64 random(seed());
  std::vector<tlm::tlm_generic_payload> payloads(300);
  PayloadMap<std::size_t> map;
  std::map<const tlm::tlm_generic_payload*, std::size_t> expected;
  for (int step = 0; step < steps(20000); ++step) {
    // Few at first, many in between: what is erased is in the middle of long and of short runs.
    const std::size_t among = 1 + static_cast<std::size_t>(step) * 7 % payloads.size();
    const std::size_t index = random() % among;
    const tlm::tlm_generic_payload* const key = &payloads[index];
    if (random() % 2 == 0) {
      ASSERT_EQ(map.erase(key), expected.erase(key) != 0) << step;
    } else if (expected.emplace(key, index).second) {
      map.insert(key, index);
    }
    ASSERT_EQ(map.empty(), expected.empty()) << step;
    std::size_t sum = 0;
    map.any_of([&](std::size_t value) {
      sum += value + 1;
      return false;
    });
    for (const auto& [payload, value] : expected) {
      ASSERT_NE(map.find(payload), nullptr) << step;
      ASSERT_EQ(*map.find(payload), value) << step;
      sum -= value + 1;
    }
    ASSERT_EQ(sum, 0u) << step;
  }
}

}  // namespace
}  // namespace sc_memory::testing
