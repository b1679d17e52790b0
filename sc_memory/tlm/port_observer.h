// Looking at the traffic of a router's ports.
#pragma once

#include <tlm>

#include "sc_memory/map/flat_view.h"

namespace sc_memory {

class InitiatorPort;

/// Called in the simulation's thread, after the fact. Addresses are the initiator's. Regions are null where nothing is
/// mapped.
class PortObserver {
 public:
  virtual ~PortObserver() = default;
  /// A blocking transaction, or the part of it that one region served, has ended.
  virtual void transported(const InitiatorPort&, MemoryRegion*, tlm::tlm_command, std::size_t /*length*/) {}
  /// A DMI request was granted for `range`.
  virtual void granted(const InitiatorPort&, MemoryRegion*, const AddressRange& /*range*/) {}
  /// A DMI request was refused for `range`.
  virtual void refused(const InitiatorPort&, MemoryRegion*, const AddressRange& /*range*/) {}
  /// The initiator was told that `range` is no longer valid; it held an answer about `region` there: a grant, or a
  /// refusal.
  virtual void invalidated(const InitiatorPort&, MemoryRegion*, bool /*granted*/, const AddressRange& /*range*/) {}
};

}  // namespace sc_memory
