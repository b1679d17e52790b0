// What is booked on a time line, in blocks: of a hundred thousand bookings, one in the middle is found and put in
// without looking at the others or moving them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "sc_memory/tlm/arbiter.h"

namespace sc_memory {

/// An access that has its time. Times are absolute, as sc_time::value().
struct Booking {
  Contender who;
  std::uint64_t arrival;
  std::uint64_t start;
  std::uint64_t end;
  Turn turn;               ///< After it was chosen.
  bool unsettled = false;  ///< It might be chosen at another time now: see who sets it.
};

/// Bookings by ascending start. Places hold until the next change.
class Bookings {
 public:
  struct Place {
    std::size_t block;
    std::size_t index;
  };

  bool empty() const { return blocks_.empty(); }
  const Booking& front() const { return blocks_.front()[gone_]; }
  const Booking& back() const { return blocks_.back().back(); }
  Booking& operator[](const Place& place) { return blocks_[place.block][place.index]; }
  const Booking& operator[](const Place& place) const { return blocks_[place.block][place.index]; }

  /// The first that starts after `time`, or the end.
  Place after(std::uint64_t time) const {
    const auto starts_later = [](std::uint64_t at, const Booking& booking) { return at < booking.start; };
    std::size_t low = 0;
    for (std::size_t high = blocks_.size(); low < high;) {
      const std::size_t middle = (low + high) / 2;
      if (starts_later(time, first_of(middle)))
        high = middle;
      else
        low = middle + 1;
    }
    if (low == 0) return {0, gone_};
    const Block& block = blocks_[low - 1];
    const auto begin = block.begin() + static_cast<std::ptrdiff_t>(low == 1 ? gone_ : 0);
    const auto found = std::upper_bound(begin, block.end(), time, starts_later);
    return found != block.end() ? Place{low - 1, static_cast<std::size_t>(found - block.begin())} : Place{low, 0};
  }

  bool is_end(const Place& place) const { return place.block == blocks_.size(); }
  Place next(const Place& place) const {
    return place.index + 1 < blocks_[place.block].size() ? Place{place.block, place.index + 1}
                                                         : Place{place.block + 1, 0};
  }
  bool is_first(const Place& place) const { return place.block == 0 && (blocks_.empty() || place.index == gone_); }
  Place previous(const Place& place) const {
    return place.index > 0 ? Place{place.block, place.index - 1}
                           : Place{place.block - 1, blocks_[place.block - 1].size() - 1};
  }

  void pop_front() {
    if (++gone_ < blocks_.front().size()) return;
    blocks_.pop_front();
    gone_ = 0;
  }

  void push_back(const Booking& booking) {
    if (blocks_.empty() || blocks_.back().size() == kBlock) {
      blocks_.emplace_back();
      blocks_.back().reserve(kBlock);
    }
    blocks_.back().push_back(booking);
  }

  /// Puts `booking` before what is at `place`. Returns its own place.
  Place insert(Place place, const Booking& booking) {
    if (is_end(place)) {
      push_back(booking);
      return {blocks_.size() - 1, blocks_.back().size() - 1};
    }
    if (blocks_[place.block].size() == kBlock) place = make_room(place);
    Block& block = blocks_[place.block];
    block.insert(block.begin() + static_cast<std::ptrdiff_t>(place.index), booking);
    return place;
  }

 private:
  using Block = std::vector<Booking>;  // Never empty.
  static constexpr std::size_t kBlock = 64;

  const Booking& first_of(std::size_t block) const { return blocks_[block][block == 0 ? gone_ : 0]; }

  /// Splits a full block, or drops what is gone of it. Returns where `place` is now.
  Place make_room(Place place) {
    Block& block = blocks_[place.block];
    if (place.block == 0 && gone_ != 0) {
      block.erase(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(gone_));
      place.index -= std::exchange(gone_, 0);
      return place;
    }
    const auto half = block.begin() + static_cast<std::ptrdiff_t>(kBlock / 2);
    Block rest;
    rest.reserve(kBlock);
    rest.assign(half, block.end());
    block.erase(half, block.end());
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(place.block) + 1, std::move(rest));
    if (place.index >= kBlock / 2) place = {place.block + 1, place.index - kBlock / 2};
    return place;
  }

  std::deque<Block> blocks_;
  std::size_t gone_ = 0;  ///< At the begin of the first block.
};

}  // namespace sc_memory
