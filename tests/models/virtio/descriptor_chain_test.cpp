// Streams over buffers, however they are cut.
#include "models/virtio/descriptor_chain.h"

#include <numeric>
#include <random>

#include "tests/models/virtio/guest_driver.h"
#include "tests/support/seed.h"

namespace sc_memory::models::virtio {
namespace {

using namespace test;

TEST(DescriptorChain, AStreamDoesNotCareHowBuffersAreCut) {
  std::mt19937_64 random(sc_memory::testing::seed());
  Machine machine;
  for (int round = 0; round < 200; ++round) {
    DescriptorChain chain;
    std::vector<std::uint8_t> expected;
    Address at = kRamBase;
    for (std::uint64_t buffers = random() % 8; buffers > 0; --buffers) {
      const auto length = static_cast<std::uint32_t>(random() % 100);  // 0 is a length too.
      for (std::uint32_t i = 0; i < length; ++i) {
        expected.push_back(static_cast<std::uint8_t>(random()));
        machine.store(at + i, expected.back());
      }
      chain.readable.push_back({at, length});
      chain.writable.push_back({at + 0x10'0000, length});
      at += length + random() % 50;
    }
    ChainReader reader(machine.memory, chain);
    ChainWriter writer(machine.memory, chain);
    ASSERT_EQ(reader.left(), expected.size());
    std::vector<std::uint8_t> bytes(expected.size());
    for (std::size_t done = 0; done < bytes.size();) {
      const std::size_t piece = std::min<std::size_t>(bytes.size() - done, 1 + random() % 60);
      ASSERT_EQ(reader.read(bytes.data() + done, piece), AccessResult::ok);
      ASSERT_EQ(writer.write(bytes.data() + done, piece), AccessResult::ok);
      done += piece;
    }
    EXPECT_EQ(bytes, expected);
    EXPECT_EQ(reader.left(), 0U);
    EXPECT_EQ(writer.left(), 0U);
    EXPECT_EQ(writer.written(), expected.size());
    DescriptorChain copied;
    copied.readable = chain.writable;
    std::vector<std::uint8_t> copy(expected.size());
    ChainReader(machine.memory, copied).read(copy.data(), copy.size());
    EXPECT_EQ(copy, expected);
  }
}

TEST(DescriptorChain, WhatIsNoMemoryIsSaidAndTheRestIsDone) {
  Machine machine;
  machine.store<std::uint32_t>(kRamBase, 0x11223344);
  DescriptorChain chain;
  chain.readable = {{0x4000'0000, 4}, {kRamBase, 4}, {~Address{0} - 1, 4}};
  ChainReader reader(machine.memory, chain);
  std::uint32_t words[3] = {1, 1, 1};
  EXPECT_NE(reader.read(words, sizeof words), AccessResult::ok);
  EXPECT_EQ(words[0], 0U);
  EXPECT_EQ(words[1], 0x11223344U);
  EXPECT_EQ(words[2], 0U);
}

TEST(DescriptorChain, OnlyWhatWasWrittenWithoutAGapCounts) {
  Machine machine;
  DescriptorChain chain;
  chain.writable = {{kRamBase, 10}, {kRamBase + 0x100, 10}};
  ChainWriter writer(machine.memory, chain);
  const std::uint8_t bytes[8] = {};
  writer.write(bytes, 8);
  writer.skip(0);
  writer.write(bytes, 4);
  EXPECT_EQ(writer.written(), 12U);
  writer.skip(4);
  writer.write(bytes, 4);
  EXPECT_EQ(writer.written(), 12U);
  EXPECT_EQ(writer.left(), 0U);
}

}  // namespace
}  // namespace sc_memory::models::virtio
