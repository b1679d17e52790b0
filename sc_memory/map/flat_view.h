// The flat view: what a tree of regions looks like to an initiator, as sorted ranges that do not overlap. A view is
// immutable; a change of the map publishes a new one.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "sc_memory/map/memory_region.h"

namespace sc_memory {

/// A run of addresses that one region serves in one way.
struct FlatRange {
  AddressRange range;    ///< In the space's addresses.
  MemoryRegion* region;  ///< Serves it; never an alias or a container.
  Address offset;        ///< Of range.first, relative to `region`.
  std::uint8_t* memory;  ///< Host memory of range.first, or null.
  Service service;
  bool readonly;       ///< The region's own flag or that of anything above it.
  bool direct_reads;   ///< Reads may go straight to `memory`.
  bool direct_writes;  ///< Writes may, as far as the region's dirty log allows.
  std::uint8_t log_mask;

  /// Relative to the region, of an address within the range.
  Address offset_of(Address address) const { return offset + (address - range.first); }

  /// True if the byte at the same address is served alike by both: the same byte of the same region, with the same
  /// rights. The log mask does not count: a change of it alone is no remapping.
  bool serves_alike(const FlatRange& other) const {
    return region == other.region && offset - range.first == other.offset - other.range.first &&
           memory_base() == other.memory_base() && service == other.service && readonly == other.readonly &&
           direct_reads == other.direct_reads && direct_writes == other.direct_writes;
  }

 private:
  std::uintptr_t memory_base() const { return reinterpret_cast<std::uintptr_t>(memory) - (memory ? range.first : 0); }
};

class FlatView {
 public:
  FlatView() = default;
  /// `ranges` sorted by address, not overlapping; neighbours that serve alike are already one range.
  explicit FlatView(std::vector<FlatRange> ranges) : ranges_(std::move(ranges)) {}

  const std::vector<FlatRange>& ranges() const { return ranges_; }

  /// The range that holds `address`, or null in a hole.
  const FlatRange* find(Address address) const;
  /// The first range that ends at or after `address`, or null.
  const FlatRange* first_from(Address address) const;
  /// The exact hole around an address that no range holds.
  AddressRange hole_around(Address address) const;

 private:
  std::vector<FlatRange> ranges_;
};

/// The addresses whose bytes are served differently by the two views, as sorted ranges with gaps between them.
std::vector<AddressRange> changed_ranges(const FlatView& before, const FlatView& after);

}  // namespace sc_memory
