// Attaching, and turning what ports tell into records.
#include "sc_memory/analysis/probe.h"

#include <algorithm>
#include <fmt/format.h>

namespace sc_memory {

const char* const kProbeMessage = "/sc_memory/probe";

ProbeScope& ProbeScope::port(const InitiatorPort& port) {
  port_ = &port;
  return *this;
}

ProbeScope& ProbeScope::region(const MemoryRegion& region) {
  hold_.region = &region;
  hold_.lifetime = region.lifetime();
  return *this;
}

ProbeScope& ProbeScope::range(const AddressSpace& space, const AddressRange& range) {
  const FlatRange* const shown = space.view().first_from(range.first);
  if (range.first > range.last || shown == nullptr || shown->range.first > range.last)
    SC_REPORT_WARNING(kProbeMessage,
                      fmt::format("the range [{:#x}, {:#x}] of a probe shows nothing of address space '{}'; a range "
                                  "is given by its first and its last address",
                                  range.first, range.last, space.name())
                          .c_str());
  hold_.space = &space;
  hold_.range = range;
  return *this;
}

ProbeScope& ProbeScope::only(WatchFor what) {
  hold_.what = what;
  return *this;
}

ProbeScope& ProbeScope::direct(DirectAccess direct) {
  direct_ = direct;
  return *this;
}

ProbeScope& ProbeScope::with_debug() {
  debug_ = true;
  return *this;
}

bool ProbeScope::concerns(const InitiatorPort& port, const MemoryRegion* region, const AddressRange& range) const {
  if (port_ != nullptr && port_ != &port) return false;
  if (hold_.region != nullptr && (region == nullptr || !hold_.names(*region))) return false;
  return hold_.space == nullptr || (port.looks_at(*hold_.space) && hold_.range.overlaps(range));
}

bool ProbeScope::sees(const PortTransaction& transaction) const {
  if (transaction.path == TransactionPath::debug && !debug_) return false;
  if (transaction.command == tlm::TLM_READ_COMMAND && !watches(hold_.what, Direction::read)) return false;
  if (transaction.command == tlm::TLM_WRITE_COMMAND && !watches(hold_.what, Direction::write)) return false;
  const std::uint64_t count = transaction.covered != 0 ? transaction.covered : transaction.length;
  const std::uint64_t more = count > 0 ? count - 1 : 0;
  return concerns(transaction.port, transaction.region, {transaction.address, transaction.address + more});
}

Probe::Probe(Router& router, const ProbeScope& scope) : router_(&router), scope_(scope) { attach(); }

Probe::~Probe() { detach(); }

void Probe::attach() {
  if (attached_ || router_ == nullptr) return;
  attached_ = true;
  router_->add_observer(*this);
  for (const auto& port : router_->ports()) port_added(*port);
}

void Probe::detach() {
  if (!attached_) return;
  attached_ = false;
  router_->remove_observer(*this);
  for (const auto& port : router_->ports()) port->let_go(scope_.hold());
}

void Probe::port_added(InitiatorPort& port) {
  const bool looked_at = scope_.port() == nullptr || scope_.port() == &port;
  if (scope_.holds_back() && looked_at) port.hold_back(scope_.hold());
}

void Probe::router_destroyed() {
  attached_ = false;
  router_ = nullptr;
}

void Probe::transported(const PortTransaction& seen) {
  if (!scope_.sees(seen)) return;
  TransactionRecord record;
  record.initiator = TrafficName::of(seen.port);
  record.region = TrafficName::of(seen.region);
  record.path = seen.path;
  record.command = seen.command;
  record.response = seen.response;
  record.address = seen.address;
  record.offset = seen.offset;
  record.length = seen.length;
  record.disabled = seen.disabled;
  record.covered = seen.covered;
  record.start = seen.start;
  record.end = seen.end;
  record.end_request = seen.end_request;
  record.begin_response = seen.begin_response;
  transactions.write(record);
}

void Probe::tell(DmiRecord::Event event, const InitiatorPort& port, const MemoryRegion* region,
                 const AddressRange& range, DmiCause cause) {
  if (!scope_.concerns(port, region, range)) return;
  const FlatRange* const now = port.space().view().find(range.first);
  dmi.write({event, TrafficName::of(port), TrafficName::of(region),
             TrafficName::of(now != nullptr ? now->region : nullptr), range, sc_core::sc_time_stamp(), cause});
}

void Probe::granted(const InitiatorPort& port, MemoryRegion* region, const AddressRange& range) {
  tell(DmiRecord::Event::granted, port, region, range, DmiCause::map);
}

void Probe::refused(const InitiatorPort& port, MemoryRegion* region, const AddressRange& range) {
  tell(DmiRecord::Event::refused, port, region, range, DmiCause::map);
}

void Probe::invalidated(const InitiatorPort& port, MemoryRegion* region, bool granted, const AddressRange& range,
                        DmiCause cause) {
  tell(granted ? DmiRecord::Event::grant_taken_back : DmiRecord::Event::refusal_taken_back, port, region, range, cause);
}

}  // namespace sc_memory
