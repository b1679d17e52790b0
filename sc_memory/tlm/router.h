// The router: a memory map as a TLM-2.0 interconnect.
//
//     Router bus{"bus"};
//     bus.initiator("cpu", memory).bind(cpu.socket);
//     bus.initiator("dma", memory).bind(dma.socket);
//     bus.initiator("outside", memory).bind(socket);      // the socket of a module that has the router inside
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <systemc>

#include "sc_memory/tlm/initiator_port.h"

namespace sc_memory {

/// Owns a port for each initiator. What is in the middle is the map; of its own the router has what accesses cost
/// (timing.h) and the transactions that are in flight (nonblocking.h).
class Router : public sc_core::sc_module {
 public:
  explicit Router(sc_core::sc_module_name name);
  ~Router() override;

  /// A new port that looks at `space`, which outlives the router. Create and bind it during elaboration. Reports an
  /// error if another port has the name.
  InitiatorPort& initiator(const std::string& name, AddressSpace& space);

  /// What accesses to `region` cost the initiators of this router in time: to be filled in, see timing.h. It belongs to
  /// the region that serves; timing of an alias or a container has no effect.
  RegionTiming& timing(const MemoryRegion& region);

  const std::vector<std::unique_ptr<InitiatorPort>>& ports() const { return ports_; }

  /// Tells `observer` of the traffic of all ports, those still to be created included. Not owned.
  void add_observer(PortObserver& observer);
  void remove_observer(PortObserver& observer);

 private:
  /// Reports an error if a port has no initiator, or if the map shows a TargetRegion that has no target.
  void end_of_elaboration() override;

  std::vector<PortObserver*> observers_;
  PhaseScheduler scheduler_;
  TimingTable timings_;
  std::vector<std::unique_ptr<InitiatorPort>> ports_;
};

}  // namespace sc_memory
