// Look-up in views at their ends and in between, and the difference of two against a model of bytes.
#include "sc_memory/map/flat_view.h"

#include <gtest/gtest.h>
#include <random>
#include <utility>
#include <vector>

#include "sc_memory/map/region_kinds.h"

#include "tests/map/test_device.h"
#include "tests/support/seed.h"

namespace sc_memory {
namespace {

using testing::TestIo;

constexpr Address kTop = UINT64_MAX;

FlatRange shown(const AddressRange& range, MemoryRegion& region, Address offset = 0) {
  std::uint8_t* const memory = region.service().memory;
  return {range,
          &region,
          offset,
          memory != nullptr ? memory + offset : nullptr,
          region.service().service,
          false,
          memory != nullptr,
          memory != nullptr,
          0};
}

class Views : public ::testing::Test {
 protected:
  RamRegion ram{"ram", 0x100};
  TestIo uart{"uart", 0x100};
};

TEST_F(Views, AnEmptyOneIsOneHole) {
  const FlatView view;
  EXPECT_EQ(view.find(0), nullptr);
  EXPECT_EQ(view.first_from(0), nullptr);
  EXPECT_EQ(view.hole_around(0x1234), AddressRange::whole());
}

TEST_F(Views, FindAndFirstFromKnowEveryBorder) {
  const FlatView view({shown({0x10, 0x1f}, ram), shown({0x20, 0x2f}, uart), shown({kTop - 0xf, kTop}, ram, 0x10)});
  const FlatRange* const first = &view.ranges()[0];
  const FlatRange* const second = &view.ranges()[1];
  const FlatRange* const third = &view.ranges()[2];
  EXPECT_EQ(view.find(0), nullptr);
  EXPECT_EQ(view.first_from(0), first);
  EXPECT_EQ(view.find(0xf), nullptr);
  EXPECT_EQ(view.find(0x10), first);
  EXPECT_EQ(view.find(0x1f), first);
  EXPECT_EQ(view.find(0x20), second);
  EXPECT_EQ(view.find(0x2f), second);
  EXPECT_EQ(view.find(0x30), nullptr);
  EXPECT_EQ(view.first_from(0x30), third);
  EXPECT_EQ(view.find(kTop - 0x10), nullptr);
  EXPECT_EQ(view.find(kTop - 0xf), third);
  EXPECT_EQ(view.find(kTop), third);
  EXPECT_EQ(third->offset_of(kTop), 0x1fU);
}

TEST_F(Views, HolesAreExactAtBothEndsAndInBetween) {
  const FlatView middle({shown({0x10, 0x1f}, ram), shown({0x30, 0x3f}, uart)});
  for (const Address address : {0x0, 0xf}) EXPECT_EQ(middle.hole_around(address), (AddressRange{0, 0xf}));
  for (const Address address : {0x20, 0x2f}) EXPECT_EQ(middle.hole_around(address), (AddressRange{0x20, 0x2f}));
  for (const Address address : {Address{0x40}, kTop})
    EXPECT_EQ(middle.hole_around(address), (AddressRange{0x40, kTop}));
  const FlatView ends({shown({0, 0xf}, ram), shown({kTop - 0xf, kTop}, uart)});
  for (const Address address : {Address{0x10}, kTop - 0x10})
    EXPECT_EQ(ends.hole_around(address), (AddressRange{0x10, kTop - 0x10}));
}

TEST_F(Views, ServingAlikeIsAQuestionOfBytesAndRightsAndNotOfBorders) {
  const FlatRange whole = shown({0x100, 0x1ff}, ram);
  EXPECT_TRUE(whole.serves_alike(shown({0x180, 0x18f}, ram, 0x80)));
  EXPECT_FALSE(whole.serves_alike(shown({0x180, 0x18f}, ram, 0x81)));
  EXPECT_FALSE(whole.serves_alike(shown({0x100, 0x1ff}, uart)));
  FlatRange other = whole;
  other.log_mask = 1;
  EXPECT_TRUE(whole.serves_alike(other)) << "logging is no remapping";
  other = whole;
  other.readonly = true;
  EXPECT_FALSE(whole.serves_alike(other));
  other = whole;
  other.direct_reads = false;
  EXPECT_FALSE(whole.serves_alike(other));
  other = whole;
  other.direct_writes = false;
  EXPECT_FALSE(whole.serves_alike(other));
}

TEST_F(Views, ChangesAreTheAddressesWhoseBytesAreServedDifferently) {
  using Changes = std::vector<AddressRange>;
  const FlatView empty;
  const FlatView one({shown({0x10, 0x1f}, ram)});
  const FlatView top({shown({0x10, 0x1f}, ram), shown({kTop, kTop}, uart)});
  const FlatView whole({shown(AddressRange::whole(), uart)});
  EXPECT_EQ(changed_ranges(empty, empty), Changes{});
  EXPECT_EQ(changed_ranges(one, one), Changes{});
  EXPECT_EQ(changed_ranges(empty, one), (Changes{{0x10, 0x1f}}));
  EXPECT_EQ(changed_ranges(one, empty), (Changes{{0x10, 0x1f}}));
  EXPECT_EQ(changed_ranges(one, top), (Changes{{kTop, kTop}}));
  EXPECT_EQ(changed_ranges(empty, whole), (Changes{AddressRange::whole()}));
  EXPECT_EQ(changed_ranges(one, FlatView({shown({0x12, 0x13}, ram, 2)})), (Changes{{0x10, 0x11}, {0x14, 0x1f}}));
}

/// Who serves each of the first addresses: a region and an offset in it, or nobody.
constexpr Address kModelBytes = 48;
using ByteModel = std::vector<std::pair<const MemoryRegion*, Address>>;

/// A view of random ranges, and the same by bytes.
std::pair<FlatView, ByteModel> random_view(std::mt19937_64& random, const std::vector<MemoryRegion*>& regions) {
  std::vector<FlatRange> ranges;
  ByteModel model(kModelBytes);
  for (Address first = random() % 8; first < kModelBytes;) {
    const Address last = std::min<Address>(first + random() % 8, kModelBytes - 1);
    // Mostly at the offset that continues what is there already: else hardly anything would ever be alike.
    const Address offset = random() % 4 == 0 ? random() % 8 : first;
    MemoryRegion* const region = regions[random() % regions.size()];
    ranges.push_back(shown({first, last}, *region, offset));
    for (Address address = first; address <= last; ++address) model[address] = {region, offset + (address - first)};
    first = last + 1 + (random() % 3 == 0 ? random() % 8 : 0);
  }
  return {FlatView(std::move(ranges)), std::move(model)};
}

TEST_F(Views, RandomChangesAreThoseOfTheBytes) {
  std::mt19937_64 random(testing::seed());
  for (int step = 0; step < testing::steps(2000); ++step) {
    const auto [before, old_bytes] = random_view(random, {&ram, &uart});
    const auto [after, new_bytes] = random_view(random, {&ram, &uart});
    std::vector<AddressRange> expected;
    for (Address address = 0; address < kModelBytes; ++address) {
      if (old_bytes[address] == new_bytes[address]) continue;
      if (!expected.empty() && expected.back().last + 1 == address)
        expected.back().last = address;
      else
        expected.push_back({address, address});
    }
    ASSERT_EQ(changed_ranges(before, after), expected) << "step " << step;
  }
}

}  // namespace
}  // namespace sc_memory
