// Where an address of an initiator finally leads: through the view of its space and, if IOMMU regions lie in the way,
// through theirs.
#pragma once

#include <memory>
#include <vector>

#include "sc_memory/map/address_space.h"

namespace sc_memory {

struct Route {
  AddressSpace* space;     ///< Serves in the end; null if a translation faults.
  const FlatRange* range;  ///< Of that space's view; null in a hole, and where a translation faults.
  Address address;         ///< In that space's addresses.
  AddressRange around;     ///< The initiator's addresses that lead on side by side with this one.
  bool reads = true;       ///< What the translations on the way allow.
  bool writes = true;
  bool translated = false;

  bool allows(Direction direction) const { return direction == Direction::read ? reads : writes; }
};

/// What serves at the end of a route, remembered before the access, which may change the map.
class PieceWatch {
 public:
  /// Unless `observed`, nobody will ask.
  PieceWatch(const Route& route, bool observed) : region_(route.range != nullptr ? route.range->region : nullptr) {
    if (region_ == nullptr || !observed) return;
    lifetime_ = region_->lifetime();
    offset_ = route.range->offset_of(route.address);
  }

  /// Null if the region went meanwhile.
  const MemoryRegion* region() const { return lifetime_.expired() ? nullptr : region_; }
  /// Relative to the region.
  Address offset() const { return offset_; }

 private:
  const MemoryRegion* region_;
  std::weak_ptr<const void> lifetime_;
  Address offset_ = 0;
};

/// Where a translation on the way of a route leads, be it to another translation.
struct RouteHop {
  AddressSpace* space;
  Address address;  ///< In that space's addresses.
};

/// The route of one address. Asks translators on the way; Attributes::debug keeps them from recording faults. Adds to
/// `hops`, if given, every translation's destination.
Route route_of(AddressSpace& space, Address address, Direction direction, const Attributes& attributes,
               std::vector<RouteHop>* hops = nullptr);

}  // namespace sc_memory
