// When a region that serves one access at a time is busy.
//
// Initiators that run ahead of simulated time (temporal decoupling, IEEE 1666 10.3.3) ask in an order that is not that
// of their local times. An access takes its place among those already booked as if all had queued: from the moment it
// arrives on, what has not begun is ordered anew by the arbiter. An access that is pushed back by one that was booked
// after it has been told too short a delay; its initiator pays the difference with its next access, so that every
// initiator's sum is right.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include <systemc>

#include "sc_memory/tlm/arbiter.h"

namespace sc_memory {

/// Times are absolute. Initiators are told apart by Contender::index.
class TimeLine {
 public:
  /// Called when it becomes known that an access of `who` waits for `duration` while the region serves `behind`. What
  /// an initiator is found to owe is told of at once.
  using Waited = std::function<void(const Contender& who, const Contender& behind, const sc_core::sc_time& duration)>;

  explicit TimeLine(Waited waited = {}) : waited_(std::move(waited)) {}

  /// An access of `who` that arrives at `arrival`, not before the present time, and takes `service`. Returns when it
  /// ends.
  sc_core::sc_time book(Arbitration arbitration, const Contender& who, const sc_core::sc_time& arrival,
                        const sc_core::sc_time& service);

  /// The region is `who`'s from the present time on, for `service`; it is free now.
  void occupy(Arbitration arbitration, const Contender& who, const sc_core::sc_time& service);

  /// The first time, from the present one on, at which nothing that has begun keeps the region busy.
  sc_core::sc_time free_from();

  /// The state of the arbiter at the present time, for choosing who may occupy().
  Turn turn();

 private:
  using Ticks = std::uint64_t;  // sc_time::value()

  struct Booking {
    Contender who;
    Ticks arrival;
    Ticks start;
    Ticks end;
    Turn turn;  ///< After it was chosen.
  };

  /// Drops what has ended.
  void forget_past(Ticks now);
  /// The number of bookings that have begun at `time`, and so stay as they are.
  std::size_t begun_at(Ticks time) const;
  /// Orders everything from `position` on anew; `fresh` is one of those and has no place yet, or is null. Returns its
  /// end. What is pushed back waits behind `displacing`.
  Ticks order_anew(Arbitration arbitration, std::size_t position, const Booking* fresh, const Contender& displacing);
  Ticks& debt_of(const Contender& who);
  /// Tells whom an access waits for that has arrived and is served from `start` on.
  void tell_of_wait(const Contender& who, Ticks arrival, Ticks start) const;

  Waited waited_;
  std::deque<Booking> bookings_;  ///< By start; they do not overlap.
  Turn past_turn_;                ///< Of the last one that was dropped.
  std::vector<Ticks> debts_;      ///< By contender.
};

}  // namespace sc_memory
