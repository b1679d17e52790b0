// Accesses through a translation, permissions, index spaces, notifications, and loops.
#include "sc_memory/map/iommu_region.h"

#include <array>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/map/section_access.h"

#include "tests/map/test_device.h"
#include "tests/support/seed.h"

namespace sc_memory {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kPage = 0x100;

/// A page table in each of two index spaces: the secure and the other one.
class PageTables final : public Translator {
 public:
  struct Entry {
    AddressSpace* space;
    Address to;
    bool reads;
    bool writes;
  };

  Translation translate(Address offset, Direction, unsigned index, const Attributes&) override {
    ++translations;
    const auto entry = tables[index].find(offset / kPage);
    if (entry == tables[index].end()) return Translation::fault(offset, kPage);
    const Entry& page = entry->second;
    return Translation::page(offset, kPage, *page.space, page.to, page.reads, page.writes);
  }
  unsigned index_count() const override { return 2; }
  unsigned index_of(const Attributes& attributes) const override { return attributes.secure ? 1 : 0; }

  std::array<std::map<Address, Entry>, 2> tables;
  int translations = 0;
};

/// Answers whatever it is told to.
class FixedTranslator final : public Translator {
 public:
  Translation translate(Address, Direction, unsigned, const Attributes&) override { return answer; }
  Translation answer;
};

class Recorder final : public TranslationListener {
 public:
  void mapped(IommuRegion&, unsigned index, const Translation& translation) override {
    events.push_back("map " + std::to_string(index) + " " + text(translation.from) + " to " +
                     std::to_string(translation.to));
  }
  void unmapped(IommuRegion&, unsigned index, const AddressRange& range) override {
    events.push_back("unmap " + std::to_string(index) + " " + text(range));
  }
  static std::string text(const AddressRange& range) {
    return std::to_string(range.first) + "-" + std::to_string(range.last);
  }
  std::vector<std::string> events;
};

class Iommu : public ::testing::Test {
 protected:
  Iommu() {
    system_root.add(0x10000, ram);
    device_root.add(0x4000, iommu);
    for (std::uint64_t i = 0; i < ram.size(); ++i) ram.memory().data[i] = static_cast<std::uint8_t>(i / kPage + i);
  }

  Container system_root{"system"};
  RamRegion ram{"ram", 0x10000};
  AddressSpace system{"system", system_root};
  PageTables tables;
  Container device_root{"device"};
  IommuRegion iommu{"iommu", 0x4000, tables};
  AddressSpace device{"device", device_root};
};

TEST_F(Iommu, AnAccessGoesWhereItsPageLeads) {
  tables.tables[0][2] = {&system, 0x10700, true, true};
  const std::uint32_t value = 0xcafef00d;
  EXPECT_EQ(device.write(0x4210, &value, 4), AccessResult::ok);
  std::uint32_t at_home = 0;
  std::memcpy(&at_home, ram.memory().data + 0x710, 4);
  EXPECT_EQ(at_home, value);
  std::uint32_t back = 0;
  EXPECT_EQ(device.read(0x4210, &back, 4), AccessResult::ok);
  EXPECT_EQ(back, value);
}

TEST_F(Iommu, ATransferIsCutAtPagesAndGoesOnAfterAFault) {
  tables.tables[0][0] = {&system, 0x10300, true, true};
  tables.tables[0][2] = {&system, 0x10100, true, true};
  std::vector<std::uint8_t> bytes(3 * kPage, 0xee);
  EXPECT_EQ(device.read(0x4000, bytes.data(), bytes.size()), AccessResult::unmapped);
  EXPECT_EQ(std::memcmp(bytes.data(), ram.memory().data + 0x300, kPage), 0);
  EXPECT_EQ(bytes[kPage], 0);
  EXPECT_EQ(bytes[2 * kPage - 1], 0);
  EXPECT_EQ(std::memcmp(bytes.data() + 2 * kPage, ram.memory().data + 0x100, kPage), 0);
  EXPECT_EQ(tables.translations, 3) << "one a page";
}

TEST_F(Iommu, PermissionsAreKeptExceptForDebug) {
  tables.tables[0][0] = {&system, 0x10000, true, false};
  tables.tables[0][1] = {&system, 0x10000, false, true};
  std::uint8_t byte = 0x42;
  Attributes debug;
  debug.debug = true;
  EXPECT_EQ(device.write(0x4000, &byte, 1), AccessResult::refused);
  EXPECT_EQ(ram.memory().data[0], 0);
  EXPECT_EQ(device.write(0x4000, &byte, 1, debug), AccessResult::ok);
  EXPECT_EQ(ram.memory().data[0], 0x42);
  EXPECT_EQ(device.read(0x4100, &byte, 1), AccessResult::refused);
  EXPECT_EQ(byte, 0);
  EXPECT_EQ(device.read(0x4100, &byte, 1, debug), AccessResult::ok);
}

TEST_F(Iommu, AttributesChooseTheIndexSpace) {
  tables.tables[0][0] = {&system, 0x10000, true, true};
  tables.tables[1][0] = {&system, 0x10500, true, true};
  std::uint8_t byte = 0;
  Attributes secure;
  secure.secure = true;
  device.read(0x4000, &byte, 1, secure);
  EXPECT_EQ(byte, ram.memory().data[0x500]);
  device.read(0x4000, &byte, 1);
  EXPECT_EQ(byte, ram.memory().data[0]);
}

TEST_F(Iommu, AReadOnlyViewRefusesWrites) {
  tables.tables[0][0] = {&system, 0x10000, true, true};
  iommu.set_readonly(true);
  std::uint8_t byte = 1;
  EXPECT_EQ(device.write(0x4000, &byte, 1), AccessResult::refused);
  EXPECT_EQ(device.read(0x4000, &byte, 1), AccessResult::ok);
}

TEST_F(Iommu, DirtyPagesAreMarkedBehindIt) {
  tables.tables[0][0] = {&system, 0x12000, true, true};
  ram.reset_dirty({0, 0xffff}, DirtyClient::migration);
  const std::uint8_t byte = 1;
  device.write(0x4000, &byte, 1);
  EXPECT_TRUE(ram.is_dirty({0x2000, 0x2000}, DirtyClient::migration));
  EXPECT_FALSE(ram.is_dirty({0, 0x1fff}, DirtyClient::migration));
}

TEST_F(Iommu, ChildrenStandBeforeIt) {
  RamRegion msi("msi", kPage);
  iommu.add(0x100, msi, Priority{1});
  const std::uint8_t byte = 0x5a;
  EXPECT_EQ(device.write(0x4100, &byte, 1), AccessResult::ok);
  EXPECT_EQ(msi.memory().data[0], 0x5a);
  EXPECT_EQ(tables.translations, 0);
}

TEST_F(Iommu, ADeviceBehindItGetsOneAccess) {
  testing::DeviceLog log;
  testing::TestIo io("io", 0x100, &log);
  system_root.add(0x30000, io);
  tables.tables[0][0] = {&system, 0x30000, true, true};
  log.longest = 1;
  const std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
  const FlatRange& range = *device.view().find(0x4000);
  EXPECT_EQ(write_section_whole(range, 0x20, bytes.data(), 4, {}), AccessResult::ok);
  ASSERT_EQ(log.accesses.size(), 1u);
  EXPECT_EQ(log.accesses[0], (testing::DeviceAccess{Direction::write, 0x20, {1, 2, 3, 4}}));
  log.accesses.clear();
  std::array<std::uint8_t, 4> read{};
  EXPECT_EQ(read_section_whole(range, 0x20, read.data(), 4, {}), AccessResult::ok);
  EXPECT_EQ(log.accesses.size(), 1u);
  log.accesses.clear();
  EXPECT_EQ(write_section(range, 0x20, bytes.data(), 4, {}), AccessResult::ok);
  EXPECT_EQ(log.accesses.size(), 4u) << "a transfer is cut as the device takes it";
}

TEST_F(Iommu, AWholeAccessThatLeavesItsTargetIsCut) {
  tables.tables[0][0] = {&system, 0x1ff00, true, true};
  tables.tables[0][1] = {&system, 0x20000, true, true};
  std::array<std::uint8_t, 4> bytes{9, 9, 9, 9};
  const FlatRange& range = *device.view().find(0x4000);
  EXPECT_EQ(read_section_whole(range, 0xfe, bytes.data(), 4, {}), AccessResult::unmapped);
  EXPECT_THAT(bytes, ElementsAre(ram.memory().data[0xfffe], ram.memory().data[0xffff], 0, 0));
  FixedTranslator over_the_end;
  over_the_end.answer = {{0, 0x1fff}, &system, 0x1ff00, true, true};
  IommuRegion wide("wide", 0x2000, over_the_end);
  device_root.add(0x10000, wide);
  EXPECT_EQ(write_section_whole(*device.view().find(0x10000), 0xfe, bytes.data(), 4, {}), AccessResult::unmapped);
}

TEST_F(Iommu, TheTargetsPolicyForRomHolds) {
  ram.set_readonly(true);
  tables.tables[0][0] = {&system, 0x10000, true, true};
  const std::uint8_t byte = 0xff;
  const FlatRange& range = *device.view().find(0x4000);
  EXPECT_EQ(device.write(0x4000, &byte, 1), AccessResult::refused);
  EXPECT_EQ(write_section_whole(range, 0, &byte, 1, {}), AccessResult::refused);
  system.policy().ignore_rom_writes = true;
  EXPECT_EQ(device.write(0x4000, &byte, 1), AccessResult::ok);
  EXPECT_EQ(write_section_whole(range, 0, &byte, 1, {}), AccessResult::ok);
  EXPECT_EQ(ram.memory().data[0], 0);
}

TEST_F(Iommu, TranslationsMayBeStacked) {
  PageTables second;
  IommuRegion outer("outer", 0x1000, second);
  Container outer_root("outer-root");
  outer_root.add(0, outer);
  AddressSpace guest("guest", outer_root);
  second.tables[0][0] = {&device, 0x4300, true, true};
  tables.tables[0][3] = {&system, 0x10800, true, true};
  std::uint8_t byte = 0;
  EXPECT_EQ(guest.read(0x12, &byte, 1), AccessResult::ok);
  EXPECT_EQ(byte, ram.memory().data[0x812]);
}

TEST_F(Iommu, ACircleEndsUnmapped) {
  tables.tables[0][0] = {&device, 0x4000, true, true};
  std::uint32_t value = 0x11111111;
  EXPECT_EQ(device.read(0x4000, &value, 4), AccessResult::unmapped);
  EXPECT_EQ(value, 0u);
  EXPECT_EQ(device.write(0x4000, &value, 4), AccessResult::unmapped);
  EXPECT_EQ(tables.translations, 2 * static_cast<int>(IommuRegion::kMaxTranslations));
}

TEST_F(Iommu, AnAnswerThatMakesNoSenseIsAFault) {
  FixedTranslator fixed;
  IommuRegion region("odd", 0x1000, fixed);
  fixed.answer = {{0x200, 0x2ff}, &system, 0x10000, true, true};  // another page than asked for
  EXPECT_EQ(region.translate(0x100, Direction::read).space, nullptr);
  EXPECT_EQ(region.translate(0x100, Direction::read).from, (AddressRange{0x100, 0x100}));
  fixed.answer = {{0x2ff, 0x200}, &system, 0x10000, true, true};  // ends before it begins
  EXPECT_EQ(region.translate(0x200, Direction::read).space, nullptr);
  fixed.answer = {{0, 0xfff}, &system, UINT64_MAX - 10, true, true};  // runs over the top
  EXPECT_EQ(region.translate(0x200, Direction::read).space, nullptr);
  fixed.answer = {{0, UINT64_MAX}, &system, 0, true, true};
  EXPECT_EQ(region.translate(0x200, Direction::read).space, &system);
}

TEST_F(Iommu, ListenersHearTheirPart) {
  Recorder all;
  Recorder part;
  Recorder secure;
  iommu.add_listener(all);
  iommu.add_listener(part, {0x80, 0x27f});
  iommu.add_listener(secure, AddressRange::whole(), 1);
  iommu.notify_mapped(Translation::page(0x200, 0x100, system, 0x10000, true, true));
  iommu.notify_unmapped({0, 0xff});
  iommu.notify_unmapped({0, 0xff}, 1);
  EXPECT_THAT(all.events, ElementsAre("map 0 512-767 to 65536", "unmap 0 0-255"));
  EXPECT_THAT(part.events, ElementsAre("map 0 512-639 to 65536", "unmap 0 128-255"));
  EXPECT_THAT(secure.events, ElementsAre("unmap 1 0-255"));
  iommu.remove_listener(all);
  iommu.notify_unmapped({0, 0xff});
  EXPECT_EQ(all.events.size(), 2u);
}

TEST_F(Iommu, AReplayTellsWhatIsThere) {
  tables.tables[0][0] = {&system, 0x10000, true, false};
  tables.tables[0][3] = {&system, 0x10300, true, true};
  tables.tables[1][5] = {&system, 0x10500, true, true};
  Recorder listener;
  Recorder secure;
  Recorder beyond;
  iommu.add_listener(listener, {0x20, 0x380});
  iommu.add_listener(secure, AddressRange::whole(), 1);
  iommu.add_listener(beyond, {0x4000, 0x5000});
  iommu.replay(listener);
  iommu.replay(secure);
  iommu.replay(beyond);
  EXPECT_THAT(listener.events, ElementsAre("map 0 32-255 to 65568", "map 0 768-896 to 66304"));
  EXPECT_THAT(secure.events, ElementsAre("map 1 1280-1535 to 66816"));
  EXPECT_TRUE(beyond.events.empty());
}

TEST_F(Iommu, WhoHoldsPointersHearsOfAChange) {
  class Holder : public MemoryListener {
   public:
    void direct_access_changed(const Section& section, DirectAccessChange) override {
      changed.push_back(section.range);
    }
    std::vector<AddressRange> changed;
  } holder;
  holder.listen_to(device);
  iommu.notify_unmapped({0x100, 0x1ff});
  iommu.notify_mapped(Translation::page(0x200, 0x100, system, 0x10000, true, true));
  EXPECT_THAT(holder.changed, ElementsAre(AddressRange{0x4100, 0x41ff}, AddressRange{0x4200, 0x42ff}));
}

TEST_F(Iommu, AListenerMayLeaveWhileTheOthersAreTold) {
  class Leaver final : public TranslationListener {
   public:
    explicit Leaver(TranslationListener& other) : other_(other) {}
    void mapped(IommuRegion&, unsigned, const Translation&) override {}
    void unmapped(IommuRegion& region, unsigned, const AddressRange&) override {
      region.remove_listener(*this);
      region.remove_listener(other_);
    }

   private:
    TranslationListener& other_;
  };
  Recorder other;
  Leaver leaver(other);
  iommu.add_listener(leaver);
  iommu.add_listener(other);
  iommu.notify_unmapped({0, 0xff});
  EXPECT_TRUE(other.events.empty());
  iommu.notify_unmapped({0, 0xff});
}

TEST_F(Iommu, MisuseNamesTheRegion) {
  Recorder listener;
  const auto message = [](auto&& act) -> std::string {
    try {
      act();
    } catch (const MapError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message([&] { iommu.remove_listener(listener); }), HasSubstr("'iommu'"));
  EXPECT_THAT(message([&] { iommu.replay(listener); }), HasSubstr("'iommu'"));
  EXPECT_THAT(message([&] { iommu.add_listener(listener, AddressRange::whole(), 2); }), HasSubstr("2 index spaces"));
  EXPECT_THAT(message([&] { iommu.notify_unmapped({0, 1}, 7); }), HasSubstr("'iommu'"));
  iommu.add_listener(listener);
  EXPECT_THAT(message([&] { iommu.add_listener(listener); }), HasSubstr("'iommu'"));
  class NoIndex final : public Translator {
   public:
    Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
      return Translation::fault(offset, 1);
    }
    unsigned index_count() const override { return 0; }
  } none;
  EXPECT_THAT(message([&] { IommuRegion("none", 1, none); }), HasSubstr("'none'"));
}

TEST_F(Iommu, ItsSizeCanChange) {
  tables.tables[0][0x40] = {&system, 0x10000, true, true};
  std::uint8_t byte = 0;
  EXPECT_EQ(device.read(0x8000, &byte, 1), AccessResult::unmapped);
  iommu.set_size(0x8000);
  EXPECT_EQ(device.read(0x8000, &byte, 1), AccessResult::ok);
}

/// Keeps a table of its own from what it is told.
class Shadow final : public TranslationListener {
 public:
  void mapped(IommuRegion&, unsigned, const Translation& translation) override {
    table[translation.from.first / kPage] = {translation.space, translation.to, translation.reads, translation.writes};
  }
  void unmapped(IommuRegion&, unsigned, const AddressRange& range) override {
    for (Address page = range.first / kPage; page <= range.last / kPage; ++page) table.erase(page);
  }
  std::map<Address, PageTables::Entry> table;
};

TEST(IommuAgainstOracle, BytesGoWhereThePageTableSays) {
  std::mt19937_64 random(testing::seed());
  const auto pick = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
  constexpr unsigned kPages = 16;
  Container system_root("system");
  RamRegion ram("ram", kPages * kPage);
  system_root.add(0, ram);
  AddressSpace system("system", system_root);
  PageTables tables;
  Container device_root("device");
  IommuRegion iommu("iommu", kPages * kPage, tables);
  AliasRegion shown("shown", iommu, 0, kPages * kPage);
  device_root.add(0x1000, shown);
  AddressSpace device("device", device_root);
  Shadow shadow;
  iommu.add_listener(shadow);
  std::vector<std::uint8_t> home(kPages * kPage);

  const int steps = testing::steps(20000);
  for (int i = 0; i < steps; ++i) {
    const Address page = pick(kPages);
    const unsigned index = pick(2);
    if (pick(8) == 0) {
      if (tables.tables[index].erase(page) != 0) iommu.notify_unmapped({page * kPage, page * kPage + kPage - 1}, index);
      if (pick(3) != 0) {
        const PageTables::Entry entry{&system, (pick(kPages + 1)) * kPage, pick(4) != 0, pick(4) != 0};
        tables.tables[index][page] = entry;
        iommu.notify_mapped(Translation::page(page * kPage, kPage, *entry.space, entry.to, entry.reads, entry.writes),
                            index);
      }
      ASSERT_EQ(shadow.table.size(), tables.tables[0].size());
      for (const auto& [at, entry] : tables.tables[0]) ASSERT_EQ(shadow.table.at(at).to, entry.to);
      continue;
    }
    const Address offset = pick(kPages * kPage);
    const std::size_t length = std::min<std::size_t>(1 + pick(3 * kPage), kPages * kPage - offset);
    const Direction direction = pick(2) != 0 ? Direction::write : Direction::read;
    Attributes attributes;
    attributes.secure = index == 1;
    attributes.debug = pick(5) == 0;
    std::vector<std::uint8_t> bytes(length);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());

    std::vector<std::uint8_t> expected_bytes(length);
    AccessResult expected = AccessResult::ok;
    for (std::size_t done = 0; done < length; ++done) {
      const auto entry = tables.tables[index].find((offset + done) / kPage);
      const bool is_write = direction == Direction::write;
      AccessResult byte_result = AccessResult::ok;
      if (entry == tables.tables[index].end() || entry->second.to >= home.size())
        byte_result = entry != tables.tables[index].end() && !attributes.debug &&
                              !(is_write ? entry->second.writes : entry->second.reads)
                          ? AccessResult::refused
                          : AccessResult::unmapped;
      else if (!attributes.debug && !(is_write ? entry->second.writes : entry->second.reads))
        byte_result = AccessResult::refused;
      expected = worst(expected, byte_result);
      if (byte_result != AccessResult::ok) continue;
      std::uint8_t& at_home = home[entry->second.to + (offset + done) % kPage];
      if (is_write) at_home = bytes[done];
      expected_bytes[done] = at_home;
    }
    const AccessResult result = direction == Direction::write
                                    ? device.write(0x1000 + offset, bytes.data(), length, attributes)
                                    : device.read(0x1000 + offset, bytes.data(), length, attributes);
    ASSERT_EQ(result, expected);
    if (direction == Direction::read) {
      ASSERT_EQ(bytes, expected_bytes);
    }
    ASSERT_EQ(std::memcmp(ram.memory().data, home.data(), home.size()), 0);
  }
}

}  // namespace
}  // namespace sc_memory
