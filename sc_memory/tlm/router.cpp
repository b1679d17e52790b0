// Creating ports.
#include "sc_memory/tlm/router.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/socket_owners.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory {

Router::Router(sc_core::sc_module_name name) : sc_module(name) {}

Router::~Router() {
  for (PortObserver* observer : observers_) observer->router_destroyed();
}

InitiatorPort& Router::initiator(const std::string& name, AddressSpace& space) {
  const bool taken = std::any_of(ports_.begin(), ports_.end(), [&](const auto& port) { return port->name() == name; });
  if (taken)
    SC_REPORT_ERROR(kBindingMessage, fmt::format("router '{}' has a port '{}' already", this->name(), name).c_str());
  ports_.push_back(
      std::make_unique<InitiatorPort>(name, space, InitiatorPort::Surroundings{timings_, scheduler_, ports_.size()}));
  InitiatorPort& port = *ports_.back();
  for (PortObserver* observer : observers_) {
    port.add_observer(*observer);
    observer->port_added(port);
  }
  return port;
}

void Router::add_observer(PortObserver& observer) {
  observers_.push_back(&observer);
  for (const auto& port : ports_) port->add_observer(observer);
}

void Router::remove_observer(PortObserver& observer) {
  observers_.erase(std::remove(observers_.begin(), observers_.end(), &observer), observers_.end());
  for (const auto& port : ports_) port->remove_observer(observer);
}

RegionTiming& Router::timing(const MemoryRegion& region) {
  return timings_.get(region, [&] {
    for (const auto& port : ports_) port->timing_added();
    return std::make_shared<RegionTiming>(
        [this, &region] {
          for (const auto& port : ports_) port->take_back_grants_of(region);
        },
        [this, &region, lifetime = region.lifetime()](const Contender& who, const Contender& behind,
                                                      const sc_core::sc_time& duration) {
          // What is booked may outlive the region.
          ports_[who.index]->waited(lifetime.expired() ? nullptr : &region, *ports_[behind.index], duration);
        });
  });
}

namespace {

/// One line for each region that `space` shows and nothing serves.
void name_unbound_regions(const AddressSpace& space, std::set<std::string>& lines) {
  for (const FlatRange& range : space.view().ranges()) {
    if (range.service == Service::target && !static_cast<const TargetRegion&>(*range.region).bound())
      lines.insert(fmt::format("{}, shown by address space '{}', has no target; call bind(target.socket) on it",
                               describe(*range.region), space.name()));
  }
}

}  // namespace

void Router::end_of_elaboration() {
  const SocketOwners owners;
  // Sorted, and each region once however many ports see it.
  std::set<std::string> missing;
  for (const auto& port : ports_) {
    if (port->bound())
      port->elaborated(owners);
    else
      missing.insert(fmt::format("port '{}' has no initiator; call bind(initiator.socket) on it", port->name()));
    for (const AddressSpace* const space : port->spaces()) name_unbound_regions(*space, missing);
  }
  if (!missing.empty())
    SC_REPORT_ERROR(kBindingMessage, fmt::format("router '{}': {}", name(), fmt::join(missing, "; ")).c_str());
}

}  // namespace sc_memory
