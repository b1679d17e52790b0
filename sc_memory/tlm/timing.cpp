// Latency and bandwidth as times.
#include "sc_memory/tlm/timing.h"

#include <cmath>
#include <fmt/format.h>

#include "sc_memory/tlm/messages.h"

namespace sc_memory {

void RegionTiming::change_latency(sc_core::sc_time& latency, const sc_core::sc_time& value) {
  if (latency == value) return;
  latency = value;
  latency_changed_();
}

RegionTiming& RegionTiming::read_latency(const sc_core::sc_time& latency) {
  change_latency(read_latency_, latency);
  return *this;
}

RegionTiming& RegionTiming::write_latency(const sc_core::sc_time& latency) {
  change_latency(write_latency_, latency);
  return *this;
}

RegionTiming& RegionTiming::bandwidth(double bytes_per_second) {
  if (!std::isfinite(bytes_per_second) || bytes_per_second < 0) {
    SC_REPORT_ERROR(kBindingMessage, fmt::format("a bandwidth of {} bytes a second", bytes_per_second).c_str());
    return *this;
  }
  if (bytes_per_second_ == bytes_per_second) return *this;
  bytes_per_second_ = bytes_per_second;
  latency_changed_();
  return *this;
}

RegionTiming& RegionTiming::arbitration(Arbitration arbitration) {
  arbitration_ = arbitration;
  return *this;
}

sc_core::sc_time RegionTiming::service_time(tlm::tlm_command command, std::size_t length) const {
  if (command == tlm::TLM_IGNORE_COMMAND) return sc_core::SC_ZERO_TIME;
  const sc_core::sc_time& latency = command == tlm::TLM_READ_COMMAND ? read_latency_ : write_latency_;
  if (bytes_per_second_ == 0) return latency;
  return latency + sc_core::sc_time(static_cast<double>(length) / bytes_per_second_, sc_core::SC_SEC);
}

sc_core::sc_time RegionTiming::direct_latency(tlm::tlm_command command, unsigned word) const {
  return service_time(command, word) / word;
}

void RegionTiming::add_to(sc_core::sc_time& delay, const Contender& who, tlm::tlm_command command, std::size_t length) {
  if (command == tlm::TLM_IGNORE_COMMAND) return;
  const sc_core::sc_time service = service_time(command, length);
  if (!one_at_a_time()) {
    delay += service;
    return;
  }
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  delay = time_line_.book(arbitration_, who, now + delay, service) - now;
}

std::shared_ptr<RegionTiming> TimingTable::find(const MemoryRegion& region) {
  const auto entry = timings_.find(&region);
  if (entry == timings_.end()) return nullptr;
  if (!entry->second.lifetime.expired()) return entry->second.timing;
  timings_.erase(entry);
  return nullptr;
}

}  // namespace sc_memory
