// The tree of nodes below a view: what is in it after any sequence of replacements, and what it shares with the views
// before.
#include "sc_memory/map/view_nodes.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "sc_memory/map/flat_view.h"
#include "sc_memory/map/region_kinds.h"

#include "tests/support/seed.h"

namespace sc_memory {
namespace {

class ViewNodes : public ::testing::Test {
 protected:
  ViewNodes() {
    for (int i = 0; i < 3; ++i) regions_.push_back(std::make_unique<ReservedRegion>("r", kWholeSpace));
  }

  FlatRange shown(const AddressRange& range, std::size_t region, Address offset = 0) const {
    return {range, regions_[region].get(), offset, nullptr, Service::reservation, false, false, false, 0};
  }

  /// `count` ranges of eight bytes, sixteen apart: too far for being one.
  std::vector<FlatRange> comb(std::size_t count) const {
    std::vector<FlatRange> ranges;
    for (Address i = 0; i < count; ++i) ranges.push_back(shown({i * 16, i * 16 + 7}, i % regions_.size()));
    return ranges;
  }

  std::vector<std::unique_ptr<ReservedRegion>> regions_;
};

TEST_F(ViewNodes, EveryRangeIsFoundAtItsBordersWhateverTheirNumber) {
  for (const std::size_t count : {1U, 2U, 31U, 32U, 33U, 1000U, 40000U}) {
    const FlatView view(comb(count));
    ASSERT_EQ(view.ranges().size(), count);
    std::size_t index = 0;
    for (const FlatRange& range : view.ranges()) {
      ASSERT_EQ(range.range.first, index * 16);
      ASSERT_EQ(view.find(range.range.first), &range);
      ASSERT_EQ(view.find(range.range.last), &range);
      ASSERT_EQ(view.find(range.range.last + 1), nullptr);
      ASSERT_EQ(&view.ranges()[index], &range);
      ASSERT_EQ(view.last_before(range.range.first), index == 0 ? nullptr : &view.ranges()[index - 1]);
      ++index;
    }
    EXPECT_EQ(index, count);
  }
}

TEST_F(ViewNodes, AReplacementSharesAllButAFewNodesWithTheViewBefore) {
  const FlatView before(comb(40000));
  const FlatView after = before.with({16 * 20000, 16 * 20000 + 7}, {});
  ASSERT_EQ(after.ranges().size(), 39999U);
  std::size_t copied = 0;
  for (const FlatRange& range : after.ranges()) copied += before.find(range.range.first) != &range ? 1 : 0;
  EXPECT_LE(copied, 2 * ViewNode::kMostItems) << "one leaf, or two that were joined";
  EXPECT_EQ(before.ranges().size(), 40000U);
}

TEST_F(ViewNodes, ARangeTakesLittleMemory) {
  EXPECT_LE(FlatView(comb(65536)).bytes(), 64U * 65536U);
  // The worst there is: all leaves were split in the middle.
  FlatView grown;
  for (const FlatRange& range : comb(20000)) grown = grown.with(range.range, {range});
  EXPECT_LE(grown.bytes(), 64U * 20000U);
}

TEST_F(ViewNodes, WhatGoesLeavesNothingBehind) {
  FlatView view(comb(5000));
  view = view.with({16 * 10, 16 * 4990 - 1}, {});
  EXPECT_EQ(view.ranges().size(), 20U);
  EXPECT_LE(view.bytes(), FlatView(comb(200)).bytes());
  view = view.with(AddressRange::whole(), {});
  EXPECT_TRUE(view.ranges().empty());
  EXPECT_EQ(view.bytes(), 0U);
}

TEST_F(ViewNodes, ARangeIsCutAtTheWindowAndJoinedAgain) {
  const FlatView whole({shown(AddressRange::whole(), 0)});
  const FlatView cut = whole.with({0x100, 0x1ff}, {shown({0x100, 0x1ff}, 1)});
  ASSERT_EQ(cut.ranges().size(), 3U);
  EXPECT_EQ(cut.ranges()[2].offset, 0x200U);
  const FlatView joined = cut.with({0x100, 0x1ff}, {shown({0x100, 0x1ff}, 0, 0x100)});
  ASSERT_EQ(joined.ranges().size(), 1U);
  EXPECT_EQ(joined.ranges().front().range, AddressRange::whole());
}

/// Who serves each of the first addresses, by region and offset.
constexpr Address kModelBytes = 3000;
struct ModelByte {
  std::size_t region = SIZE_MAX;  ///< None.
  Address offset = 0;

  bool goes_on_in(const ModelByte& next) const { return region == next.region && offset + 1 == next.offset; }
};
using Model = std::vector<ModelByte>;

TEST_F(ViewNodes, RandomReplacementsAreThoseOfTheBytes) {
  std::mt19937_64 random(testing::seed());
  const auto ranges_of = [&](const Model& model, Address first, Address last) {
    std::vector<FlatRange> ranges;
    for (Address address = first; address <= last; ++address) {
      const ModelByte& byte = model[address];
      if (byte.region == SIZE_MAX) continue;
      if (!ranges.empty() && ranges.back().range.last + 1 == address && model[address - 1].goes_on_in(byte))
        ranges.back().range.last = address;
      else
        ranges.push_back(shown({address, address}, byte.region, byte.offset));
    }
    return ranges;
  };
  Model model(kModelBytes);
  FlatView view;
  for (int step = 0; step < testing::steps(1500); ++step) {
    const Address first = random() % kModelBytes;
    const Address last = std::min<Address>(kModelBytes - 1, first + random() % (random() % 16 == 0 ? 2000 : 40));
    const std::uint64_t longest = 1 + random() % 20;
    for (Address address = first; address <= last;) {
      const ModelByte start{random() % 4 == 0 ? SIZE_MAX : random() % regions_.size(), random() % 8 == 0 ? 0 : address};
      const Address end = std::min(last, address + random() % longest);
      for (const Address begin = address; address <= end; ++address)
        model[address] =
            start.region == SIZE_MAX ? ModelByte{} : ModelByte{start.region, start.offset + (address - begin)};
    }
    view = view.with({first, last}, ranges_of(model, first, last));
    const std::vector<FlatRange> expected = ranges_of(model, 0, kModelBytes - 1);
    ASSERT_EQ(view.ranges().size(), expected.size()) << "step " << step;
    std::size_t index = 0;
    for (const FlatRange& range : view.ranges()) {
      ASSERT_EQ(range.range, expected[index].range) << "step " << step;
      ASSERT_TRUE(range.serves_alike(expected[index])) << "step " << step;
      ++index;
    }
  }
}

}  // namespace
}  // namespace sc_memory
