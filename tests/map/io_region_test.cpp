// What may happen to an access before its device: event triggers, the queue of coalesced writes; and ROM devices.
#include "sc_memory/map/io_region.h"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/coalesced_writes.h"
#include "sc_memory/map/map_transaction.h"

#include "tests/map/map_error_of.h"
#include "tests/map/test_device.h"
#include "tests/map/view_text.h"

namespace sc_memory {
namespace {

using testing::DeviceAccess;
using testing::DeviceLog;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::map_error_of;
using testing::short_text;
using testing::test_device;
using testing::TestIo;

class CountingNotifier final : public Notifier {
 public:
  void notify() override { ++count; }
  int count = 0;
};

class IoRegions : public ::testing::Test {
 protected:
  IoRegions() {
    root.add(0, uart);
    root.add(0x100, timer);
  }
  void TearDown() override { CoalescedWrites::instance().flush(); }

  AccessResult write(Address address, const std::vector<std::uint8_t>& bytes, bool debug = false) {
    Attributes attributes;
    attributes.debug = debug;
    return space.write(address, bytes.data(), bytes.size(), attributes);
  }
  std::uint8_t read(Address address) {
    std::uint8_t byte = 0;
    EXPECT_EQ(space.read(address, &byte, 1), AccessResult::ok);
    return byte;
  }
  static DeviceAccess written(Address offset, std::vector<std::uint8_t> bytes) {
    return {Direction::write, offset, std::move(bytes)};
  }

  Container root{"root"};
  DeviceLog uart_log, timer_log;
  TestIo uart{"uart", 0x100, &uart_log};
  TestIo timer{"timer", 0x100, &timer_log};
  AddressSpace space{"space", root};
  CountingNotifier notifier, other;
};

TEST_F(IoRegions, NeedAHandler) {
  EXPECT_EQ(map_error_of([] { IoRegion("uart", 0x10, nullptr); }),
            "'uart' has no handler; a region that claims addresses and serves none is a ReservedRegion");
  EXPECT_EQ(map_error_of([] { RomDeviceRegion("flash", 0x10, nullptr); }),
            "'flash' has no handler; a region that claims addresses and serves none is a ReservedRegion");
}

TEST_F(IoRegions, ReachTheirDeviceAndHaveAPath) {
  RamRegion ram("ram", 0x10);
  EXPECT_EQ(read(0x7), 0x5a);
  EXPECT_EQ(write(0x10, {1, 2}), AccessResult::ok);
  EXPECT_THAT(uart_log.accesses, ElementsAre(DeviceAccess{Direction::read, 7, {}}, written(0x10, {1, 2})));
  EXPECT_FALSE(uart.path().is_watched());
  EXPECT_EQ(handler_path(uart), &uart.path());
  EXPECT_EQ(handler_path(ram), nullptr);
}

TEST_F(IoRegions, ATriggerTakesWritesToExactlyItsAddressAndSize) {
  uart.path().add_event_trigger({0x10, 4, false, 0, &notifier});
  EXPECT_TRUE(uart.path().is_watched());
  EXPECT_EQ(write(0x10, {1, 2, 3, 4}), AccessResult::ok);
  EXPECT_EQ(notifier.count, 1);
  EXPECT_THAT(uart_log.accesses, IsEmpty()) << "the write does not reach the device";
  write(0x10, {1, 2});
  write(0x14, {1, 2, 3, 4});
  write(0xc, {1, 2, 3, 4});
  read(0x10);
  write(0x10, {1, 2, 3, 4}, true);
  EXPECT_EQ(notifier.count, 1) << "neither another size or address, nor a read, nor a debugger";
  EXPECT_EQ(uart_log.accesses.size(), 5U);
}

TEST_F(IoRegions, ATriggerOfNoSizeTakesAny) {
  uart.path().add_event_trigger({0x10, 0, false, 0, &notifier});
  for (const std::size_t length : {1, 2, 4, 8}) write(0x10, std::vector<std::uint8_t>(length));
  EXPECT_EQ(notifier.count, 4);
  EXPECT_THAT(uart_log.accesses, IsEmpty());
}

TEST_F(IoRegions, ATriggersDataIsTheNumberThatTheDeviceWouldSee) {
  uart.path().add_event_trigger({0x10, 2, true, 0x0102, &notifier});
  uart_log.order = Endian::little;
  write(0x10, {1, 2});
  EXPECT_EQ(notifier.count, 0);
  write(0x10, {2, 1});
  EXPECT_EQ(notifier.count, 1);
  uart_log.order = Endian::big;
  write(0x10, {2, 1});
  EXPECT_EQ(notifier.count, 1);
  write(0x10, {1, 2});
  EXPECT_EQ(notifier.count, 2);
  EXPECT_EQ(uart_log.accesses.size(), 2U);
}

TEST_F(IoRegions, DataOfATriggerOfAnySizeIsComparedAsFarAsTheWriteReaches) {
  uart.path().add_event_trigger({0x10, 0, true, 0xaabbccdd, &notifier});
  write(0x10, {0xdd});
  write(0x10, {0xdd, 0xcc});
  write(0x10, {0xdd, 0xcc, 0xbb, 0xaa, 0, 0, 0, 0});
  EXPECT_EQ(notifier.count, 3);
  write(0x10, {0xdd, 0xcc, 0xbb, 0xab});
  EXPECT_EQ(notifier.count, 3);
}

TEST_F(IoRegions, TriggersOfOneAddressAreToldApartByTheirData) {
  uart.path().add_event_trigger({0x10, 1, true, 1, &notifier});
  uart.path().add_event_trigger({0x10, 1, true, 2, &other});
  write(0x10, {2});
  EXPECT_EQ(notifier.count, 0);
  EXPECT_EQ(other.count, 1);
  uart.path().remove_event_trigger({0x10, 1, true, 2, &other});
  write(0x10, {2});
  EXPECT_EQ(other.count, 1);
  EXPECT_THAT(uart_log.accesses, ElementsAre(written(0x10, {2})));
  uart.path().remove_event_trigger({0x10, 1, true, 1, &notifier});
  EXPECT_FALSE(uart.path().is_watched());
}

TEST_F(IoRegions, MisuseOfTriggersNamesThem) {
  HandlerPath& path = timer.path();
  EXPECT_EQ(map_error_of([&] {
              path.add_event_trigger({0x10, 4, false, 0, nullptr});
            }),
            "the event trigger at offset 0x10, size 4 of 'timer' [0x100-0x1ff] has no notifier");
  EXPECT_EQ(map_error_of([&] {
              path.add_event_trigger({0x10, 3, true, 5, &notifier});
            }),
            "the event trigger at offset 0x10, size 3, data 0x5 of 'timer' [0x100-0x1ff]: the size must be 1, 2, 4, 8, "
            "or 0 for any");
  EXPECT_EQ(map_error_of([&] {
              path.add_event_trigger({0x100, 4, false, 0, &notifier});
            }),
            "the event trigger at offset 0x100, size 4 lies beyond the end of 'timer' [0x100-0x1ff]");
  path.add_event_trigger({0x10, 4, false, 7, &notifier});
  EXPECT_EQ(map_error_of([&] {
              path.add_event_trigger({0x10, 4, false, 8, &notifier});
            }),
            "the event trigger at offset 0x10, size 4 of 'timer' [0x100-0x1ff] is there already");
  EXPECT_EQ(map_error_of([&] {
              path.remove_event_trigger({0x10, 2, false, 0, &notifier});
            }),
            "'timer' [0x100-0x1ff] has not the event trigger at offset 0x10, size 2");
  EXPECT_EQ(path.event_triggers().size(), 1U);
}

TEST_F(IoRegions, CoalescedWritesWaitAndKeepTheirOrder) {
  uart.path().add_coalescing({0x10, 0x1f});
  EXPECT_TRUE(uart.path().flushes_coalesced());
  EXPECT_EQ(write(0x10, {1}), AccessResult::ok);
  EXPECT_EQ(write(0x1c, {2, 3, 4, 5}), AccessResult::ok);
  EXPECT_EQ(write(0x10, {6}), AccessResult::ok);
  EXPECT_THAT(uart_log.accesses, IsEmpty());
  EXPECT_EQ(CoalescedWrites::instance().size(), 3U);
  CoalescedWrites::instance().flush();
  EXPECT_THAT(uart_log.accesses, ElementsAre(written(0x10, {1}), written(0x1c, {2, 3, 4, 5}), written(0x10, {6})));
}

TEST_F(IoRegions, WritesBeyondTheRangeAndDebuggersDeliverTheQueueAndGoOn) {
  uart.path().add_coalescing({0x10, 0x1f});
  write(0x10, {1});
  write(0x1f, {2, 3});
  EXPECT_THAT(uart_log.accesses, ElementsAre(written(0x10, {1}), written(0x1f, {2, 3})));
  write(0x10, {4});
  write(0x10, {5}, true);
  EXPECT_THAT(uart_log.accesses,
              ElementsAre(written(0x10, {1}), written(0x1f, {2, 3}), written(0x10, {4}), written(0x10, {5})));
}

TEST_F(IoRegions, ALongerWriteThanTheQueueTakesIsNotCoalesced) {
  uart_log.longest = 16;
  uart.path().add_coalescing({0x10, 0x1f});
  write(0x10, std::vector<std::uint8_t>(16, 1));
  EXPECT_EQ(uart_log.accesses.size(), 1U);
}

TEST_F(IoRegions, AReadOfTheRegionDeliversTheQueueFirst) {
  uart.path().add_coalescing({0x10, 0x1f});
  write(0x10, {1});
  read(0x20);
  EXPECT_THAT(uart_log.accesses, ElementsAre(written(0x10, {1}), DeviceAccess{Direction::read, 0x20, {}}));
}

TEST_F(IoRegions, AnotherRegionsAccessDeliversTheQueueIfItHasTheFlag) {
  uart.path().add_coalescing({0x10, 0x1f});
  write(0x10, {1});
  read(0x100);
  write(0x100, {1});
  EXPECT_THAT(uart_log.accesses, IsEmpty());
  timer.path().set_flush_coalesced(true);
  CoalescedWrites::instance().flush();
  uart_log.accesses.clear();
  write(0x10, {2});
  timer_log.on_access = [&](const DeviceAccess&) { EXPECT_EQ(uart_log.accesses.size(), 1U) << "delivered before"; };
  read(0x100);
  EXPECT_EQ(uart_log.accesses.size(), 1U);
  timer.path().set_flush_coalesced(false);
  EXPECT_FALSE(timer.path().is_watched());
  write(0x10, {3});
  read(0x100);
  EXPECT_EQ(uart_log.accesses.size(), 1U);
}

TEST_F(IoRegions, TheFlagStaysOnWhileThereAreCoalescedRanges) {
  uart.path().add_coalescing({0x10, 0x1f});
  uart.path().set_flush_coalesced(false);
  EXPECT_TRUE(uart.path().flushes_coalesced());
  uart.path().clear_coalescing();
  EXPECT_FALSE(uart.path().flushes_coalesced());
}

TEST_F(IoRegions, AFullQueueDeliversItself) {
  uart.path().add_coalescing({0x10, 0x1f});
  for (std::size_t i = 1; i < CoalescedWrites::kCapacity; ++i) write(0x10, {static_cast<std::uint8_t>(i)});
  EXPECT_THAT(uart_log.accesses, IsEmpty());
  write(0x10, {0});
  EXPECT_EQ(uart_log.accesses.size(), CoalescedWrites::kCapacity);
  EXPECT_EQ(uart_log.accesses[41].bytes[0], 42);
}

TEST_F(IoRegions, AMapTransactionBeginsWithTheDelivery) {
  uart.path().add_coalescing({0x10, 0x1f});
  write(0x10, {1});
  MapTransaction change;
  EXPECT_EQ(uart_log.accesses.size(), 1U);
  write(0x10, {2});
  {
    MapTransaction inner;
    EXPECT_EQ(uart_log.accesses.size(), 1U) << "the outermost one only";
  }
}

TEST_F(IoRegions, ClearingDeliversAndEndsIt) {
  uart.path().add_coalescing({0x10, 0x1f});
  write(0x10, {1});
  uart.path().clear_coalescing();
  EXPECT_EQ(uart_log.accesses.size(), 1U);
  EXPECT_THAT(uart.path().coalesced_ranges(), IsEmpty());
  write(0x10, {2});
  EXPECT_EQ(uart_log.accesses.size(), 2U) << "at once";
  uart.path().clear_coalescing();
}

TEST_F(IoRegions, CoalescingBeyondTheEndIsAnError) {
  EXPECT_EQ(map_error_of([&] {
              timer.path().add_coalescing({0xff, 0x100});
            }),
            "coalescing [0xff-0x100] reaches beyond the end of 'timer' [0x100-0x1ff]");
  EXPECT_THAT(timer.path().coalesced_ranges(), IsEmpty());
}

TEST_F(IoRegions, WhatIsQueuedForARegionEndsWithIt) {
  auto gone = std::make_unique<TestIo>("gone", 0x10, &timer_log);
  root.add(0x200, *gone);
  uart.path().add_coalescing({0x10, 0x1f});
  gone->path().add_coalescing({0, 0xf});
  write(0x10, {1});
  write(0x200, {2});
  gone.reset();
  CoalescedWrites::instance().flush();
  EXPECT_THAT(uart_log.accesses, ElementsAre(written(0x10, {1})));
  EXPECT_THAT(timer_log.accesses, IsEmpty()) << "the device behind it may be gone already";
}

TEST_F(IoRegions, SoDoesWhatIsQueuedForARomDevice) {
  DeviceLog log;
  auto flash = std::make_unique<RomDeviceRegion>("flash", 0x10, test_device(&log));
  root.add(0x200, *flash);
  flash->path().add_coalescing({0, 0xf});
  write(0x200, {1});
  flash.reset();
  EXPECT_THAT(log.accesses, IsEmpty());
  EXPECT_EQ(CoalescedWrites::instance().size(), 0U);
}

TEST_F(IoRegions, ADeliveryThatDestroysARegionDropsWhatWaitsForIt) {
  auto gone = std::make_unique<TestIo>("gone", 0x10, &timer_log);
  root.add(0x200, *gone);
  uart.path().add_coalescing({0x10, 0x1f});
  gone->path().add_coalescing({0, 0xf});
  write(0x10, {1});
  write(0x200, {2});
  write(0x11, {3});
  uart_log.on_access = [&](const DeviceAccess&) { gone.reset(); };
  CoalescedWrites::instance().flush();
  EXPECT_THAT(uart_log.accesses, ElementsAre(written(0x10, {1}), written(0x11, {3})));
  EXPECT_THAT(timer_log.accesses, IsEmpty());
}

TEST_F(IoRegions, ADevicesExceptionDuringADeliveryLeavesTheRestInTheQueue) {
  uart.path().add_coalescing({0x10, 0x1f});
  write(0x10, {1});
  write(0x11, {2});
  uart_log.on_access = [](const DeviceAccess&) { throw std::runtime_error("from the device"); };
  EXPECT_THROW(CoalescedWrites::instance().flush(), std::runtime_error);
  uart_log.on_access = nullptr;
  CoalescedWrites::instance().flush();
  EXPECT_THAT(uart_log.accesses, ElementsAre(written(0x10, {1}), written(0x11, {2})));
}

TEST_F(IoRegions, ADevicesExceptionDoesNotEndTheDestructionOfAnotherRegion) {
  auto gone = std::make_unique<TestIo>("gone", 0x10);
  root.add(0x200, *gone);
  uart.path().add_coalescing({0x10, 0x1f});
  write(0x10, {1});
  uart_log.on_access = [](const DeviceAccess&) { throw std::runtime_error("from the device"); };
  gone.reset();
  uart_log.on_access = nullptr;
  EXPECT_EQ(short_text(space), "0-ff uart, 100-1ff timer");
}

TEST_F(IoRegions, ChangeTheirSize) {
  uart.set_size(0x20);
  EXPECT_EQ(short_text(space), "0-1f uart, 100-1ff timer");
}

TEST(RomDevice, IsReadFromItsMemoryOrItsDeviceAndWrittenToItsDevice) {
  Container root("root");
  DeviceLog log;
  RomDeviceRegion flash("flash", 0x1000, test_device(&log));
  AddressSpace space("space", root);
  root.add(0, flash);
  flash.memory().data[4] = 0x44;
  std::uint8_t byte = 0;
  EXPECT_TRUE(flash.readable());
  EXPECT_EQ(space.read(4, &byte, 1), AccessResult::ok);
  EXPECT_EQ(byte, 0x44);
  EXPECT_THAT(log.accesses, IsEmpty());
  EXPECT_EQ(space.write(4, &byte, 1), AccessResult::ok);
  EXPECT_THAT(log.accesses, ElementsAre(DeviceAccess{Direction::write, 4, {0x44}}));
  const std::uint64_t generation = space.generation();
  flash.set_readable(false);
  EXPECT_EQ(space.generation(), generation + 1) << "a change of the map";
  EXPECT_EQ(space.read(4, &byte, 1), AccessResult::ok);
  EXPECT_EQ(byte, 0x5a);
  flash.set_readable(false);
  EXPECT_EQ(space.generation(), generation + 1);
  EXPECT_EQ(handler_path(flash), &flash.path());
  flash.set_readable(true);
  EXPECT_EQ(space.read(4, &byte, 1), AccessResult::ok);
  EXPECT_EQ(byte, 0x44);
}

TEST(RomDevice, TakesTheMemoryGiven) {
  std::array<std::uint8_t, 16> bytes{};
  RomDeviceRegion flash("flash", HostMemory::borrowed(bytes.data(), bytes.size()), test_device());
  EXPECT_EQ(flash.memory().data, bytes.data());
  EXPECT_EQ(flash.size(), 16U);
}

}  // namespace
}  // namespace sc_memory
