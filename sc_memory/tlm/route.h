// Where an address of an initiator finally leads: through the view of its space and, if IOMMU regions lie in the way,
// through theirs.
#pragma once

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

/// The route of one address. Asks translators on the way; Attributes::debug keeps them from recording faults.
Route route_of(AddressSpace& space, Address address, Direction direction, const Attributes& attributes);

}  // namespace sc_memory
