// The map of ranges, against a model that has one value a byte.
#include "sc_memory/tlm/range_map.h"

#include <array>
#include <gtest/gtest.h>
#include <optional>
#include <random>

#include "tests/support/seed.h"

namespace sc_memory {
namespace {

/// A pointer, as it were: it moves along.
struct Moving {
  std::uint64_t at;
  Moving advanced(std::uint64_t distance) const { return {at + distance}; }
  friend bool operator==(const Moving& a, const Moving& b) { return a.at == b.at; }
};

TEST(RangeMap, MergesWhatContinuesAndSplitsWhatIsErased) {
  RangeMap<Moving> map;
  map.assign({0x1000, 0x1fff}, {0});
  map.assign({0x3000, 0x3fff}, {0x2000});
  map.assign({0x2000, 0x2fff}, {0x1000});
  ASSERT_EQ(map.items().size(), 1u);
  EXPECT_EQ(map.items()[0].range, (AddressRange{0x1000, 0x3fff}));
  map.assign({0x4000, 0x4fff}, {0});
  EXPECT_EQ(map.items().size(), 2u) << "adjacent, but elsewhere";
  map.erase({0x1800, 0x18ff});
  AddressRange range;
  const Moving* found = map.find(0x1900, range);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(range, (AddressRange{0x1900, 0x3fff}));
  EXPECT_EQ(found->at, 0x900u);
  EXPECT_EQ(map.find(0x1880, range), nullptr);
}

TEST(RangeMap, HoldsTheWholeSpace) {
  RangeMap<Moving> map;
  map.assign(AddressRange::whole(), {0});
  map.erase({UINT64_MAX, UINT64_MAX});
  map.erase({0, 0});
  ASSERT_EQ(map.items().size(), 1u);
  EXPECT_EQ(map.items()[0].range, (AddressRange{1, UINT64_MAX - 1}));
  map.assign({UINT64_MAX, UINT64_MAX}, {UINT64_MAX});
  map.assign({0, 0}, {0});
  ASSERT_EQ(map.items().size(), 1u);
  EXPECT_EQ(map.items()[0].range, AddressRange::whole());
}

TEST(RangeMap, MatchesAByteModel) {
  std::mt19937_64 random(testing::seed());
  constexpr std::uint64_t kBytes = 48;
  const Address base = UINT64_MAX - (kBytes - 1);
  std::array<std::optional<std::uint64_t>, kBytes> model;
  RangeMap<Moving> map;
  for (int step = 0; step < 5000; ++step) {
    const std::uint64_t a = random() % kBytes;
    const std::uint64_t b = a + random() % (kBytes - a);
    if (random() % 3 != 0) {
      const std::uint64_t value = 1000 * (random() % 2) + a;
      map.assign({base + a, base + b}, {value});
      for (std::uint64_t i = a; i <= b; ++i) model[i] = value + (i - a);
    } else {
      map.erase({base + a, base + b});
      for (std::uint64_t i = a; i <= b; ++i) model[i].reset();
    }
    std::array<std::optional<std::uint64_t>, kBytes> flat;
    Address last_end = 0;
    for (const auto& item : map.items()) {
      ASSERT_TRUE(last_end == 0 || item.range.first > last_end);
      last_end = item.range.last;
      for (Address i = item.range.first - base; i <= item.range.last - base; ++i)
        flat[i] = item.value.at + (i - (item.range.first - base));
    }
    ASSERT_EQ(flat, model) << "step " << step;
    std::size_t runs = 0;
    for (std::uint64_t i = 0; i < kBytes; ++i)
      runs += model[i] && (i == 0 || !model[i - 1] || *model[i - 1] + 1 != *model[i]) ? 1 : 0;
    ASSERT_EQ(map.items().size(), runs) << "as few ranges as can be, step " << step;
  }
}

}  // namespace
}  // namespace sc_memory
