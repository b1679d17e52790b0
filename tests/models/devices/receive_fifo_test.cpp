// The ring behind the UART's receiver, against a queue.
#include "models/devices/receive_fifo.h"

#include <deque>
#include <gtest/gtest.h>
#include <random>

#include "tests/models/devices/register_access.h"

namespace sc_memory::models {
namespace {

TEST(ReceiveFifo, BehavesAsAQueueOverManyTurns) {
  std::mt19937 random(test_seed());
  ReceiveFifo fifo;
  std::deque<ReceiveFifo::Entry> oracle;
  for (int i = 0; i < 10000; ++i) {
    if (random() % 2 == 0 && fifo.count() < ReceiveFifo::places) {
      const ReceiveFifo::Entry entry{static_cast<std::uint8_t>(random()), random() % 8 == 0};
      fifo.push(entry);
      oracle.push_back(entry);
      ASSERT_EQ(fifo.newest().byte, entry.byte);
    } else if (!fifo.empty()) {
      ASSERT_EQ(fifo.oldest().byte, oracle.front().byte);
      ASSERT_EQ(fifo.pop().is_break, oracle.front().is_break);
      oracle.pop_front();
    }
    if (random() % 500 == 0) {
      fifo.clear();
      oracle.clear();
    }
    bool any_break = false;
    for (const auto& entry : oracle) any_break = any_break || entry.is_break;
    ASSERT_EQ(fifo.any_break(), any_break);
    ASSERT_EQ(fifo.count(), oracle.size());
  }
}

}  // namespace
}  // namespace sc_memory::models
