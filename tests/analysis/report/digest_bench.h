// Records of traffic that nobody made, for a digest.
#pragma once

#include <string>

#include "sc_memory/analysis/report/traffic_digest.h"

namespace sc_memory::testing {

inline TransactionRecord transaction(const std::string& initiator, const std::string& region, tlm::tlm_command command,
                                     Address offset, std::uint64_t length, std::uint64_t start_ns,
                                     std::uint64_t latency_ns) {
  TransactionRecord record;
  record.initiator = TrafficName::of(initiator);
  record.region = TrafficName::of(region);
  record.command = command;
  record.address = 0x8000'0000 + offset;
  record.offset = offset;
  record.length = length;
  record.start = sc_core::sc_time(static_cast<double>(start_ns), sc_core::SC_NS);
  record.end = record.start + sc_core::sc_time(static_cast<double>(latency_ns), sc_core::SC_NS);
  return record;
}

inline DmiRecord dmi_event(DmiRecord::Event event, const std::string& initiator, const std::string& region,
                           std::uint64_t time_ns, DmiCause cause = DmiCause::map) {
  DmiRecord record;
  record.event = event;
  record.initiator = TrafficName::of(initiator);
  record.region = record.region_now = TrafficName::of(region);
  record.range = {0x8000'0000, 0x8000'0fff};
  record.time = sc_core::sc_time(static_cast<double>(time_ns), sc_core::SC_NS);
  record.cause = cause;
  return record;
}

}  // namespace sc_memory::testing
