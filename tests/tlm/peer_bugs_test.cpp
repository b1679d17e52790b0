// What other routers get wrong, one by one: each was seen to happen in a router that people use.
#include <gtest/gtest.h>

#include "sc_memory/tlm/messages.h"

#include "tests/map/test_device.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::DmiReply;
using testing::TestTarget;
using Ranges = std::vector<AddressRange>;

/// One target of 4 KiB at 0x10000, with its second half again at 0x20000 and its first page part at 0x30000.
struct ThreeWindows : Bench {
  ThreeWindows() {
    region.bind(target.socket);
    system.add(0x10000, region);
    system.add(0x20000, upper);
    system.add(0x30000, lower);
  }
  TestTarget<> target{"target", 0x1000};
  TargetRegion region{"region", 0x1000};
  AliasRegion upper{"upper", region, 0x800, 0x800};
  AliasRegion lower{"lower", region, 0, 0x400};
};

TEST(PeerBugs, APointerGotThroughAnAliasIsTakenBack) {
  ThreeWindows bench;
  bench.start();
  ASSERT_TRUE(bench.cpu.ask_dmi(0x20000, Direction::read).granted);
  bench.target.socket->invalidate_direct_mem_ptr(0x800, 0xfff);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x20000, 0x207ff}}));
}

TEST(PeerBugs, EveryWindowOfATargetIsTranslatedNotOnlyTheFirstOrLast) {
  ThreeWindows bench;
  bench.start();
  for (const Address window : {0x10000, 0x20000, 0x30000}) bench.cpu.ask_dmi(window, Direction::read);
  bench.target.socket->invalidate_direct_mem_ptr(0x3f0, 0x80f);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x103f0, 0x1080f}, {0x20000, 0x2000f}, {0x303f0, 0x303ff}}));
}

TEST(PeerBugs, InvalidateEverythingDoesNotWrapAroundInAHighWindow) {
  Bench bench;
  TestTarget<> target("target", 0x1000);
  TargetRegion region("region", 0x1000);
  region.bind(target.socket);
  bench.system.add(UINT64_MAX - 0x1fff, region);
  bench.start();
  bench.cpu.ask_dmi(UINT64_MAX - 0x1800, Direction::read);
  target.socket->invalidate_direct_mem_ptr(0, UINT64_MAX);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{UINT64_MAX - 0x1fff, UINT64_MAX - 0x1000}}));
}

TEST(PeerBugs, ASecondPartialInvalidationIsNotLost) {
  ThreeWindows bench;
  bench.start();
  bench.cpu.ask_dmi(0x10000, Direction::read);
  bench.target.socket->invalidate_direct_mem_ptr(0x100, 0x1ff);
  bench.target.socket->invalidate_direct_mem_ptr(0x300, 0x3ff);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x10100, 0x101ff}, {0x10300, 0x103ff}}));
}

TEST(PeerBugs, AGrantOfTheDefaultRangeIsClipped) {
  ThreeWindows bench;
  bench.start();
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.init();
    dmi.set_dmi_ptr(bench.target.memory.data());
    dmi.allow_read_write();
    return true;
  };
  const DmiReply answer = bench.cpu.ask_dmi(0x20010, Direction::read);
  ASSERT_TRUE(answer.granted);
  EXPECT_EQ(answer.range(), (AddressRange{0x20000, 0x207ff}));
  EXPECT_EQ(answer.dmi.get_dmi_ptr(), &bench.target.memory[0x800]);
}

TEST(PeerBugs, ARefusedRangeIsTranslatedToo) {
  ThreeWindows bench;
  bench.start();
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(0x900);
    dmi.set_end_address(0xaff);
    dmi.allow_read_write();
    return false;
  };
  const DmiReply answer = bench.cpu.ask_dmi(0x20180, Direction::read);
  EXPECT_FALSE(answer.granted);
  EXPECT_EQ(answer.range(), (AddressRange{0x20100, 0x202ff}));
}

TEST(PeerBugs, AWindowThatBeginsInsideTheTargetIsRebased) {
  ThreeWindows bench;
  bench.start();
  const DmiReply answer = bench.cpu.ask_dmi(0x20123, Direction::write);
  ASSERT_TRUE(answer.granted);
  EXPECT_LE(answer.dmi.get_start_address(), answer.dmi.get_end_address());
  EXPECT_EQ(answer.at(0x20123), &bench.target.memory[0x923]);
}

TEST(PeerBugs, ARegionThatEndsAtTheVeryTopIsThere) {
  Bench bench;
  RamRegion top("top", 0x1000);
  bench.system.add(UINT64_MAX - 0xfff, top);
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint8_t>(UINT64_MAX, 0x99), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(top.memory().data[0xfff], 0x99);
  EXPECT_EQ(bench.cpu.ask_dmi(UINT64_MAX, Direction::read).range(), (AddressRange{UINT64_MAX - 0xfff, UINT64_MAX}));
}

TEST(PeerBugs, TheLastByteBelongsToTheRegionAndTheNextToItsNeighbour) {
  Bench bench;
  TestTarget<> first("first", 0x100);
  TestTarget<> second("second", 0x100);
  TargetRegion low("low", 0x100);
  TargetRegion high("high", 0x100);
  low.bind(first.socket);
  high.bind(second.socket);
  bench.system.add(0x1000, low);
  bench.system.add(0x1100, high);
  bench.start();
  bench.cpu.store<std::uint8_t>(0x10ff, 1);
  bench.cpu.store<std::uint8_t>(0x1100, 2);
  EXPECT_EQ(first.memory[0xff], 1);
  EXPECT_EQ(second.memory[0], 2);
}

TEST(PeerBugs, AHiddenRegionDoesNotFragmentTheOneAbove) {
  Bench bench;
  RamRegion visible("visible", 0x4000);
  RamRegion hidden("hidden", 0x1000);
  bench.system.add(0, visible, Priority{1});
  bench.system.add(0x1000, hidden, Priority{0});
  bench.start();
  EXPECT_EQ(bench.cpu.ask_dmi(0x3000, Direction::write).range(), (AddressRange{0, 0x3fff}));
}

TEST(PeerBugs, AnInvalidationFromInsideARequestDoesNotDeadlock) {
  ThreeWindows bench;
  bench.start();
  bench.cpu.ask_dmi(0x10000, Direction::read);
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi&) {
    bench.target.socket->invalidate_direct_mem_ptr(0, UINT64_MAX);
    return false;
  };
  EXPECT_FALSE(bench.cpu.ask_dmi(0x10000, Direction::read).granted);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x10000, 0x10fff}}));
}

TEST(PeerBugs, ARequestFromInsideAnInvalidationDoesNotDeadlock) {
  ThreeWindows bench;
  bench.start();
  bench.cpu.ask_dmi(0x10000, Direction::read);
  bool granted = true;
  bench.cpu.on_invalidate = [&](const AddressRange& range) {
    granted = bench.cpu.ask_dmi(range.first, Direction::read).granted;
  };
  bench.target.socket->invalidate_direct_mem_ptr(0, 0xfff);
  EXPECT_FALSE(granted);
}

/// Shared RAM, and one initiator with a device of its own over a part of it.
struct PrivateOverlay : Bench {
  PrivateOverlay() {
    system.add(0x10000, ram);
    private_root.add(0x10000, shared, Priority{0});
    private_root.add(0x11000, overlay, Priority{1});
    bus.initiator("core", private_space).bind(core.socket);
  }
  RamRegion ram{"ram", 0x4000};
  Container private_root{"private"};
  AliasRegion shared{"shared", ram, 0, 0x4000};
  testing::DeviceLog log;
  testing::TestIo overlay{"overlay", 0x1000, &log};
  AddressSpace private_space{"core-view", private_root};
  testing::TestInitiator core{"core"};
};

TEST(PeerBugs, APrivateOverlayLeavesTheOthersAlone) {
  PrivateOverlay bench;
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x11000, 1), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x13000, 2), tlm::TLM_OK_RESPONSE);
  EXPECT_TRUE(bench.log.accesses.empty());
  EXPECT_EQ(bench.core.store<std::uint32_t>(0x11000, 3), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.log.accesses.size(), 1u);
  EXPECT_EQ(bench.core.load<std::uint32_t>(0x13000), 2u);
}

TEST(PeerBugs, DmiOfSharedMemoryStopsAtThePrivateOverlay) {
  PrivateOverlay bench;
  bench.start();
  EXPECT_EQ(bench.cpu.ask_dmi(0x10000, Direction::read).range(), (AddressRange{0x10000, 0x13fff}));
  EXPECT_EQ(bench.core.ask_dmi(0x10000, Direction::read).range(), (AddressRange{0x10000, 0x10fff}));
  EXPECT_EQ(bench.core.ask_dmi(0x12000, Direction::read).range(), (AddressRange{0x12000, 0x13fff}));
  EXPECT_FALSE(bench.core.ask_dmi(0x11000, Direction::read).granted);
}

TEST(PeerBugs, MapChangesAtRunTimeTakePointersBack) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  bench.start();
  bench.cpu.ask_dmi(0, Direction::read);
  bench.system.remove(ram);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0, 0xfff}}));
  bench.cpu.load<std::uint32_t>(0);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(PeerBugs, AnAccessOverABorderGoesToBothSides) {
  Bench bench;
  TestTarget<> first("first", 0x100);
  TestTarget<> second("second", 0x100);
  TargetRegion low("low", 0x100);
  TargetRegion high("high", 0x100);
  low.bind(first.socket);
  high.bind(second.socket);
  bench.system.add(0, low);
  bench.system.add(0x100, high);
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0xfe, 0x44332211), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(first.memory[0xff], 0x22);
  EXPECT_EQ(second.memory[0], 0x33);
}

TEST(PeerBugs, ByteEnablesAndStreamingAreLookedAt) {
  Bench bench;
  RamRegion ram("ram", 0x10);
  bench.system.add(0, ram);
  bench.start();
  std::uint8_t data[4] = {1, 2, 3, 4};
  std::uint8_t enables[4] = {0xff, 0, 0xff, 0};
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, 0, data, 4);
  payload.set_byte_enable_ptr(enables);
  payload.set_byte_enable_length(4);
  bench.cpu.transport(payload);
  EXPECT_EQ(ram.memory().data[1], 0);
  EXPECT_EQ(ram.memory().data[2], 3);
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, 8, data, 4);
  payload.set_streaming_width(1);
  bench.cpu.transport(payload);
  EXPECT_EQ(ram.memory().data[8], 4);
  EXPECT_EQ(ram.memory().data[9], 0);
}

TEST(PeerBugs, UnmappedGoesToNobody) {
  ThreeWindows bench;
  bench.start();
  bench.cpu.load<std::uint32_t>(0x4);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_TRUE(bench.target.seen.empty());
}

TEST(PeerBugs, DebugTransportWorks) {
  ThreeWindows bench;
  bench.start();
  bench.target.memory[0x801] = 0x17;
  std::uint8_t data[2] = {};
  EXPECT_EQ(bench.cpu.debug_read(0x20000, data, 2), 2u);
  EXPECT_EQ(data[1], 0x17);
}

TEST(PeerBugs, TheAddressComesBack) {
  ThreeWindows bench;
  bench.start();
  bench.cpu.load<std::uint32_t>(0x20010);
  EXPECT_EQ(bench.cpu.address_after, 0x20010u);
  bench.cpu.ask_dmi(0x20010, Direction::read);
  EXPECT_EQ(bench.cpu.address_after, 0x20010u);
  std::uint32_t word = 0;
  bench.cpu.debug_read(0x20010, &word, 4);
  EXPECT_EQ(bench.cpu.address_after, 0x20010u);
}

}  // namespace
}  // namespace sc_memory
