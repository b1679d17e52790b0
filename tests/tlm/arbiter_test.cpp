// Who is chosen, and what that makes of a region's time.
#include "sc_memory/tlm/arbiter.h"

#include <gmock/gmock.h>
#include <random>

#include "sc_memory/tlm/time_line.h"

#include "tests/support/seed.h"

namespace sc_memory::testing {
namespace {

using ::testing::ElementsAre;

/// The order in which contenders are served who always wait.
std::vector<std::size_t> order(Arbitration arbitration, const std::vector<Contender>& contenders, int count) {
  std::vector<const Contender*> waiting;
  for (const Contender& contender : contenders) waiting.push_back(&contender);
  std::vector<std::size_t> served;
  Turn turn;
  for (int i = 0; i < count; ++i) served.push_back(waiting[choose(arbitration, waiting, turn)]->index);
  return served;
}

TEST(Arbiter, FixedPriorityServesTheHighestAndAmongEqualsTheFirst) {
  EXPECT_THAT(order(Arbitration::fixed_priority, {{0, 1}, {1, 3}, {2, 3}}, 3), ElementsAre(1, 1, 1));
  EXPECT_THAT(order(Arbitration::fixed_priority, {{0, -1}, {1, -2}}, 1), ElementsAre(0));
}

TEST(Arbiter, RoundRobinServesEverybodyInTurn) {
  EXPECT_THAT(order(Arbitration::round_robin, {{2}, {0}, {5}}, 7), ElementsAre(0, 2, 5, 0, 2, 5, 0));
}

TEST(Arbiter, WeightsAreAccessesInARow) {
  EXPECT_THAT(order(Arbitration::weighted, {{0, 0, 3}, {1, 0, 1}, {2, 0, 2}}, 9),
              ElementsAre(0, 0, 0, 1, 2, 2, 0, 0, 0));
}

TEST(Arbiter, WhoDoesNotWaitLosesTheRestOfTheTurn) {
  const Contender heavy{0, 0, 3};
  const Contender light{1, 0, 1};
  Turn turn;
  EXPECT_EQ(choose(Arbitration::weighted, {&light, &heavy}, turn), 1u);
  EXPECT_EQ(choose(Arbitration::weighted, {&light}, turn), 0u);
  EXPECT_EQ(choose(Arbitration::weighted, {&light, &heavy}, turn), 1u);
  EXPECT_EQ(turn.left, 2u);
}

TEST(Arbiter, WithoutArbitrationWhoCameFirstIsFirst) {
  EXPECT_THAT(order(Arbitration::none, {{4}, {1, 9}}, 2), ElementsAre(4, 4));
}

sc_core::sc_time ns(double n) { return {n, sc_core::SC_NS}; }

TEST(TimeLine, AccessesOneAfterTheOther) {
  TimeLine line;
  const Contender a{0};
  const Contender b{1};
  EXPECT_EQ(line.book(Arbitration::round_robin, a, ns(0), ns(10)), ns(10));
  EXPECT_EQ(line.book(Arbitration::round_robin, b, ns(4), ns(10)), ns(20));
  EXPECT_EQ(line.book(Arbitration::round_robin, a, ns(50), ns(10)), ns(60));
  EXPECT_EQ(line.free_from(), ns(10));
}

TEST(TimeLine, AnEarlierAccessThatIsBookedLaterGoesFirst) {
  TimeLine line;
  const Contender a{0};
  const Contender b{1};
  line.book(Arbitration::round_robin, a, ns(0), ns(10));
  EXPECT_EQ(line.book(Arbitration::round_robin, a, ns(30), ns(10)), ns(40));
  // Fits into the gap.
  EXPECT_EQ(line.book(Arbitration::round_robin, b, ns(15), ns(10)), ns(25));
  // Reaches into the access at 30, which begins 5 later than its initiator was told.
  EXPECT_EQ(line.book(Arbitration::round_robin, b, ns(25), ns(10)), ns(35));
  // So this one, which would have begun at 40, arrives at 45.
  EXPECT_EQ(line.book(Arbitration::round_robin, a, ns(40), ns(10)), ns(55));
}

TEST(TimeLine, WhatHasBegunIsNotInterruptedButWhatWaitsIsOvertaken) {
  TimeLine line;
  const Contender low{0, 0};
  const Contender high{1, 5};
  const Contender middle{2, 3};
  EXPECT_EQ(line.book(Arbitration::fixed_priority, low, ns(0), ns(10)), ns(10));
  EXPECT_EQ(line.book(Arbitration::fixed_priority, middle, ns(1), ns(10)), ns(20));
  EXPECT_EQ(line.book(Arbitration::fixed_priority, high, ns(2), ns(10)), ns(20));
  EXPECT_EQ(line.book(Arbitration::fixed_priority, low, ns(10), ns(10)), ns(40));
  // `middle` was told 20 and ended at 30: it pays 10 with its next access.
  EXPECT_EQ(line.book(Arbitration::fixed_priority, middle, ns(100), ns(10)), ns(120));
}

TEST(TimeLine, AnInitiatorThatRunsAheadPaysForEachAccessThatCameBetween) {
  TimeLine line;
  const Contender ahead{0};
  const Contender other{1};
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(line.book(Arbitration::round_robin, ahead, ns(10 * i), ns(10)), ns(10 * i + 10));
  // One access among the ten: all that follow are late by 10, but each has been waiting for the one before.
  EXPECT_EQ(line.book(Arbitration::round_robin, other, ns(15), ns(10)), ns(30));
  EXPECT_EQ(line.book(Arbitration::round_robin, ahead, ns(100), ns(10)), ns(120));
}

/// A queue that is played in the order of time, with an initiator that has one access at a time: what the annotated
/// delays must add up to.
struct Request {
  Contender who;
  double arrival;
};

TEST(TimeLine, IsTheSameAsAQueueForAccessesThatComeInOrder) {
  std::mt19937_64 random(seed());
  for (const Arbitration arbitration : {Arbitration::fixed_priority, Arbitration::round_robin, Arbitration::weighted}) {
    for (int run = 0; run < steps(200); ++run) {
      // All arrive before the first is done: the arbiter alone decides.
      std::vector<Request> requests;
      const auto count = 1 + random() % 6;
      for (std::size_t i = 0; i < count; ++i)
        requests.push_back(
            {{i, static_cast<int>(random() % 3), static_cast<unsigned>(1 + random() % 3)}, static_cast<double>(i)});
      TimeLine line;
      std::vector<sc_core::sc_time> told(count);
      for (const Request& request : requests)
        told[request.who.index] = line.book(arbitration, request.who, ns(request.arrival), ns(20));
      std::vector<const Contender*> waiting;
      for (std::size_t i = 1; i < count; ++i) waiting.push_back(&requests[i].who);
      Turn turn;
      choose(arbitration, {&requests[0].who}, turn);
      for (double end = 40; !waiting.empty(); end += 20) {
        const std::size_t chosen = choose(arbitration, waiting, turn);
        const Contender& who = *waiting[chosen];
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(chosen));
        // What was told, and what is paid later.
        const sc_core::sc_time paid = line.book(arbitration, who, ns(1000 + 100 * end), ns(20)) - ns(1020 + 100 * end);
        EXPECT_EQ(told[who.index] + paid, ns(end)) << "contender " << who.index << " of " << count;
      }
    }
  }
}

}  // namespace
}  // namespace sc_memory::testing
