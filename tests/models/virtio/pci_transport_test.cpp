// A virtio device as a PCI function, driven as a driver would: from the capabilities to an interrupt.
#include "models/virtio/pci_transport.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

#include "models/pci/host.h"
#include "models/virtio/block.h"
#include "tests/models/boot/temporary_directory.h"
#include "tests/models/virtio/guest_driver.h"
#include "tests/support/seed.h"

namespace sc_memory::models::virtio {
namespace {

using namespace test;

constexpr Address kEcam = 0x3000'0000;
constexpr Address kConfig = kEcam + (1 << 15);  // Slot 1.
constexpr Address kWindow = 0x4000'0000;
constexpr Address kCommon = kWindow;
constexpr Address kInterruptStatus = kWindow + 0x1000;
constexpr Address kDeviceConfig = kWindow + 0x2000;
constexpr Address kNotify = kWindow + 0x3000;

class PciTransportTest : public ::testing::Test {
 protected:
  PciTransportTest() {
    machine_.system.add(kEcam, host_.ecam());
    machine_.system.add(kWindow, window_);
    host_.plug(1, function_);
  }
  void map_bar() {
    machine_.store<std::uint64_t>(kConfig + 0x20, kWindow);
    machine_.store<std::uint16_t>(kConfig + 4, 6);
  }
  template <typename T>
  T load(Address address) {
    return machine_.load<T>(address);
  }
  template <typename T>
  void store(Address address, T value) {
    machine_.store<T>(address, value);
  }
  void start() {
    map_bar();
    store<std::uint8_t>(kCommon + 0x14, 3);
    for (std::uint32_t half = 0; half < 2; ++half) {
      store<std::uint32_t>(kCommon, half);
      store<std::uint32_t>(kCommon + 8, half);
      store<std::uint32_t>(kCommon + 0xc, load<std::uint32_t>(kCommon + 4));
    }
    store<std::uint8_t>(kCommon + 0x14, 11);
    store<std::uint16_t>(kCommon + 0x16, 0);
    store<std::uint16_t>(kCommon + 0x18, 16);
    store<std::uint64_t>(kCommon + 0x20, queue_.descriptor_area());
    store<std::uint64_t>(kCommon + 0x28, queue_.driver_area());
    store<std::uint64_t>(kCommon + 0x30, queue_.device_area());
    store<std::uint16_t>(kCommon + 0x1c, 1);
    store<std::uint8_t>(kCommon + 0x14, 15);
  }
  /// Reads sector 0 to kRamBase + 0x20000; returns the request's status.
  int read_sector() {
    store<std::uint64_t>(kRamBase + 0x10000, 0);
    store<std::uint64_t>(kRamBase + 0x10008, 0);
    store<std::uint8_t>(kRamBase + 0x10800, 0xff);
    queue_.describe(0, {kRamBase + 0x10000, 16, next_flag, 1});
    queue_.describe(1, {kRamBase + 0x20000, 512, next_flag | write_flag, 2});
    queue_.describe(2, {kRamBase + 0x10800, 1, write_flag, 0});
    queue_.offer(0);
    store<std::uint16_t>(kNotify, 0);
    return load<std::uint8_t>(kRamBase + 0x10800);
  }
  bool interrupt() { return host_.interrupt(1).level(); }
  /// Where the capability is that makes configuration space a window into the BAR.
  Address window_capability() {
    Address at = load<std::uint8_t>(kConfig + 0x34);
    while (load<std::uint8_t>(kConfig + at + 3) != 5) at = load<std::uint8_t>(kConfig + at + 1);
    return kConfig + at;
  }
  Address window_data() { return window_capability() + 16; }
  void set_window(std::uint32_t offset, std::uint32_t length) {
    store<std::uint8_t>(window_capability() + 4, 4);
    store<std::uint32_t>(window_capability() + 8, offset);
    store<std::uint32_t>(window_capability() + 12, length);
  }

  models::test::TemporaryDirectory directory_;
  Block disk_{"disk", directory_.file("disk.img", Bytes(8192, 0x77)), ImageMode::writable_if_permitted, "serial"};
  Machine machine_;
  pci::Host host_{machine_.system};
  AliasRegion window_{"window", host_.memory_space(), kWindow, 0x1000'0000};
  PciTransport function_{"disk", disk_, machine_.system};
  DriverQueue queue_{machine_, 0, kRamBase};
};

TEST_F(PciTransportTest, IsAModernBlockDevice) {
  EXPECT_EQ(load<std::uint32_t>(kConfig), 0x10421af4U);
  EXPECT_EQ(load<std::uint32_t>(kConfig + 8), 0x01000001U);
}

TEST_F(PciTransportTest, CapabilitiesLeadToTheRegisters) {
  struct Capability {
    unsigned bar;
    std::uint32_t offset;
    std::uint32_t length;
  };
  std::map<unsigned, Capability> found;
  Address last = 0;
  for (Address at = load<std::uint8_t>(kConfig + 0x34); at != 0; at = load<std::uint8_t>(kConfig + at + 1)) {
    ASSERT_GT(at, last);
    last = at;
    ASSERT_EQ(load<std::uint8_t>(kConfig + at), 9U);
    found[load<std::uint8_t>(kConfig + at + 3)] = {load<std::uint8_t>(kConfig + at + 4),
                                                   load<std::uint32_t>(kConfig + at + 8),
                                                   load<std::uint32_t>(kConfig + at + 12)};
  }
  ASSERT_EQ(found.size(), 5U);
  const std::uint32_t offsets[] = {0, 0x3000, 0x1000, 0x2000};
  for (unsigned type = 1; type <= 4; ++type) {
    EXPECT_EQ(found[type].bar, 4U);
    EXPECT_EQ(found[type].offset, offsets[type - 1]);
    EXPECT_EQ(found[type].length, 0x1000U);
  }
}

TEST_F(PciTransportTest, ServesRequestsAndInterrupts) {
  start();
  EXPECT_EQ(load<std::uint8_t>(kCommon + 0x14), 15U);
  EXPECT_EQ(read_sector(), 0);
  EXPECT_EQ(load<std::uint32_t>(kRamBase + 0x201fc), 0x77777777U);
  EXPECT_TRUE(interrupt());
  Attributes debug;
  debug.debug = true;
  std::uint8_t bits = 0;
  machine_.memory.read(kInterruptStatus, &bits, 1, debug);
  EXPECT_EQ(bits, 1U);
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(load<std::uint8_t>(kInterruptStatus), 1U);
  EXPECT_FALSE(interrupt());
  EXPECT_EQ(load<std::uint8_t>(kInterruptStatus), 0U);
}

TEST_F(PciTransportTest, WithoutBusMasterTheRingsAreOutOfReach) {
  start();
  store<std::uint16_t>(kConfig + 4, 2);
  EXPECT_EQ(read_sector(), 0xff);
  EXPECT_NE(load<std::uint8_t>(kCommon + 0x14) & status::kNeedsReset, 0U);
}

TEST_F(PciTransportTest, TheCommonConfigurationReadsInAnyWidth) {
  map_bar();
  EXPECT_EQ(load<std::uint16_t>(kCommon + 0x12), 1U);
  store<std::uint8_t>(kCommon + 0x14, 1);
  EXPECT_EQ(load<std::uint32_t>(kCommon + 0x14), 1U);
  EXPECT_EQ(load<std::uint16_t>(kCommon + 0x18), Block::queue_size);
  EXPECT_EQ(load<std::uint8_t>(kCommon + 0x19), Block::queue_size >> 8);
  EXPECT_EQ(load<std::uint16_t>(kCommon + 0x10), 0xffffU);
  EXPECT_EQ(load<std::uint64_t>(kCommon + 0x38), 0U);
  store<std::uint16_t>(kCommon + 0x16, 1);  // No such queue.
  EXPECT_EQ(load<std::uint16_t>(kCommon + 0x18), 0U);
  store<std::uint32_t>(kCommon + 0x16 - 2, 0);  // Over two registers: nothing happens.
  EXPECT_EQ(load<std::uint16_t>(kCommon + 0x16), 1U);
  EXPECT_EQ(load<std::uint8_t>(kCommon + 0x14), 1U);
}

TEST_F(PciTransportTest, TheDevicesConfigurationIsBehindTheThirdPage) {
  map_bar();
  EXPECT_EQ(load<std::uint64_t>(kDeviceConfig), 16U);
  EXPECT_EQ(load<std::uint64_t>(kDeviceConfig + 0xff8), 0U);
}

TEST_F(PciTransportTest, ConfigurationSpaceIsAWindowIntoTheBar) {
  // Nothing is mapped.
  set_window(0x14, 1);
  store<std::uint32_t>(window_data(), 1);
  EXPECT_EQ(disk_.device_status(), 1U);
  EXPECT_EQ(load<std::uint32_t>(window_data()), 1U);
  set_window(0x2000, 4);
  EXPECT_EQ(load<std::uint32_t>(window_data()), 16U);
  for (const std::uint32_t length : {0U, 3U, 8U, ~0U}) {
    set_window(0x14, length);
    store<std::uint32_t>(window_data(), 0);
    EXPECT_EQ(disk_.device_status(), 1U);
  }
  set_window(0xffff'fffc, 4);
  store<std::uint32_t>(window_data(), 0);
  EXPECT_EQ(load<std::uint32_t>(window_data()), 0U);
}

TEST_F(PciTransportTest, ADebuggerThatLooksAtTheWindowChangesNothing) {
  start();
  read_sector();
  set_window(0x1000, 1);
  Attributes debug;
  debug.debug = true;
  std::uint32_t data = 0;
  machine_.memory.read(window_data(), &data, sizeof data, debug);
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(load<std::uint8_t>(window_data()), 1U);
  EXPECT_FALSE(interrupt());
}

TEST_F(PciTransportTest, RandomAccessesToEverythingAreSurvived) {
  std::mt19937_64 random(sc_memory::testing::seed());
  start();
  for (int i = sc_memory::testing::steps(50000); i > 0; --i) {
    Address address = random() % 3 == 0 ? kConfig + random() % 0x100 : kWindow + random() % 0x5000;
    if (random() % 2 == 0) address = kCommon + random() % 0x40;
    const std::size_t size = 1U << (random() % 4);
    std::uint64_t value = random() % 4 == 0 ? random() : random() % 16;
    if (random() % 8 == 0) value = kRamBase + random() % kRamBytes;
    if (random() % 2 == 0)
      machine_.memory.write(address & ~Address{size - 1}, &value, size);
    else
      machine_.memory.read(address, &value, size);
    if (random() % 64 == 0) map_bar();
  }
  map_bar();
  store<std::uint8_t>(kCommon + 0x14, 0);
  EXPECT_EQ(load<std::uint8_t>(kCommon + 0x14), 0U);
  EXPECT_FALSE(interrupt());
}

}  // namespace
}  // namespace sc_memory::models::virtio
