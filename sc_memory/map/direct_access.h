// Which bytes may be accessed by pointer instead of by an access: the one rule that mappings for devices
// (access/address_map.h) and DMI grants for initiators both follow.
#pragma once

#include <cstdint>

#include "sc_memory/map/access.h"
#include "sc_memory/map/flat_view.h"
#include "sc_memory/map/watchpoint.h"

namespace sc_memory {

class AddressSpace;

/// The answer for one address and one direction, and all the addresses around it for which it is the same answer.
struct DirectRange {
  AddressRange range;            ///< In the space's addresses; never beyond the flat range that was asked about.
  std::uint8_t* data = nullptr;  ///< Host memory of range.first; null if the direction asked for is refused.
  bool reads = false;            ///< Whether the bytes may be read through a pointer,
  bool writes = false;           ///< and whether they may be written.

  explicit operator bool() const { return data != nullptr; }
};

/// For a user who keeps the pointer and tells nobody of its accesses, as DMI does. Left out, with as much around them
/// as is alike: pages that are clean for a client of the dirty log (no writes: they must be seen), watchpoints of
/// `space` (no accesses that they watch), and regions that allow no direct access at all. The answer holds until
/// listeners of the space hear of a change of the range, or by direct_access_changed of one that leaves the view alone.
/// `address` lies within `range`, which is of the space's published view.
DirectRange direct_range(const AddressSpace& space, const FlatRange& range, Address address, Direction direction);

/// For a user who reports its writes by MemoryBackedRegion::note_write: clean pages are no obstacle. Watchpoints and
/// regions that allow no direct access are.
DirectRange reported_direct_range(const AddressSpace& space, const FlatRange& range, Address address,
                                  Direction direction);

/// Cuts `direct.range` to the bytes around `address` that are in `watched` like it, or not in it; if it is, takes away
/// the rights for what is watched.
void restrict_to_watch(const AddressRange& watched, WatchFor what, Address address, DirectRange& direct);

/// Cuts `direct.range` to the bytes around `address` that the same watchpoints of `space` watch, and takes the rights
/// away that these watch. What the two functions above do as well.
void restrict_to_watchpoints(const AddressSpace& space, Address address, DirectRange& direct);

}  // namespace sc_memory
