// What is remembered of addresses, so that asking again costs one look: a line for each page's slot, and the last one
// to come has it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

#include "sc_memory/map/address_range.h"

namespace sc_memory {

/// The owner of the slots puts into each line what tells whose it is, and whether it still holds.
template <typename Line>
class PageSlots {
 public:
  static constexpr std::size_t kFewest = std::size_t{1} << 10;

  PageSlots() { resize(kFewest); }

  /// The line for addresses like this one. Valid until the next resize().
  Line& operator[](Address address) { return lines_[slot_of(address)]; }
  const Line& operator[](Address address) const { return lines_[slot_of(address)]; }

  std::size_t size() const { return mask_ + 1; }
  /// That many lines, a power of two, in which nothing is remembered. Throws std::bad_alloc, and then nothing has
  /// changed; never for a size that there was before.
  void resize(std::size_t size) {
    if (size > capacity_) {
      lines_ = std::make_unique<Line[]>(size);
      capacity_ = size;
    } else {
      std::fill_n(lines_.get(), size, Line{});
    }
    mask_ = size - 1;
  }

 private:
  static constexpr unsigned kPageBits = 12;
  static constexpr unsigned kFoldedBits = 10;

  /// Neighbouring pages have different slots, and so do most devices that lie at round addresses.
  std::size_t slot_of(Address address) const {
    return ((address >> kPageBits) ^ (address >> (kPageBits + kFoldedBits))) & mask_;
  }

  std::unique_ptr<Line[]> lines_;
  std::size_t capacity_ = 0;
  std::size_t mask_ = 0;  ///< The size less one.
};

}  // namespace sc_memory
