// Which bytes may be accessed by pointer instead of by an access: the one rule that mappings for devices
// (access/address_map.h) and DMI grants for initiators both follow.
#pragma once

#include <cstdint>

#include "sc_memory/map/access.h"
#include "sc_memory/map/flat_view.h"

namespace sc_memory {

/// The answer for one address and one direction, and all the addresses around it for which it is the same answer.
struct DirectRange {
  AddressRange range;            ///< In the space's addresses; never beyond the flat range that was asked about.
  std::uint8_t* data = nullptr;  ///< Host memory of range.first; null if the direction asked for is refused.
  bool writes = false;           ///< Whether the pointer may be written.

  explicit operator bool() const { return data != nullptr; }
};

/// For a user who keeps the pointer and tells nobody of its writes, as DMI does. Reads: all of the flat range; `writes`
/// tells whether all of it may be written too. Writes: the pages around `address` that are dirty for every client of
/// the dirty log, or, as a refusal, those that are clean for one: a write to those must be seen. The answer holds until
/// listeners hear of a change of the range, or by direct_access_changed of a change of the log. `address` lies within
/// `range`.
DirectRange direct_range(const FlatRange& range, Address address, Direction direction);

/// The same for a user who reports its writes by MemoryBackedRegion::note_write: clean pages are no obstacle.
DirectRange reported_direct_range(const FlatRange& range, Direction direction);

}  // namespace sc_memory
