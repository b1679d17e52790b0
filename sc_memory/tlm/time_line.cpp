// The queue of a region, played again from the point where somebody joins it.
#include "sc_memory/tlm/time_line.h"

#include <algorithm>

namespace sc_memory {

namespace {

/// How many bookings one more access may push around. Beyond, what it displaced is not followed further: this bounds
/// the work of an access when somebody has booked a long stretch ahead.
constexpr std::size_t kReordered = 64;

std::uint64_t now_ticks() { return sc_core::sc_time_stamp().value(); }

}  // namespace

void TimeLine::forget_past(Ticks now) {
  while (!bookings_.empty() && bookings_.front().end <= now) {
    past_turn_ = bookings_.front().turn;
    bookings_.pop_front();
  }
}

std::size_t TimeLine::begun_at(Ticks time) const {
  const auto waiting = std::upper_bound(bookings_.begin(), bookings_.end(), time,
                                        [](Ticks at, const Booking& booking) { return at < booking.start; });
  return static_cast<std::size_t>(waiting - bookings_.begin());
}

TimeLine::Ticks& TimeLine::debt_of(const Contender& who) {
  if (who.index >= debts_.size()) debts_.resize(who.index + 1, 0);
  return debts_[who.index];
}

sc_core::sc_time TimeLine::book(Arbitration arbitration, const Contender& who, const sc_core::sc_time& arrival,
                                const sc_core::sc_time& service) {
  forget_past(now_ticks());
  Ticks& debt = debt_of(who);
  const Ticks arrives = arrival.value() + debt;
  debt = 0;
  Booking fresh{who, arrives, arrives, arrives + service.value(), {}};
  const std::size_t position = begun_at(arrives);
  if (position < bookings_.size()) {
    const Ticks end = order_anew(arbitration, position, &fresh, who);
    tell_of_wait(who, arrives, end - service.value());
    return sc_core::sc_time::from_value(end);
  }
  // Nobody else is waiting then.
  fresh.start = position > 0 ? std::max(arrives, bookings_.back().end) : arrives;
  fresh.end = fresh.start + service.value();
  fresh.turn = position > 0 ? bookings_.back().turn : past_turn_;
  choose(arbitration, {&fresh.who}, fresh.turn);
  tell_of_wait(who, arrives, fresh.start);
  bookings_.push_back(fresh);
  return sc_core::sc_time::from_value(fresh.end);
}

void TimeLine::occupy(Arbitration arbitration, const Contender& who, const sc_core::sc_time& service) {
  const Ticks now = now_ticks();
  forget_past(now);
  const std::size_t position = begun_at(now);
  Booking booking{who, now, now, now + service.value(), turn()};
  choose(arbitration, {&booking.who}, booking.turn);
  bookings_.insert(bookings_.begin() + static_cast<std::ptrdiff_t>(position), booking);
  order_anew(arbitration, position + 1, nullptr, who);
}

sc_core::sc_time TimeLine::free_from() {
  const Ticks now = now_ticks();
  forget_past(now);
  const std::size_t begun = begun_at(now);
  return sc_core::sc_time::from_value(begun > 0 ? bookings_[begun - 1].end : now);
}

Turn TimeLine::turn() {
  const std::size_t begun = begun_at(now_ticks());
  return begun > 0 ? bookings_[begun - 1].turn : past_turn_;
}

void TimeLine::tell_of_wait(const Contender& who, Ticks arrival, Ticks start) const {
  if (!waited_ || start == arrival) return;
  for (const Booking& booking : bookings_) {
    const Ticks from = std::max(arrival, booking.start);
    const Ticks to = std::min(start, booking.end);
    if (from < to) waited_(who, booking.who, sc_core::sc_time::from_value(to - from));
  }
}

TimeLine::Ticks TimeLine::order_anew(Arbitration arbitration, std::size_t position, const Booking* fresh,
                                     const Contender& displacing) {
  const auto first = bookings_.begin() + static_cast<std::ptrdiff_t>(position);
  const auto last = first + static_cast<std::ptrdiff_t>(std::min<std::size_t>(kReordered, bookings_.size() - position));
  std::vector<Booking> waiting(first, last);
  std::vector<Ticks> shifts(debts_.size(), 0);
  if (fresh != nullptr) waiting.push_back(*fresh);
  Ticks free = position > 0 ? bookings_[position - 1].end : 0;
  Turn turn = position > 0 ? bookings_[position - 1].turn : past_turn_;
  bool fresh_waits = fresh != nullptr;
  Ticks fresh_end = 0;

  std::vector<Booking> ordered;
  while (!waiting.empty()) {
    const auto arrival = [&](const Booking& booking) { return booking.arrival + shifts[booking.who.index]; };
    Ticks time = UINT64_MAX;
    for (const Booking& booking : waiting) time = std::min(time, arrival(booking));
    time = std::max(time, free);
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < waiting.size(); ++i)
      if (arrival(waiting[i]) <= time) positions.push_back(i);
    std::stable_sort(positions.begin(), positions.end(),
                     [&](std::size_t a, std::size_t b) { return arrival(waiting[a]) < arrival(waiting[b]); });
    std::vector<const Contender*> contenders;
    for (const std::size_t i : positions) contenders.push_back(&waiting[i].who);
    const std::size_t chosen = positions[choose(arbitration, contenders, turn)];

    const bool is_fresh = fresh_waits && chosen + 1 == waiting.size();
    Booking booking = waiting[chosen];
    waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(chosen));
    const Ticks old_end = booking.end;
    booking.arrival = arrival(booking);
    booking.end = time + (booking.end - booking.start);
    booking.start = time;
    booking.turn = turn;
    free = booking.end;
    if (is_fresh) {
      fresh_end = booking.end;
      fresh_waits = false;
    } else {
      shifts[booking.who.index] = booking.end > old_end ? booking.end - old_end : 0;
    }
    ordered.push_back(booking);
  }
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    debts_[i] += shifts[i];
    if (waited_ && shifts[i] != 0) waited_({i}, displacing, sc_core::sc_time::from_value(shifts[i]));
  }
  const auto rest = bookings_.erase(first, last);
  bookings_.insert(rest, ordered.begin(), ordered.end());
  return fresh_end;
}

}  // namespace sc_memory
