// The queue of a region, played again from the point where somebody joins it, up to where nothing is different any
// more.
#include "sc_memory/tlm/time_line.h"

#include <algorithm>
#include <utility>

namespace sc_memory {

namespace {

/// How many bookings one more access may push around. Beyond, what it displaced is not followed further: this bounds
/// the work of an access when somebody has booked a long stretch ahead.
constexpr std::size_t kReordered = 64;

std::uint64_t now_ticks() { return sc_core::sc_time_stamp().value(); }

}  // namespace

/// The bookings that wait from a place on, and an access that joins them, chosen one after the other. In the order in
/// which they are chosen they go back to the same places.
class TimeLine::Reordering {
 public:
  explicit Reordering(TimeLine& line) : line_(line) {}

  /// Until all are chosen, or the rest is in order as it is: it was, after `before`.
  void run(Arbitration arbitration, const Bookings::Place& place, State before, const std::optional<Booking>& fresh) {
    start(place, fresh);
    while (!is_done(before)) {
      const Ticks time = next_time();
      find_candidates(time);
      const std::size_t chosen = candidates_[choose(arbitration, contenders_, state_.turn)].index;
      serve(chosen, time);
      // What it was to go on from after as many bookings.
      for (; first_ < waiting_.size() && waiting_[first_].chosen; ++first_)
        before = {waiting_[first_].booking->end, waiting_[first_].booking->turn};
    }
    if (first_ != waiting_.size() || line_.bookings_.is_end(behind_)) return;
    Booking& next = line_.bookings_[behind_];
    line_.set_unsettled(next, !is_in_order(next, before));
  }

  /// In their new order. As many as there were, and the fresh one.
  const std::vector<Booking>& ordered() const { return ordered_; }
  Ticks fresh_end() const { return fresh_end_; }
  /// By contender: how much later the last of his bookings ends.
  const std::vector<Ticks>& shifts() const { return shifts_; }

 private:
  struct Waiting {
    const Booking* booking;
    Ticks least_start;  ///< Of it and those behind.
    bool chosen;
  };
  static constexpr std::size_t kFresh = SIZE_MAX;
  struct Candidate {
    Ticks arrival;
    std::size_t index;  ///< In waiting_, or kFresh.
  };

  void start(const Bookings::Place& place, const std::optional<Booking>& fresh) {
    waiting_.clear();
    ordered_.clear();
    fresh_ = fresh;
    state_ = line_.state_before(place);
    first_ = chosen_ = settled_from_ = 0;
    shifts_.assign(line_.debts_.size(), 0);
    shifted_ = 0;
    behind_ = place;
    // Where nothing is unsettled, starts ascend, and what is not looked at need not be taken along.
    if (line_.unsettled_ == 0) return;
    while (take_next()) {
    }
    Ticks least = UINT64_MAX;
    for (auto waiting = waiting_.rbegin(); waiting != waiting_.rend(); ++waiting)
      waiting->least_start = least = std::min(least, waiting->least_start);
  }

  /// Takes along one more that waits; false if there are none.
  bool take_next() {
    if (waiting_.size() == kReordered || line_.bookings_.is_end(behind_)) return false;
    const Booking& booking = line_.bookings_[behind_];
    behind_ = line_.bookings_.next(behind_);
    waiting_.push_back({&booking, booking.start, false});
    if (booking.unsettled) settled_from_ = waiting_.size();
    return true;
  }
  bool has(std::size_t index) { return index < waiting_.size() || take_next(); }

  bool is_done(const State& before) {
    if (fresh_) return false;
    if (!has(first_)) return true;
    return chosen_ == first_ && first_ >= settled_from_ && is_in_order(*waiting_[first_].booking, before);
  }

  /// Whether `next`, which was chosen after `before`, would be again, and at the same time.
  bool is_in_order(const Booking& next, const State& before) const {
    if (shifted_ != 0 || !(state_.turn == before.turn)) return false;
    // It starts when the region becomes free, as it did, or when it arrives.
    return state_.free == before.free || (next.start > before.free && next.start >= state_.free);
  }

  Ticks arrival_of(const Booking& booking) const { return booking.arrival + shifts_[booking.who.index]; }

  /// Calls `visit` with each that may have arrived by `time`, which it may make earlier. None has waited for longer
  /// than the longest wait, so that whoever starts later arrives later.
  template <typename Visit>
  void visit_arrived(const Ticks& time, Visit&& visit) {
    for (std::size_t i = first_; has(i); ++i) {
      const Waiting& waiting = waiting_[i];
      if (waiting.least_start > line_.longest_wait_ && waiting.least_start - line_.longest_wait_ > time) return;
      if (!waiting.chosen) visit(i, arrival_of(*waiting.booking));
    }
  }

  Ticks next_time() {
    Ticks earliest = fresh_ ? arrival_of(*fresh_) : UINT64_MAX;
    visit_arrived(earliest, [&](std::size_t, Ticks arrival) { earliest = std::min(earliest, arrival); });
    return std::max(earliest, state_.free);
  }

  /// Those that have arrived at `time`, in the order of arrival.
  void find_candidates(Ticks time) {
    candidates_.clear();
    contenders_.clear();
    visit_arrived(time, [&](std::size_t i, Ticks arrival) {
      if (arrival <= time) candidates_.push_back({arrival, i});
    });
    if (fresh_ && arrival_of(*fresh_) <= time) candidates_.push_back({arrival_of(*fresh_), kFresh});
    if (candidates_.size() > 1)
      std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
        return a.arrival != b.arrival ? a.arrival < b.arrival : a.index < b.index;
      });
    for (const Candidate& candidate : candidates_)
      contenders_.push_back(candidate.index != kFresh ? &waiting_[candidate.index].booking->who : &fresh_->who);
  }

  void serve(std::size_t index, Ticks time) {
    const bool is_fresh = index == kFresh;
    Booking booking = is_fresh ? *fresh_ : *waiting_[index].booking;
    const Ticks old_end = booking.end;
    booking.arrival = arrival_of(booking);
    booking.end = time + (booking.end - booking.start);
    booking.start = time;
    booking.turn = state_.turn;
    booking.unsettled = false;
    state_.free = booking.end;
    if (is_fresh) {
      fresh_end_ = booking.end;
      fresh_.reset();
    } else {
      waiting_[index].chosen = true;
      ++chosen_;
      shift(booking.who, booking.end > old_end ? booking.end - old_end : 0);
    }
    ordered_.push_back(booking);
  }

  void shift(const Contender& who, Ticks by) {
    Ticks& present = shifts_[who.index];
    shifted_ = shifted_ + (by != 0 ? 1 : 0) - (present != 0 ? 1 : 0);
    present = by;
  }

  TimeLine& line_;
  std::vector<Waiting> waiting_;
  Bookings::Place behind_{0, 0};  ///< Where they end.
  std::optional<Booking> fresh_;  ///< Until it is chosen.
  State state_{0, {}};
  std::size_t first_ = 0;         ///< Of waiting_, that is not chosen.
  std::size_t chosen_ = 0;        ///< How many of them are.
  std::size_t settled_from_ = 0;  ///< In waiting_.
  std::vector<Ticks> shifts_;
  std::size_t shifted_ = 0;  ///< How many of them are not 0.
  std::vector<Candidate> candidates_;
  std::vector<const Contender*> contenders_;
  std::vector<Booking> ordered_;
  Ticks fresh_end_ = 0;
};

TimeLine::TimeLine(Waited waited) : waited_(std::move(waited)), reordering_(std::make_unique<Reordering>(*this)) {}

TimeLine::~TimeLine() = default;

void TimeLine::forget_past(Ticks now) {
  while (!bookings_.empty() && bookings_.front().end <= now) {
    past_turn_ = bookings_.front().turn;
    if (bookings_.front().unsettled) --unsettled_;
    bookings_.pop_front();
  }
  if (bookings_.empty()) longest_wait_ = 0;
}

TimeLine::State TimeLine::state_before(const Bookings::Place& place) const {
  if (bookings_.is_first(place)) return {0, past_turn_};
  const Booking& booking = bookings_[bookings_.previous(place)];
  return {booking.end, booking.turn};
}

TimeLine::Ticks& TimeLine::debt_of(const Contender& who) {
  if (who.index >= debts_.size()) debts_.resize(who.index + 1, 0);
  return debts_[who.index];
}

void TimeLine::note_wait(const Booking& booking) {
  longest_wait_ = std::max(longest_wait_, booking.start - booking.arrival);
}

void TimeLine::set_unsettled(Booking& booking, bool unsettled) {
  unsettled_ = unsettled_ + (unsettled ? 1 : 0) - (booking.unsettled ? 1 : 0);
  booking.unsettled = unsettled;
}

void TimeLine::note_tie(Arbitration arbitration, Bookings::Place place, const Booking& fresh) {
  while (!bookings_.is_first(place)) {
    place = bookings_.previous(place);
    Booking& begun = bookings_[place];
    if (begun.start != fresh.arrival) return;
    Turn turn = state_before(place).turn;
    if (choose(arbitration, {&begun.who, &fresh.who}, turn) != 0) set_unsettled(begun, true);
  }
}

sc_core::sc_time TimeLine::book(Arbitration arbitration, const Contender& who, const sc_core::sc_time& arrival,
                                const sc_core::sc_time& service) {
  forget_past(now_ticks());
  Ticks& debt = debt_of(who);
  const Ticks arrives = arrival.value() + debt;
  debt = 0;
  Booking fresh{who, arrives, arrives, arrives + service.value(), {}};
  const Bookings::Place place = bookings_.after(arrives);
  const State before = state_before(place);
  note_tie(arbitration, place, fresh);
  if (!bookings_.is_end(place)) {
    const Ticks end = order_anew(arbitration, place, before, fresh, who);
    tell_of_wait(who, arrives, end - service.value());
    return sc_core::sc_time::from_value(end);
  }
  // Nobody else is waiting then.
  fresh.start = std::max(arrives, before.free);
  fresh.end = fresh.start + service.value();
  fresh.turn = before.turn;
  choose(arbitration, {&fresh.who}, fresh.turn);
  tell_of_wait(who, arrives, fresh.start);
  note_wait(fresh);
  bookings_.push_back(fresh);
  return sc_core::sc_time::from_value(fresh.end);
}

void TimeLine::occupy(Arbitration arbitration, const Contender& who, const sc_core::sc_time& service) {
  const Ticks now = now_ticks();
  forget_past(now);
  debt_of(who);
  const Bookings::Place place = bookings_.after(now);
  const State before = state_before(place);
  Booking booking{who, now, now, now + service.value(), before.turn};
  choose(arbitration, {&booking.who}, booking.turn);
  const Bookings::Place own = bookings_.insert(place, booking);
  order_anew(arbitration, bookings_.next(own), before, std::nullopt, who);
}

sc_core::sc_time TimeLine::free_from() {
  const Ticks now = now_ticks();
  forget_past(now);
  const Bookings::Place place = bookings_.after(now);
  return sc_core::sc_time::from_value(bookings_.is_first(place) ? now : state_before(place).free);
}

Turn TimeLine::turn() { return state_before(bookings_.after(now_ticks())).turn; }

void TimeLine::tell_of_wait(const Contender& who, Ticks arrival, Ticks start) const {
  if (!waited_ || start == arrival) return;
  Bookings::Place place = bookings_.after(arrival);
  while (!bookings_.is_first(place) && bookings_[bookings_.previous(place)].end > arrival)
    place = bookings_.previous(place);
  for (; !bookings_.is_end(place) && bookings_[place].start < start; place = bookings_.next(place)) {
    const Booking& booking = bookings_[place];
    const Ticks from = std::max(arrival, booking.start);
    const Ticks to = std::min(start, booking.end);
    if (from < to) waited_(who, booking.who, sc_core::sc_time::from_value(to - from));
  }
}

TimeLine::Ticks TimeLine::order_anew(Arbitration arbitration, const Bookings::Place& place, const State& before,
                                     const std::optional<Booking>& fresh, const Contender& displacing) {
  reordering_->run(arbitration, place, before, fresh);
  const Reordering& reordering = *reordering_;
  Bookings::Place at = place;
  const std::vector<Booking>& ordered = reordering.ordered();
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    note_wait(ordered[i]);
    if (fresh && i + 1 == ordered.size()) {
      bookings_.insert(at, ordered[i]);
    } else {
      set_unsettled(bookings_[at], false);
      bookings_[at] = ordered[i];
      at = bookings_.next(at);
    }
  }
  for (std::size_t i = 0; i < reordering.shifts().size(); ++i) {
    const Ticks shift = reordering.shifts()[i];
    debts_[i] += shift;
    if (waited_ && shift != 0) waited_({i}, displacing, sc_core::sc_time::from_value(shift));
  }
  return reordering.fresh_end();
}

}  // namespace sc_memory
