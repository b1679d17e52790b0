// A window does what the space does, and only looks up what it must.
#include "sc_memory/access/cached_window.h"

#include <array>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <random>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"

#include "tests/support/seed.h"

namespace sc_memory {
namespace {

constexpr std::uint64_t kPage = DirtyLog::kPageBytes;

class Window : public ::testing::Test {
 protected:
  std::uint32_t read(CachedWindow& window, Address address) {
    std::uint32_t value = 0xdeadbeef;
    result = window.read(address, &value, sizeof value);
    return value;
  }

  Container root{"root"};
  RamRegion ram{"ram", 4 * kPage};
  AddressSpace space{"space", root};
  AccessResult result = AccessResult::ok;
};

TEST_F(Window, ReadsAndWritesMemory) {
  root.add(0x10000, ram);
  CachedWindow window(space, 0x11000, kPage);
  const std::uint32_t value = 0x12345678;
  EXPECT_TRUE(window.is_fast(0x11ffc, 4, Direction::write));
  EXPECT_EQ(window.write(0x11ffc, &value, 4), AccessResult::ok);
  EXPECT_EQ(read(window, 0x11ffc), value);
  EXPECT_EQ(ram.memory().data[0x1ffc], 0x78);
}

TEST_F(Window, MarksWhatItWrites) {
  root.add(0x10000, ram);
  CachedWindow window(space, 0x11800, 2 * kPage);
  ram.reset_dirty({0, 4 * kPage - 1}, DirtyClient::vga);
  const std::array<std::uint8_t, 2> bytes{1, 2};
  EXPECT_EQ(window.write(0x11fff, bytes.data(), 2), AccessResult::ok);
  EXPECT_FALSE(ram.is_dirty({0, kPage - 1}, DirtyClient::vga));
  EXPECT_TRUE(ram.is_dirty({kPage, kPage}, DirtyClient::vga));
  EXPECT_TRUE(ram.is_dirty({2 * kPage, 2 * kPage}, DirtyClient::vga));
  EXPECT_FALSE(ram.is_dirty({3 * kPage, 3 * kPage}, DirtyClient::vga));
}

TEST_F(Window, ServesAccessesBeyondItAsTheSpaceDoes) {
  root.add(0x10000, ram);
  ram.memory().data[0x1000] = 0x99;
  CachedWindow window(space, 0x10000, kPage);
  EXPECT_FALSE(window.is_fast(0x11000, 4, Direction::read));
  EXPECT_FALSE(window.is_fast(0x10ffe, 4, Direction::read)) << "runs out of the window";
  EXPECT_FALSE(window.is_fast(0x10000, 0, Direction::read));
  EXPECT_EQ(read(window, 0x10fff) >> 8 & 0xff, 0x99u);
  EXPECT_EQ(read(window, 0x11000), 0x99u);
  EXPECT_EQ(read(window, 0x9000), 0u);
  EXPECT_EQ(result, AccessResult::unmapped);
}

TEST_F(Window, FollowsTheMap) {
  RamRegion other("other", 4 * kPage);
  CachedWindow window(space, 0x10000, kPage);
  EXPECT_EQ(read(window, 0x10000), 0u);
  EXPECT_EQ(result, AccessResult::unmapped);
  root.add(0x10000, ram);
  ram.memory().data[0] = 1;
  other.memory().data[0] = 2;
  EXPECT_EQ(read(window, 0x10000), 1u);
  root.remove(ram);
  root.add(0x10000, other);
  EXPECT_EQ(read(window, 0x10000), 2u);
}

TEST_F(Window, FollowsADestroyedRegion) {
  auto gone = std::make_unique<RamRegion>("gone", kPage);
  root.add(0, *gone);
  CachedWindow window(space, 0, kPage);
  EXPECT_TRUE(window.is_fast(0, 4, Direction::read));
  gone.reset();
  EXPECT_FALSE(window.is_fast(0, 4, Direction::read));
  EXPECT_EQ(read(window, 0), 0u);
  EXPECT_EQ(result, AccessResult::unmapped);
}

TEST_F(Window, ReadOnlyMemoryIsFastForReadsOnly) {
  root.add(0, ram);
  CachedWindow window(space, 0, kPage);
  ram.set_readonly(true);
  EXPECT_TRUE(window.is_fast(0, 4, Direction::read));
  EXPECT_FALSE(window.is_fast(0, 4, Direction::write));
  const std::uint32_t value = 1;
  EXPECT_EQ(window.write(0, &value, 4), AccessResult::refused);
  ram.set_readonly(false);
  EXPECT_EQ(window.write(0, &value, 4), AccessResult::ok);
}

TEST_F(Window, ADeviceIsNeverFast) {
  int reads = 0;
  IoRegion io("io", kPage, io_ops().read([&](Address, unsigned) {
    ++reads;
    return std::uint64_t{7};
  }));
  root.add(0, io);
  CachedWindow window(space, 0, kPage);
  EXPECT_FALSE(window.is_fast(0, 4, Direction::read));
  EXPECT_EQ(read(window, 0), 7u);
  EXPECT_EQ(read(window, 0), 7u);
  EXPECT_EQ(reads, 2);
}

TEST_F(Window, ItsAttributesGoWithEveryAccess) {
  bool secure = false;
  IoRegion io("io", kPage,
              io_ops().read_with_attributes([&](Address, std::uint64_t&, unsigned, const Attributes& attributes) {
                secure = attributes.secure;
                return AccessResult::ok;
              }));
  root.add(0, io);
  Attributes attributes;
  attributes.secure = true;
  CachedWindow window(space, 0, kPage, attributes);
  read(window, 0);
  EXPECT_TRUE(secure);
}

TEST_F(Window, AnEmptyOneIsAnError) { EXPECT_THROW(CachedWindow(space, 0x1234, 0), MapError); }

TEST(WindowAgainstTheSpace, AccessesEndAlikeWhateverTheMapDoes) {
  std::mt19937_64 random(testing::seed());
  const auto pick = [&](std::uint64_t end) { return random() % end; };
  Container root("root");
  RamRegion ram("ram", 4 * kPage);
  RomRegion rom("rom", 4 * kPage);
  std::optional<AliasRegion> low;
  std::optional<AliasRegion> high;
  AddressSpace space("space", root);
  CachedWindow window(space, kPage / 2, 2 * kPage);
  const int steps = testing::steps(20000);
  for (int i = 0; i < steps; ++i) {
    if (pick(10) == 0) {
      auto& changed = pick(2) != 0 ? low : high;
      changed.emplace("part", pick(4) != 0 ? static_cast<MemoryRegion&>(ram) : rom, pick(3) * kPage, pick(2 * kPage));
      root.add(&changed == &low ? 0 : kPage, *changed, Priority{static_cast<int>(pick(3))});
    }
    std::array<std::uint8_t, 16> written;
    for (std::uint8_t& byte : written) byte = static_cast<std::uint8_t>(random());
    const Address address = pick(4 * kPage);
    const std::size_t length = pick(17);
    if (pick(20) == 0) ram.reset_dirty({0, 4 * kPage - 1}, DirtyClient::vga);
    std::array<bool, 4> dirty;
    for (Address page = 0; page < 4; ++page) dirty[page] = ram.is_dirty({page * kPage, page * kPage}, DirtyClient::vga);

    const AccessResult result = window.write(address, written.data(), length);
    for (std::size_t done = 0; done < length; ++done) {
      const Section section = space.find(address + done, 1);
      if (section.region != &ram) continue;
      dirty[section.offset / kPage] = true;
    }
    AccessResult expected = AccessResult::ok;
    for (std::size_t done = 0; done < length; ++done) {
      const Section section = space.find(address + done, 1);
      expected = worst(expected, !section           ? AccessResult::unmapped
                                 : section.readonly ? AccessResult::refused
                                                    : AccessResult::ok);
    }
    ASSERT_EQ(result, expected);
    for (Address page = 0; page < 4; ++page)
      ASSERT_EQ(ram.is_dirty({page * kPage, page * kPage}, DirtyClient::vga), dirty[page]);

    std::array<std::uint8_t, 16> by_window{};
    std::array<std::uint8_t, 16> by_space{};
    ASSERT_EQ(window.read(address, by_window.data(), length), space.read(address, by_space.data(), length));
    ASSERT_EQ(by_window, by_space);
  }
}

}  // namespace
}  // namespace sc_memory
