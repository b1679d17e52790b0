// The rule for direct pointers: rights, the dirty log, and the exact ranges of grants and refusals.
#include "sc_memory/map/direct_access.h"

#include <gtest/gtest.h>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {
namespace {

constexpr std::uint64_t kPage = DirtyLog::kPageBytes;

std::unique_ptr<IoHandler> silent_device() {
  return io_ops().read([](Address, unsigned) { return std::uint64_t{0}; }).write([](Address, std::uint64_t, unsigned) {
  });
}

class DirectAccess : public ::testing::Test {
 protected:
  DirectRange at(Address address, Direction direction) const {
    return direct_range(space, *space.view().find(address), address, direction);
  }

  Container root{"root"};
  RamRegion ram{"ram", 16 * kPage};
  AddressSpace space{"space", root};
};

TEST_F(DirectAccess, RamIsDirectForBothDirectionsOverTheWholeRange) {
  root.add(0x10000, ram);
  for (const Direction direction : {Direction::read, Direction::write}) {
    const DirectRange direct = at(0x10005, direction);
    ASSERT_TRUE(direct);
    EXPECT_EQ(direct.range, (AddressRange{0x10000, 0x1ffff}));
    EXPECT_EQ(direct.data, ram.memory().data);
    EXPECT_TRUE(direct.writes);
  }
}

TEST_F(DirectAccess, ThePointerIsThatOfTheFirstByteThatShows) {
  AliasRegion window("window", ram, 3 * kPage, 2 * kPage);
  root.add(0x4000, window);
  const DirectRange direct = at(0x5123, Direction::write);
  EXPECT_EQ(direct.range, (AddressRange{0x4000, 0x5fff}));
  EXPECT_EQ(direct.data, ram.memory().data + 3 * kPage);
}

TEST_F(DirectAccess, ReadOnlyMemoryIsDirectForReadsOnly) {
  RomRegion rom("rom", kPage);
  root.add(0, rom);
  EXPECT_TRUE(at(0, Direction::read));
  EXPECT_FALSE(at(0, Direction::read).writes);
  const DirectRange refused = at(0x10, Direction::write);
  EXPECT_FALSE(refused);
  EXPECT_FALSE(refused.writes);
  EXPECT_EQ(refused.range, (AddressRange{0, kPage - 1}));
}

TEST_F(DirectAccess, ARomDeviceIsDirectForReadsWhileItIsReadable) {
  RomDeviceRegion flash("flash", kPage, silent_device());
  root.add(0, flash);
  EXPECT_TRUE(at(0, Direction::read));
  EXPECT_FALSE(at(0, Direction::read).writes);
  EXPECT_FALSE(at(0, Direction::write));
  flash.set_readable(false);
  EXPECT_FALSE(at(0, Direction::read));
}

TEST_F(DirectAccess, WhatHasNoMemoryIsRefusedAsAWhole) {
  IoRegion device("device", 0x100, silent_device());
  ReservedRegion reserved("reserved", 0x100);
  root.add(0, device);
  root.add(0x100, reserved);
  for (const Direction direction : {Direction::read, Direction::write}) {
    EXPECT_FALSE(at(0x80, direction));
    EXPECT_EQ(at(0x80, direction).range, (AddressRange{0, 0xff}));
    EXPECT_FALSE(at(0x180, direction));
  }
}

TEST_F(DirectAccess, CleanPagesAreLeftOutForWrites) {
  root.add(0x10000, ram);
  ram.reset_dirty({4 * kPage + 5, 6 * kPage}, DirtyClient::vga);  // pages 4, 5 and 6
  EXPECT_EQ(at(0x10000, Direction::write).range, (AddressRange{0x10000, 0x13fff}));
  EXPECT_TRUE(at(0x10000, Direction::write).writes);

  const DirectRange refused = at(0x15000, Direction::write);
  EXPECT_FALSE(refused);
  EXPECT_EQ(refused.range, (AddressRange{0x14000, 0x16fff}));

  const DirectRange above = at(0x17000, Direction::write);
  EXPECT_EQ(above.range, (AddressRange{0x17000, 0x1ffff}));
  EXPECT_EQ(above.data, ram.memory().data + 7 * kPage);

  const DirectRange read = at(0x15000, Direction::read);
  EXPECT_TRUE(read);
  EXPECT_FALSE(read.writes);
  EXPECT_EQ(read.range, (AddressRange{0x14000, 0x16fff}))
      << "the rights that are stated hold for every byte of the range";

  ram.set_dirty({4 * kPage, 7 * kPage - 1});
  EXPECT_EQ(at(0x15000, Direction::write).range, (AddressRange{0x10000, 0x1ffff}));
  EXPECT_TRUE(at(0x15000, Direction::read).writes);
}

TEST_F(DirectAccess, WhoReportsWritesIsNotHeldBackByTheLog) {
  root.add(0x10000, ram);
  ram.reset_dirty({0, 16 * kPage - 1}, DirtyClient::migration);
  const DirectRange direct = reported_direct_range(space, *space.view().find(0x10000), 0x10000, Direction::write);
  EXPECT_TRUE(direct);
  EXPECT_EQ(direct.range, (AddressRange{0x10000, 0x1ffff}));
  EXPECT_FALSE(at(0x10000, Direction::write));
}

TEST_F(DirectAccess, AWatchedByteIsNotDirectForWhatIsWatched) {
  root.add(0x10000, ram);
  const Watchpoint watchpoint(space, {0x12340, 0x12347}, WatchFor::writes, [](const WatchHit&) {});
  EXPECT_EQ(at(0x10000, Direction::write).range, (AddressRange{0x10000, 0x1233f}));
  EXPECT_EQ(at(0x12348, Direction::write).range, (AddressRange{0x12348, 0x1ffff}));
  EXPECT_EQ(at(0x12348, Direction::write).data, ram.memory().data + 0x2348);
  const DirectRange watched = at(0x12344, Direction::write);
  EXPECT_FALSE(watched);
  EXPECT_TRUE(watched.reads);
  EXPECT_EQ(watched.range, (AddressRange{0x12340, 0x12347}));
  EXPECT_TRUE(at(0x12344, Direction::read));
  EXPECT_FALSE(reported_direct_range(space, *space.view().find(0x12344), 0x12344, Direction::write));
}

TEST_F(DirectAccess, WatchpointsMayOverlap) {
  root.add(0x10000, ram);
  const Watchpoint writes(space, {0x11000, 0x11fff}, WatchFor::writes, [](const WatchHit&) {});
  const Watchpoint reads(space, {0x11800, 0x127ff}, WatchFor::reads, [](const WatchHit&) {});
  EXPECT_EQ(at(0x11000, Direction::read).range, (AddressRange{0x11000, 0x117ff}));
  EXPECT_EQ(at(0x11900, Direction::read).range, (AddressRange{0x11800, 0x11fff}));
  EXPECT_FALSE(at(0x11900, Direction::read).writes);
  EXPECT_FALSE(at(0x11900, Direction::read).reads);
  EXPECT_TRUE(at(0x12000, Direction::write));
  EXPECT_FALSE(at(0x12000, Direction::read));
}

TEST_F(DirectAccess, ARegionCanBeKeptFromDirectAccess) {
  root.add(0x10000, ram);
  ram.allow_direct_access(false);
  EXPECT_FALSE(at(0x10000, Direction::read));
  EXPECT_FALSE(at(0x10000, Direction::write));
  ram.allow_direct_access(true);
  EXPECT_TRUE(at(0x10000, Direction::write));
}

}  // namespace
}  // namespace sc_memory
