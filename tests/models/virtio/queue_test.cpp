// The split virtqueue by itself: rings as the specification has them, and rings as no driver should make them.
#include "models/virtio/queue.h"

#include <gmock/gmock.h>
#include <random>

#include "tests/models/virtio/guest_driver.h"
#include "tests/support/seed.h"

namespace sc_memory::models::virtio {
namespace {

using namespace test;

class QueueTest : public ::testing::Test {
 protected:
  void enable(const QueueFeatures& features = {}) {
    queue_.layout = {16, rings_.descriptor_area(), rings_.driver_area(), rings_.device_area()};
    queue_.enable(machine_.memory, features);
  }
  void expect_fault(const char* words) {
    EXPECT_EQ(queue_.pop(), std::nullopt);
    ASSERT_NE(queue_.fault(), nullptr);
    EXPECT_THAT(queue_.fault(), ::testing::HasSubstr(words));
    // From here on it stands still.
    queue_.push({}, 0);
    EXPECT_EQ(rings_.used(), 0U);
    EXPECT_FALSE(queue_.wants_interrupt());
  }
  std::uint16_t event_index() { return rings_.avail_event(); }

  Machine machine_;
  DriverQueue rings_{machine_, 0, kRamBase};
  Queue queue_{64};
};

bool operator==(const GuestBuffer& a, const GuestBuffer& b) { return a.address == b.address && a.length == b.length; }

TEST_F(QueueTest, AChainComesOutAsItWentIn) {
  enable();
  EXPECT_EQ(queue_.pop(), std::nullopt);
  rings_.describe(3, {0x1000, 16, next_flag, 7});
  rings_.describe(7, {0x2000, 32, next_flag | write_flag, 1});
  rings_.describe(1, {0x3000, 1, write_flag, 0});
  rings_.offer(3);
  const auto chain = queue_.pop();
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->head, 3U);
  ASSERT_EQ(chain->readable.size(), 1U);
  ASSERT_EQ(chain->writable.size(), 2U);
  EXPECT_TRUE(chain->readable[0] == (GuestBuffer{0x1000, 16}));
  EXPECT_TRUE(chain->writable[0] == (GuestBuffer{0x2000, 32}));
  EXPECT_TRUE(chain->writable[1] == (GuestBuffer{0x3000, 1}));
  EXPECT_EQ(queue_.pop(), std::nullopt);

  queue_.push(*chain, 33);
  EXPECT_EQ(rings_.used(), 1U);
  EXPECT_EQ(rings_.used_head(0), 3U);
  EXPECT_EQ(rings_.used_length(0), 33U);
  EXPECT_EQ(queue_.fault(), nullptr);
}

TEST_F(QueueTest, IndicesCountOnBeyondTheRingAndBeyondSixteenBits) {
  enable();
  rings_.describe(0, {0x1000, 1, write_flag, 0});
  for (std::uint32_t i = 0; i < 70000; ++i) {
    rings_.offer(0);
    const auto chain = queue_.pop();
    ASSERT_TRUE(chain) << i;
    queue_.push(*chain, i);
    ASSERT_EQ(rings_.used(), static_cast<std::uint16_t>(i + 1));
    ASSERT_EQ(rings_.used_length(static_cast<std::uint16_t>(i)), i);
  }
}

TEST_F(QueueTest, AnIndirectTableStandsForItsDescriptors) {
  enable({true, false});
  machine_.store<Descriptor>(kRamBase + 0x8000, {0x1000, 16, next_flag, 2});
  machine_.store<Descriptor>(kRamBase + 0x8020, {0x2000, 4, write_flag, 0});
  rings_.describe(5, {kRamBase + 0x8000, 48, indirect_flag, 0});
  rings_.offer(5);
  const auto chain = queue_.pop();
  ASSERT_TRUE(chain) << queue_.fault();
  EXPECT_EQ(chain->head, 5U);
  EXPECT_EQ(chain->readable.size(), 1U);
  EXPECT_EQ(chain->writable.size(), 1U);
}

TEST_F(QueueTest, ALoopIsAFault) {
  enable();
  rings_.describe(0, {0x1000, 16, next_flag, 1});
  rings_.describe(1, {0x1000, 16, next_flag, 0});
  rings_.offer(0);
  expect_fault("endless");
}

TEST_F(QueueTest, NumbersOutOfRangeAreFaults) {
  enable();
  rings_.offer(16);
  expect_fault("out of range");
}

TEST_F(QueueTest, ANextOutOfRangeIsAFault) {
  enable();
  rings_.describe(0, {0x1000, 16, next_flag, 0xffff});
  rings_.offer(0);
  expect_fault("out of range");
}

TEST_F(QueueTest, MoreAvailableThanThereAreDescriptorsIsAFault) {
  enable();
  rings_.set_available(17);
  expect_fault("more chains");
}

TEST_F(QueueTest, ABufferToReadBehindOneToWriteIsAFault) {
  enable();
  rings_.describe(0, {0x1000, 16, next_flag | write_flag, 1});
  rings_.describe(1, {0x1000, 16, 0, 0});
  rings_.offer(0);
  expect_fault("follows one to write");
}

TEST_F(QueueTest, WrongIndirectTablesAreFaults) {
  struct Case {
    const char* words;
    bool negotiated;
    Descriptor descriptor;
    Descriptor entry;
  };
  const Address table = kRamBase + 0x8000;
  const Case cases[] = {
      {"not negotiated", false, {table, 16, indirect_flag, 0}, {}},
      {"goes on", true, {table, 16, indirect_flag | next_flag, 1}, {}},
      {"length", true, {table, 0, indirect_flag, 0}, {}},
      {"length", true, {table, 17, indirect_flag, 0}, {}},
      {"no memory", true, {0x4000'0000, 16, indirect_flag, 0}, {}},
      {"no memory", true, {UINT64_MAX - 7, 16, indirect_flag, 0}, {}},
      {"holds an indirect", true, {table, 16, indirect_flag, 0}, {table, 16, indirect_flag, 0}},
      {"out of range", true, {table, 16, indirect_flag, 0}, {0x1000, 16, next_flag, 1}},
      {"endless", true, {table, 16, indirect_flag, 0}, {0x1000, 16, next_flag, 0}},
  };
  for (const Case& wrong : cases) {
    SCOPED_TRACE(wrong.words);
    queue_.reset();
    rings_.set_available(0);
    enable({wrong.negotiated, false});
    rings_.describe(0, wrong.descriptor);
    machine_.store(table, wrong.entry);
    rings_.offer(0);
    expect_fault(wrong.words);
  }
}

TEST_F(QueueTest, LayoutsThatCannotBeAreFaults) {
  const QueueLayout good{16, rings_.descriptor_area(), rings_.driver_area(), rings_.device_area()};
  const auto faults = [&](const QueueLayout& layout) {
    queue_.reset();
    queue_.layout = layout;
    queue_.enable(machine_.memory, {});
    return queue_.fault() != nullptr;
  };
  EXPECT_FALSE(faults(good));
  for (const std::uint16_t size : {0, 3, 17, 128, 32768}) {
    QueueLayout wrong = good;
    wrong.size = size;
    EXPECT_TRUE(faults(wrong)) << size;
  }
  QueueLayout wrong = good;
  wrong.descriptor_area += 8;
  EXPECT_TRUE(faults(wrong));
  wrong = good;
  wrong.driver_area += 1;
  EXPECT_TRUE(faults(wrong));
  wrong = good;
  wrong.device_area += 2;
  EXPECT_TRUE(faults(wrong));
}

TEST_F(QueueTest, RingsWhereThereIsNoMemoryAreAFault) {
  for (const Address nowhere : {Address{0x4000'0000}, Address{0}, ~Address{0} - 15, kRamBase + kRamBytes}) {
    for (int area = 0; area < 3; ++area) {
      SCOPED_TRACE(::testing::Message() << std::hex << nowhere << " area " << area);
      queue_.reset();
      rings_.set_available(0);
      queue_.layout = {16, rings_.descriptor_area(), rings_.driver_area(), rings_.device_area()};
      (area == 0   ? queue_.layout.descriptor_area
       : area == 1 ? queue_.layout.driver_area
                   : queue_.layout.device_area) = nowhere;
      queue_.enable(machine_.memory, {false, true});
      rings_.describe(15, {0x1000, 16, 0, 0});
      for (int i = 0; i < 3; ++i) rings_.offer(15);
      for (int i = 0; i < 4; ++i) {
        if (const auto chain = queue_.pop()) queue_.push(*chain, 0);
      }
      ASSERT_NE(queue_.fault(), nullptr);
      EXPECT_THAT(queue_.fault(), ::testing::HasSubstr("no memory"));
    }
  }
}

TEST_F(QueueTest, TheDriverCanDoWithoutInterrupts) {
  enable();
  rings_.describe(0, {0x1000, 1, write_flag, 0});
  EXPECT_FALSE(queue_.wants_interrupt());
  rings_.offer(0);
  queue_.push(*queue_.pop(), 1);
  EXPECT_TRUE(queue_.wants_interrupt());
  EXPECT_FALSE(queue_.wants_interrupt());
  rings_.set_flags(1);
  rings_.offer(0);
  queue_.push(*queue_.pop(), 1);
  EXPECT_FALSE(queue_.wants_interrupt());
}

TEST_F(QueueTest, EventIndicesSayWhenToSpeak) {
  enable({false, true});
  rings_.describe(0, {0x1000, 1, write_flag, 0});
  const auto pass = [&](int chains) {
    for (int i = 0; i < chains; ++i) rings_.offer(0);
    while (const auto chain = queue_.pop()) queue_.push(*chain, 1);
    return queue_.wants_interrupt();
  };
  rings_.set_used_event(2);  // Of the third.
  EXPECT_FALSE(pass(2));
  EXPECT_EQ(event_index(), 2U);
  EXPECT_TRUE(pass(1));
  EXPECT_EQ(event_index(), 3U);
  EXPECT_FALSE(pass(1));
  rings_.set_used_event(5);
  EXPECT_TRUE(pass(8));
  rings_.set_flags(1);  // Of no meaning with event indices.
  rings_.set_used_event(12);
  EXPECT_TRUE(pass(1));
}

TEST_F(QueueTest, AQueueCanBeMovedBetweenTwoLives) {
  enable();
  rings_.describe(0, {0x1000, 1, 0, 0});
  rings_.offer(0);
  ASSERT_TRUE(queue_.pop());
  queue_.reset();
  EXPECT_FALSE(queue_.enabled());
  EXPECT_EQ(queue_.pop(), std::nullopt);
  EXPECT_EQ(queue_.layout.size, 64U);

  DriverQueue others(machine_, 0, kRamBase + 0x10000);
  queue_.layout = {16, others.descriptor_area(), others.driver_area(), others.device_area()};
  queue_.enable(machine_.memory, {});
  EXPECT_EQ(queue_.pop(), std::nullopt);
  others.describe(9, {0x2000, 1, 0, 0});
  others.offer(9);
  const auto chain = queue_.pop();
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->head, 9U);
}

TEST_F(QueueTest, RandomRingsNeverHarmAnybody) {
  std::mt19937_64 random(sc_memory::testing::seed());
  const int steps = sc_memory::testing::steps(20000);
  int chains = 0;
  int faults = 0;
  for (int i = 0; i < steps; ++i) {
    if (!queue_.enabled() || queue_.fault() != nullptr) {
      queue_.reset();
      rings_.set_available(0);
      enable({random() % 2 == 0, random() % 2 == 0});
    }
    const auto flags = static_cast<std::uint16_t>(random() % 8 == 0 ? random() : random() % 4);
    const auto next = static_cast<std::uint16_t>(random() % 64 == 0 ? random() : random() % 16);
    const Address address = random() % 2 == 0 ? rings_.descriptor_area() + random() % 0x4000 : random();
    rings_.describe(static_cast<std::uint16_t>(random() % 16),
                    {address, static_cast<std::uint32_t>(random() >> (32 + random() % 32)), flags, next});
    rings_.offer(static_cast<std::uint16_t>(random() % 64 == 0 ? random() : random() % 16));
    while (const auto chain = queue_.pop()) {
      ++chains;
      EXPECT_LE(chain->readable.size() + chain->writable.size(), Queue::kMaxChain);
      queue_.push(*chain, static_cast<std::uint32_t>(random()));
    }
    queue_.wants_interrupt();
    faults += queue_.fault() != nullptr ? 1 : 0;
  }
  // Both ways were gone.
  EXPECT_GT(chains, steps / 100);
  EXPECT_GT(faults, steps / 100);
}

}  // namespace
}  // namespace sc_memory::models::virtio
