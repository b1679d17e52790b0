// What all virtio devices share, shown by one that echoes: status, features, faults, and drivers that work against
// themselves.
#include "models/virtio/device.h"

#include <gmock/gmock.h>

#include "tests/models/virtio/guest_driver.h"

namespace sc_memory::models::virtio {
namespace {

using namespace test;

/// Copies what a chain holds to read into what it holds to write.
class Echo final : public Device {
 public:
  explicit Echo(const sc_core::sc_module_name& name) : Device(name, DeviceId::entropy, UINT64_C(1) << 7, {16, 8}) {
    config().resize(6);
    config()[0] = 0x5a;
  }
  void change_config(std::uint8_t value) {
    config()[1] = value;
    config_changed();
  }
  int served = 0;
  int resets = 0;

 private:
  void serve(unsigned queue) override {
    while (const auto chain = next_chain(queue)) {
      ++served;
      ChainReader reader(memory(), *chain);
      ChainWriter writer(memory(), *chain);
      if (reader.left() != writer.left()) return fail("nothing to echo");
      std::vector<std::uint8_t> bytes(reader.left());
      reader.read(bytes.data(), bytes.size());
      writer.write(bytes.data(), bytes.size());
      complete(queue, *chain, writer.written());
    }
  }
  void on_reset() override { ++resets; }
  void on_config_write(Address offset, std::uint64_t value, unsigned) override {
    config()[offset] = static_cast<std::uint8_t>(value);
  }
};

class DeviceTest : public ::testing::Test {
 protected:
  DeviceTest() { machine_.slot.plug(echo_, machine_.memory); }
  bool needs_reset() { return (machine_.reg(0x70) & status::kNeedsReset) != 0; }
  void echo(Address from, Address to, std::uint32_t length) {
    queue_.send({{from, length, 0, 0}, {to, length, write_flag, 0}});
  }

  Echo echo_{"echo"};
  Machine machine_;
  DriverQueue queue_{machine_, 0, kRamBase};
};

TEST_F(DeviceTest, ServesARequestWithinTheNotification) {
  start(machine_, {&queue_});
  machine_.store<std::uint64_t>(kRamBase + 0x10000, 0x1122334455667788);
  echo(kRamBase + 0x10000, kRamBase + 0x10010, 8);
  EXPECT_EQ(machine_.load<std::uint64_t>(kRamBase + 0x10010), 0x1122334455667788U);
  EXPECT_EQ(queue_.used(), 1U);
  EXPECT_EQ(queue_.used_length(0), 8U);
  EXPECT_TRUE(machine_.slot.interrupt().level());
  EXPECT_EQ(machine_.reg(0x60), interrupt::kQueue);
  machine_.set_reg(0x64, interrupt::kQueue);
  EXPECT_FALSE(machine_.slot.interrupt().level());
}

TEST_F(DeviceTest, FeaturesThatMakeNoSenseAreNotAgreedTo) {
  EXPECT_EQ(echo_.offered_features(), feature::kCommon | 1U << 7);
  const auto agreed = [&](std::uint64_t features) {
    machine_.set_reg(0x70, 0);
    machine_.set_reg(0x24, 0);
    machine_.set_reg(0x20, static_cast<std::uint32_t>(features));
    machine_.set_reg(0x24, 1);
    machine_.set_reg(0x20, static_cast<std::uint32_t>(features >> 32));
    machine_.set_reg(0x70, status::kAcknowledge | status::kDriver | status::kFeaturesOk);
    return (machine_.reg(0x70) & status::kFeaturesOk) != 0;
  };
  EXPECT_TRUE(agreed(feature::kVersion1));
  EXPECT_TRUE(agreed(echo_.offered_features()));
  EXPECT_FALSE(agreed(feature::kVersion1 | 1U << 6));
  EXPECT_FALSE(agreed(~UINT64_C(0)));
}

TEST_F(DeviceTest, DriversThatDoNotKnowVersion1AreServedAllTheSame) {
  for (const std::uint8_t agreed : {std::uint8_t{0}, status::kFeaturesOk}) {
    machine_.set_reg(0x70, 0);
    machine_.set_reg(0x70, status::kAcknowledge | status::kDriver);
    machine_.set_reg(0x20, 1U << 7 | 1U << 6);  // The second is not offered.
    machine_.set_reg(0x70, status::kAcknowledge | status::kDriver | agreed);
    EXPECT_EQ(machine_.reg(0x70) & status::kFeaturesOk, agreed);
    queue_.set_up();
    machine_.set_reg(0x70, status::kAcknowledge | status::kDriver | agreed | status::kDriverOk);
    EXPECT_EQ(machine_.reg(0x70) & status::kDriverOk, status::kDriverOk);
    EXPECT_EQ(echo_.driver_features(), 1U << 7);
  }
  echo(kRamBase + 0x10000, kRamBase + 0x10010, 8);
  EXPECT_EQ(echo_.served, 1);
}

TEST_F(DeviceTest, FeaturesStayAsTheyWereAgreed) {
  start(machine_, {&queue_}, feature::kVersion1);
  machine_.set_reg(0x24, 0);
  machine_.set_reg(0x20, 0xffffffff);
  EXPECT_EQ(echo_.driver_features(), feature::kVersion1);
}

TEST_F(DeviceTest, NothingIsServedBeforeTheDriverIsReady) {
  machine_.set_reg(0x70, status::kAcknowledge | status::kDriver);
  machine_.set_reg(0x24, 1);
  machine_.set_reg(0x20, 1);  // VIRTIO_F_VERSION_1.
  queue_.set_up();
  echo(kRamBase + 0x10000, kRamBase + 0x10010, 8);
  EXPECT_EQ(echo_.served, 0);
  machine_.set_reg(0x70, status::kDriverOk);  // Without FEATURES_OK.
  EXPECT_EQ(machine_.reg(0x70) & status::kDriverOk, 0U);
  machine_.set_reg(0x50, 0);
  EXPECT_EQ(echo_.served, 0);
}

TEST_F(DeviceTest, ARingThatMakesNoSenseNeedsAReset) {
  start(machine_, {&queue_});
  queue_.offer(999);
  queue_.notify();
  EXPECT_TRUE(needs_reset());
  EXPECT_STREQ(echo_.fault(), "a descriptor's number is out of range");
  EXPECT_EQ(machine_.reg(0x60) & interrupt::kConfiguration, interrupt::kConfiguration);
  queue_.offer(0);
  queue_.notify();
  EXPECT_EQ(echo_.served, 0);

  machine_.set_reg(0x70, 0);
  EXPECT_EQ(machine_.reg(0x70), 0U);
  EXPECT_FALSE(machine_.slot.interrupt().level());
  EXPECT_EQ(echo_.fault(), nullptr);
  DriverQueue again(machine_, 0, kRamBase);
  start(machine_, {&again});
  again.send({});
  EXPECT_FALSE(needs_reset());
}

TEST_F(DeviceTest, ARequestThatTheDeviceCannotMakeSenseOfNeedsAReset) {
  start(machine_, {&queue_});
  queue_.send({{kRamBase, 8, 0, 0}});
  EXPECT_TRUE(needs_reset());
}

TEST_F(DeviceTest, AQueueThatCannotBeNeedsAReset) {
  DriverQueue large(machine_, 0, kRamBase, 32);  // The device has 16.
  start(machine_, {&large});
  EXPECT_TRUE(needs_reset());
}

TEST_F(DeviceTest, ChangesOfTheConfigurationAreAnnounced) {
  const std::uint32_t generation = machine_.reg(0xfc);
  start(machine_, {&queue_});
  echo_.change_config(0x77);
  EXPECT_NE(machine_.reg(0xfc), generation);
  EXPECT_EQ(machine_.reg(0x60), interrupt::kConfiguration);
  EXPECT_EQ(machine_.reg(0x100), 0x775aU);
  machine_.store<std::uint8_t>(kSlotBase + 0x105, 9);
  EXPECT_EQ(machine_.reg(0x104), 0x900U);
  machine_.store<std::uint32_t>(kSlotBase + 0x104, 0xffffffff);  // Reaches beyond it.
  EXPECT_EQ(machine_.reg(0x104), 0x900U);
  EXPECT_EQ(machine_.reg(0x108), 0U);
}

TEST_F(DeviceTest, ADriverMayNotifyFromWithinARequest) {
  // The echo is written to the device's own notification register.
  start(machine_, {&queue_});
  machine_.store<std::uint32_t>(kRamBase + 0x10000, 0);
  queue_.describe(4, {kRamBase + 0x10000, 4, next_flag, 5});
  queue_.describe(5, {kSlotBase + 0x50, 4, write_flag, 0});
  queue_.offer(4);
  queue_.offer(4);
  queue_.notify();
  EXPECT_EQ(echo_.served, 2);
  EXPECT_EQ(queue_.used(), 2U);
}

TEST_F(DeviceTest, ARequestThatNotifiesAnotherDeviceLeavesThatForLater) {
  constexpr Address kOtherSlot = 0x1000'8000;
  Echo other("other");
  MmioTransport other_slot("virtio-mmio");
  other_slot.plug(other, machine_.memory);
  machine_.system.add(kOtherSlot, other_slot.region());
  // The other device is driven by the same rings: what is in them it may serve once more.
  start(machine_, {&queue_});
  machine_.system.remove(machine_.slot.region());
  machine_.system.remove(other_slot.region());
  machine_.system.add(kSlotBase, other_slot.region());
  start(machine_, {&queue_});
  machine_.system.remove(other_slot.region());
  machine_.system.add(kSlotBase, machine_.slot.region());
  machine_.system.add(kOtherSlot, other_slot.region());

  machine_.store<std::uint32_t>(kRamBase + 0x10000, 0);
  echo(kRamBase + 0x10000, kOtherSlot + 0x50, 4);
  EXPECT_EQ(echo_.served, 1);
  EXPECT_EQ(other.served, 0);
  sc_core::sc_start(10, sc_core::SC_US);
  EXPECT_EQ(other.served, 1);
}

TEST_F(DeviceTest, ADriverMayResetTheDeviceFromWithinARequest) {
  start(machine_, {&queue_});
  machine_.store<std::uint32_t>(kRamBase + 0x10000, 0);
  const int resets = echo_.resets;
  queue_.send({{kRamBase + 0x10000, 4, 0, 0}, {kSlotBase + 0x70, 4, write_flag, 0}});
  EXPECT_EQ(echo_.resets, resets + 1);
  EXPECT_EQ(queue_.used(), 0U);
  EXPECT_EQ(machine_.reg(0x70), 0U);
}

TEST_F(DeviceTest, ADriverThatKeepsTheDeviceBusyDoesNotStopTheSimulation) {
  // One chain without end: it adds one to the index of the available ring, whose every entry is this chain. The device
  // can only copy, so the sum comes from two tables, one for each byte, and what is looked up there next is decided by
  // copying the used index into the descriptors that point into the tables.
  const Address low_table = kRamBase + 0x10'0000;
  const Address high_table = kRamBase + 0x11'0000;
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    machine_.store<std::uint8_t>(low_table + i, static_cast<std::uint8_t>(i + 3));
    machine_.store<std::uint8_t>(high_table + i, static_cast<std::uint8_t>((i + 3) >> 8));
  }
  start(machine_, {&queue_});
  const Address available_index = queue_.driver_area() + 2;
  const Address used_index = queue_.device_area() + 2;
  queue_.send({{low_table + 0xffff, 1, 0, 0},
               {high_table + 0xffff, 1, 0, 0},
               {used_index, 2, 0, 0},
               {used_index, 2, 0, 0},
               {available_index, 1, write_flag, 0},
               {available_index + 1, 1, write_flag, 0},
               {queue_.descriptor_area(), 2, write_flag, 0},
               {queue_.descriptor_area() + 16, 2, write_flag, 0}});
  EXPECT_FALSE(needs_reset()) << echo_.fault();
  const int at_first = echo_.served;
  EXPECT_GT(at_first, 1000);
  sc_core::sc_start(100, sc_core::SC_US);
  EXPECT_GT(echo_.served, 70'000);
  EXPECT_FALSE(needs_reset()) << echo_.fault();
  machine_.set_reg(0x70, 0);
  const int at_reset = echo_.served;
  sc_core::sc_start(100, sc_core::SC_US);
  EXPECT_EQ(echo_.served, at_reset);
}

}  // namespace
}  // namespace sc_memory::models::virtio
