// What ends at the end of the 64-bit space: the last byte of a region of 2^64 bytes does not go on in its first one,
// whatever tells ranges by the distance between address and offset.
#include <gtest/gtest.h>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/iommu_region.h"
#include "sc_memory/map/map_text.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/map/render.h"

#include "tests/map/mirror_listener.h"
#include "tests/map/test_device.h"
#include "tests/map/view_text.h"

namespace sc_memory {
namespace {

using testing::DeviceLog;
using testing::MirrorListener;
using testing::short_text;
using testing::TestIo;

constexpr Address kLast = UINT64_MAX;

/// The last 0x1800 bytes of a region of 2^64 at 0x400, and right behind them its first ones.
template <typename Region>
struct EndMeetsBeginning {
  template <typename... Arguments>
  explicit EndMeetsBeginning(Arguments&&... arguments)
      : region("region", kWholeSpace, std::forward<Arguments>(arguments)...),
        end("end", region, kLast - 0x17ff, kWholeSpace) {
    root.add(0x1c00, region, Priority{1});
    listener.listen_to_all();
    root.add(0x400, end, Priority{2});
  }

  Container root{"root"};
  Region region;
  AliasRegion end;
  AddressSpace space{"space", root};
  MirrorListener listener;
};

TEST(TopOfSpace, TheEndOfARegionAndItsBeginningAreTwoRanges) {
  EndMeetsBeginning<ReservedRegion> map;
  EXPECT_EQ(map.end.size(), kWholeSpace);
  ASSERT_EQ(map.space.view().ranges().size(), 2U) << flat_text(map.space);
  EXPECT_EQ(map.space.view().ranges()[0].range, (AddressRange{0x400, 0x1bff}));
  EXPECT_EQ(map.space.view().ranges()[0].offset, kLast - 0x17ff);
  EXPECT_EQ(map.space.view().ranges()[1].range, (AddressRange{0x1c00, kLast}));
  EXPECT_EQ(map.space.view().ranges()[1].offset, 0U);
  EXPECT_EQ(render(&map.root).ranges().size(), 2U);
  EXPECT_EQ(map.listener.compare(map.space), "");
}

/// What a soak of 40 million random steps found, made shorter.
TEST(TopOfSpace, AnAliasWhoseOffsetComesNearTheTopKeepsCoalescedRangesApart) {
  Container root("root");
  RamRegion ram("ram", 0x3000);
  TestIo io("io", 0x1000), huge("huge", kWholeSpace);
  MirrorListener listener;
  AddressSpace space("space", root);
  listener.listen_to_all();
  root.add(0xe00, ram, Priority{1});
  root.add(0x1c00, huge, Priority{1});
  huge.path().add_coalescing(AddressRange::whole());
  AliasRegion alias("alias", huge, 0x1e00, kWholeSpace);
  alias.set_alias_offset(0xffffffffffffe800);
  root.add(0x2800, io, Priority{-2});
  root.add(0x400, alias, Priority{2});
  EXPECT_EQ(short_text(space), "400-1bff huge@ffffffffffffe800, 1c00-ffffffffffffffff huge");
  EXPECT_EQ(listener.compare(space), "");
  const std::multimap<Address, Address> coalesced{{0x400, 0x1bff}, {0x1c00, kLast}};
  EXPECT_EQ(listener.spaces[&space].coalesced, coalesced);
  huge.path().clear_coalescing();
  EXPECT_TRUE(listener.spaces[&space].coalesced.empty());
}

TEST(TopOfSpace, EventTriggersAtBothEndsOfARegionAreToldWhereTheyAre) {
  struct Silent final : Notifier {
    void notify() override {}
  } notifier;
  EndMeetsBeginning<TestIo> map;
  map.region.path().add_event_trigger({0, 4, false, 0, &notifier});
  map.region.path().add_event_trigger({kLast, 1, false, 0, &notifier});
  std::vector<Address> told;
  for (const auto& [address, trigger] : map.listener.spaces[&map.space].events) told.push_back(address);
  EXPECT_EQ(told, (std::vector<Address>{0x1bff, 0x1c00}));
  map.end.set_enabled(false);
  EXPECT_EQ(map.listener.spaces[&map.space].events.size(), 1U);
  EXPECT_EQ(map.listener.compare(map.space), "");
}

TEST(TopOfSpace, AnAccessOverTheSeamReachesBothEndsOfTheDevice) {
  DeviceLog log;
  EndMeetsBeginning<TestIo> map(&log);
  const std::vector<std::uint8_t> bytes{1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(map.space.write(0x1bfc, bytes.data(), 8), AccessResult::ok);
  const std::vector<testing::DeviceAccess> expected{{Direction::write, kLast - 3, {1, 2, 3, 4}},
                                                    {Direction::write, 0, {5, 6, 7, 8}}};
  EXPECT_EQ(log.accesses, expected);
}

TEST(TopOfSpace, AChangeOfATranslationNearEitherEndIsToldWhereItShows) {
  struct Faults final : Translator {
    Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
      return Translation::fault(offset, 0x1000);
    }
  } translator;
  struct Recorder final : MemoryListener {
    void direct_access_changed(const Section& section, DirectAccessChange) override { told.push_back(section.range); }
    std::vector<AddressRange> told;
  };
  EndMeetsBeginning<IommuRegion> map(translator);
  Recorder recorder;
  recorder.listen_to(map.space);
  map.region.notify_unmapped({kLast - 0xff, kLast}, 0);
  EXPECT_EQ(recorder.told, (std::vector<AddressRange>{{0x1b00, 0x1bff}}));
  recorder.told.clear();
  map.region.notify_unmapped({0, 0xff}, 0);
  EXPECT_EQ(recorder.told, (std::vector<AddressRange>{{0x1c00, 0x1cff}}));
}

}  // namespace
}  // namespace sc_memory
