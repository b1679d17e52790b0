// Random numbers: from a seed the same each time, from the host not.
#include "models/virtio/entropy.h"

#include <gtest/gtest.h>

#include "tests/models/virtio/guest_driver.h"

namespace sc_memory::models::virtio {
namespace {

using namespace test;

constexpr Address kBuffer = kRamBase + 0x10000;

class EntropyTest : public ::testing::Test {
 protected:
  std::vector<std::uint8_t> numbers_of(Entropy& device, std::uint32_t count) {
    machine_.slot.plug(device, machine_.memory);
    DriverQueue queue(machine_, 0, kRamBase);
    start(machine_, {&queue});
    queue.send({{kBuffer, count, write_flag, 0}});
    EXPECT_EQ(queue.used(), 1U);
    std::vector<std::uint8_t> bytes(queue.used_length(0));
    machine_.memory.read(kBuffer, bytes.data(), bytes.size());
    return bytes;
  }

  Machine machine_;
};

TEST_F(EntropyTest, TheSameSeedGivesTheSameNumbers) {
  Entropy first("first", 42);
  Entropy second("second", 42);
  Entropy other("other", 43);
  const auto numbers = numbers_of(first, 1000);
  EXPECT_EQ(numbers.size(), 1000U);
  EXPECT_EQ(numbers_of(second, 1000), numbers);
  EXPECT_NE(numbers_of(other, 1000), numbers);
  EXPECT_NE(numbers_of(first, 1000), numbers);  // They go on.
}

TEST_F(EntropyTest, TheHostsNumbersDiffer) {
  Entropy device("device");
  const auto numbers = numbers_of(device, 1000);
  EXPECT_EQ(numbers.size(), 1000U);
  EXPECT_NE(numbers_of(device, 1000), numbers);
}

TEST_F(EntropyTest, ALargeBufferIsFilledInPart) {
  Entropy device("device", 1);
  EXPECT_EQ(numbers_of(device, 100'000).size(), Entropy::max_bytes);
  EXPECT_EQ(machine_.load<std::uint64_t>(kBuffer + Entropy::max_bytes), 0U);
}

TEST_F(EntropyTest, ABufferWithoutRoomNeedsAReset) {
  Entropy device("device", 1);
  machine_.slot.plug(device, machine_.memory);
  DriverQueue queue(machine_, 0, kRamBase);
  start(machine_, {&queue});
  queue.send({{kBuffer, 16, 0, 0}});
  EXPECT_NE(device.fault(), nullptr);
}

}  // namespace
}  // namespace sc_memory::models::virtio
