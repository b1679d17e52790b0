// What analyses and recorders get to see: a transaction, and what happened to direct memory access. Plain values, which
// stay good when the region, the port or the router is gone.
#pragma once

#include <cstdint>
#include <string>

#include <systemc>
#include <tlm>

#include "sc_memory/analysis/traffic_name.h"
#include "sc_memory/tlm/port_observer.h"

namespace sc_memory {

/// A transaction, or the part of it that one region served, once it has ended. Times are simulated and absolute:
/// annotated delays are added.
struct TransactionRecord {
  TrafficName initiator;  ///< The port of the router.
  TrafficName region;     ///< What served it; "(unmapped)" in a hole.
  TransactionPath path = TransactionPath::transport;
  tlm::tlm_command command = tlm::TLM_IGNORE_COMMAND;
  tlm::tlm_response_status response = tlm::TLM_OK_RESPONSE;
  Address address = 0;         ///< In the initiator's addresses.
  Address offset = 0;          ///< Of the same byte, relative to the region.
  std::uint64_t length = 0;    ///< Of the data, in bytes: what a bus is busy with.
  std::uint64_t disabled = 0;  ///< Bytes of the data that byte enables exclude.
  /// Bytes of address space, from `address` on: less than the length if the access streams. 0 stands for the length.
  std::uint64_t covered = 0;
  sc_core::sc_time start;  ///< BEGIN_REQ, of a non-blocking one.
  sc_core::sc_time end;    ///< END_RESP, or what stood for it.
  // The phases between, of a non-blocking transaction; of others `start` and `end`.
  sc_core::sc_time end_request;
  sc_core::sc_time begin_response;

  sc_core::sc_time latency() const { return end - start; }
  /// The bytes that a read or write is for: those that are enabled.
  std::uint64_t bytes() const { return command == tlm::TLM_IGNORE_COMMAND ? 0 : length - disabled; }
  /// The same, if it ended well.
  std::uint64_t bytes_moved() const { return response == tlm::TLM_OK_RESPONSE ? bytes() : 0; }
  /// The addresses that it is at, relative to the region: from `offset` to this one.
  Address last_offset() const {
    const std::uint64_t count = covered != 0 ? covered : length;
    return offset + (count > 0 ? count - 1 : 0);
  }
};

/// A DMI request that was answered, or an answer that was taken back.
struct DmiRecord {
  enum class Event : std::uint8_t { granted, refused, grant_taken_back, refusal_taken_back };

  Event event = Event::granted;
  TrafficName initiator;
  TrafficName region;      ///< About which the answer was.
  TrafficName region_now;  ///< What serves the first byte now; it differs where the map changed.
  AddressRange range;      ///< In the initiator's addresses.
  sc_core::sc_time time;
  DmiCause cause = DmiCause::map;  ///< Of what was taken back.
};

/// A few letters, as recordings use them: "transport", "debug", "nonblocking", "dmi".
const char* text_of(TransactionPath path);
/// "read", "write", "ignore".
const char* text_of(tlm::tlm_command command);
/// "ok", "address error"...
const char* text_of(tlm::tlm_response_status response);
/// "granted", "refused", "grant taken back", "refusal taken back".
const char* text_of(DmiRecord::Event event);
/// "the map", "the dirty log"...
const char* text_of(DmiCause cause);
/// Why, in a sentence: "the map: 'ram' is there instead of 'boot'". Empty for a request.
std::string reason_of(const DmiRecord& record);

}  // namespace sc_memory
