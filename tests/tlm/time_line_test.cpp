// The time line against a queue that is played again from the begin of what waits, with everything in one list.
#include "sc_memory/tlm/time_line.h"

#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/support/seed.h"

namespace sc_memory::testing {
namespace {

using Ticks = std::uint64_t;
using Waits = std::vector<std::tuple<std::size_t, std::size_t, Ticks>>;  // Who, behind whom, how long.

/// Says what the time line says, without being quick about it.
class PlayedAgain {
 public:
  Ticks book(Arbitration arbitration, const Contender& who, Ticks arrival, Ticks service) {
    arrival += std::exchange(debts_[who.index], 0);
    const auto waits = std::stable_partition(all_.begin(), all_.end(),
                                             [&](const Booking& booking) { return booking.start <= arrival; });
    std::vector<Booking> waiting(waits, all_.end());
    all_.erase(waits, all_.end());
    waiting.push_back({who, arrival, arrival, arrival + service, {}});
    const Ticks end = play(arbitration, waiting, waiting.size() - 1, who);
    tell_of_wait(who, arrival, end - service);
    return end;
  }

  Waits told;

 private:
  Ticks play(Arbitration arbitration, const std::vector<Booking>& waiting, std::size_t fresh, const Contender& who) {
    std::array<Ticks, 8> shifts{};
    std::vector<bool> played(waiting.size(), false);
    Ticks fresh_end = 0;
    const auto arrival = [&](std::size_t i) { return waiting[i].arrival + shifts[waiting[i].who.index]; };
    for (std::size_t count = 0; count < waiting.size(); ++count) {
      Ticks time = UINT64_MAX;
      for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (!played[i]) time = std::min(time, arrival(i));
      }
      if (!all_.empty()) time = std::max(time, all_.back().end);
      std::vector<std::size_t> here;
      for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (!played[i] && arrival(i) <= time) here.push_back(i);
      }
      std::stable_sort(here.begin(), here.end(), [&](std::size_t a, std::size_t b) { return arrival(a) < arrival(b); });
      std::vector<const Contender*> contenders;
      for (const std::size_t i : here) contenders.push_back(&waiting[i].who);
      Turn turn = all_.empty() ? Turn{} : all_.back().turn;
      const std::size_t chosen = here[choose(arbitration, contenders, turn)];
      const Booking& old = waiting[chosen];
      const Ticks end = time + (old.end - old.start);
      all_.push_back({old.who, arrival(chosen), time, end, turn});
      played[chosen] = true;
      if (chosen == fresh)
        fresh_end = end;
      else
        shifts[old.who.index] = end > old.end ? end - old.end : 0;
    }
    for (std::size_t i = 0; i < shifts.size(); ++i) {
      debts_[i] += shifts[i];
      if (shifts[i] != 0) told.emplace_back(i, who.index, shifts[i]);
    }
    return fresh_end;
  }

  void tell_of_wait(const Contender& who, Ticks arrival, Ticks start) {
    for (const Booking& booking : all_) {
      const Ticks from = std::max(arrival, booking.start);
      const Ticks to = std::min(start, booking.end);
      if (from < to) told.emplace_back(who.index, booking.who.index, to - from);
    }
  }

  std::vector<Booking> all_;
  std::array<Ticks, 8> debts_{};
};

struct Load {
  Arbitration arbitration;
  Ticks most_pause;  ///< Between the accesses of an initiator.
};

class TimeLineUnderLoad : public ::testing::TestWithParam<Load> {};
INSTANTIATE_TEST_SUITE_P(Loads, TimeLineUnderLoad,
                         ::testing::Values(Load{Arbitration::fixed_priority, 0}, Load{Arbitration::fixed_priority, 70},
                                           Load{Arbitration::round_robin, 0}, Load{Arbitration::round_robin, 30},
                                           Load{Arbitration::round_robin, 200}, Load{Arbitration::weighted, 30},
                                           Load{Arbitration::weighted, 0}));

// Initiators run ahead one after the other, each by a quantum, so that all but the first find their places among what
// is booked already; no more than are followed when one is pushed back.
TEST_P(TimeLineUnderLoad, SaysWhatAQueueThatIsPlayedAgainSays) {
  const Load load = GetParam();
  std::mt19937_64 random(seed());
  for (int run = 0; run < steps(100); ++run) {
    Waits told;
    TimeLine line([&](const Contender& who, const Contender& behind, const sc_core::sc_time& duration) {
      told.emplace_back(who.index, behind.index, duration.value());
    });
    PlayedAgain expected;
    const std::size_t initiators = 2 + random() % 4;
    const std::size_t accesses = 60 / initiators;
    for (std::size_t i = 0; i < initiators; ++i) {
      const Contender who{i, static_cast<int>(random() % 3), static_cast<unsigned>(1 + random() % 3)};
      Ticks local = random() % 50;
      for (std::size_t access = 0; access < accesses; ++access) {
        const Ticks service = 1 + random() % 20;
        const Ticks end = expected.book(load.arbitration, who, local, service);
        const sc_core::sc_time said = line.book(load.arbitration, who, sc_core::sc_time::from_value(local),
                                                sc_core::sc_time::from_value(service));
        ASSERT_EQ(said.value(), end) << "run " << run << ", initiator " << i << ", access " << access;
        local = end + random() % (load.most_pause + 1);
      }
      ASSERT_EQ(told, expected.told) << "run " << run << ", initiator " << i;
    }
  }
}

// Far more than a block holds; an initiator that pauses leaves room for everybody.
TEST(TimeLine, HoldsALongQuantumOfManyInitiators) {
  TimeLine line;
  const sc_core::sc_time service{10, sc_core::SC_NS};
  const std::uint64_t accesses = 5000;
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::uint64_t access = 0; access < accesses; ++access) {
      const sc_core::sc_time arrival = service * static_cast<double>(4 * access + i);
      ASSERT_EQ(line.book(Arbitration::round_robin, {i}, arrival, service), arrival + service) << i << ' ' << access;
    }
  }
  // Full now: one more has its turn after the others.
  EXPECT_EQ(line.book(Arbitration::round_robin, {4}, service * 1000.5, service), service * 1005);
}

}  // namespace
}  // namespace sc_memory::testing
