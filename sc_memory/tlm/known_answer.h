// What an initiator was told of direct access, kept so that asking again needs neither the map nor the ledger.
#pragma once

#include <cstdint>

#include "sc_memory/tlm/dmi_ledger.h"

namespace sc_memory {

struct KnownAnswer {
  static constexpr std::uint64_t kNever = UINT64_MAX;

  std::uint64_t era = kNever;  ///< When it was told; in another one the map may say something else.
  Direction direction = Direction::read;
  DmiLedger::Held of_map{};  ///< What the map says. Of a target: what it may grant, and where.
  DmiLedger::Held told{};    ///< What became of it. Only a target's word makes it another one.

  bool answers(Address address, Direction asked, std::uint64_t now) const {
    return era == now && direction == asked && of_map.range.contains(address);
  }
};

}  // namespace sc_memory
