// What an initiator was told of direct access, kept so that asking again needs neither the map nor the ledger.
#pragma once

#include <cstdint>

#include <tlm>

#include "sc_memory/tlm/dmi_ledger.h"

namespace sc_memory {

/// A grant, for all requests that would get the same one. What is looked at each time is in the first two cache lines
/// of the host.
struct alignas(64) KnownAnswer {
  static constexpr std::uint64_t kNever = UINT64_MAX;

  std::uint64_t era = kNever;  ///< When it was told; in another one the map may say something else.
  MemoryRegion* region = nullptr;
  Address region_distance = 0;  ///< Of a target: what to add to an initiator's address to get one of the region.
  Direction direction = Direction::read;
  bool of_target = false;  ///< The grant is a target's word, so the target is asked each time.
  tlm::tlm_dmi said;       ///< That word, in the target's addresses.
  tlm::tlm_dmi told;       ///< What became of it, or what the map said by itself; in the initiator's addresses.
  DmiLedger::Held of_map;  ///< What the map says. Of a target: what it may grant, and where.

  bool answers(Address address, Direction asked, std::uint64_t now) const {
    return era == now && direction == asked && told.get_start_address() <= address && address <= told.get_end_address();
  }
};

}  // namespace sc_memory
