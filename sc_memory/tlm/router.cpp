// Creating ports.
#include "sc_memory/tlm/router.h"

#include <algorithm>
#include <fmt/format.h>

#include "sc_memory/tlm/messages.h"

namespace sc_memory {

Router::Router(sc_core::sc_module_name name) : sc_module(name) {}

InitiatorPort& Router::initiator(const std::string& name, AddressSpace& space) {
  const bool taken = std::any_of(ports_.begin(), ports_.end(), [&](const auto& port) { return port->name() == name; });
  if (taken)
    SC_REPORT_ERROR(kBindingMessage, fmt::format("router '{}' has a port '{}' already", this->name(), name).c_str());
  ports_.push_back(std::make_unique<InitiatorPort>(
      name, space, InitiatorPort::Surroundings{observer_, timings_, scheduler_, ports_.size()}));
  return *ports_.back();
}

RegionTiming& Router::timing(const MemoryRegion& region) {
  return timings_.get(region, [&] {
    return std::make_shared<RegionTiming>([this, &region] {
      for (const auto& port : ports_) port->take_back_grants_of(region);
    });
  });
}

}  // namespace sc_memory
