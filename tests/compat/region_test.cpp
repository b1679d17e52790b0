// Regions by their 2013 names: every function, and every misuse.
#include <array>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "sc_memory/compat/memory.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/coalesced_writes.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory::compat {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kPage = 0x1000;

/// The message of the MapError that `act` throws.
template <typename Act>
std::string error_of(Act&& act) {
  try {
    act();
  } catch (const MapError& error) {
    return error.what();
  }
  return "no error";
}

struct Device {
  std::vector<std::uint64_t> written;
  int reads = 0;
};

MemoryRegionOps device_ops() {
  MemoryRegionOps ops;
  ops.read = [](void* opaque, hwaddr, unsigned) -> std::uint64_t {
    return static_cast<std::uint64_t>(++static_cast<Device*>(opaque)->reads);
  };
  ops.write = [](void* opaque, hwaddr, std::uint64_t data, unsigned) {
    static_cast<Device*>(opaque)->written.push_back(data);
  };
  return ops;
}

/// A machine with RAM at 0, a device at 0x100000, and an address space over them.
class Region : public ::testing::Test {
 protected:
  Region() {
    memory_region_init(&root, "root", UINT64_MAX);
    memory_region_init_ram(&ram, "ram", 16 * kPage);
    memory_region_init_io(&io, &ops, &device, "io", 0x100);
    memory_region_add_subregion(&root, 0, &ram);
    memory_region_add_subregion(&root, 0x100000, &io);
    address_space_init(&space, &root);
  }

  std::uint32_t read32(hwaddr address) {
    std::uint32_t value = 0;
    address_space_read(&space, address, reinterpret_cast<std::uint8_t*>(&value), 4);
    return value;
  }
  void write32(hwaddr address, std::uint32_t value) {
    address_space_write(&space, address, reinterpret_cast<std::uint8_t*>(&value), 4);
  }

  MemoryRegionOps ops = device_ops();
  Device device;
  MemoryRegion root;
  MemoryRegion ram;
  MemoryRegion io;
  AddressSpace space;
};

TEST_F(Region, SaysWhatItIs) {
  EXPECT_EQ(memory_region_size(&root), UINT64_MAX);
  EXPECT_EQ(memory_region_size(&ram), 16 * kPage);
  EXPECT_STREQ(memory_region_name(&ram), "ram");
  EXPECT_TRUE(memory_region_is_ram(&ram));
  EXPECT_FALSE(memory_region_is_ram(&io));
  EXPECT_FALSE(memory_region_is_rom(&ram));
  EXPECT_FALSE(memory_region_is_romd(&ram));
  EXPECT_FALSE(memory_region_is_logging(&ram));
}

TEST_F(Region, ANameMayBeMissing) {
  MemoryRegion nameless;
  memory_region_init(&nameless, nullptr, 1);
  EXPECT_STREQ(memory_region_name(&nameless), "");
}

TEST_F(Region, ReadOnlyRamIsRom) {
  write32(0, 1);
  memory_region_set_readonly(&ram, true);
  EXPECT_TRUE(memory_region_is_rom(&ram));
  EXPECT_TRUE(memory_region_is_ram(&ram));
  write32(0, 2);
  EXPECT_EQ(read32(0), 1u);
  EXPECT_TRUE(memory_region_find(&root, 0, 1).readonly);
  memory_region_set_readonly(&io, true);
  EXPECT_FALSE(memory_region_is_rom(&io));
}

TEST_F(Region, RamOfTheCallersIsUsedInPlace) {
  std::vector<std::uint8_t> mine(kPage);
  MemoryRegion region;
  memory_region_init_ram_ptr(&region, "mine", kPage, mine.data());
  memory_region_add_subregion(&root, 0x200000, &region);
  write32(0x200004, 0x11223344);
  EXPECT_EQ(mine[4], 0x44);
  EXPECT_EQ(memory_region_get_ram_ptr(&region), mine.data());
  MemoryRegion none;
  EXPECT_THROW(memory_region_init_ram_ptr(&none, "none", kPage, nullptr), MapError);
  EXPECT_EQ(none.region(), nullptr);
}

TEST_F(Region, RamThatTheHostCannotGiveLeavesNothingBehind) {
  MemoryRegion huge;
  EXPECT_THROW(memory_region_init_ram(&huge, "huge", UINT64_MAX - kPage), MapError);
  EXPECT_EQ(huge.region(), nullptr);
  memory_region_init_ram(&huge, "small", kPage);
}

TEST_F(Region, RamPointersAndAddresses) {
  MemoryRegion alias;
  MemoryRegion alias_of_alias;
  MemoryRegion other;
  memory_region_init_alias(&alias, "alias", &ram, 0x100, 0x1000);
  memory_region_init_alias(&alias_of_alias, "alias-of-alias", &alias, 0x20, 0x100);
  memory_region_init_ram(&other, "other", 3 * kPage);
  auto* const start = static_cast<std::uint8_t*>(memory_region_get_ram_ptr(&ram));
  EXPECT_EQ(memory_region_get_ram_ptr(&alias), start + 0x100);
  EXPECT_EQ(memory_region_get_ram_ptr(&alias_of_alias), start + 0x120);
  const ram_addr_t first = memory_region_get_ram_addr(&ram);
  const ram_addr_t second = memory_region_get_ram_addr(&other);
  EXPECT_TRUE(first + 16 * kPage <= second || second + 3 * kPage <= first) << "blocks do not share numbers";
  EXPECT_EQ(memory_region_get_ram_addr(&ram), first);

  MemoryRegion alias_of_io;
  memory_region_init_alias(&alias_of_io, "alias-of-io", &io, 0, 0x10);
  EXPECT_THAT(error_of([&] { memory_region_get_ram_ptr(&alias_of_io); }), HasSubstr("alias-of-io"));
  EXPECT_THAT(error_of([&] { memory_region_get_ram_ptr(&io); }), HasSubstr("'io'"));
  EXPECT_THAT(error_of([&] { memory_region_get_ram_addr(&root); }), HasSubstr("'root'"));
}

TEST_F(Region, ARomDeviceSwitchesItsReads) {
  MemoryRegion flash;
  memory_region_init_rom_device(&flash, &ops, &device, "flash", kPage);
  memory_region_add_subregion(&root, 0x200000, &flash);
  std::memset(memory_region_get_ram_ptr(&flash), 0x77, kPage);
  EXPECT_TRUE(memory_region_is_romd(&flash));
  EXPECT_FALSE(memory_region_is_ram(&flash));
  EXPECT_EQ(read32(0x200000), 0x77777777u);
  write32(0x200000, 5);
  EXPECT_EQ(device.written, std::vector<std::uint64_t>{5});
  memory_region_rom_device_set_readable(&flash, false);
  EXPECT_FALSE(memory_region_is_romd(&flash));
  EXPECT_EQ(read32(0x200000), 1u);
  memory_region_rom_device_set_readable(&flash, true);
  EXPECT_EQ(read32(0x200000), 0x77777777u);
  EXPECT_THAT(error_of([&] { memory_region_rom_device_set_readable(&ram, true); }), HasSubstr("'ram'"));
  MemoryRegion none;
  EXPECT_THAT(error_of([&] { memory_region_init_rom_device(&none, nullptr, nullptr, "bad", 16); }), HasSubstr("'bad'"));
}

TEST_F(Region, ReservationsHideWhatIsBelow) {
  MemoryRegion reservation;
  MemoryRegion without_ops;
  memory_region_init_reservation(&reservation, "reserved", kPage);
  memory_region_init_io(&without_ops, nullptr, nullptr, "reserved-too", kPage);
  memory_region_add_subregion_overlap(&root, 0, &reservation, 1);
  memory_region_add_subregion_overlap(&root, kPage, &without_ops, 1);
  write32(0, 1);
  write32(kPage, 1);
  std::uint32_t value = 0;
  for (const hwaddr address : {hwaddr{0}, kPage}) {
    EXPECT_EQ(space.space()->read(address, &value, 4), AccessResult::unmapped);
    EXPECT_EQ(static_cast<std::uint8_t*>(memory_region_get_ram_ptr(&ram))[address], 0);
  }
  EXPECT_EQ(memory_region_find(&root, 0, 1).mr, &reservation);
}

TEST_F(Region, AliasesFollowTheirOffset) {
  MemoryRegion alias;
  memory_region_init_alias(&alias, "alias", &ram, 0, kPage);
  memory_region_add_subregion(&root, 0x200000, &alias);
  write32(3 * kPage, 0xabcd);
  memory_region_set_alias_offset(&alias, 3 * kPage);
  EXPECT_EQ(read32(0x200000), 0xabcdu);
  EXPECT_THAT(error_of([&] { memory_region_set_alias_offset(&ram, 1); }), HasSubstr("'ram'"));
  EXPECT_THAT(error_of([&] { memory_region_add_subregion(&alias, 0, &root); }), HasSubstr("'alias'"));
}

TEST_F(Region, TheTreeChangesLive) {
  memory_region_set_address(&io, 0x300000);
  EXPECT_EQ(memory_region_find(&root, 0x100000, 0x100).mr, nullptr);
  EXPECT_EQ(memory_region_find(&root, 0x300000, 0x100).mr, &io);
  memory_region_set_enabled(&io, false);
  EXPECT_EQ(memory_region_find(&root, 0x300000, 0x100).mr, nullptr);
  memory_region_set_enabled(&io, true);
  memory_region_del_subregion(&root, &io);
  EXPECT_EQ(memory_region_find(&root, 0x300000, 0x100).mr, nullptr);
  EXPECT_THAT(error_of([&] { memory_region_del_subregion(&root, &io); }), HasSubstr("'io'"));
}

TEST_F(Region, PrioritiesDecideWhoShows) {
  MemoryRegion low;
  MemoryRegion high;
  memory_region_init_ram(&low, "low", kPage);
  memory_region_init_ram(&high, "high", kPage);
  memory_region_add_subregion_overlap(&root, 0, &low, -1);
  EXPECT_EQ(memory_region_find(&root, 0, 1).mr, &ram);
  memory_region_add_subregion_overlap(&root, 0, &high, 1);
  EXPECT_EQ(memory_region_find(&root, 0, 1).mr, &high);
}

TEST_F(Region, ClashesAreRefusedByName) {
  MemoryRegion clash;
  memory_region_init(&clash, "clash", kPage);
  EXPECT_THAT(error_of([&] { memory_region_add_subregion(&root, 0x800, &clash); }),
              ::testing::AllOf(HasSubstr("clash"), HasSubstr("ram")));
  EXPECT_THAT(error_of([&] { memory_region_add_subregion(&root, 0x500000, &ram); }), HasSubstr("ram"));
}

TEST_F(Region, TransactionsMakeChangesVisibleTogether) {
  memory_region_transaction_begin();
  memory_region_transaction_begin();
  memory_region_set_enabled(&io, false);
  memory_region_transaction_commit();
  EXPECT_EQ(memory_region_find(&root, 0x100000, 1).mr, &io);
  memory_region_transaction_commit();
  EXPECT_EQ(memory_region_find(&root, 0x100000, 1).mr, nullptr);
  EXPECT_THROW(memory_region_transaction_commit(), MapError);
}

TEST_F(Region, FindClipsAndTranslates) {
  MemoryRegionSection section = memory_region_find(&root, 0x8000, 0x200000);
  EXPECT_EQ(section.mr, &ram);
  EXPECT_EQ(section.address_space, &space);
  EXPECT_EQ(section.offset_within_region, 0x8000u);
  EXPECT_EQ(section.size, 0x8000u);
  EXPECT_EQ(section.offset_within_address_space, 0x8000u);
  EXPECT_FALSE(section.readonly);
  EXPECT_EQ(memory_region_section_addr(&section, 0x8123), 0x8123u);
  section = memory_region_find(&root, 0x20000, 0x200000);
  EXPECT_EQ(section.mr, &io);
  EXPECT_EQ(memory_region_section_addr(&section, 0x100010), 0x10u);
  EXPECT_EQ(memory_region_find(&root, 0x8000, 0).size, 0u);
  EXPECT_EQ(memory_region_find(&root, 0x200000, 0x1000).mr, nullptr);
  EXPECT_EQ(memory_region_find(&io, 0x10, 0x1000).offset_within_address_space, 0x100010u) << "relative to a region";
  EXPECT_EQ(memory_region_find(&io, UINT64_MAX - 1, 5).mr, nullptr) << "beyond the top";
}

TEST_F(Region, FindSearchesATreeThatNoSpaceShows) {
  MemoryRegion lonely;
  MemoryRegion child;
  memory_region_init(&lonely, "lonely", 0x10000);
  memory_region_init_ram(&child, "child", 0x100);
  memory_region_add_subregion(&lonely, 0x200, &child);
  const MemoryRegionSection section = memory_region_find(&lonely, 0, 0x280);
  EXPECT_EQ(section.mr, &child);
  EXPECT_EQ(section.address_space, nullptr);
  EXPECT_EQ(section.size, 0x80u);
  EXPECT_EQ(memory_region_find(&lonely, 0, 0x200).mr, nullptr);
  EXPECT_EQ(memory_region_find(&lonely, 0x400, 0x200).mr, nullptr);
}

TEST_F(Region, TheDirtyLogIsKeptForEachClient) {
  EXPECT_TRUE(memory_region_get_dirty(&ram, 0, 16 * kPage, DIRTY_MEMORY_VGA)) << "dirty at birth";
  memory_region_reset_dirty(&ram, 0, 16 * kPage, DIRTY_MEMORY_VGA);
  memory_region_reset_dirty(&ram, 0, 16 * kPage, DIRTY_MEMORY_CODE);
  EXPECT_FALSE(memory_region_get_dirty(&ram, 0, 16 * kPage, DIRTY_MEMORY_VGA));
  EXPECT_TRUE(memory_region_get_dirty(&ram, 0, 1, DIRTY_MEMORY_MIGRATION));
  write32(2 * kPage + 8, 1);
  EXPECT_TRUE(memory_region_get_dirty(&ram, 2 * kPage, 1, DIRTY_MEMORY_VGA)) << "any byte of the page counts";
  memory_region_set_dirty(&ram, 5 * kPage - 1, 2);
  EXPECT_TRUE(memory_region_test_and_clear_dirty(&ram, 4 * kPage, 1, DIRTY_MEMORY_CODE));
  EXPECT_TRUE(memory_region_get_dirty(&ram, 5 * kPage, 1, DIRTY_MEMORY_CODE));
  EXPECT_FALSE(memory_region_test_and_clear_dirty(&ram, 4 * kPage, 1, DIRTY_MEMORY_CODE));
}

TEST_F(Region, AnEmptyRangeHasNoPages) {
  memory_region_reset_dirty(&ram, 0, kPage, DIRTY_MEMORY_VGA);
  memory_region_set_dirty(&ram, 0, 0);
  memory_region_reset_dirty(&ram, kPage, 0, DIRTY_MEMORY_VGA);
  EXPECT_FALSE(memory_region_get_dirty(&ram, 0, kPage, DIRTY_MEMORY_VGA));
  EXPECT_FALSE(memory_region_get_dirty(&ram, kPage, 0, DIRTY_MEMORY_VGA));
  EXPECT_FALSE(memory_region_test_and_clear_dirty(&ram, kPage, 0, DIRTY_MEMORY_VGA));
  EXPECT_TRUE(memory_region_get_dirty(&ram, kPage, 1, DIRTY_MEMORY_VGA));
}

TEST_F(Region, DirtyMisuseIsRefused) {
  EXPECT_THAT(error_of([&] { memory_region_get_dirty(&io, 0, 1, 0); }), HasSubstr("'io'"));
  EXPECT_THAT(error_of([&] { memory_region_set_dirty(&ram, 16 * kPage, 1); }), HasSubstr("'ram'"));
  EXPECT_THAT(error_of([&] { memory_region_set_log(&ram, true, 8); }), HasSubstr("8"));
  EXPECT_THAT(error_of([&] { memory_region_set_log(&root, true, 0); }), HasSubstr("'root'"));
  EXPECT_THAT(error_of([&] { memory_region_reset_dirty(&ram, 0, 1, 99); }), HasSubstr("99"));
}

TEST_F(Region, LoggingIsSwitchedByClient) {
  memory_region_set_log(&ram, true, DIRTY_MEMORY_VGA);
  memory_region_set_log(&ram, true, DIRTY_MEMORY_MIGRATION);
  memory_region_set_log(&ram, false, DIRTY_MEMORY_VGA);
  EXPECT_TRUE(memory_region_is_logging(&ram));
  memory_region_set_log(&ram, false, DIRTY_MEMORY_MIGRATION);
  EXPECT_FALSE(memory_region_is_logging(&ram));
}

TEST_F(Region, CoalescedWritesComeLater) {
  memory_region_add_coalescing(&io, 0x40, 0x10);
  write32(0x100040, 1);
  write32(0x100044, 2);
  EXPECT_TRUE(device.written.empty());
  read32(0x100000);
  EXPECT_EQ(device.written, (std::vector<std::uint64_t>{1, 2})) << "an access to the region flushes";
  memory_region_set_coalescing(&io);
  write32(0x100000, 3);
  EXPECT_EQ(device.written.size(), 2u);
  memory_region_clear_coalescing(&io);
  EXPECT_EQ(device.written.size(), 3u) << "clearing flushes first";
  write32(0x100000, 4);
  EXPECT_EQ(device.written.size(), 4u);
}

TEST_F(Region, SetCoalescingReplacesWhatWasThere) {
  MemoryRegion empty;
  memory_region_init_io(&empty, &ops, &device, "empty", 0);
  memory_region_set_coalescing(&empty);
  memory_region_add_coalescing(&io, 0x40, 0);
  memory_region_add_coalescing(&io, 0x40, 0x10);
  memory_region_set_coalescing(&io);
  memory_region_set_coalescing(&io);
  write32(0x100010, 1);
  EXPECT_TRUE(device.written.empty());
  CoalescedWrites::instance().flush();
  EXPECT_EQ(device.written.size(), 1u);
}

TEST_F(Region, AnotherRegionFlushesOnlyIfToldTo) {
  Device other_device;
  MemoryRegion other;
  memory_region_init_io(&other, &ops, &other_device, "other", 0x100);
  memory_region_add_subregion(&root, 0x200000, &other);
  memory_region_set_coalescing(&io);
  write32(0x100000, 1);
  read32(0x200000);
  EXPECT_TRUE(device.written.empty());
  memory_region_set_flush_coalesced(&other);
  read32(0x200000);
  EXPECT_EQ(device.written.size(), 1u);
  memory_region_clear_flush_coalesced(&other);
  write32(0x100000, 2);
  read32(0x200000);
  EXPECT_EQ(device.written.size(), 1u);
  memory_region_clear_flush_coalesced(&io);
  read32(0x100000);
  EXPECT_EQ(device.written.size(), 2u) << "no effect while there are ranges";
  EXPECT_THAT(error_of([&] { memory_region_set_coalescing(&ram); }), HasSubstr("'ram'"));
  EXPECT_THAT(error_of([&] { memory_region_add_coalescing(&io, 0xf0, 0x20); }), HasSubstr("'io'"));
}

TEST_F(Region, EventsReplaceWrites) {
  EventNotifier any;
  EventNotifier matching;
  int woken = 0;
  matching.on_notify = [&] { ++woken; };
  memory_region_add_eventfd(&io, 0x20, 0, false, 0, &any);
  memory_region_add_eventfd(&io, 0x10, 4, true, 7, &matching);
  write32(0x100020, 99);
  EXPECT_TRUE(event_notifier_test_and_clear(&any));
  write32(0x100010, 7);
  EXPECT_TRUE(event_notifier_test_and_clear(&matching));
  EXPECT_FALSE(event_notifier_test_and_clear(&matching));
  EXPECT_EQ(woken, 1);
  EXPECT_TRUE(device.written.empty());
  write32(0x100010, 8);
  EXPECT_EQ(device.written.size(), 1u);
  memory_region_del_eventfd(&io, 0x10, 4, true, 7, &matching);
  write32(0x100010, 7);
  EXPECT_EQ(device.written.size(), 2u);
  EXPECT_THROW(memory_region_del_eventfd(&io, 0x10, 4, true, 7, &matching), MapError);
  EXPECT_THROW(memory_region_add_eventfd(&io, 0x10, 4, true, 7, nullptr), MapError);
  EXPECT_THAT(error_of([&] { memory_region_add_eventfd(&ram, 0, 4, false, 0, &any); }), HasSubstr("'ram'"));
  event_notifier_set(&any);
  EXPECT_GE(event_notifier_get_fd(&any), 0);
  EXPECT_TRUE(event_notifier_test_and_clear(&any));
}

TEST_F(Region, DestroyIsRefusedWhileItIsUsed) {
  MemoryRegion alias;
  memory_region_init_alias(&alias, "shadow", &io, 0, 0x10);
  EXPECT_THAT(error_of([&] { memory_region_destroy(&io); }), HasSubstr("'root'"));
  memory_region_del_subregion(&root, &io);
  EXPECT_THAT(error_of([&] { memory_region_destroy(&io); }), HasSubstr("'shadow'"));
  memory_region_destroy(&alias);
  memory_region_destroy(&io);
  EXPECT_THAT(error_of([&] { memory_region_destroy(&root); }), HasSubstr("'ram'"));
  memory_region_del_subregion(&root, &ram);
  EXPECT_THAT(error_of([&] { memory_region_destroy(&root); }), HasSubstr("address space 'root'"));
  address_space_destroy(&space);
  memory_region_destroy(&root);
  EXPECT_THAT(error_of([&] { memory_region_destroy(&root); }), HasSubstr("not initialized"));
  memory_region_init(&root, "again", 16);
  EXPECT_STREQ(memory_region_name(&root), "again");
}

TEST_F(Region, GoingWithoutDestroyDetaches) {
  auto gone = std::make_unique<MemoryRegion>();
  memory_region_init_ram(gone.get(), "gone", kPage);
  memory_region_add_subregion(&root, 0x200000, gone.get());
  EXPECT_EQ(memory_region_find(&root, 0x200000, 1).mr, gone.get());
  gone.reset();
  EXPECT_EQ(memory_region_find(&root, 0x200000, 1).mr, nullptr);
}

TEST_F(Region, WhatIsNotInitializedOrTwiceIsRefused) {
  MemoryRegion raw;
  EXPECT_THAT(error_of([&] { memory_region_size(&raw); }), HasSubstr("memory_region_size"));
  EXPECT_THAT(error_of([&] { memory_region_size(nullptr); }), HasSubstr("null"));
  EXPECT_THAT(error_of([&] { memory_region_add_subregion(&root, 0, &raw); }), HasSubstr("not initialized"));
  EXPECT_THAT(error_of([&] { memory_region_init(&ram, "twice", 1); }), HasSubstr("'ram'"));
  EXPECT_THAT(error_of([&] { memory_region_init_alias(&raw, "alias", nullptr, 0, 1); }), HasSubstr("null"));
  EXPECT_THAT(error_of([&] { memory_region_init(nullptr, "x", 1); }), HasSubstr("null"));
}

}  // namespace
}  // namespace sc_memory::compat
