// The index of what leads to another space's addresses, against a search through all.
#include "sc_memory/tlm/translated_places.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "tests/support/seed.h"

namespace sc_memory::testing {
namespace {

TEST(TranslatedPlaces, AreFoundByWhereTheyLead) {
  TranslatedPlaces places;
  places.note({0x1000, 0x1fff}, 0x4000);
  places.note({0x8000, 0x8fff}, Address{0x5000} - 0x8000);
  places.note({0x8000, 0x8fff}, Address{0x5000} - 0x8000);
  EXPECT_EQ(places.size(), 2U) << "what is known is not kept twice";
  EXPECT_EQ(places.leading_to({0x5800, 0x58ff}), (std::vector<AddressRange>{{0x1800, 0x18ff}, {0x8800, 0x88ff}}));
  EXPECT_TRUE(places.leading_to({0x6000, UINT64_MAX}).empty());
  places.clear();
  EXPECT_TRUE(places.leading_to(AddressRange::whole()).empty());
}

TEST(TranslatedPlaces, TheWholeSpaceLeadsToItself) {
  TranslatedPlaces places;
  places.note(AddressRange::whole(), 0);
  EXPECT_EQ(places.leading_to({UINT64_MAX, UINT64_MAX}), (std::vector<AddressRange>{{UINT64_MAX, UINT64_MAX}}));
  EXPECT_EQ(places.leading_to({0, 0}), (std::vector<AddressRange>{{0, 0}}));
}

TEST(TranslatedPlaces, RandomOnesAreAllFound) {
  std::mt19937_64 random(seed());
  TranslatedPlaces places;
  std::vector<std::pair<AddressRange, Address>> all;
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  for (int step = 0; step < 300; ++step) {
    const Address first = below(0x100);
    const AddressRange here{first, first + below(below(8) == 0 ? 0x100 : 8)};
    const Address distance = below(0x100);
    places.note(here, distance);
    all.emplace_back(here, distance);
    const Address start = below(0x300);
    const AddressRange there{start, start + below(0x20)};
    std::vector<bool> expected(0x400);
    for (const auto& [range, by] : all) {
      for (Address at = range.first; at <= range.last; ++at) {
        if (there.contains(at + by)) expected[at] = true;
      }
    }
    std::vector<bool> found(0x400);
    for (const AddressRange& range : places.leading_to(there)) {
      for (Address at = range.first; at <= range.last; ++at) found[at] = true;
    }
    ASSERT_EQ(found, expected) << "step " << step;
  }
}

}  // namespace
}  // namespace sc_memory::testing
