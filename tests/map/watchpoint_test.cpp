// Watchpoints: what hits them, and what listeners hear when they come and go.
#include "sc_memory/map/watchpoint.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {
namespace {

struct Hit {
  Address address;
  std::size_t length;
  Direction direction;
  std::uint8_t first_byte;

  friend bool operator==(const Hit& a, const Hit& b) {
    return a.address == b.address && a.length == b.length && a.direction == b.direction && a.first_byte == b.first_byte;
  }
};

class WatchpointTest : public ::testing::Test {
 protected:
  WatchpointTest() {
    root.add(0, ram);
    root.add(0x1000, device);
  }
  Watchpoint::Callback record() {
    return [this](const WatchHit& hit) { hits.push_back({hit.address, hit.length, hit.direction, hit.data[0]}); };
  }

  Container root{"root"};
  RamRegion ram{"ram", 0x1000};
  std::uint32_t value = 0x11;
  IoRegion device{
      "device", 0x100,
      io_ops().read32([this](Address) { return value; }).write32([this](Address, std::uint32_t v) { value = v; })};
  AddressSpace space{"space", root};
  std::vector<Hit> hits;
};

TEST_F(WatchpointTest, HitsAreAccessesThatTouchTheRangeInTheWatchedDirection) {
  const Watchpoint watchpoint(space, {0x100, 0x103}, WatchFor::writes, record());
  std::uint8_t bytes[8] = {7, 8};
  space.write(0xfc, bytes, 4);   // ends before
  space.write(0x104, bytes, 4);  // begins behind
  space.read(0x100, bytes, 4);
  EXPECT_TRUE(hits.empty());
  bytes[0] = 7;
  space.write(0xfd, bytes, 4);
  EXPECT_EQ(hits, (std::vector<Hit>{{0xfd, 4, Direction::write, 7}}));
}

TEST_F(WatchpointTest, ReadsShowWhatWasRead) {
  const Watchpoint watchpoint(space, {0x1000, 0x1003}, WatchFor::accesses, record());
  std::uint8_t bytes[4] = {};
  space.read(0x1000, bytes, 4);
  EXPECT_EQ(hits, (std::vector<Hit>{{0x1000, 4, Direction::read, 0x11}}));
}

TEST_F(WatchpointTest, DebugAccessesDoNotHit) {
  const Watchpoint watchpoint(space, AddressRange::whole(), WatchFor::accesses, record());
  Attributes debug;
  debug.debug = true;
  std::uint8_t byte = 0;
  space.read(0, &byte, 1, debug);
  space.write(0, &byte, 1, debug);
  EXPECT_TRUE(hits.empty());
}

TEST_F(WatchpointTest, AnAccessOverABorderHitsWithThePieceThatTouches) {
  const Watchpoint watchpoint(space, {0x1000, 0x1000}, WatchFor::writes, record());
  const std::uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  space.write(0xffc, bytes, 8);
  EXPECT_EQ(hits, (std::vector<Hit>{{0x1000, 4, Direction::write, 5}}));
}

TEST_F(WatchpointTest, ACallbackMayRemoveItsOwnWatchpointAndAddOthers) {
  std::unique_ptr<Watchpoint> second;
  std::unique_ptr<Watchpoint> first;
  first = std::make_unique<Watchpoint>(space, AddressRange{0, 0}, WatchFor::writes, [&](const WatchHit&) {
    second = std::make_unique<Watchpoint>(space, AddressRange{1, 1}, WatchFor::writes, record());
    first.reset();
  });
  const std::uint8_t bytes[2] = {9, 9};
  space.write(0, bytes, 2);
  EXPECT_EQ(first, nullptr);
  EXPECT_TRUE(hits.empty()) << "the access had ended before the second one was there";
  space.write(0, bytes, 2);
  EXPECT_EQ(hits.size(), 1U);
}

TEST_F(WatchpointTest, ListenersHearOfExactlyTheRange) {
  struct Listener : MemoryListener {
    void direct_access_changed(const Section& section, DirectAccessChange) override { sections.push_back(section); }
    std::vector<Section> sections;
  } listener;
  listener.listen_to(space);
  {
    const Watchpoint watchpoint(space, {0xff0, 0x100f}, WatchFor::reads, record());
    ASSERT_EQ(listener.sections.size(), 2U);
    EXPECT_EQ(listener.sections[0].range, (AddressRange{0xff0, 0xfff}));
    EXPECT_EQ(listener.sections[0].offset, 0xff0U);
    EXPECT_EQ(listener.sections[1].range, (AddressRange{0x1000, 0x100f}));
    EXPECT_EQ(listener.sections[1].offset, 0U);
  }
  EXPECT_EQ(listener.sections.size(), 4U);
}

TEST_F(WatchpointTest, MayOutliveItsSpace) {
  auto other = std::make_unique<AddressSpace>("other", root);
  const Watchpoint watchpoint(*other, {0, 0}, WatchFor::reads, record());
  other.reset();
  std::uint8_t byte = 0;
  space.read(0, &byte, 1);
  EXPECT_TRUE(hits.empty());
}

}  // namespace
}  // namespace sc_memory
