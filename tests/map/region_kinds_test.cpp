// What each kind of region adds to the common ones: sizes, memory seen through aliases, logs of writes, read-only
// flags.
#include "sc_memory/map/region_kinds.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <vector>

#include "sc_memory/map/address_space.h"

#include "tests/map/map_error_of.h"
#include "tests/map/test_device.h"
#include "tests/map/view_text.h"

namespace sc_memory {
namespace {

using testing::map_error_of;
using testing::short_text;
using testing::TestIo;

constexpr std::uint64_t kPage = DirtyLog::kPageBytes;

TEST(Container, ShowsWhatFitsIntoItsSize) {
  Container root("root", 0x20);
  TestIo uart("uart", 0x20);
  AddressSpace space("space", root);
  root.add(0x10, uart);
  EXPECT_EQ(short_text(space), "10-1f uart");
  root.set_size(kWholeSpace);
  EXPECT_EQ(short_text(space), "10-2f uart");
  root.set_size(0);
  EXPECT_EQ(short_text(space), "");
}

TEST(Ram, KeepsItsBytesAndItsPointerWhenItIsResized) {
  Container root("root");
  const auto ram = RamRegion::resizable("ram", kPage, 4 * kPage);
  AddressSpace space("space", root);
  root.add(0, *ram);
  std::uint8_t* const data = ram->memory().data;
  EXPECT_EQ(ram->memory().size, kPage);
  ram->resize(4 * kPage);
  EXPECT_EQ(ram->memory().data, data);
  EXPECT_EQ(ram->memory().size, 4 * kPage);
  data[3 * kPage] = 0x33;
  ram->resize(kPage);
  EXPECT_EQ(short_text(space), "0-fff ram");
  std::uint8_t byte = 0xff;
  EXPECT_EQ(space.read(3 * kPage, &byte, 1), AccessResult::unmapped);
  ram->resize(4 * kPage);
  EXPECT_EQ(space.read(3 * kPage, &byte, 1), AccessResult::ok);
  EXPECT_EQ(byte, 0x33);
  ram->resize(0);
  EXPECT_EQ(short_text(space), "");
}

TEST(Ram, SizesBeyondItsMemoryAreRefused) {
  EXPECT_EQ(map_error_of([] { RamRegion::resizable("ram", 0x2000, 0x1000); }),
            "'ram': the size 0x2000 is above the maximal size 0x1000");
  Container root("root");
  const auto ram = RamRegion::resizable("ram", 0x1000, 0x2000);
  root.add(0x8000, *ram);
  EXPECT_EQ(map_error_of([&] { ram->resize(0x2001); }),
            "'ram' [0x8000-0x8fff] cannot be resized to 0x2001 bytes: it has memory for 0x2000");
  EXPECT_EQ(ram->size(), 0x1000U);
}

TEST(Ram, TakesTheMemoryGiven) {
  std::array<std::uint8_t, 16> bytes{};
  RamRegion ram("ram", HostMemory::borrowed(bytes.data(), bytes.size()));
  EXPECT_EQ(ram.size(), 16U);
  EXPECT_EQ(ram.memory().data, bytes.data());
  EXPECT_EQ(ram.host_memory().data(), bytes.data());
  EXPECT_EQ(ram.block()->region, &ram);
}

TEST(Ram, ItsBlockOutlivesItForWhoHoldsIt) {
  auto ram = std::make_unique<RamRegion>("ram", kPage);
  const std::shared_ptr<MemoryBlock> block = ram->block();
  ram->memory().data[5] = 0x55;
  ram.reset();
  EXPECT_EQ(block->region, nullptr);
  EXPECT_EQ(block->memory.data()[5], 0x55);
}

TEST(Ram, AddressesOfBlocksNeverOverlap) {
  std::vector<AddressRange> blocks;
  for (const std::uint64_t size : {UINT64_C(1), kPage, kPage + 1, UINT64_C(1) << 36, UINT64_C(0), kPage}) {
    // The region goes, its number is not used again.
    const auto ram = RamRegion::resizable("ram", std::min(size, kPage), size);
    const AddressRange block{ram->ram_address(), ram->ram_address() + std::max<std::uint64_t>(size, 1) - 1};
    for (const AddressRange& other : blocks) EXPECT_FALSE(block.overlaps(other));
    EXPECT_EQ(block.first % kPage, 0U);
    blocks.push_back(block);
  }
}

TEST(Ram, DiscardedBytesAreZeroAndDirtyAndTheOthersStay) {
  RamRegion ram("ram", 8 * kPage);
  std::fill_n(ram.memory().data, ram.size(), 0xee);
  ram.reset_dirty(*ram.extent(), DirtyClient::migration);
  ram.discard({2 * kPage + 1, 5 * kPage + 1});
  const std::uint8_t* const data = ram.memory().data;
  EXPECT_EQ(std::count(data, data + ram.size(), 0), static_cast<std::ptrdiff_t>(3 * kPage + 1));
  EXPECT_EQ(data[2 * kPage], 0xee);
  EXPECT_EQ(data[2 * kPage + 1], 0);
  EXPECT_EQ(data[5 * kPage + 1], 0);
  EXPECT_EQ(data[5 * kPage + 2], 0xee);
  EXPECT_EQ(ram.snapshot_and_clear_dirty(*ram.extent(), DirtyClient::migration),
            (std::vector<bool>{false, false, true, true, true, true, false, false}));
  EXPECT_EQ(map_error_of([&] {
              ram.discard({0, 8 * kPage});
            }),
            "[0x0-0x8000] reaches beyond the end of 'ram', which has 0x8000 bytes");
}

TEST(Rom, IsReadOnlyForGuestsAndNotForDebuggers) {
  Container root("root");
  std::array<std::uint8_t, 16> bytes{};
  RomRegion rom("rom", 16), given("given", HostMemory::borrowed(bytes.data(), bytes.size()));
  AddressSpace space("space", root);
  root.add(0, rom);
  root.add(0x10, given);
  EXPECT_EQ(short_text(space), "0-f rom ro, 10-1f given ro");
  EXPECT_TRUE(rom.is_rom());
  EXPECT_TRUE(given.is_rom());
  const std::uint8_t byte = 0x12;
  EXPECT_EQ(space.write(3, &byte, 1), AccessResult::refused);
  EXPECT_EQ(rom.memory().data[3], 0);
  Attributes debugger;
  debugger.debug = true;
  EXPECT_EQ(space.write(3, &byte, 1, debugger), AccessResult::ok);
  EXPECT_EQ(rom.memory().data[3], 0x12);
  rom.set_readonly(false);
  EXPECT_FALSE(rom.is_rom());
  EXPECT_EQ(space.write(4, &byte, 1), AccessResult::ok) << "shadow RAM";
}

TEST(Reserved, HidesWhatLiesBelowAndServesNothing) {
  Container root("root");
  RamRegion ram("ram", 0x100);
  ReservedRegion reserved("reserved", 0x10);
  AddressSpace space("space", root);
  root.add(0, ram);
  root.add(0x20, reserved, Priority{1});
  EXPECT_EQ(short_text(space), "0-1f ram, 20-2f reserved, 30-ff ram@30");
  std::uint8_t byte = 0xff;
  EXPECT_EQ(space.read(0x20, &byte, 1), AccessResult::unmapped);
  EXPECT_EQ(byte, 0);
}

TEST(Alias, ShowsMemoryThroughAliasesOfAliasesCutByEachOfThem) {
  RamRegion ram("ram", 0x1000);
  AliasRegion inner("inner", ram, 0x100, 0x200);
  AliasRegion outer("outer", inner, 0x80, 0x1000);
  EXPECT_EQ(inner.memory().data, ram.memory().data + 0x100);
  EXPECT_EQ(inner.memory().size, 0x200U);
  EXPECT_EQ(outer.memory().data, ram.memory().data + 0x180);
  EXPECT_EQ(outer.memory().size, 0x180U) << "the inner alias ends there";
  inner.set_size(0x1000);
  EXPECT_EQ(outer.memory().size, 0xe80U) << "the memory ends there";
  outer.set_size(0x10);
  EXPECT_EQ(outer.memory().size, 0x10U);
  inner.set_alias_offset(0x200);
  EXPECT_EQ(outer.memory().data, ram.memory().data + 0x280);
  EXPECT_EQ(inner.alias_offset(), 0x200U);
}

TEST(Alias, HasNoMemoryWhereItsTargetHasNone) {
  Container container("container");
  TestIo uart("uart", 0x1000);
  auto ram = std::make_unique<RamRegion>("ram", 0x1000);
  EXPECT_EQ(AliasRegion("a", container, 0, 0x100).memory().data, nullptr);
  EXPECT_EQ(AliasRegion("a", uart, 0, 0x100).memory().data, nullptr);
  EXPECT_EQ(AliasRegion("a", *ram, 0x1000, 0x100).memory().data, nullptr) << "beyond its end";
  AliasRegion inner("inner", *ram, UINT64_MAX, 0x100);
  EXPECT_EQ(AliasRegion("a", inner, 1, 0x10).memory().data, nullptr) << "beyond the top of all addresses";
  inner.set_alias_offset(0);
  EXPECT_EQ(AliasRegion("a", inner, 0x100, 0x10).memory().data, nullptr) << "beyond the inner alias";
  EXPECT_EQ(AliasRegion("a", inner, 0, 0).memory().data, nullptr) << "no bytes";
  AliasRegion orphan("orphan", inner, 0, 0x100);
  EXPECT_NE(orphan.memory().data, nullptr);
  ram.reset();
  EXPECT_EQ(orphan.memory().data, nullptr);
  EXPECT_EQ(inner.target(), nullptr);
}

TEST(DirtyPages, AreAskedForAndClearedForEachClient) {
  RamRegion ram("ram", 4 * kPage + 1);
  const AddressRange all = *ram.extent();
  EXPECT_TRUE(ram.is_dirty({0, 0}, DirtyClient::vga)) << "all pages are dirty at birth";
  ram.reset_dirty(all, DirtyClient::vga);
  EXPECT_FALSE(ram.is_dirty(all, DirtyClient::vga));
  EXPECT_TRUE(ram.is_dirty(all, DirtyClient::code));
  ram.set_dirty({kPage - 1, kPage});
  ram.set_dirty({4 * kPage, 4 * kPage});
  EXPECT_EQ(ram.snapshot_and_clear_dirty({0, 2 * kPage}, DirtyClient::vga), (std::vector<bool>{true, true, false}));
  EXPECT_FALSE(ram.test_and_clear_dirty({0, 4 * kPage - 1}, DirtyClient::vga));
  EXPECT_TRUE(ram.test_and_clear_dirty(all, DirtyClient::vga)) << "the last page, of one byte";
  EXPECT_FALSE(ram.is_dirty(all, DirtyClient::vga));
  ram.note_write_elsewhere({kPage, kPage});
  EXPECT_TRUE(ram.is_dirty({kPage, kPage}, DirtyClient::vga));
}

TEST(DirtyPages, BeyondTheEndAreAnErrorThatNamesIt) {
  Container root("root");
  RamRegion ram("ram", 0x1800);
  root.add(0x4000, ram);
  const std::string message = "[0x17ff-0x1800] reaches beyond the end of 'ram' [0x4000-0x57ff], which has 0x1800 bytes";
  const AddressRange beyond{0x17ff, 0x1800};
  EXPECT_EQ(map_error_of([&] { ram.is_dirty(beyond, DirtyClient::code); }), message);
  EXPECT_EQ(map_error_of([&] { ram.set_dirty(beyond); }), message);
  EXPECT_EQ(map_error_of([&] { ram.test_and_clear_dirty(beyond, DirtyClient::code); }), message);
  EXPECT_EQ(map_error_of([&] { ram.reset_dirty(beyond, DirtyClient::code); }), message);
  EXPECT_EQ(map_error_of([&] { ram.snapshot_and_clear_dirty(beyond, DirtyClient::code); }), message);
  EXPECT_EQ(map_error_of([&] { ram.discard(beyond); }), message);
  RamRegion none("none", 0);
  EXPECT_EQ(map_error_of([&] {
              none.set_dirty({0, 0});
            }),
            "[0x0-0x0] reaches beyond the end of 'none', which has 0x0 bytes");
  none.sync_dirty_log();
}

TEST(DirtyPages, WhoseWritesAreLoggedIsInTheViewAtOnce) {
  Container root("root");
  RamRegion ram("ram", kPage);
  AddressSpace space("space", root);
  root.add(0, ram);
  EXPECT_EQ(space.view().find(0)->log_mask, 0);
  ram.set_log(DirtyClient::code, true);
  ram.set_log(DirtyClient::vga, true);
  EXPECT_EQ(ram.log_mask(), 0b11);
  EXPECT_EQ(space.view().find(0)->log_mask, 0b11);
  const std::uint64_t generation = space.generation();
  ram.set_log(DirtyClient::vga, true);
  EXPECT_EQ(space.generation(), generation) << "nothing changed";
  ram.set_log(DirtyClient::vga, false);
  EXPECT_EQ(space.view().find(0)->log_mask, 0b10);
}

TEST(DirtyPages, AWriteThroughAnyAliasMarksTheMemory) {
  Container root("root");
  RamRegion ram("ram", 4 * kPage);
  AliasRegion alias("alias", ram, 2 * kPage, kPage);
  AddressSpace space("space", root);
  root.add(0x10000, alias);
  ram.reset_dirty(*ram.extent(), DirtyClient::code);
  const std::uint8_t byte = 1;
  ASSERT_EQ(space.write(0x10000 + kPage - 1, &byte, 1), AccessResult::ok);
  EXPECT_EQ(ram.snapshot_and_clear_dirty(*ram.extent(), DirtyClient::code),
            (std::vector<bool>{false, false, true, false}));
}

}  // namespace
}  // namespace sc_memory
