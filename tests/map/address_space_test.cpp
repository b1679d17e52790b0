// What AddressSpace itself answers: which section lies at an address, and what becomes of accesses at the edges.
#include "sc_memory/map/address_space.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "sc_memory/map/region_kinds.h"

#include "tests/map/test_device.h"
#include "tests/map/view_text.h"

namespace sc_memory {
namespace {

using testing::DeviceLog;
using testing::short_text;
using testing::TestIo;

constexpr Address kTop = UINT64_MAX;

class Space : public ::testing::Test {
 protected:
  Space() {
    root.add(0x100, ram);
    root.add(0x200, rom);
    root.add(kTop - 0xf, uart);
  }

  Container root{"root"};
  RamRegion ram{"ram", 0x100};
  RomRegion rom{"rom", 0x100};
  DeviceLog log;
  TestIo uart{"uart", 0x10, &log};
  AddressSpace space{"space", root};
};

TEST_F(Space, FindAnswersTheFirstSectionThatOverlapsAndCutsIt) {
  const Section section = space.find(0x180, 0x100);
  EXPECT_TRUE(section);
  EXPECT_EQ(section.space, &space);
  EXPECT_EQ(section.region, &ram);
  EXPECT_EQ(section.range, (AddressRange{0x180, 0x1ff}));
  EXPECT_EQ(section.offset, 0x80U);
  EXPECT_EQ(section.offset_of(0x190), 0x90U);
  EXPECT_FALSE(section.readonly);
  EXPECT_TRUE(space.find(0x210, 1).readonly);
}

TEST_F(Space, FindLooksFromAHoleUpwards) {
  const Section section = space.find(0, 0x110);
  EXPECT_EQ(section.region, &ram);
  EXPECT_EQ(section.range, (AddressRange{0x100, 0x10f}));
  EXPECT_EQ(section.offset, 0U);
  EXPECT_FALSE(space.find(0, 0x100)) << "ends right before it";
  EXPECT_FALSE(space.find(0x300, 0x1000));
}

TEST_F(Space, FindKnowsBothEndsOfTheSpace) {
  EXPECT_EQ(space.find(0, kWholeSpace).region, &ram);
  EXPECT_EQ(space.find(0x300, kWholeSpace).range, (AddressRange{kTop - 0xf, kTop}));
  EXPECT_EQ(space.find(kTop, 1).offset, 0xfU);
  EXPECT_EQ(space.find(kTop, 0x1000).range, (AddressRange{kTop, kTop})) << "no wrapping round";
  EXPECT_FALSE(space.find(0x100, 0)) << "no bytes are nowhere";
}

TEST_F(Space, AccessesGoOnOverBordersAndTheWorstResultCounts) {
  std::vector<std::uint8_t> bytes(0x20, 0x77);
  EXPECT_EQ(space.write(0x1f0, bytes.data(), bytes.size()), AccessResult::refused) << "the second half is a ROM";
  EXPECT_EQ(ram.memory().data[0xff], 0x77);
  EXPECT_EQ(rom.memory().data[0], 0);
  EXPECT_EQ(space.read(0xf0, bytes.data(), bytes.size()), AccessResult::unmapped);
  EXPECT_EQ(bytes[0], 0) << "what cannot be read is 0";
}

TEST_F(Space, AnAccessOverTheTopIsUnmappedFromThereOn) {
  std::vector<std::uint8_t> bytes(0x20, 0x77);
  EXPECT_EQ(space.read(kTop - 0xf, bytes.data(), bytes.size()), AccessResult::unmapped);
  EXPECT_EQ(bytes[0xf], 0x5a);
  EXPECT_EQ(bytes[0x10], 0) << "not what lies at address 0";
  EXPECT_EQ(space.write(kTop, bytes.data(), 2), AccessResult::unmapped);
  EXPECT_EQ(log.accesses.back(), (testing::DeviceAccess{Direction::write, 0xf, {0x5a}}));
}

TEST_F(Space, ADevicesFailureIsPassedOn) {
  log.result = AccessResult::device_error;
  std::uint8_t byte = 0;
  EXPECT_EQ(space.read(kTop, &byte, 1), AccessResult::device_error);
  EXPECT_EQ(space.write(kTop, &byte, 1), AccessResult::device_error);
}

TEST(SpaceWithoutItsRoot, IsEmpty) {
  auto root = std::make_unique<RamRegion>("ram", 0x100);
  AddressSpace space("space", *root);
  EXPECT_EQ(space.name(), "space");
  EXPECT_EQ(space.root(), root.get());
  EXPECT_EQ(short_text(space), "0-ff ram");
  root.reset();
  EXPECT_EQ(space.root(), nullptr);
  EXPECT_EQ(short_text(space), "");
  std::uint8_t byte = 1;
  EXPECT_EQ(space.read(0, &byte, 1), AccessResult::unmapped);
  EXPECT_FALSE(space.find(0, kWholeSpace));
}

}  // namespace
}  // namespace sc_memory
