// Which accesses a traffic generator makes: the interface of patterns (patterns.h, trace.h). When and how they
// are made is the generator's.
#pragma once

#include <cstdint>
#include <optional>

#include <systemc>
#include <tlm>

#include "sc_memory/map/address_range.h"

namespace sc_memory::models {

/// One access to come, in the initiator's addresses.
struct Access {
  tlm::tlm_command command = tlm::TLM_READ_COMMAND;
  Address address = 0;
  unsigned length = 4;  ///< In bytes, at least 1.
  /// Since the start of the generator; empty: as the generator's pace says.
  std::optional<sc_core::sc_time> due = std::nullopt;
  /// Only when every access before it has ended: what it writes may depend on what they read.
  bool after_all = false;
};

/// A sequence of accesses, asked for one by one in the simulation's thread.
class AccessPattern {
 public:
  virtual ~AccessPattern() = default;

  /// The next access; empty when there are no more. Throws TrafficError where a recording cannot be followed further.
  virtual std::optional<Access> next() = 0;

  /// `access`, a read, has ended well with `data`.
  virtual void take(const Access& /*access*/, const std::uint8_t* /*data*/) {}
  /// Fills in what `access`, a write that is about to be made, writes; false leaves that to the generator.
  virtual bool give(const Access& /*access*/, std::uint8_t* /*data*/) { return false; }
};

}  // namespace sc_memory::models
