// Frames with a loopback behind the device.
#include "models/virtio/network.h"

#include <gtest/gtest.h>
#include <numeric>

#include "tests/models/virtio/guest_driver.h"

namespace sc_memory::models::virtio {
namespace {

using namespace test;

constexpr Address kSent = kRamBase + 0x10000;
constexpr Address kReceived = kRamBase + 0x20000;

class NetworkTest : public ::testing::Test {
 protected:
  NetworkTest() {
    machine_.slot.plug(network_, machine_.memory);
    network_.set_transmit([this](const EthernetFrame& frame) {
      ++sent_;
      network_.receive(frame);
    });
    start(machine_, {&receive_, &transmit_});
  }
  void send(std::uint32_t frame_bytes) {
    for (std::uint32_t i = 0; i < frame_bytes; ++i)
      machine_.store<std::uint8_t>(kSent + 12 + i, static_cast<std::uint8_t>(i * 7 + frame_bytes));
    transmit_.send({{kSent, 12, 0, 0}, {kSent + 12, frame_bytes, 0, 0}});
  }
  void give_buffer() { receive_.send({{kReceived, 2048, write_flag, 0}}); }

  Network network_{"network", {0x52, 0x54, 0, 1, 2, 3}};
  Machine machine_;
  DriverQueue receive_{machine_, 0, kRamBase};
  DriverQueue transmit_{machine_, 1, kRamBase + 0x4000};
  int sent_ = 0;
};

TEST_F(NetworkTest, SaysItsAddressAndThatTheLinkIsUp) {
  EXPECT_EQ(machine_.load<std::uint32_t>(kSlotBase + 0x100), 0x01005452U);
  EXPECT_EQ(machine_.load<std::uint32_t>(kSlotBase + 0x104), 0x00010302U);
}

TEST_F(NetworkTest, AFrameComesBackWithAHeader) {
  give_buffer();
  send(60);
  EXPECT_EQ(transmit_.used(), 1U);
  ASSERT_EQ(receive_.used(), 1U);
  EXPECT_EQ(receive_.used_length(0), 72U);
  EXPECT_EQ(machine_.load<std::uint64_t>(kReceived), 0U);
  EXPECT_EQ(machine_.load<std::uint32_t>(kReceived + 8), 0x00010000U);  // One buffer.
  for (std::uint32_t i = 0; i < 60; ++i)
    ASSERT_EQ(machine_.load<std::uint8_t>(kReceived + 12 + i), static_cast<std::uint8_t>(i * 7 + 60));
}

TEST_F(NetworkTest, DriversFromBeforeVersion1HaveAShorterHeader) {
  DriverQueue receive(machine_, 0, kRamBase);
  DriverQueue transmit(machine_, 1, kRamBase + 0x4000);
  start(machine_, {&receive, &transmit}, 0);
  receive.send({{kReceived, 2048, write_flag, 0}});
  for (std::uint32_t i = 0; i < 60; ++i) machine_.store<std::uint8_t>(kSent + 10 + i, static_cast<std::uint8_t>(i));
  transmit.send({{kSent, 70, 0, 0}});
  ASSERT_EQ(receive.used(), 1U);
  EXPECT_EQ(receive.used_length(0), 70U);
  for (std::uint32_t i = 0; i < 60; ++i) ASSERT_EQ(machine_.load<std::uint8_t>(kReceived + 10 + i), i);
}

TEST_F(NetworkTest, FramesWaitForBuffersUntilThereAreTooMany) {
  for (std::size_t i = 0; i < Network::max_waiting + 10; ++i) send(60);
  EXPECT_EQ(transmit_.used(), Network::max_waiting + 10);
  for (std::size_t i = 0; i < Network::max_waiting + 10; ++i) give_buffer();
  EXPECT_EQ(receive_.used(), Network::max_waiting);
}

TEST_F(NetworkTest, FramesThatAreTooLongAreLost) {
  give_buffer();
  send(Network::max_frame_bytes + 1);
  EXPECT_EQ(sent_, 0);
  EXPECT_EQ(transmit_.used(), 1U);
  send(Network::max_frame_bytes);
  EXPECT_EQ(sent_, 1);
  EXPECT_EQ(receive_.used(), 1U);
}

TEST_F(NetworkTest, AFrameFromNowhereIsNotSent) {
  transmit_.send({{kSent, 12, 0, 0}, {0x4000'0000, 60, 0, 0}});
  EXPECT_EQ(sent_, 0);
  EXPECT_EQ(transmit_.used(), 1U);
  EXPECT_EQ(network_.fault(), nullptr);
}

TEST_F(NetworkTest, AFrameWithoutHeaderNeedsAReset) {
  transmit_.send({{kSent, 11, 0, 0}});
  EXPECT_NE(network_.fault(), nullptr);
}

TEST_F(NetworkTest, ABufferThatIsTooSmallNeedsAReset) {
  receive_.send({{kReceived, 71, write_flag, 0}});
  send(60);
  EXPECT_NE(network_.fault(), nullptr);
}

TEST_F(NetworkTest, WithoutADriverNothingIsReceived) {
  machine_.set_reg(0x70, 0);
  EXPECT_FALSE(network_.receive(EthernetFrame(60)));
}

}  // namespace
}  // namespace sc_memory::models::virtio
