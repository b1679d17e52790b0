// Where in another space an initiator's addresses lead: an index by the addresses there.
#pragma once

#include <array>
#include <cstddef>
#include <set>
#include <tuple>
#include <vector>

#include "sc_memory/map/address_range.h"

namespace sc_memory {

/// Stretches of an initiator's addresses that lead to a space through translations. Several may lead to the same
/// place. Finding those of some addresses there costs nothing for the others.
class TranslatedPlaces {
 public:
  /// `here`, in the initiator's addresses, leads to the addresses that lie `distance` further on, modulo 2^64.
  void note(const AddressRange& here, Address distance);

  /// The parts of the initiator's addresses that lead to `there`: ascending, with gaps between.
  std::vector<AddressRange> leading_to(const AddressRange& there) const;

  std::size_t size() const { return size_; }
  void clear();

 private:
  /// First address there, first address here, and how much further the last one lies: of one power of two.
  using Places = std::set<std::tuple<Address, Address, std::uint64_t>>;

  std::array<Places, 65> by_magnitude_;
  std::size_t size_ = 0;
};

}  // namespace sc_memory
