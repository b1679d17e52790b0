// What is remembered of addresses, so that asking again costs one look: a line for each page's slot, and the last one
// to come has it.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "sc_memory/map/address_range.h"

namespace sc_memory {

/// The owner of the slots puts into each line what tells whose it is, and whether it still holds.
template <typename Line>
class PageSlots {
 public:
  /// The line for addresses like this one.
  Line& operator[](Address address) { return (*lines_)[slot_of(address)]; }
  const Line& operator[](Address address) const { return (*lines_)[slot_of(address)]; }

  auto begin() { return lines_->begin(); }
  auto end() { return lines_->end(); }

 private:
  static constexpr unsigned kPageBits = 12;
  static constexpr unsigned kSlotBits = 10;
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;

  /// Neighbouring pages have different slots, and so do most devices that lie at round addresses.
  static std::size_t slot_of(Address address) {
    return ((address >> kPageBits) ^ (address >> (kPageBits + kSlotBits))) % kSlots;
  }

  std::unique_ptr<std::array<Line, kSlots>> lines_ = std::make_unique<std::array<Line, kSlots>>();
};

}  // namespace sc_memory
