// What the tests of the interconnect are made of: an initiator that remembers what it hears, a target that can be told
// to do anything, and a bench with both and an empty map between.
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>

#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/router.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory::testing {

/// The answer to a DMI request.
struct DmiReply {
  bool granted;
  tlm::tlm_dmi dmi;

  AddressRange range() const { return {dmi.get_start_address(), dmi.get_end_address()}; }
  std::uint8_t* at(Address address) const { return dmi.get_dmi_ptr() + (address - dmi.get_start_address()); }
};

/// Sets up a payload as an initiator must.
inline void prepare(tlm::tlm_generic_payload& payload, tlm::tlm_command command, Address address, void* data,
                    unsigned length) {
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<std::uint8_t*>(data));
  payload.set_data_length(length);
  payload.set_streaming_width(length);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_byte_enable_length(0);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

class TestInitiator : public sc_core::sc_module, public tlm::tlm_bw_transport_if<> {
 public:
  explicit TestInitiator(sc_core::sc_module_name name) : sc_module(name) {
    socket.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
  }

  tlm::tlm_response_status transport(tlm::tlm_generic_payload& payload) {
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->b_transport(payload, delay);
    return payload.get_response_status();
  }
  tlm::tlm_response_status access(tlm::tlm_command command, Address address, void* data, unsigned length) {
    tlm::tlm_generic_payload payload;
    prepare(payload, command, address, data, length);
    transport(payload);
    hint = payload.is_dmi_allowed();
    address_after = payload.get_address();
    return payload.get_response_status();
  }
  tlm::tlm_response_status read(Address address, void* data, unsigned length) {
    return access(tlm::TLM_READ_COMMAND, address, data, length);
  }
  tlm::tlm_response_status write(Address address, const void* data, unsigned length) {
    return access(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), length);
  }
  template <typename T>
  T load(Address address) {
    T value{};
    last_response = read(address, &value, sizeof value);
    return value;
  }
  template <typename T>
  tlm::tlm_response_status store(Address address, T value) {
    return last_response = write(address, &value, sizeof value);
  }

  DmiReply ask_dmi(Address address, Direction direction) {
    tlm::tlm_generic_payload payload;
    prepare(payload, direction == Direction::read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND, address, nullptr,
            0);
    DmiReply answer{};
    answer.granted = socket->get_direct_mem_ptr(payload, answer.dmi);
    address_after = payload.get_address();
    return answer;
  }

  unsigned debug(tlm::tlm_command command, Address address, void* data, unsigned length) {
    tlm::tlm_generic_payload payload;
    prepare(payload, command, address, data, length);
    const unsigned count = socket->transport_dbg(payload);
    address_after = payload.get_address();
    return count;
  }
  unsigned debug_read(Address address, void* data, unsigned length) {
    return debug(tlm::TLM_READ_COMMAND, address, data, length);
  }
  unsigned debug_write(Address address, const void* data, unsigned length) {
    return debug(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), length);
  }

  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
    invalidations.push_back({first, last});
    if (on_invalidate) on_invalidate({first, last});
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    return on_backward ? on_backward(payload, phase, delay) : tlm::TLM_ACCEPTED;
  }

  /// What was invalidated since the last call.
  std::vector<AddressRange> taken_invalidations() { return std::exchange(invalidations, {}); }

  tlm::tlm_initiator_socket<> socket{"socket"};
  std::vector<AddressRange> invalidations;
  std::function<void(const AddressRange&)> on_invalidate;
  std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&)> on_backward;
  bool hint = false;
  Address address_after = 0;
  tlm::tlm_response_status last_response = tlm::TLM_INCOMPLETE_RESPONSE;
};

/// What a target saw of a transaction.
struct SeenTransaction {
  tlm::tlm_command command;
  Address address;
  unsigned length;
  unsigned streaming_width;
  bool byte_enables;
};

/// A memory, unless a test replaces a part of its behaviour.
template <unsigned width = 32>
class TestTarget : public sc_core::sc_module, public tlm::tlm_fw_transport_if<> {
 public:
  TestTarget(sc_core::sc_module_name name, std::size_t size) : sc_module(name), memory(size) {
    socket.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
    seen.push_back({payload.get_command(), payload.get_address(), payload.get_data_length(),
                    payload.get_streaming_width(), payload.get_byte_enable_ptr() != nullptr});
    if (on_transport)
      on_transport(payload, delay);
    else
      serve(payload);
  }

  /// What b_transport does when a test does not replace it: plain reads and writes.
  void serve(tlm::tlm_generic_payload& payload) {
    const Address address = payload.get_address();
    const std::size_t length = payload.get_data_length();
    if (address + length > memory.size()) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    move(payload, length);
    payload.set_dmi_allowed(grants);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
    if (on_debug) return on_debug(payload);
    const Address address = payload.get_address();
    if (address >= memory.size()) return 0;
    const auto count = static_cast<unsigned>(std::min<std::size_t>(payload.get_data_length(), memory.size() - address));
    move(payload, count);
    return count;
  }

  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override {
    ++dmi_requests;
    if (on_dmi) return on_dmi(payload, dmi);
    dmi.set_start_address(0);
    dmi.set_end_address(memory.size() - 1);
    dmi.set_dmi_ptr(memory.data());
    dmi.allow_read_write();
    return grants;
  }

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    if (on_forward) return on_forward(payload, phase, delay);
    b_transport(payload, delay);
    return tlm::TLM_COMPLETED;
  }

  tlm::tlm_target_socket<width> socket{"socket"};
  std::vector<std::uint8_t> memory;
  bool grants = true;
  int dmi_requests = 0;
  std::vector<SeenTransaction> seen;
  std::function<void(tlm::tlm_generic_payload&, sc_core::sc_time&)> on_transport;
  std::function<unsigned(tlm::tlm_generic_payload&)> on_debug;
  std::function<bool(tlm::tlm_generic_payload&, tlm::tlm_dmi&)> on_dmi;
  std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&)> on_forward;

 private:
  void move(tlm::tlm_generic_payload& payload, std::size_t count) {
    std::uint8_t* const bytes = memory.data() + payload.get_address();
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), bytes, count);
    if (payload.is_write()) std::memcpy(bytes, payload.get_data_ptr(), count);
  }
};

/// Counts the reports of one message type, which then go no further.
class ReportCounter {
 public:
  explicit ReportCounter(const char* type) : type_(type) {
    sc_core::sc_report_handler::set_actions(type, sc_core::SC_CACHE_REPORT);
    start_ = now();
  }
  int count() const { return now() - start_; }
  /// The text of the last report.
  static std::string last_text() {
    const sc_core::sc_report* report = sc_core::sc_report_handler::get_cached_report();
    return report != nullptr ? report->get_msg() : "";
  }

 private:
  int now() const {
    int sum = 0;
    for (int severity = sc_core::SC_INFO; severity < sc_core::SC_FATAL; ++severity)
      sum += sc_core::sc_report_handler::get_count(type_, static_cast<sc_core::sc_severity>(severity));
    return sum;
  }

  const char* type_;
  int start_ = 0;
};

/// A module under construction: sockets can be made and bound in a test's body until it is closed.
class OpenModule {
 public:
  OpenModule() : name_(std::make_unique<sc_core::sc_module_name>("platform")), module_(*name_) {}
  void close() { name_.reset(); }

 private:
  struct Module : sc_core::sc_module {
    explicit Module(const sc_core::sc_module_name& name) : sc_module(name) {}
  };
  // As long as it lives, SystemC takes the module to be under construction.
  std::unique_ptr<sc_core::sc_module_name> name_;
  Module module_;
};

/// A router with one initiator that looks at an empty map.
struct Bench {
  Bench() { bus.initiator("cpu", space).bind(cpu.socket); }
  ~Bench() { platform.close(); }

  /// Elaborates. After this, transactions may be made from outside the simulation as long as nobody waits.
  void start() { run(sc_core::SC_ZERO_TIME); }
  void run(const sc_core::sc_time& time) {
    platform.close();
    sc_core::sc_start(time);
  }
  InitiatorPort& port() { return *bus.ports().front(); }

  OpenModule platform;
  Container system{"system"};
  AddressSpace space{"memory", system};
  Router bus{"bus"};
  TestInitiator cpu{"cpu"};
};

/// The same with one target in the map.
struct TargetBench : Bench {
  explicit TargetBench(Address address, std::size_t size = 0x1000) : target("target", size), region("region", size) {
    region.bind(target.socket);
    system.add(address, region);
  }

  TestTarget<> target;
  TargetRegion region;
};

}  // namespace sc_memory::testing

namespace sc_memory {

/// For messages of failed tests.
inline void PrintTo(const AddressRange& range, std::ostream* out) {
  *out << "[0x" << std::hex << range.first << "-0x" << range.last << "]" << std::dec;
}

}  // namespace sc_memory
