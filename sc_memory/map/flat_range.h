// A run of addresses that one region serves in one way: what a flat view is a list of.
#pragma once

#include <cstdint>

#include "sc_memory/map/memory_region.h"

namespace sc_memory {

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

  /// The part of it within `part`, which overlaps it.
  FlatRange cut_to(const AddressRange& part) const {
    FlatRange inside = *this;
    inside.range = *range.intersection(part);
    inside.offset = offset_of(inside.range.first);
    if (memory != nullptr) inside.memory = memory + (inside.range.first - range.first);
    return inside;
  }

  /// True if the byte at the same address is served alike by both: the same byte of the same region, with the same
  /// rights. The log mask does not count: a change of it alone is no remapping.
  bool serves_alike(const FlatRange& other) const {
    return region == other.region && offset - range.first == other.offset - other.range.first &&
           memory_base() == other.memory_base() && service == other.service && readonly == other.readonly &&
           direct_reads == other.direct_reads && direct_writes == other.direct_writes;
  }

  /// True if both can be one range. The last byte of a region of 2^64 bytes does not go on in its first one.
  bool continues_in(const FlatRange& next) const {
    return range.ends_right_before(next.range) && next.offset != 0 && serves_alike(next) && log_mask == next.log_mask;
  }

 private:
  std::uintptr_t memory_base() const { return reinterpret_cast<std::uintptr_t>(memory) - (memory ? range.first : 0); }
};

}  // namespace sc_memory
