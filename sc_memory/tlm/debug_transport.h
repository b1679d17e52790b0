// Debug transport through the map: looking at memory and devices, and writing to them, as a debugger or a loader does.
#pragma once

#include <cstddef>
#include <functional>

#include <tlm>

#include "sc_memory/map/address_space.h"

namespace sc_memory {

/// A part of a debug transport that one region served.
struct DebugPiece {
  const MemoryRegion* region;  ///< Null in a hole, and if the region went meanwhile.
  Address offset;              ///< Relative to the region.
  Address address;             ///< Of the same byte, in the space's addresses.
  std::size_t length;
  std::size_t moved;  ///< Of `length`.
};
using DebugVisit = std::function<void(const DebugPiece&)>;

/// Serves transport_dbg (IEEE 1666 11.4): no time passes and no side effects are made, as far as targets and devices
/// keep to that; read-only memory can be written, watchpoints are not hit. The payload's address is of `space`, and
/// restored.
///
/// Returns the number of bytes from the first on that were moved, which ends where nothing serves. A transaction that
/// one target serves is handed to it as it is, with TLM_IGNORE_COMMAND too; what that returns is limited to the length.
///
/// With TLM_FULL_PAYLOAD the other attributes count as well (14.8 l): where memory and devices serve, or several
/// targets, byte enables and the streaming width are honoured, response status and DMI hint are set, and the option is
/// TLM_FULL_PAYLOAD_ACCEPTED; bytes that are not enabled are counted as moved (11.4.4 s).
///
/// `visit`, unless it is empty, is called after each piece.
unsigned debug_transport(AddressSpace& space, tlm::tlm_generic_payload& payload, const DebugVisit& visit = {});

}  // namespace sc_memory
