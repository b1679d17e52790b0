// DMI through a router: what is granted and refused, exactly where, and exactly when it is taken back.
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>

#include "sc_memory/map/io_region.h"
#include "sc_memory/tlm/initiator_port.h"
#include "sc_memory/tlm/messages.h"

#include "tests/map/test_device.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::DeviceLog;
using testing::DmiReply;
using testing::ReportCounter;
using testing::TargetBench;
using testing::TestIo;
using testing::TestTarget;
using Ranges = std::vector<AddressRange>;

TEST(Dmi, GrantsExactlyTheFlatRange) {
  Bench bench;
  RamRegion ram("ram", 0x4000);
  TestIo hole("device", 0x100);
  bench.system.add(0x1000, ram, Priority{0});
  bench.system.add(0x2000, hole, Priority{1});
  bench.start();
  const DmiReply low = bench.cpu.ask_dmi(0x1234, Direction::write);
  ASSERT_TRUE(low.granted);
  EXPECT_EQ(low.range(), (AddressRange{0x1000, 0x1fff}));
  EXPECT_EQ(low.dmi.get_dmi_ptr(), ram.memory().data);
  EXPECT_TRUE(low.dmi.is_read_write_allowed());
  const DmiReply high = bench.cpu.ask_dmi(0x2100, Direction::read);
  EXPECT_EQ(high.range(), (AddressRange{0x2100, 0x4fff}));
  EXPECT_EQ(high.dmi.get_dmi_ptr(), ram.memory().data + 0x1100);
  EXPECT_EQ(bench.cpu.address_after, 0x2100u);
}

TEST(Dmi, ARegionShownInsideItselfIsTakenBackAtBothPlaces) {
  Bench bench;
  Container container("container", 2_GiB);
  auto ram = std::make_unique<RamRegion>("ram", 0x1000);
  AliasRegion again("again", container, 0, 256_MiB);
  container.add(0, *ram);
  container.add(0x10000000, again, Priority{-1500});
  bench.system.add(0, container);
  bench.start();
  const DmiReply low = bench.cpu.ask_dmi(0x10, Direction::read);
  const DmiReply high = bench.cpu.ask_dmi(0x10000010, Direction::read);
  ASSERT_TRUE(low.granted && high.granted);
  EXPECT_EQ(low.range(), (AddressRange{0, 0xfff}));
  EXPECT_EQ(high.range(), (AddressRange{0x10000000, 0x10000fff}));
  EXPECT_EQ(low.dmi.get_dmi_ptr(), high.dmi.get_dmi_ptr());
  ram.reset();
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0, 0xfff}, {0x10000000, 0x10000fff}}));
}

TEST(Dmi, RefusalsCarryTheExactRange) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  RomRegion rom("rom", 0x1000);
  TestIo device("device", 0x100);
  bench.system.add(0x1000, ram);
  bench.system.add(0x3000, rom);
  bench.system.add(0x5000, device);
  bench.start();
  const DmiReply hole = bench.cpu.ask_dmi(0x2800, Direction::read);
  EXPECT_FALSE(hole.granted);
  EXPECT_EQ(hole.range(), (AddressRange{0x2000, 0x2fff}));
  const DmiReply top = bench.cpu.ask_dmi(UINT64_MAX, Direction::read);
  EXPECT_EQ(top.range(), (AddressRange{0x5100, UINT64_MAX}));
  const DmiReply io = bench.cpu.ask_dmi(0x5080, Direction::write);
  EXPECT_FALSE(io.granted);
  EXPECT_EQ(io.range(), (AddressRange{0x5000, 0x50ff}));
  const DmiReply write = bench.cpu.ask_dmi(0x3080, Direction::write);
  EXPECT_FALSE(write.granted);
  EXPECT_EQ(write.range(), (AddressRange{0x3000, 0x3fff}));
  EXPECT_FALSE(write.dmi.is_read_allowed()) << "what is refused is the write alone";
  const DmiReply read = bench.cpu.ask_dmi(0x3080, Direction::read);
  EXPECT_TRUE(read.granted);
  EXPECT_FALSE(read.dmi.is_write_allowed());
}

TEST(Dmi, FlashIsGrantedForReadsWhileItsArrayIsRead) {
  Bench bench;
  RomDeviceRegion flash("flash", 0x1000, testing::test_device());
  bench.system.add(0, flash);
  bench.start();
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::read).granted);
  flash.set_readable(false);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0, 0xfff}}));
  EXPECT_FALSE(bench.cpu.ask_dmi(0, Direction::read).granted);
  flash.set_readable(true);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0, 0xfff}})) << "the refusal no longer holds";
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::read).granted);
}

TEST(Dmi, AReadOnlyViewOfMemoryGrantsReadsOnly) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  AliasRegion view("view", ram, 0, 0x1000);
  view.set_readonly(true);
  bench.system.add(0, ram);
  bench.system.add(0x1000, view);
  bench.start();
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::write).dmi.is_write_allowed());
  EXPECT_FALSE(bench.cpu.ask_dmi(0x1000, Direction::write).granted);
  EXPECT_FALSE(bench.cpu.ask_dmi(0x1000, Direction::read).dmi.is_write_allowed());
}

TEST(Dmi, ATargetsWindowIsClippedAndRebasedBothWays) {
  TargetBench bench(0x10000);
  AliasRegion middle("middle", bench.region, 0x400, 0x200);
  bench.system.add(0x20000, middle);
  bench.start();
  const DmiReply part = bench.cpu.ask_dmi(0x20010, Direction::write);
  ASSERT_TRUE(part.granted);
  EXPECT_EQ(part.range(), (AddressRange{0x20000, 0x201ff}));
  EXPECT_EQ(part.dmi.get_dmi_ptr(), &bench.target.memory[0x400]);
  // The target's window is narrower than its mapping.
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(0x480);
    dmi.set_end_address(0x4ff);
    dmi.set_dmi_ptr(&bench.target.memory[0x480]);
    dmi.allow_read_write();
    return true;
  };
  const DmiReply narrow = bench.cpu.ask_dmi(0x204a0 - 0x400, Direction::write);
  EXPECT_EQ(narrow.range(), (AddressRange{0x20080, 0x200ff}));
  EXPECT_EQ(narrow.dmi.get_dmi_ptr(), &bench.target.memory[0x480]);
}

TEST(Dmi, GarbageFromATargetNeverReachesTheInitiator) {
  TargetBench bench(0x10000);
  bench.start();
  struct Case {
    Address start, end;
    std::uint8_t* pointer;
    bool granted;
  };
  std::uint8_t* const good = bench.target.memory.data();
  auto* const odd = reinterpret_cast<std::uint8_t*>(UINTPTR_MAX);
  const Case cases[] = {
      {0, UINT64_MAX, good, true},     {0x800, 0x7ff, good, false},       {0x900, 0x100, good, false},
      {0, UINT64_MAX, nullptr, false}, {0x100, 0x1ff, good, true},        {0x200, 0x2ff, good, false},
      {0, 0x100, odd, true},           {0x2000, UINT64_MAX, good, false}, {UINT64_MAX, 0, good, false},
  };
  for (const Case& garbage : cases) {
    bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
      dmi.set_start_address(garbage.start);
      dmi.set_end_address(garbage.end);
      dmi.set_dmi_ptr(garbage.pointer);
      dmi.allow_read_write();
      return true;
    };
    const DmiReply answer = bench.cpu.ask_dmi(0x10100, Direction::write);
    EXPECT_EQ(answer.granted, garbage.granted) << std::hex << garbage.start << "-" << garbage.end;
    EXPECT_TRUE(answer.range().contains(0x10100));
    EXPECT_TRUE((AddressRange{0x10000, 0x10fff}).contains(answer.range()));
    if (!answer.granted) {
      EXPECT_EQ(answer.dmi.get_dmi_ptr(), nullptr);
    }
    if (answer.granted && garbage.pointer == good) {
      EXPECT_EQ(answer.at(0x10100), good + (0x100 - garbage.start));
    }
  }
}

TEST(Dmi, ATargetGrantsNoLessThanWhatWasAsked) {
  TargetBench bench(0);
  bench.start();
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(0);
    dmi.set_end_address(0xfff);
    dmi.set_dmi_ptr(bench.target.memory.data());
    dmi.allow_read();
    return true;
  };
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::read).granted);
  const DmiReply write = bench.cpu.ask_dmi(0, Direction::write);
  EXPECT_FALSE(write.granted);
  EXPECT_FALSE(write.dmi.is_read_allowed()) << "reads are not what is refused";
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.set_dmi_ptr(bench.target.memory.data());
    dmi.allow_write();
    return true;
  };
  EXPECT_FALSE(bench.cpu.ask_dmi(0, Direction::read).granted);
}

TEST(Dmi, AThrowingTargetIsARefusalAndOneReport) {
  TargetBench bench(0x1000);
  bench.start();
  ReportCounter reports(kProtocolMessage);
  bench.target.on_dmi = [](auto&, auto&) -> bool { throw std::runtime_error("no"); };
  EXPECT_FALSE(bench.cpu.ask_dmi(0x1010, Direction::read).granted);
  EXPECT_EQ(bench.cpu.address_after, 0x1010u);
  EXPECT_EQ(reports.count(), 1);
}

TEST(Dmi, LatenciesOfTheTargetArePassedOn) {
  TargetBench bench(0);
  bench.start();
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.set_end_address(0xfff);
    dmi.set_dmi_ptr(bench.target.memory.data());
    dmi.allow_read_write();
    dmi.set_read_latency(sc_core::sc_time(3, sc_core::SC_NS));
    dmi.set_write_latency(sc_core::sc_time(5, sc_core::SC_NS));
    return true;
  };
  const DmiReply answer = bench.cpu.ask_dmi(0, Direction::read);
  EXPECT_EQ(answer.dmi.get_read_latency(), sc_core::sc_time(3, sc_core::SC_NS));
  EXPECT_EQ(answer.dmi.get_write_latency(), sc_core::sc_time(5, sc_core::SC_NS));
}

// IEEE 1666 11.3.4 g: there are only requests for reads and for writes.
TEST(Dmi, ATargetIsAskedAgainAndMayAnswerOtherwise) {
  TargetBench bench(0x10000);
  bench.start();
  bool writable = true;
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(0);
    dmi.set_end_address(0x7ff);
    dmi.set_dmi_ptr(bench.target.memory.data());
    dmi.set_read_latency(sc_core::sc_time(bench.target.dmi_requests, sc_core::SC_NS));
    if (writable)
      dmi.allow_read_write();
    else
      dmi.allow_read();
    return true;
  };
  for (const int times : {1, 2, 3}) {
    const DmiReply answer = bench.cpu.ask_dmi(0x10010, Direction::read);
    EXPECT_EQ(answer.range(), (AddressRange{0x10000, 0x107ff}));
    EXPECT_EQ(answer.dmi.get_read_latency(), sc_core::sc_time(times, sc_core::SC_NS));
    EXPECT_TRUE(answer.dmi.is_write_allowed());
  }
  EXPECT_FALSE(bench.cpu.ask_dmi(0x10810, Direction::read).granted) << "the same mapping, but another answer";
  writable = false;
  EXPECT_FALSE(bench.cpu.ask_dmi(0x10010, Direction::read).dmi.is_write_allowed());
  EXPECT_FALSE(bench.cpu.ask_dmi(0x10010, Direction::write).granted);
  bench.target.socket->invalidate_direct_mem_ptr(0, 0xfff);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x10000, 0x107ff}, {0x10810, 0x10810}}));
}

/// Asked twice, so that what was told before is at hand, and then once more after each thing that may change it.
TEST(Dmi, WhatWasToldBeforeIsNotToldAfterAChange) {
  TargetBench bench(0x2000);
  RamRegion ram("ram", 0x1000);
  bench.system.add(0x0000, ram);
  TestIo device("device", 0x100);
  bench.start();
  for (MemoryRegion* const serving : {static_cast<MemoryRegion*>(&ram), static_cast<MemoryRegion*>(&bench.region)}) {
    const Address base = serving == &ram ? 0 : 0x2000;
    const auto granted = [&](Direction direction = Direction::read) {
      const DmiReply answer = bench.cpu.ask_dmi(base + 0x10, direction);
      EXPECT_EQ(bench.cpu.ask_dmi(base + 0x10, direction).range(), answer.range());
      return answer.granted ? answer.range() : AddressRange{};
    };
    const AddressRange whole{base, base + 0xfff};
    EXPECT_EQ(granted(), whole);
    bench.system.add(base + 0x800, device, Priority{1});
    EXPECT_EQ(granted(), (AddressRange{base, base + 0x7ff}));
    bench.system.remove(device);
    EXPECT_EQ(granted(), whole);
    {
      const Watchpoint watch(bench.space, {base + 0x100, base + 0x1ff}, WatchFor::accesses, [](const WatchHit&) {});
      EXPECT_EQ(granted(), (AddressRange{base, base + 0xff}));
    }
    EXPECT_EQ(granted(), whole);
    serving->allow_direct_access(false);
    EXPECT_EQ(granted(), AddressRange{});
    serving->allow_direct_access(true);
    EXPECT_EQ(granted(), whole);
    bench.port().allow_dmi(false);
    EXPECT_EQ(granted(), AddressRange{});
    bench.port().allow_dmi(true);
    EXPECT_EQ(granted(Direction::write), whole);
    serving->set_readonly(true);
    EXPECT_EQ(granted(Direction::write), AddressRange{});
    EXPECT_EQ(granted(), whole);
    serving->set_address(base + 0x10);
    EXPECT_EQ(granted(), (AddressRange{base + 0x10, base + 0x100f}));
    serving->set_address(base);
    EXPECT_EQ(granted(), whole);
  }
}

TEST(Dmi, ARequestForNeitherReadsNorWritesIsRefused) {
  TargetBench bench(0x1000);
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  bench.start();
  for (const Address address : {0x10, 0x1010, 0x5010}) {
    tlm::tlm_generic_payload payload;
    testing::prepare(payload, tlm::TLM_IGNORE_COMMAND, address, nullptr, 0);
    DmiReply reply{};
    EXPECT_FALSE(bench.cpu.socket->get_direct_mem_ptr(payload, reply.dmi));
    EXPECT_EQ(reply.range(), (AddressRange{address, address})) << "it says nothing of other bytes";
    EXPECT_TRUE(reply.dmi.is_none_allowed());
  }
  EXPECT_EQ(bench.target.dmi_requests, 0);
}

TEST(Dmi, TheHintIsExact) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  RomRegion rom("rom", 0x1000);
  DeviceLog log;
  TestIo device("device", 0x1000, &log);
  RomDeviceRegion flash("flash", 0x1000, testing::test_device());
  TestTarget<> target("target", 0x1000);
  TargetRegion region("region", 0x1000);
  region.bind(target.socket);
  bench.system.add(0x0000, ram);
  bench.system.add(0x1000, rom);
  bench.system.add(0x2000, device);
  bench.system.add(0x3000, flash);
  bench.system.add(0x4000, region);
  bench.start();
  std::uint64_t word = 0;
  for (const bool readable : {true, false}) {
    flash.set_readable(readable);
    target.grants = readable;
    for (Address address = 0xffc; address < 0x6000; address += 0x400) {
      for (const Direction direction : {Direction::read, Direction::write}) {
        for (const unsigned length : {4u, 8u}) {
          bench.cpu.access(direction == Direction::read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND, address,
                           &word, length);
          EXPECT_EQ(bench.cpu.hint, bench.cpu.ask_dmi(address, direction).granted)
              << std::hex << address << " length " << length << (direction == Direction::read ? " read" : " write");
        }
      }
    }
  }
}

TEST(Dmi, TheHintIsExactAfterTheAccessChangedTheMap) {
  Bench bench;
  DeviceLog log;
  RomDeviceRegion flash("flash", 0x1000, testing::test_device(&log));
  bench.system.add(0, flash);
  bench.start();
  flash.set_readable(false);
  log.on_access = [&](const testing::DeviceAccess&) { flash.set_readable(true); };
  bench.cpu.load<std::uint32_t>(0);
  EXPECT_TRUE(bench.cpu.hint) << "this very read ended the command mode";
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::read).granted);
}

TEST(Dmi, TheHintIsNotLeftOverFromTheInitiator) {
  TargetBench bench(0, 0x100);
  bench.region.set_readonly(true);
  bench.start();
  tlm::tlm_generic_payload payload;
  std::uint32_t word = 0;
  for (const Address address : {Address{0}, Address{0x1000}}) {
    testing::prepare(payload, tlm::TLM_WRITE_COMMAND, address, &word, 4);
    payload.set_dmi_allowed(true);
    bench.cpu.transport(payload);
    EXPECT_FALSE(payload.is_dmi_allowed());
  }
}

TEST(Dmi, ChangesTakeBackExactlyWhatTheyTouch) {
  Bench bench;
  RamRegion ram("ram", 0x4000);
  RamRegion overlay("overlay", 0x1000);
  bench.system.add(0x10000, ram, Priority{0});
  bench.start();
  bench.system.add(0x20000, overlay, Priority{1});
  EXPECT_TRUE(bench.cpu.taken_invalidations().empty()) << "nothing is held";
  bench.cpu.ask_dmi(0x10000, Direction::write);
  overlay.set_address(0x21000);
  EXPECT_TRUE(bench.cpu.taken_invalidations().empty()) << "far from what is held";
  overlay.set_address(0x11000);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x11000, 0x11fff}}));
  bench.cpu.ask_dmi(0x11000, Direction::write);
  {
    MapTransaction change;
    overlay.set_address(0x12000);
  }
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x11000, 0x12fff}})) << "adjacent changes are one";
  overlay.set_enabled(false);
  EXPECT_TRUE(bench.cpu.taken_invalidations().empty()) << "taken back already, and not asked for again";
  ram.set_readonly(true);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x10000, 0x10fff}, {0x13000, 0x13fff}})) << "what is still held";
}

TEST(Dmi, WhatServesAlikeIsNotTakenBack) {
  Bench bench;
  RamRegion ram("ram", 0x2000);
  AliasRegion same("same", ram, 0, 0x1000);
  bench.system.add(0, ram, Priority{0});
  bench.start();
  bench.cpu.ask_dmi(0, Direction::write);
  bench.system.add(0, same, Priority{1});
  bench.system.remove(same);
  EXPECT_TRUE(bench.cpu.invalidations.empty()) << "the same bytes by another way";
}

TEST(Dmi, ARefusalThatStaysARefusalIsNotTakenBack) {
  Bench bench;
  TestIo device("device", 0x1000);
  ReservedRegion reserved("reserved", 0x1000);
  RomDeviceRegion flash("flash", 0x1000, testing::test_device());
  bench.start();
  EXPECT_FALSE(bench.cpu.ask_dmi(0, Direction::read).granted);
  bench.system.add(0, device, Priority{0});
  bench.system.add(0x8000, reserved);
  device.set_address(0x800);
  device.set_readonly(true);
  EXPECT_TRUE(bench.cpu.invalidations.empty()) << "no byte of the refused range would be granted now";
  bench.system.add(0x10000, flash);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x10000, 0x10fff}}));
  bench.cpu.ask_dmi(0x10000, Direction::read);
  flash.set_readonly(true);
  EXPECT_TRUE(bench.cpu.invalidations.empty()) << "flash never granted writes";
}

TEST(Dmi, ARefusedWriteDoesNotMakeTheReadPointerForgotten) {
  TargetBench bench(0x1000);
  RomRegion rom("rom", 0x2000);
  AliasRegion window("window", rom, 0, 0x1000);
  bench.region.set_readonly(true);
  bench.system.add(0, window);
  bench.start();
  for (const Address address : {0x0000, 0x1000}) {
    EXPECT_TRUE(bench.cpu.ask_dmi(address, Direction::read).granted);
    EXPECT_FALSE(bench.cpu.ask_dmi(address, Direction::write).granted);
  }
  window.set_alias_offset(0x1000);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0, 0xfff}}));
  bench.system.remove(bench.region);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x1000, 0x1fff}}));
}

TEST(Dmi, OnlyHoldersHear) {
  Bench bench;
  testing::TestInitiator other("other");
  Container private_root("private");
  RamRegion ram("ram", 0x1000);
  AliasRegion shared("shared", ram, 0, 0x1000);
  private_root.add(0x5000, shared);
  AddressSpace private_space("private", private_root);
  bench.bus.initiator("other", private_space).bind(other.socket);
  bench.system.add(0x1000, ram);
  bench.start();
  other.ask_dmi(0x5000, Direction::read);
  ram.set_address(0x2000);
  EXPECT_TRUE(bench.cpu.invalidations.empty());
  EXPECT_TRUE(other.invalidations.empty()) << "the alias did not move";
  bench.cpu.ask_dmi(0x2000, Direction::read);
  ram.set_readonly(true);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x2000, 0x2fff}}));
  EXPECT_EQ(other.taken_invalidations(), (Ranges{{0x5000, 0x5fff}}));
}

TEST(Dmi, TakenBackBeforeTheChangeReturns) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  bench.start();
  bench.cpu.ask_dmi(0, Direction::read);
  bool old_view_gone = false;
  bench.cpu.on_invalidate = [&](const AddressRange&) { old_view_gone = bench.space.view().find(0) == nullptr; };
  ram.set_enabled(false);
  EXPECT_TRUE(old_view_gone);
  EXPECT_EQ(bench.cpu.invalidations.size(), 1u);
}

TEST(Dmi, RequestsFromInsideAnInvalidationAreRefused) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  RamRegion other("other", 0x1000);
  bench.system.add(0, ram);
  bench.system.add(0x1000, other);
  bench.start();
  bench.cpu.ask_dmi(0, Direction::read);
  int granted = 0;
  bench.cpu.on_invalidate = [&](const AddressRange&) {
    granted += bench.cpu.ask_dmi(0, Direction::read).granted ? 1 : 0;
    granted += bench.cpu.ask_dmi(0x1000, Direction::read).granted ? 1 : 0;
  };
  ram.set_readonly(true);
  EXPECT_EQ(granted, 0);
  bench.cpu.on_invalidate = nullptr;
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::read).granted);
}

TEST(Dmi, AnInvalidationThatThrowsDoesNotBlockLaterRequests) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  bench.start();
  bench.cpu.ask_dmi(0, Direction::read);
  bench.cpu.on_invalidate = [](const AddressRange&) { throw std::runtime_error("the initiator is confused"); };
  EXPECT_ANY_THROW(ram.set_readonly(true));
  bench.cpu.on_invalidate = nullptr;
  EXPECT_TRUE(ram.readonly());
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::read).granted);
}

TEST(Dmi, ATargetMayInvalidateFromInsideARequest) {
  TargetBench bench(0x1000);
  bench.start();
  ASSERT_TRUE(bench.cpu.ask_dmi(0x1000, Direction::read).granted);
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    bench.target.socket->invalidate_direct_mem_ptr(0x800, 0xfff);
    dmi.set_start_address(0);
    dmi.set_end_address(0x7ff);
    dmi.set_dmi_ptr(bench.target.memory.data());
    dmi.allow_read_write();
    return true;
  };
  const DmiReply answer = bench.cpu.ask_dmi(0x1000, Direction::read);
  EXPECT_TRUE(answer.granted);
  EXPECT_EQ(answer.range(), (AddressRange{0x1000, 0x17ff}));
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x1800, 0x1fff}}));
}

TEST(Dmi, AMapChangeFromInsideARequestIsNotGrantedOver) {
  Bench bench;
  TestTarget<> target("target", 0x1000);
  TargetRegion region("region", 0x1000);
  RamRegion ram("ram", 0x1000);
  region.bind(target.socket);
  bench.system.add(0x1000, region);
  bench.start();
  target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    MapTransaction change;
    bench.system.remove(region);
    bench.system.add(0x1000, ram);
    dmi.set_dmi_ptr(target.memory.data());
    dmi.allow_read_write();
    return true;
  };
  const DmiReply stale = bench.cpu.ask_dmi(0x1000, Direction::read);
  EXPECT_TRUE(!stale.granted || stale.dmi.get_dmi_ptr() == ram.memory().data);
  EXPECT_EQ(bench.cpu.ask_dmi(0x1000, Direction::read).dmi.get_dmi_ptr(), ram.memory().data);
}

TEST(Dmi, AMapChangeFromInsideARepeatedRequestIsNotGrantedOver) {
  TargetBench bench(0x1000);
  RamRegion ram("ram", 0x1000);
  bench.start();
  ASSERT_TRUE(bench.cpu.ask_dmi(0x1000, Direction::read).granted);
  ASSERT_TRUE(bench.cpu.ask_dmi(0x1000, Direction::read).granted);
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    MapTransaction change;
    bench.system.remove(bench.region);
    bench.system.add(0x1000, ram);
    change.commit();
    dmi.set_start_address(0);
    dmi.set_end_address(0xfff);
    dmi.set_dmi_ptr(bench.target.memory.data());
    dmi.allow_read_write();
    return true;
  };
  EXPECT_FALSE(bench.cpu.ask_dmi(0x1000, Direction::read).granted);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x1000, 0x1fff}}));
  EXPECT_EQ(bench.cpu.ask_dmi(0x1000, Direction::read).dmi.get_dmi_ptr(), ram.memory().data);
}

TEST(Dmi, ATargetMayHaveRequestsMadeFromInsideARequest) {
  TargetBench bench(0x1000);
  TestTarget<> far_target("far", 0x1000);
  TargetRegion far_region("far_region", 0x1000);
  far_region.bind(far_target.socket);
  // What a port remembers of one page and of the other has one place.
  constexpr Address kFar = 0x1'0000'1000;
  bench.system.add(kFar, far_region);
  bench.start();
  const DmiReply before = bench.cpu.ask_dmi(0x1000, Direction::read);
  ASSERT_TRUE(before.granted);
  bench.target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    for (const Address address : {kFar, kFar + 0x800}) {
      const DmiReply inner = bench.cpu.ask_dmi(address, Direction::read);
      EXPECT_TRUE(inner.granted);
      EXPECT_EQ(inner.range(), (AddressRange{kFar, kFar + 0xfff}));
    }
    dmi.set_start_address(0);
    dmi.set_end_address(0xfff);
    dmi.set_dmi_ptr(bench.target.memory.data());
    dmi.allow_read_write();
    return true;
  };
  for (int i = 0; i < 3; ++i) {
    const DmiReply again = bench.cpu.ask_dmi(0x1000, Direction::read);
    EXPECT_TRUE(again.granted);
    EXPECT_EQ(again.range(), before.range());
    EXPECT_EQ(again.dmi.get_dmi_ptr(), before.dmi.get_dmi_ptr());
  }
}

TEST(Dmi, CleanPagesAreReadOnlyUntilTheyAreWritten) {
  Bench bench;
  RamRegion ram("ram", 0x4000);
  bench.system.add(0x10000, ram);
  bench.start();
  ram.reset_dirty({0, 0x3fff}, DirtyClient::migration);
  const DmiReply read = bench.cpu.ask_dmi(0x11000, Direction::read);
  EXPECT_TRUE(read.granted);
  EXPECT_FALSE(read.dmi.is_write_allowed());
  EXPECT_FALSE(bench.cpu.ask_dmi(0x11000, Direction::write).granted);
  bench.cpu.store<std::uint8_t>(0x11004, 1);
  EXPECT_TRUE(bench.cpu.hint) << "promoted";
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x11000, 0x11fff}}));
  const DmiReply write = bench.cpu.ask_dmi(0x11000, Direction::write);
  EXPECT_TRUE(write.granted);
  EXPECT_EQ(write.range(), (AddressRange{0x11000, 0x11fff}));
  EXPECT_EQ(write.dmi.get_dmi_ptr(), ram.memory().data + 0x1000);
  ram.reset_dirty({0, 0x3fff}, DirtyClient::migration);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x11000, 0x11fff}})) << "only this page had been written";
  EXPECT_FALSE(bench.cpu.ask_dmi(0x11000, Direction::write).granted);
}

TEST(Dmi, ATargetsInvalidationComesThroughEveryMapping) {
  TargetBench bench(0x1000);
  testing::TestInitiator other("other");
  Container root("root");
  AliasRegion again("again", bench.region, 0x800, 0x800);
  AliasRegion elsewhere("elsewhere", bench.region, 0, 0x1000);
  bench.system.add(0x8000, again);
  root.add(UINT64_MAX - 0xfff, elsewhere);
  AddressSpace space("space", root);
  bench.bus.initiator("other", space).bind(other.socket);
  bench.start();
  const auto hold_everything = [&] {
    bench.cpu.ask_dmi(0x1000, Direction::read);
    bench.cpu.ask_dmi(0x8000, Direction::read);
    other.ask_dmi(UINT64_MAX, Direction::read);
  };
  hold_everything();
  bench.target.socket->invalidate_direct_mem_ptr(0x700, 0x8ff);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x1700, 0x18ff}, {0x8000, 0x80ff}}));
  EXPECT_EQ(other.taken_invalidations(), (Ranges{{UINT64_MAX - 0x8ff, UINT64_MAX - 0x700}}));
  hold_everything();
  bench.target.socket->invalidate_direct_mem_ptr(0, UINT64_MAX);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x1000, 0x1fff}, {0x8000, 0x87ff}}));
  EXPECT_EQ(other.taken_invalidations(), (Ranges{{UINT64_MAX - 0xfff, UINT64_MAX}}));
  hold_everything();
  bench.target.socket->invalidate_direct_mem_ptr(0x900, 0x100);
  bench.target.socket->invalidate_direct_mem_ptr(0x1000, UINT64_MAX);
  EXPECT_TRUE(bench.cpu.invalidations.empty()) << "garbage is nothing";
}

TEST(Dmi, DestroyingARegionTakesItsPointersBack) {
  Bench bench;
  auto ram = std::make_unique<RamRegion>("ram", 0x1000);
  bench.system.add(0x1000, *ram);
  bench.start();
  bench.cpu.ask_dmi(0x1000, Direction::read);
  ram.reset();
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x1000, 0x1fff}}));
}

TEST(Dmi, ResizingTakesBackTheTail) {
  Bench bench;
  auto ram = RamRegion::resizable("ram", 0x2000, 0x4000);
  bench.system.add(0x1000, *ram);
  bench.start();
  bench.cpu.ask_dmi(0x1000, Direction::read);
  ram->resize(0x1000);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x2000, 0x2fff}}));
}

}  // namespace
}  // namespace sc_memory
