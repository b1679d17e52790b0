// Mappings: what is direct, what goes through a buffer, and what happens at unmap.
#include "sc_memory/access/address_map.h"

#include <array>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <random>
#include <vector>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/iommu_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/watchpoint.h"

#include "tests/support/seed.h"

namespace sc_memory {
namespace {

constexpr std::uint64_t kPage = DirtyLog::kPageBytes;

/// A device that is an array of bytes.
class ByteDevice {
 public:
  explicit ByteDevice(std::uint64_t size) : bytes(size) {}

  std::unique_ptr<IoHandler> handler() {
    return io_ops()
        .impl(1, 1)
        .read([this](Address offset, unsigned) { return std::uint64_t{bytes[offset]}; })
        .write([this](Address offset, std::uint64_t value, unsigned) {
          bytes[offset] = static_cast<std::uint8_t>(value);
          ++writes;
        });
  }

  std::vector<std::uint8_t> bytes;
  int writes = 0;
};

class Mapping : public ::testing::Test {
 protected:
  Container root{"root"};
  RamRegion ram{"ram", 16 * kPage};
  ByteDevice device{0x1000};
  IoRegion io{"io", 0x1000, device.handler()};
  AddressSpace space{"space", root};
};

TEST_F(Mapping, RamIsMappedDirectly) {
  root.add(0x10000, ram);
  MappedMemory mapped = map_memory(space, 0x10010, 0x20, Direction::write);
  ASSERT_TRUE(mapped);
  EXPECT_TRUE(mapped.is_direct());
  EXPECT_EQ(mapped.data(), ram.memory().data + 0x10);
  EXPECT_EQ(mapped.size(), 0x20u);
  EXPECT_EQ(space.mapping_budget().used(), 0u);
  EXPECT_EQ(mapped.unmap(0x20), AccessResult::ok);
  EXPECT_FALSE(mapped);
}

TEST_F(Mapping, ADirectMappingEndsWithItsRegion) {
  root.add(0x10000, ram);
  root.add(0x20000, io);
  const MappedMemory mapped = map_memory(space, 0x1fff0, kWholeSpace, Direction::read);
  EXPECT_EQ(mapped.size(), 0x10u);
}

TEST_F(Mapping, ADirectMappingGoesOnOverNeighboursOfTheSameStretch) {
  AliasRegion low("low", ram, 0, 4 * kPage);
  AliasRegion high("high", ram, 4 * kPage, 4 * kPage);
  high.set_readonly(true);
  AliasRegion elsewhere("elsewhere", ram, 9 * kPage, kPage);
  root.add(0x0000, low);
  root.add(0x4000, high);
  root.add(0x8000, elsewhere);
  EXPECT_EQ(map_memory(space, 0x1000, 0x10000, Direction::read).size(), 0x7000u);
  EXPECT_EQ(map_memory(space, 0x1000, 0x10000, Direction::write).size(), 0x3000u);
}

TEST_F(Mapping, UnmapMarksWhatWasWritten) {
  root.add(0, ram);
  ram.reset_dirty({0, 16 * kPage - 1}, DirtyClient::vga);
  MappedMemory mapped = map_memory(space, 2 * kPage + 8, 4 * kPage, Direction::write);
  EXPECT_TRUE(mapped.is_direct()) << "clean pages can be mapped: unmap reports the writes";
  EXPECT_FALSE(ram.is_dirty({0, 16 * kPage - 1}, DirtyClient::vga));
  EXPECT_EQ(mapped.unmap(2 * kPage), AccessResult::ok);
  EXPECT_FALSE(ram.is_dirty({0, 2 * kPage - 1}, DirtyClient::vga));
  for (const Address page : {2, 3, 4}) EXPECT_TRUE(ram.is_dirty({page * kPage, page * kPage}, DirtyClient::vga));
  EXPECT_FALSE(ram.is_dirty({5 * kPage, 16 * kPage - 1}, DirtyClient::vga));
}

TEST_F(Mapping, NothingWrittenIsNothingMarked) {
  root.add(0, ram);
  ram.reset_dirty({0, 16 * kPage - 1}, DirtyClient::vga);
  map_memory(space, 0, kPage, Direction::write).unmap(0);
  map_memory(space, 0, kPage, Direction::read).unmap(kPage);
  EXPECT_FALSE(ram.is_dirty({0, 16 * kPage - 1}, DirtyClient::vga));
}

TEST_F(Mapping, ADeviceIsReadIntoABufferAtMap) {
  root.add(0x1000, io);
  for (unsigned i = 0; i < 8; ++i) device.bytes[i + 4] = static_cast<std::uint8_t>(0xa0 + i);
  const MappedMemory mapped = map_memory(space, 0x1004, 8, Direction::read);
  ASSERT_TRUE(mapped);
  EXPECT_FALSE(mapped.is_direct());
  EXPECT_EQ(mapped.fill_result(), AccessResult::ok);
  EXPECT_THAT(std::vector<std::uint8_t>(mapped.data(), mapped.data() + 8),
              ::testing::ElementsAre(0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7));
}

TEST_F(Mapping, ADeviceIsWrittenFromTheBufferAtUnmap) {
  root.add(0x1000, io);
  MappedMemory mapped = map_memory(space, 0x1000, 8, Direction::write);
  EXPECT_EQ(mapped.data()[3], 0) << "a buffer for writes begins empty";
  std::memset(mapped.data(), 0x55, 8);
  EXPECT_EQ(device.writes, 0);
  EXPECT_EQ(mapped.unmap(5), AccessResult::ok);
  EXPECT_EQ(device.writes, 5);
  EXPECT_EQ(device.bytes[4], 0x55);
  EXPECT_EQ(device.bytes[5], 0);
}

TEST_F(Mapping, TheDestructorUnmapsAllOfIt) {
  root.add(0x1000, io);
  std::memset(map_memory(space, 0x1000, 8, Direction::write).data(), 0x66, 8);
  EXPECT_EQ(device.writes, 8);
  EXPECT_EQ(space.mapping_budget().used(), 0u);
}

TEST_F(Mapping, AssigningUnmapsWhatWasThere) {
  root.add(0x1000, io);
  MappedMemory mapped = map_memory(space, 0x1000, 8, Direction::write);
  mapped = map_memory(space, 0x1010, 4, Direction::write);
  EXPECT_EQ(device.writes, 8);
  EXPECT_EQ(space.mapping_budget().used(), 4u);
  MappedMemory moved = std::move(mapped);
  EXPECT_EQ(moved.size(), 4u);
  EXPECT_EQ(space.mapping_budget().used(), 4u);
}

TEST_F(Mapping, ReadOnlyMemoryHasABufferForWritesThatGoNowhere) {
  root.add(0, ram);
  ram.set_readonly(true);
  MappedMemory mapped = map_memory(space, 0, 16, Direction::write);
  EXPECT_FALSE(mapped.is_direct());
  std::memset(mapped.data(), 1, 16);
  EXPECT_EQ(mapped.unmap(16), AccessResult::refused);
  EXPECT_EQ(ram.memory().data[0], 0);
}

TEST_F(Mapping, AHoleReadsAsNothing) {
  root.add(0x1000, io);
  const MappedMemory mapped = map_memory(space, 0xff0, 0x100, Direction::read);
  EXPECT_EQ(mapped.size(), 0x10u) << "up to the next range";
  EXPECT_EQ(mapped.fill_result(), AccessResult::unmapped);
}

TEST_F(Mapping, ALastByteOfTheSpaceCanBeMapped) {
  root.add(UINT64_MAX - (16 * kPage - 1), ram);
  const MappedMemory mapped = map_memory(space, UINT64_MAX - 3, kWholeSpace, Direction::write);
  EXPECT_EQ(mapped.size(), 4u);
  EXPECT_EQ(mapped.data(), ram.memory().data + 16 * kPage - 4);
}

TEST_F(Mapping, TheBudgetLimitsBuffersAndCallsWhoWaits) {
  root.add(0x1000, io);
  root.add(0x10000, ram);
  space.mapping_budget().set_limit(0x100);
  MappedMemory first = map_memory(space, 0x1000, 0xc0, Direction::read);
  MappedMemory second = map_memory(space, 0x1000, 0xc0, Direction::read);
  EXPECT_EQ(second.size(), 0x40u);
  EXPECT_FALSE(map_memory(space, 0x1000, 1, Direction::read));
  EXPECT_TRUE(map_memory(space, 0x10000, kPage, Direction::read)) << "a direct mapping costs nothing";

  std::uint64_t got = 0;
  space.mapping_budget().call_when_free([&] { got = map_memory(space, 0x1000, 0xc0, Direction::read).size(); });
  EXPECT_EQ(got, 0u);
  second.unmap(0);
  EXPECT_EQ(got, 0x40u);
}

TEST_F(Mapping, NoBytesAreNoMapping) { EXPECT_FALSE(map_memory(space, 0, 0, Direction::read)); }

TEST_F(Mapping, MisuseIsAnError) {
  root.add(0, ram);
  MappedMemory nothing;
  EXPECT_THROW(nothing.unmap(0), MapError);
  EXPECT_EQ(nothing.data(), nullptr);
  EXPECT_EQ(nothing.size(), 0u);
  EXPECT_EQ(nothing.fill_result(), AccessResult::ok);
  MappedMemory mapped = map_memory(space, 0, 8, Direction::write);
  EXPECT_THROW(mapped.unmap(9), MapError);
  EXPECT_TRUE(mapped);
  EXPECT_EQ(mapped.unmap(8), AccessResult::ok);
  EXPECT_THROW(mapped.unmap(8), MapError);
}

TEST_F(Mapping, MemoryOutlivesItsRegionForAMapping) {
  auto gone = std::make_unique<RamRegion>("gone", kPage);
  root.add(0, *gone);
  gone->memory().data[5] = 0x77;
  MappedMemory mapped = map_memory(space, 0, kPage, Direction::write);
  gone.reset();
  EXPECT_EQ(mapped.data()[5], 0x77);
  std::memset(mapped.data(), 0x11, kPage);
  EXPECT_EQ(mapped.unmap(kPage), AccessResult::ok);
}

TEST_F(Mapping, ADirectMappingKeepsItsMemoryWhenTheMapChanges) {
  root.add(0, ram);
  ram.reset_dirty({0, kPage - 1}, DirtyClient::vga);
  MappedMemory mapped = map_memory(space, 0, kPage, Direction::write);
  root.remove(ram);
  mapped.data()[0] = 0x42;
  mapped.unmap(1);
  EXPECT_EQ(ram.memory().data[0], 0x42);
  EXPECT_TRUE(ram.is_dirty({0, 0}, DirtyClient::vga));
}

TEST(MappingOfASpaceThatGoes, WritesItsBufferNowhere) {
  Container root("root");
  ByteDevice device(16);
  IoRegion io("io", 16, device.handler());
  root.add(0, io);
  auto space = std::make_unique<AddressSpace>("space", root);
  MappedMemory mapped = map_memory(*space, 0, 4, Direction::write);
  space.reset();
  EXPECT_EQ(mapped.unmap(4), AccessResult::unmapped);
  EXPECT_EQ(device.writes, 0);
}

TEST_F(Mapping, ADevicesExceptionReachesWhoUnmapsAndFreesTheBuffer) {
  IoRegion bad("bad", 8, io_ops().write([](Address, std::uint64_t, unsigned) { throw std::runtime_error("broken"); }));
  root.add(0, bad);
  MappedMemory mapped = map_memory(space, 0, 4, Direction::write);
  EXPECT_THROW(mapped.unmap(4), std::runtime_error);
  EXPECT_FALSE(mapped);
  EXPECT_EQ(space.mapping_budget().used(), 0u);
  { const MappedMemory dropped = map_memory(space, 0, 4, Direction::write); }
  EXPECT_EQ(space.mapping_budget().used(), 0u);
}

TEST_F(Mapping, ADevicesExceptionAtMapFreesTheBuffer) {
  IoRegion bad("bad", 8, io_ops().read([](Address, unsigned) -> std::uint64_t { throw std::runtime_error("broken"); }));
  root.add(0, bad);
  EXPECT_THROW(map_memory(space, 0, 4, Direction::read), std::runtime_error);
  EXPECT_EQ(space.mapping_budget().used(), 0u);
}

/// Leads pages of 4 KiB to `to` in `space`, or back to where they came from.
class OneWindow final : public Translator {
 public:
  Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
    return Translation::page(offset, kPage, *space, to + offset, reads, writes);
  }
  AddressSpace* space = nullptr;
  Address to = 0;
  bool reads = true;
  bool writes = true;
};

class MappingBehindIommu : public Mapping {
 protected:
  MappingBehindIommu() {
    root.add(0x10000, ram);
    device_root.add(0x40000, iommu);
    window.space = &space;
    window.to = 0x12000;
  }
  OneWindow window;
  Container device_root{"device-root"};
  IommuRegion iommu{"iommu", 8 * kPage, window};
  AddressSpace device_space{"device", device_root};
};

TEST_F(MappingBehindIommu, IsDirectWithinATranslation) {
  ram.reset_dirty({0, 16 * kPage - 1}, DirtyClient::vga);
  MappedMemory mapped = map_memory(device_space, 0x41010, 0x4000, Direction::write);
  ASSERT_TRUE(mapped.is_direct());
  EXPECT_EQ(mapped.data(), ram.memory().data + 0x3010);
  EXPECT_EQ(mapped.size(), kPage - 0x10);
  mapped.unmap(1);
  EXPECT_TRUE(ram.is_dirty({0x3000, 0x3000}, DirtyClient::vga));
  EXPECT_FALSE(ram.is_dirty({0x4000, 0xffff}, DirtyClient::vga));
  EXPECT_EQ(device_space.mapping_budget().used(), 0u);
}

TEST_F(MappingBehindIommu, WhatIsNotAllowedGetsABufferThatGoesNowhere) {
  window.writes = false;
  MappedMemory mapped = map_memory(device_space, 0x40000, 8, Direction::write);
  EXPECT_FALSE(mapped.is_direct());
  EXPECT_EQ(mapped.unmap(8), AccessResult::refused);
  window.writes = true;
  iommu.set_readonly(true);
  EXPECT_EQ(map_memory(device_space, 0x40000, 8, Direction::write).unmap(8), AccessResult::refused);
  EXPECT_TRUE(map_memory(device_space, 0x40000, 8, Direction::read).is_direct());
}

TEST_F(MappingBehindIommu, AFaultOrADeviceGetsABuffer) {
  window.space = nullptr;
  window.reads = false;
  class Fault final : public Translator {
   public:
    Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
      return Translation::fault(offset, kPage);
    }
  } fault;
  IommuRegion dead("dead", kPage, fault);
  device_root.add(0, dead);
  const MappedMemory mapped = map_memory(device_space, 0, 8, Direction::read);
  EXPECT_FALSE(mapped.is_direct());
  EXPECT_EQ(mapped.fill_result(), AccessResult::unmapped);
  window.space = &space;
  window.reads = true;
  window.to = 0x30000;
  root.add(0x30000, io);
  device.bytes[5] = 0x55;
  const MappedMemory registers = map_memory(device_space, 0x40000, 8, Direction::read);
  EXPECT_FALSE(registers.is_direct());
  EXPECT_EQ(registers.data()[5], 0x55);
}

TEST_F(MappingBehindIommu, ACircleGetsABuffer) {
  window.space = &device_space;
  window.to = 0x40000;
  const MappedMemory mapped = map_memory(device_space, 0x40000, 8, Direction::read);
  EXPECT_FALSE(mapped.is_direct());
  EXPECT_EQ(mapped.fill_result(), AccessResult::unmapped);
}

TEST_F(MappingBehindIommu, AWatchpointBeforeItSeesTheAccess) {
  int hits = 0;
  const Watchpoint watchpoint(device_space, {0x40100, 0x40103}, WatchFor::reads, [&](const WatchHit&) { ++hits; });
  EXPECT_EQ(map_memory(device_space, 0x40000, kPage, Direction::read).size(), 0x100u);
  EXPECT_FALSE(map_memory(device_space, 0x40100, 4, Direction::read).is_direct());
  EXPECT_EQ(hits, 1);
  EXPECT_TRUE(map_memory(device_space, 0x40104, 4, Direction::read).is_direct());
}

/// What a map of aliases shows, kept byte by byte beside the library.
class ByteOracle {
 public:
  static constexpr Address kSlot = 0x800;
  static constexpr unsigned kSlots = 48;
  static constexpr Address kEnd = kSlot * kSlots;
  enum Source { hole = -1, ram_a, ram_b, rom, flash, io, sources };

  struct Cell {
    int source = hole;
    Address offset = 0;
  };

  void show(unsigned slot, int source, Address offset) {
    for (Address i = 0; i < kSlot; ++i) cells_[slot * kSlot + i] = {source, offset + i};
  }
  const Cell& at(Address address) const { return cells_[address]; }

  /// How many of `length` bytes from `address` a mapping gives.
  std::uint64_t mapped_length(Address address, std::uint64_t length, bool is_write, bool flash_reads) const {
    std::uint64_t count = 1;
    const bool direct = is_direct(address, is_write, flash_reads);
    while (count < length && address + count < kEnd) {
      const Cell& before = cells_[address + count - 1];
      const Cell& next = cells_[address + count];
      const bool same = next.source == before.source && (next.source == hole || next.offset == before.offset + 1);
      if (!same || is_direct(address + count, is_write, flash_reads) != direct) break;
      ++count;
    }
    const bool hole_goes_on = address + count == kEnd && cells_[kEnd - 1].source == hole;
    return hole_goes_on ? length : count;
  }
  bool is_direct(Address address, bool is_write, bool flash_reads) const {
    const int source = cells_[address].source;
    if (source == ram_a || source == ram_b) return true;
    return !is_write && (source == rom || (source == flash && flash_reads));
  }

 private:
  std::array<Cell, kEnd> cells_;
};

class RandomMapping {
 public:
  explicit RandomMapping(std::uint64_t seed) : random_(seed) {
    for (unsigned slot = 0; slot < ByteOracle::kSlots; ++slot) show_something(slot);
    for (auto& bytes : contents_) {
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    }
    for (int source = 0; source < ByteOracle::sources; ++source) copy_to_guest(source);
  }

  void step() {
    switch (random_() % 8) {
      case 0:
        show_something(pick(ByteOracle::kSlots));
        break;
      case 1:
        flash_reads_ = !flash_reads_;
        flash_.set_readable(flash_reads_);
        break;
      case 2:
        clear_log();
        break;
      default:
        map_and_unmap();
    }
  }

 private:
  unsigned pick(unsigned end) { return static_cast<unsigned>(random_() % end); }

  void show_something(unsigned slot) {
    slots_[slot].reset();
    const int source = static_cast<int>(pick(ByteOracle::sources + 1)) - 1;
    // Consecutive offsets are likely, so that stretches go on from slot to slot.
    Address offset = pick(4) * ByteOracle::kSlot;
    if (slot > 0 && oracle_.at(slot * ByteOracle::kSlot - 1).source == source && pick(4) != 0)
      offset = (oracle_.at(slot * ByteOracle::kSlot - 1).offset + 1) % kSize;
    oracle_.show(slot, source, offset);
    if (source == ByteOracle::hole) return;
    MemoryRegion* const regions[] = {&ram_a_, &ram_b_, &rom_, &flash_, &io_};
    slots_[slot].emplace("slot", *regions[source], offset, ByteOracle::kSlot);
    root_.add(slot * ByteOracle::kSlot, *slots_[slot]);
  }

  std::uint8_t* guest_bytes(int source) {
    switch (source) {
      case ByteOracle::ram_a:
        return ram_a_.memory().data;
      case ByteOracle::ram_b:
        return ram_b_.memory().data;
      case ByteOracle::rom:
        return rom_.memory().data;
      case ByteOracle::flash:
        return flash_.memory().data;
      default:
        return device_.bytes.data();
    }
  }

  void copy_to_guest(int source) {
    std::memcpy(guest_bytes(source), contents_[static_cast<std::size_t>(source)].data(), kSize);
    if (source == ByteOracle::flash) std::memcpy(flash_device_.bytes.data(), contents_[3].data(), kSize);
  }

  void clear_log() {
    const Address first = pick(kSize);
    const AddressRange range{first, first + pick(static_cast<unsigned>(kSize - first))};
    ram_a_.reset_dirty(range, DirtyClient::code);
    for (Address page = range.first / kPage; page <= range.last / kPage; ++page) dirty_a_[page] = false;
  }

  void map_and_unmap() {
    const Address address = pick(ByteOracle::kEnd);
    const std::uint64_t length = 1 + pick(0x3000);
    const bool is_write = pick(2) != 0;
    space_.mapping_budget().set_limit(pick(4) == 0 ? pick(0x400) : 0x10000);
    const bool direct = oracle_.is_direct(address, is_write, flash_reads_);
    std::uint64_t expected = oracle_.mapped_length(address, length, is_write, flash_reads_);
    if (!direct) expected = std::min(expected, space_.mapping_budget().limit());

    MappedMemory mapped = map_memory(space_, address, length, is_write ? Direction::write : Direction::read);
    ASSERT_EQ(mapped.size(), expected) << "at " << address << " length " << length << " write " << is_write;
    if (expected == 0) return;
    ASSERT_EQ(mapped.is_direct(), direct);
    const std::uint64_t used = pick(static_cast<unsigned>(expected) + 1);
    if (is_write)
      write(mapped, address, used);
    else
      check(mapped, address);
    mapped.unmap(used);
    compare_guest();
  }

  void check(const MappedMemory& mapped, Address address) {
    for (std::uint64_t i = 0; i < mapped.size(); ++i) {
      const ByteOracle::Cell cell = address + i < ByteOracle::kEnd ? oracle_.at(address + i) : ByteOracle::Cell{};
      const std::uint8_t expected =
          cell.source == ByteOracle::hole ? 0 : contents_[static_cast<std::size_t>(cell.source)][cell.offset];
      ASSERT_EQ(mapped.data()[i], expected) << "byte " << i << " at " << address;
    }
  }

  void write(MappedMemory& mapped, Address address, std::uint64_t used) {
    for (std::uint64_t i = 0; i < used; ++i) {
      const auto value = static_cast<std::uint8_t>(random_());
      mapped.data()[i] = value;
      if (address + i >= ByteOracle::kEnd) continue;
      const ByteOracle::Cell cell = oracle_.at(address + i);
      if (cell.source == ByteOracle::hole || cell.source == ByteOracle::rom) continue;
      // A flash chip's commands are not its contents.
      if (cell.source == ByteOracle::flash) continue;
      contents_[static_cast<std::size_t>(cell.source)][cell.offset] = value;
      if (cell.source == ByteOracle::ram_a) dirty_a_[cell.offset / kPage] = true;
    }
  }

  void compare_guest() {
    for (const int source : {ByteOracle::ram_a, ByteOracle::ram_b, ByteOracle::rom, ByteOracle::flash, ByteOracle::io})
      ASSERT_EQ(std::memcmp(guest_bytes(source), contents_[static_cast<std::size_t>(source)].data(), kSize), 0)
          << source;
    for (Address page = 0; page < kSize / kPage; ++page)
      ASSERT_EQ(ram_a_.is_dirty({page * kPage, page * kPage}, DirtyClient::code), dirty_a_[page]) << "page " << page;
    ASSERT_EQ(space_.mapping_budget().used(), 0u);
  }

  static constexpr std::uint64_t kSize = 0x4000;

  std::mt19937_64 random_;
  Container root_{"root"};
  RamRegion ram_a_{"a", kSize};
  RamRegion ram_b_{"b", kSize};
  RomRegion rom_{"rom", kSize};
  ByteDevice flash_device_{kSize};
  /// Reads see the contents in either mode; writes are swallowed.
  RomDeviceRegion flash_{
      "flash", kSize,
      io_ops()
          .impl(1, 1)
          .read([this](Address offset, unsigned) { return std::uint64_t{flash_device_.bytes[offset]}; })
          .write([](Address, std::uint64_t, unsigned) {})};
  ByteDevice device_{kSize};
  IoRegion io_{"io", kSize, device_.handler()};
  AddressSpace space_{"space", root_};
  std::array<std::optional<AliasRegion>, ByteOracle::kSlots> slots_;
  ByteOracle oracle_;
  std::array<std::array<std::uint8_t, kSize>, ByteOracle::sources> contents_;
  std::array<bool, kSize / kPage> dirty_a_{true, true, true, true};
  bool flash_reads_ = true;
};

TEST(MappingAgainstOracle, GivesWhatTheBytesSay) {
  const std::uint64_t seed = testing::seed();
  RandomMapping mapping(seed);
  const int steps = testing::steps(4000);
  for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) mapping.step();
}

}  // namespace
}  // namespace sc_memory
