// The rules of the base protocol, one by one.
#include "sc_memory/tlm/protocol_checker.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/payload_access.h"

namespace sc_memory {

const char* text_of(ProtocolRule rule) {
  switch (rule) {
    case ProtocolRule::command:
      return "the command is none (14.9)";
    case ProtocolRule::null_data:
      return "no data pointer (14.11 e)";
    case ProtocolRule::zero_length:
      return "the data length is 0 (14.12 d)";
    case ProtocolRule::byte_enable_length:
      return "a byte-enable pointer with length 0 (14.14 f)";
    case ProtocolRule::byte_enable_value:
      return "a byte enable is neither 0 nor 0xff (14.13 b)";
    case ProtocolRule::streaming_width:
      return "the streaming width is 0 (14.15 f)";
    case ProtocolRule::beyond_top:
      return "the access runs over the top of the address space";
    case ProtocolRule::response_preset:
      return "the initiator did not begin with TLM_INCOMPLETE_RESPONSE (14.17.1 e)";
    case ProtocolRule::hint_preset:
      return "the initiator did not begin with the DMI hint off (15.2.13.2 d)";
    case ProtocolRule::option:
      return "the option of a transport is not TLM_MIN_PAYLOAD (14.8 g)";
    case ProtocolRule::attribute_changed:
      return "an attribute of the initiator's was changed on the way (14.7)";
    case ProtocolRule::write_data_changed:
      return "the data of a write was changed (14.11 i)";
    case ProtocolRule::disabled_byte_changed:
      return "a byte was read that is not enabled (14.13 k)";
    case ProtocolRule::incomplete:
      return "the transaction ended with TLM_INCOMPLETE_RESPONSE (14.17.1 k)";
    case ProtocolRule::time_went_back:
      return "the time of the transaction went back (15.2.7 b, c)";
    case ProtocolRule::from_method:
      return "b_transport was called by a method process (11.2.2.4 b)";
    case ProtocolRule::in_flight:
      return "the transaction object is still in flight (15.2.4)";
    case ProtocolRule::no_memory_manager:
      return "a non-blocking transaction without a memory manager (15.2.3 p)";
    case ProtocolRule::phase_order:
      return "this phase cannot come now, or not in this direction (15.2.4, 15.2.5 e)";
    case ProtocolRule::request_exclusion:
      return "a request began before the last one was taken (15.2.6 e)";
    case ProtocolRule::response_exclusion:
      return "a response began before the last one was taken (15.2.6 f, 15.2.3 i)";
    case ProtocolRule::dmi_range:
      return "the range of a DMI answer is empty or lacks the address (11.3.5 r)";
    case ProtocolRule::dmi_pointer:
      return "DMI was granted with a null pointer (11.3.5 g)";
    case ProtocolRule::dmi_access:
      return "DMI was granted, but not for what was asked (11.3.5 m)";
    case ProtocolRule::dmi_command:
      return "a DMI request is neither for reads nor for writes (11.3.4 g)";
    case ProtocolRule::dmi_in_invalidate:
      return "DMI was requested from inside an invalidation (11.3.6 k)";
    case ProtocolRule::dmi_waited:
      return "get_direct_mem_ptr let time pass (11.3.3 o)";
    case ProtocolRule::invalidate_range:
      return "an invalidation ends before it begins (11.3.6 c)";
    case ProtocolRule::debug_count:
      return "a debug transport moved more bytes than asked for (11.4.4 s)";
    case ProtocolRule::debug_waited:
      return "transport_dbg let time pass (11.4.4 t)";
  }
  return "";
}

class ProtocolChecks::Snapshot {
 public:
  explicit Snapshot(const tlm::tlm_generic_payload& payload)
      : command_(payload.get_command()),
        data_pointer_(payload.get_data_ptr()),
        length_(payload.get_data_length()),
        width_(payload.get_streaming_width()),
        enables_pointer_(payload.get_byte_enable_ptr()),
        enables_length_(payload.get_byte_enable_length()),
        option_(payload.get_gp_option()) {
    if (data_pointer_ != nullptr) data_.assign(data_pointer_, data_pointer_ + length_);
    if (enables_pointer_ != nullptr) enables_.assign(enables_pointer_, enables_pointer_ + enables_length_);
  }

  bool attributes_kept(const tlm::tlm_generic_payload& payload) const {
    return payload.get_command() == command_ && payload.get_data_ptr() == data_pointer_ &&
           payload.get_data_length() == length_ && payload.get_streaming_width() == width_ &&
           payload.get_byte_enable_ptr() == enables_pointer_ && payload.get_byte_enable_length() == enables_length_ &&
           payload.get_gp_option() == option_ &&
           (enables_.empty() || std::memcmp(enables_.data(), enables_pointer_, enables_.size()) == 0);
  }
  bool data_kept() const { return data_.empty() || std::memcmp(data_.data(), data_pointer_, data_.size()) == 0; }
  bool disabled_bytes_kept() const {
    if (enables_.empty()) return true;
    for (std::size_t i = 0; i < data_.size(); ++i) {
      if (enables_[i % enables_.size()] == TLM_BYTE_DISABLED && data_[i] != data_pointer_[i]) return false;
    }
    return true;
  }
  bool is_write() const { return command_ == tlm::TLM_WRITE_COMMAND; }

 private:
  tlm::tlm_command command_;
  const std::uint8_t* data_pointer_;
  unsigned length_;
  unsigned width_;
  const std::uint8_t* enables_pointer_;
  unsigned enables_length_;
  tlm::tlm_gp_option option_;
  std::vector<std::uint8_t> data_;
  std::vector<std::uint8_t> enables_;
};

struct ProtocolChecks::Flight {
  Flight(tlm::tlm_generic_payload& payload, const sc_core::sc_time& now) : before(payload), latest(now) {}

  Snapshot before;
  tlm::tlm_phase phase = tlm::UNINITIALIZED_PHASE;  ///< The last one.
  sc_core::sc_time latest;                          ///< The latest time that a phase was annotated with.
};

ProtocolChecks::ProtocolChecks(sc_core::sc_module_name name) : PassThrough(name) {}

ProtocolChecks::~ProtocolChecks() = default;

void ProtocolChecks::broken(ProtocolRule rule, Address address) {
  counts_.add(rule);
  if (counts_.of(rule) > 1) return;
  SC_REPORT_WARNING(kProtocolMessage, fmt::format("{}: at {:#x}: {}", name(), address, text_of(rule)).c_str());
}

void ProtocolChecks::end_of_simulation() {
  const std::string repeated = counts_.repeated(text_of);
  if (!repeated.empty()) SC_REPORT_WARNING(kProtocolMessage, fmt::format("{}: in all: {}", name(), repeated).c_str());
}

void ProtocolChecks::check_values(const tlm::tlm_generic_payload& payload) {
  const Address address = payload.get_address();
  const tlm::tlm_command command = payload.get_command();
  if (command == tlm::TLM_IGNORE_COMMAND) return;
  if (command != tlm::TLM_READ_COMMAND && command != tlm::TLM_WRITE_COMMAND) broken(ProtocolRule::command, address);
  if (payload.get_data_ptr() == nullptr) broken(ProtocolRule::null_data, address);
  if (payload.get_data_length() == 0) broken(ProtocolRule::zero_length, address);
  if (payload.get_streaming_width() == 0) broken(ProtocolRule::streaming_width, address);
  const std::uint64_t covered = covered_length(payload);
  if (covered != 0 && covered - 1 > UINT64_MAX - address) broken(ProtocolRule::beyond_top, address);
  const std::uint8_t* const enables = payload.get_byte_enable_ptr();
  if (enables == nullptr) return;
  if (payload.get_byte_enable_length() == 0) broken(ProtocolRule::byte_enable_length, address);
  const bool sane = std::all_of(enables, enables + payload.get_byte_enable_length(),
                                [](std::uint8_t e) { return e == TLM_BYTE_ENABLED || e == TLM_BYTE_DISABLED; });
  if (!sane) broken(ProtocolRule::byte_enable_value, address);
}

void ProtocolChecks::check_beginning(const tlm::tlm_generic_payload& payload) {
  const Address address = payload.get_address();
  check_values(payload);
  if (payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE) broken(ProtocolRule::response_preset, address);
  if (payload.is_dmi_allowed()) broken(ProtocolRule::hint_preset, address);
  if (payload.get_gp_option() != tlm::TLM_MIN_PAYLOAD) broken(ProtocolRule::option, address);
}

void ProtocolChecks::check_end(const tlm::tlm_generic_payload& payload, const Snapshot& before) {
  const Address address = payload.get_address();
  if (!before.attributes_kept(payload))
    broken(ProtocolRule::attribute_changed, address);
  else if (before.is_write() && !before.data_kept())
    broken(ProtocolRule::write_data_changed, address);
  else if (!before.is_write() && !before.disabled_bytes_kept())
    broken(ProtocolRule::disabled_byte_changed, address);
  if (payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE && payload.get_command() != tlm::TLM_IGNORE_COMMAND)
    broken(ProtocolRule::incomplete, address);
}

void ProtocolChecks::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const Address address = payload.get_address();
  if (flights_.count(&payload) != 0) broken(ProtocolRule::in_flight, address);
  if (sc_core::sc_get_current_process_handle().proc_kind() == sc_core::SC_METHOD_PROC_)
    broken(ProtocolRule::from_method, address);
  check_beginning(payload);
  const Snapshot before(payload);
  const sc_core::sc_time begun = sc_core::sc_time_stamp() + delay;
  PassThrough::b_transport(payload, delay);
  if (sc_core::sc_time_stamp() + delay < begun) broken(ProtocolRule::time_went_back, address);
  check_end(payload, before);
}

void ProtocolChecks::begin_flight(tlm::tlm_generic_payload& payload) {
  const Address address = payload.get_address();
  check_beginning(payload);
  if (!payload.has_mm() || payload.get_ref_count() == 0) broken(ProtocolRule::no_memory_manager, address);
  // Held until the end, so that a recycled object is not taken for the one before.
  if (payload.has_mm()) payload.acquire();
  flights_[&payload] = std::make_unique<Flight>(payload, sc_core::sc_time_stamp());
}

void ProtocolChecks::end_flight(tlm::tlm_generic_payload& payload) {
  if (request_ == &payload) request_ = nullptr;
  if (response_ == &payload) response_ = nullptr;
  flights_.erase(&payload);
  if (payload.has_mm()) payload.release();
}

void ProtocolChecks::step(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase, const sc_core::sc_time& delay,
                          bool forward) {
  const Address address = payload.get_address();
  const unsigned number = phase;
  // Phases that others add and that may be ignored are none of our business, as long as there is a transaction.
  if (number > tlm::END_RESP) {
    if (flights_.count(&payload) == 0) broken(ProtocolRule::phase_order, address);
    return;
  }
  if (phase == tlm::BEGIN_REQ && flights_.count(&payload) == 0 && forward) begin_flight(payload);
  const auto found = flights_.find(&payload);
  const bool right_way = forward == (phase == tlm::BEGIN_REQ || phase == tlm::END_RESP);
  if (found == flights_.end() || !right_way || phase == tlm::UNINITIALIZED_PHASE) {
    broken(ProtocolRule::phase_order, address);
    return;
  }
  Flight& flight = *found->second;
  const sc_core::sc_time time = sc_core::sc_time_stamp() + delay;
  if (time < flight.latest) broken(ProtocolRule::time_went_back, address);
  flight.latest = std::max(flight.latest, time);
  if (phase == tlm::BEGIN_REQ || phase == tlm::END_REQ)
    step_request(flight, payload, phase);
  else
    step_response(flight, payload, phase);
}

void ProtocolChecks::step_request(Flight& flight, tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  const Address address = payload.get_address();
  if (phase == tlm::BEGIN_REQ) {
    if (flight.phase != tlm::UNINITIALIZED_PHASE) {
      broken(ProtocolRule::in_flight, address);
      return;
    }
    if (request_ != nullptr) broken(ProtocolRule::request_exclusion, address);
    request_ = &payload;
  } else {
    if (flight.phase != tlm::BEGIN_REQ) {
      broken(ProtocolRule::phase_order, address);
      return;
    }
    if (request_ == &payload) request_ = nullptr;
  }
  flight.phase = phase;
}

void ProtocolChecks::step_response(Flight& flight, tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  const Address address = payload.get_address();
  if (phase == tlm::BEGIN_RESP) {
    if (flight.phase != tlm::BEGIN_REQ && flight.phase != tlm::END_REQ) {
      broken(ProtocolRule::phase_order, address);
      return;
    }
    if (response_ != nullptr) broken(ProtocolRule::response_exclusion, address);
    // A response takes the request too (15.2.3 l).
    if (request_ == &payload) request_ = nullptr;
    response_ = &payload;
    check_end(payload, flight.before);
    flight.phase = phase;
    return;
  }
  if (flight.phase != tlm::BEGIN_RESP) {
    broken(ProtocolRule::phase_order, address);
    return;
  }
  end_flight(payload);
}

void ProtocolChecks::returned(tlm::tlm_generic_payload& payload, tlm::tlm_sync_enum result, const tlm::tlm_phase& phase,
                              const sc_core::sc_time& delay, bool forward) {
  // What comes back on the return path of a call travels against it.
  if (result == tlm::TLM_UPDATED) step(payload, phase, delay, !forward);
  if (result != tlm::TLM_COMPLETED) return;
  const auto found = flights_.find(&payload);
  if (found == flights_.end()) return;
  Flight& flight = *found->second;
  if (flight.phase != tlm::BEGIN_RESP) {
    // Completing a request stands for a response.
    if (response_ != nullptr) broken(ProtocolRule::response_exclusion, payload.get_address());
    check_end(payload, flight.before);
  }
  if (sc_core::sc_time_stamp() + delay < flight.latest) broken(ProtocolRule::time_went_back, payload.get_address());
  end_flight(payload);
}

tlm::tlm_sync_enum ProtocolChecks::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  // The object may be recycled as soon as the call is over.
  const bool held = payload.has_mm();
  if (held) payload.acquire();
  step(payload, phase, delay, true);
  const tlm::tlm_sync_enum result = PassThrough::nb_transport_fw(payload, phase, delay);
  returned(payload, result, phase, delay, true);
  if (held) payload.release();
  return result;
}

tlm::tlm_sync_enum ProtocolChecks::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  const bool held = payload.has_mm();
  if (held) payload.acquire();
  step(payload, phase, delay, false);
  const tlm::tlm_sync_enum result = PassThrough::nb_transport_bw(payload, phase, delay);
  returned(payload, result, phase, delay, false);
  if (held) payload.release();
  return result;
}

unsigned ProtocolChecks::transport_dbg(tlm::tlm_generic_payload& payload) {
  const Address address = payload.get_address();
  if (payload.get_data_length() != 0 && payload.get_data_ptr() == nullptr) broken(ProtocolRule::null_data, address);
  const Snapshot before(payload);
  const sc_dt::uint64 delta = sc_core::sc_delta_count();
  const unsigned count = PassThrough::transport_dbg(payload);
  if (sc_core::sc_delta_count() != delta) broken(ProtocolRule::debug_waited, address);
  if (count > payload.get_data_length()) broken(ProtocolRule::debug_count, address);
  if (before.is_write() && !before.data_kept()) broken(ProtocolRule::write_data_changed, address);
  return count;
}

bool ProtocolChecks::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const Address address = payload.get_address();
  if (!payload.is_read() && !payload.is_write()) broken(ProtocolRule::dmi_command, address);
  if (invalidating_ > 0) broken(ProtocolRule::dmi_in_invalidate, address);
  const bool asks_write = payload.is_write();
  const sc_dt::uint64 delta = sc_core::sc_delta_count();
  const bool granted = PassThrough::get_direct_mem_ptr(payload, dmi);
  if (sc_core::sc_delta_count() != delta) broken(ProtocolRule::dmi_waited, address);
  const Address first = dmi.get_start_address();
  const Address last = dmi.get_end_address();
  if (first > last || address < first || address > last) broken(ProtocolRule::dmi_range, address);
  if (!granted) return false;
  if (dmi.get_dmi_ptr() == nullptr) broken(ProtocolRule::dmi_pointer, address);
  if (asks_write ? !dmi.is_write_allowed() : !dmi.is_read_allowed()) broken(ProtocolRule::dmi_access, address);
  return true;
}

void ProtocolChecks::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  if (first > last) broken(ProtocolRule::invalidate_range, first);
  ++invalidating_;
  try {
    PassThrough::invalidate_direct_mem_ptr(first, last);
  } catch (...) {
    --invalidating_;
    throw;
  }
  --invalidating_;
}

}  // namespace sc_memory
