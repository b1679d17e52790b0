// When a region that serves one access at a time is busy.
//
// Initiators that run ahead of simulated time (temporal decoupling, IEEE 1666 10.3.3) ask in an order that is not that
// of their local times. An access takes its place among those already booked as if all had queued: from the moment it
// arrives on, what has not begun is ordered anew by the arbiter. An access that is pushed back by one that was booked
// after it has been told too short a delay; its initiator pays the difference with its next access, so that every
// initiator's sum is right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <systemc>

#include "sc_memory/tlm/arbiter.h"
#include "sc_memory/tlm/bookings.h"

namespace sc_memory {

/// Times are absolute. Initiators are told apart by Contender::index.
class TimeLine {
 public:
  /// Called when it becomes known that an access of `who` waits for `duration` while the region serves `behind`. What
  /// an initiator is found to owe is told of at once.
  using Waited = std::function<void(const Contender& who, const Contender& behind, const sc_core::sc_time& duration)>;

  explicit TimeLine(Waited waited = {});
  TimeLine(const TimeLine&) = delete;
  TimeLine& operator=(const TimeLine&) = delete;
  ~TimeLine();

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

  /// What an arbiter goes on from.
  struct State {
    Ticks free;  ///< From when on.
    Turn turn;
  };
  class Reordering;

  /// Drops what has ended.
  void forget_past(Ticks now);
  /// After what lies before `place`.
  State state_before(const Bookings::Place& place) const;
  /// Orders what waits from `place` on anew. It was in order after `before`, and now either `fresh` is one of those, or
  /// the region is taken up to where state_before(place) says. Returns the end of `fresh`. What is pushed back waits
  /// behind `displacing`.
  Ticks order_anew(Arbitration arbitration, const Bookings::Place& place, const State& before,
                   const std::optional<Booking>& fresh, const Contender& displacing);
  void note_wait(const Booking& booking);
  void set_unsettled(Booking& booking, bool unsettled);
  /// `fresh`, which goes to `place`, arrives when something begins, and is too late for it. If it had been known then,
  /// the choice may have been another one: it is made again when something earlier joins.
  void note_tie(Arbitration arbitration, Bookings::Place place, const Booking& fresh);
  Ticks& debt_of(const Contender& who);
  /// Tells whom an access waits for that has arrived and is served from `start` on.
  void tell_of_wait(const Contender& who, Ticks arrival, Ticks start) const;

  Waited waited_;
  Bookings bookings_;                       ///< They do not overlap.
  Ticks longest_wait_ = 0;                  ///< No booking waits longer from its arrival to its start.
  std::size_t unsettled_ = 0;               ///< How many of them are.
  Turn past_turn_;                          ///< Of the last one that was dropped.
  std::vector<Ticks> debts_;                ///< By contender.
  std::unique_ptr<Reordering> reordering_;  ///< Kept for its memory.
};

}  // namespace sc_memory
