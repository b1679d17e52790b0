// Threads that look at the map while it changes. The thread sanitizer runs these too.
#include "sc_memory/map/space_reader.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {
namespace {

TEST(SpaceReader, ReadsAndWritesMemoryOverBorders) {
  Container root("root");
  RamRegion low("low", 0x1000);
  RamRegion high("high", 0x1000);
  RomRegion rom("rom", 0x1000);
  IoRegion device("device", 0x1000, io_ops().read([](Address, unsigned) { return std::uint64_t{1}; }));
  root.add(0, low);
  root.add(0x1000, high);
  root.add(0x2000, rom);
  root.add(0x3000, device);
  const AddressSpace space("space", root);
  SpaceReader reader(space);

  const std::uint8_t bytes[4] = {1, 2, 3, 4};
  EXPECT_EQ(reader.write(0xffe, bytes, 4), AccessResult::ok);
  EXPECT_EQ(low.memory().data[0xfff], 2);
  EXPECT_EQ(high.memory().data[0], 3);
  std::uint8_t back[6] = {9, 9, 9, 9, 9, 9};
  EXPECT_EQ(reader.read(0xffd, back, 6), AccessResult::ok);
  EXPECT_EQ(std::vector<std::uint8_t>(back, back + 6), (std::vector<std::uint8_t>{0, 1, 2, 3, 4, 0}));

  EXPECT_EQ(reader.write(0x2000, bytes, 1), AccessResult::refused);
  EXPECT_EQ(reader.read(0x2fff, back, 2), AccessResult::refused) << "a device lives in the simulation's thread";
  EXPECT_EQ(reader.read(0x3fff, back, 2), AccessResult::unmapped);
  EXPECT_EQ(reader.read(UINT64_MAX, back, 2), AccessResult::unmapped);
}

TEST(SpaceReader, WritesAreMarkedInTheLog) {
  Container root("root");
  RamRegion ram("ram", 0x4000);
  root.add(0, ram);
  const AddressSpace space("space", root);
  ram.reset_dirty({0, 0x3fff}, DirtyClient::vga);
  SpaceReader reader(space);
  const std::uint8_t byte = 1;
  reader.write(0x2000, &byte, 1);
  EXPECT_TRUE(ram.is_dirty({0x2000, 0x2fff}, DirtyClient::vga));
  EXPECT_FALSE(ram.is_dirty({0, 0x1fff}, DirtyClient::vga));
}

TEST(SpaceReader, ALookKeepsItsView) {
  Container root("root");
  RamRegion ram("ram", 0x1000);
  root.add(0, ram);
  const AddressSpace space("space", root);
  SpaceReader reader(space);
  {
    const SpaceReader::Look look(reader);
    const FlatView* const seen = &look.view();
    ram.set_address(0x1000);
    EXPECT_NE(space.published_view(), seen);
    EXPECT_NE(look.view().find(0), nullptr) << "the look still shows the map as it was";
    EXPECT_GE(ReaderEpochs::instance().waiting(), 1U);
  }
  ram.set_address(0x2000);
  EXPECT_EQ(ReaderEpochs::instance().waiting(), 0U) << "views are given back when the last reader has left";
  const SpaceReader::Look look(reader);
  EXPECT_NE(look.view().find(0x2000), nullptr);
}

TEST(SpaceReader, SlotsAreUsedAgain) {
  Container root("root");
  const AddressSpace space("space", root);
  auto first = std::make_unique<SpaceReader>(space);
  first.reset();
  ReaderEpochs::Slot& slot = ReaderEpochs::instance().take_slot();
  ReaderEpochs::give_back(slot);
  ReaderEpochs::Slot& again = ReaderEpochs::instance().take_slot();
  EXPECT_EQ(&slot, &again);
  ReaderEpochs::give_back(again);
}

/// Readers check that whatever they find is whole: the beginning of each page of the RAM regions holds its region's
/// number, wherever it is mapped. Each writes to a place of its own in every page, while the simulation moves the
/// regions and looks at what was written.
TEST(SpaceReader, ReadersSeeAWholeMapWhileItChanges) {
  constexpr int kRegions = 8;
  constexpr int kChanges = 3000;
  Container root("root");
  std::vector<std::unique_ptr<RamRegion>> regions;
  for (int i = 0; i < kRegions; ++i) {
    regions.push_back(std::make_unique<RamRegion>("ram" + std::to_string(i), 0x1000));
    std::memset(regions.back()->memory().data, i + 1, 0x1000);
    root.add(static_cast<Address>(i) * 0x1000, *regions.back(), Priority{i});
  }
  const AddressSpace space("space", root);
  RamRegion scratch("scratch", 0x1000);
  root.add(0x100000, scratch);
  scratch.reset_dirty({0, 0xfff}, DirtyClient::vga);

  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::atomic<std::uint64_t> looks{0};
  std::atomic<std::uint64_t> writes{0};
  const auto read_on = [&](unsigned number) {
    SpaceReader reader(space);
    while (!stop) {
      for (Address address = 0; address < 16 * 0x1000; address += 0x1000) {
        std::uint8_t bytes[64];
        if (reader.read(address + 0x40, bytes, sizeof bytes) != AccessResult::ok) continue;
        for (const std::uint8_t byte : bytes) torn += byte != bytes[0] || byte == 0 || byte > kRegions + 1;
      }
      const std::uint64_t mine = number;
      for (Address address = 0; address < 16 * 0x1000; address += 0x1000) {
        if (reader.write(address + 0x800 + 64 * number, &mine, sizeof mine) == AccessResult::ok) ++writes;
      }
      if (reader.write(0x100000 + 64 * number, &mine, sizeof mine) != AccessResult::ok) ++torn;
      ++looks;
    }
  };
  std::thread first(read_on, 0U);
  std::thread second(read_on, 1U);
  for (int i = 0; i < kChanges || looks < 100; ++i) {
    RamRegion& region = *regions[static_cast<std::size_t>(i) % kRegions];
    region.set_address(static_cast<Address>((i * 7) % 16) * 0x1000);
    if (i % 3 == 0) region.set_enabled(!region.enabled());
    if (i % 7 == 0) region.reset_dirty({0, 0xfff}, DirtyClient::vga);
    if (i % 50 == 0) {
      // Destruction waits for readers; they must never see freed memory.
      RamRegion passing("passing", 0x1000);
      std::memset(passing.memory().data, kRegions + 1, 0x1000);
      root.add(0x3000, passing, Priority{100});
    }
  }
  stop = true;
  first.join();
  second.join();
  EXPECT_EQ(torn, 0);
  EXPECT_GT(writes, 0u);
  EXPECT_TRUE(scratch.is_dirty({0, 0xfff}, DirtyClient::vga)) << "writes are marked";
}

}  // namespace
}  // namespace sc_memory
