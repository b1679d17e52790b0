// A window of an address space that is accessed again and again: a ring of descriptors, a table of pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sc_memory/map/access.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

/// Accesses through it do exactly what AddressSpace::read and write do, at any address; those within the window need no
/// look-up as long as memory is there and the map stays as it is. All addresses are the space's. The space outlives the
/// window. In the simulation's thread only.
class CachedWindow {
 public:
  /// Only the part of the window that is one stretch of memory with `first` is fast.
  CachedWindow(AddressSpace& space, Address first, std::uint64_t length, const Attributes& attributes = {});

  AccessResult read(Address address, void* data, std::size_t length) {
    if (generation_ != space_.generation()) refresh();
    if (!reads_ || !holds(address, length)) return space_.read(address, data, length, attributes_);
    std::memcpy(data, memory_ + (address - direct_.first), length);
    return AccessResult::ok;
  }

  AccessResult write(Address address, const void* data, std::size_t length) {
    if (generation_ != space_.generation()) refresh();
    if (!writes_ || !holds(address, length)) return space_.write(address, data, length, attributes_);
    std::memcpy(memory_ + (address - direct_.first), data, length);
    const Address offset = offset_ + (address - direct_.first);
    region_->note_write({offset, offset + (length - 1)});
    return AccessResult::ok;
  }

  /// Whether accesses to `length` bytes at `address` need no look-up now.
  bool is_fast(Address address, std::size_t length, Direction direction);

 private:
  bool holds(Address address, std::size_t length) const {
    return direct_.contains(address) && length - 1 <= direct_.last - address;
  }
  void refresh();

  AddressSpace& space_;
  AddressRange window_;
  Attributes attributes_;
  std::uint64_t generation_ = 0;
  AddressRange direct_;  ///< The part that is memory; of no meaning unless reads_.
  bool reads_ = false;
  bool writes_ = false;
  std::uint8_t* memory_ = nullptr;  ///< Of direct_.first.
  MemoryBackedRegion* region_ = nullptr;
  Address offset_ = 0;  ///< Of direct_.first, relative to the region.
};

}  // namespace sc_memory
