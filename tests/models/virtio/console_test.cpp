// The line to the host, in both directions.
#include "models/virtio/console.h"

#include <gtest/gtest.h>

#include "tests/models/virtio/guest_driver.h"

namespace sc_memory::models::virtio {
namespace {

using namespace test;

constexpr Address kBuffer = kRamBase + 0x10000;

class ConsoleTest : public ::testing::Test {
 protected:
  ConsoleTest() {
    machine_.slot.plug(console_, machine_.memory);
    console_.set_transmit([this](std::uint8_t byte) { sent_ += static_cast<char>(byte); });
    start(machine_, {&input_, &output_});
  }
  void store(const std::string& text) { machine_.memory.write(kBuffer, text.data(), text.size()); }
  std::string load(std::uint32_t length) {
    std::string text(length, '\0');
    machine_.memory.read(kBuffer, text.data(), length);
    return text;
  }

  Console console_{"console"};
  Machine machine_;
  DriverQueue input_{machine_, 0, kRamBase};
  DriverQueue output_{machine_, 1, kRamBase + 0x4000};
  std::string sent_;
};

TEST_F(ConsoleTest, WhatTheGuestWritesIsSent) {
  const std::string text(1000, 'x');
  store("hello " + text);
  output_.send({{kBuffer, 6, 0, 0}, {kBuffer + 6, 1000, 0, 0}});
  EXPECT_EQ(sent_, "hello " + text);
  EXPECT_EQ(output_.used(), 1U);
  EXPECT_EQ(output_.used_length(0), 0U);
}

TEST_F(ConsoleTest, InputFillsTheBuffersThatWait) {
  input_.send({{kBuffer, 16, write_flag, 0}});
  EXPECT_EQ(input_.used(), 0U);
  EXPECT_TRUE(console_.receive('a'));
  EXPECT_EQ(input_.used(), 1U);
  EXPECT_EQ(input_.used_length(0), 1U);
  EXPECT_EQ(load(1), "a");
  EXPECT_TRUE(machine_.slot.interrupt().level());
}

TEST_F(ConsoleTest, InputWaitsForBuffers) {
  for (const char c : std::string("abcde")) EXPECT_TRUE(console_.receive(static_cast<std::uint8_t>(c)));
  input_.describe(0, {kBuffer, 3, write_flag, 0});
  input_.describe(1, {kBuffer + 3, 16, write_flag, 0});
  input_.offer(0);
  input_.offer(1);
  input_.notify();
  EXPECT_EQ(input_.used(), 2U);
  EXPECT_EQ(input_.used_length(0), 3U);
  EXPECT_EQ(input_.used_length(1), 2U);
  EXPECT_EQ(load(5), "abcde");
}

TEST_F(ConsoleTest, TooMuchInputIsLost) {
  for (std::size_t i = 0; i < Console::max_waiting; ++i) ASSERT_TRUE(console_.receive('x'));
  EXPECT_FALSE(console_.receive('x'));
}

TEST_F(ConsoleTest, TheEmergencyRegisterWritesWithoutQueues) {
  machine_.set_reg(0x70, 0);
  machine_.store<std::uint32_t>(kSlotBase + 0x108, '!');
  EXPECT_EQ(sent_, "!");
}

TEST_F(ConsoleTest, OutputBeyondAllMeasureNeedsAReset) {
  output_.send({{kRamBase, 0xffff'ffff, 0, 0}});
  EXPECT_NE(console_.fault(), nullptr);
  EXPECT_EQ(sent_, "");
}

TEST_F(ConsoleTest, ABufferForInputWithoutRoomNeedsAReset) {
  input_.send({{kBuffer, 16, 0, 0}});
  console_.receive('x');
  EXPECT_NE(console_.fault(), nullptr);
}

}  // namespace
}  // namespace sc_memory::models::virtio
