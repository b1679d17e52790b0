// The registers of a virtio-mmio slot.
#include "models/virtio/mmio_transport.h"

#include <random>

#include "models/virtio/block.h"
#include "tests/models/boot/temporary_directory.h"
#include "tests/models/virtio/guest_driver.h"
#include "tests/support/seed.h"

namespace sc_memory::models::virtio {
namespace {

using namespace test;

class MmioTransportTest : public ::testing::Test {
 protected:
  void plug() { machine_.slot.plug(disk_, machine_.memory); }

  models::test::TemporaryDirectory directory_;
  Block disk_{"disk", directory_.file("disk.img", Bytes(4096)), ImageMode::writable_if_permitted, "serial"};
  Machine machine_;
};

TEST_F(MmioTransportTest, AnEmptySlotIsADeviceOfNoKind) {
  EXPECT_EQ(machine_.reg(0x00), 0x74726976U);
  EXPECT_EQ(machine_.reg(0x04), 2U);
  EXPECT_EQ(machine_.reg(0x0c), 0x554d4551U);
  EXPECT_EQ(machine_.reg(0x08), 0U);
  machine_.set_reg(0x70, 0xff);
  EXPECT_EQ(machine_.reg(0x70), 0U);
  EXPECT_EQ(machine_.reg(0x100), 0U);
}

TEST_F(MmioTransportTest, ShowsTheDeviceItsFeaturesAndQueues) {
  plug();
  EXPECT_EQ(machine_.reg(0x08), 2U);
  machine_.set_reg(0x14, 1);
  EXPECT_EQ(machine_.reg(0x10), 1U);
  machine_.set_reg(0x14, 0);
  EXPECT_EQ(machine_.reg(0x10), static_cast<std::uint32_t>(disk_.offered_features()));
  machine_.set_reg(0x30, 0);
  EXPECT_EQ(machine_.reg(0x34), Block::queue_size);
  EXPECT_EQ(machine_.reg(0x44), 0U);
  machine_.set_reg(0x30, 1);
  EXPECT_EQ(machine_.reg(0x34), 0U);
  EXPECT_EQ(machine_.reg(0xb0), UINT32_MAX);
  EXPECT_EQ(machine_.reg(0xbc), UINT32_MAX);
}

TEST_F(MmioTransportTest, AQueueIsReadyUntilItIsNot) {
  plug();
  DriverQueue queue(machine_, 0, kRamBase);
  start(machine_, {&queue});
  EXPECT_EQ(machine_.reg(0x44), 1U);
  machine_.set_reg(0x44, 0);
  EXPECT_EQ(machine_.reg(0x44), 0U);
}

TEST_F(MmioTransportTest, TheConfigurationTakesAnyWidth) {
  plug();
  EXPECT_EQ(machine_.load<std::uint64_t>(kSlotBase + 0x100), 8U);
  EXPECT_EQ(machine_.load<std::uint8_t>(kSlotBase + 0x100), 8U);
  EXPECT_EQ(machine_.load<std::uint16_t>(kSlotBase + 0x114), 512U);
}

TEST_F(MmioTransportTest, RegistersTakeFourBytes) {
  plug();
  HandlerPath& path = *handler_path(machine_.slot.region());
  std::uint8_t data[8] = {};
  for (const std::size_t size : {1U, 2U}) {
    EXPECT_EQ(path.read(0x70, data, size, {}), AccessResult::rejected);
    EXPECT_EQ(path.write(0x70, data, size, {}), AccessResult::rejected);
  }
  EXPECT_EQ(path.read(0x72, data, 4, {}), AccessResult::rejected);
  EXPECT_EQ(path.read(0x70, data, 4, {}), AccessResult::ok);
}

TEST_F(MmioTransportTest, DebugWritesDoNothing) {
  plug();
  Attributes debug;
  debug.debug = true;
  const std::uint32_t value = 1;
  machine_.memory.write(kSlotBase + 0x70, &value, sizeof value, debug);
  EXPECT_EQ(machine_.reg(0x70), 0U);
}

TEST_F(MmioTransportTest, RandomAccessesAreSurvived) {
  plug();
  std::mt19937_64 random(sc_memory::testing::seed());
  for (int i = sc_memory::testing::steps(50000); i > 0; --i) {
    const Address address = kSlotBase + random() % 0x220;
    std::uint64_t value = random() % 4 == 0 ? random() : random() % 16;
    if (random() % 8 == 0) value = kRamBase + random() % kRamBytes;
    const std::size_t size = 1U << (random() % 4);
    if (random() % 2 == 0)
      machine_.memory.write(random() % 2 == 0 ? address & ~Address{3} : address, &value, size);
    else
      machine_.memory.read(address, &value, size);
  }
  EXPECT_EQ(machine_.reg(0x08), 2U);
  machine_.set_reg(0x70, 0);
  EXPECT_EQ(machine_.reg(0x70), 0U);
  EXPECT_FALSE(machine_.slot.interrupt().level());
}

}  // namespace
}  // namespace sc_memory::models::virtio
